// SPDX-License-Identifier: MIT
// A tokenizer file, a SentencePiece model or one of Hugging Face's: what can be opened can be used.
#include "core/base/text/model_check.h"
#include "core/base/text/tokenizer.h"
#include "tests/fuzz/fuzz_tools.h"

using namespace switchyard;
using fuzz::require;

namespace {

/// Texts with what the seeds look for in them.
constexpr const char* kTexts[] = {"a small red circle",
                                  "",
                                  "\xe6\xbc\xa2\xef\xbd\x99 \xcc\x81 A\xc3\x84",
                                  "<unk> a\x01",
                                  "\xff\xc3",
                                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                  "[C]a<e> E\xcc\x81 x\xc3\xa9 X  <e>it's 12 \xed\x95\x9c!\n"};

void requireGood(const text::Encoding& encoding, std::int64_t pieces, std::size_t limit) {
    const std::size_t size = encoding.ids.size();
    require(size > 0 && size <= limit, "a text has at least one token and no more than asked for");
    require(encoding.types.size() == size && encoding.segments.size() == size, "each token has a type and a segment");
    for (const std::int32_t id : encoding.ids) require(id >= 0 && id < pieces, "ids are those of pieces");
}

void use(const text::Tokenizer& tokenizer) {
    const std::int64_t pieces = tokenizer.vocabSize();
    require(pieces > 0, "there are pieces");
    const std::string second = "a small a";
    for (const char* words : kTexts) {
        requireGood(tokenizer.encodePair(words, nullptr, 16), pieces, 16);
        requireGood(tokenizer.encodePair(words, &second, 5), pieces, 5);
        const std::vector<std::int32_t> ids = tokenizer.encode(words, 16);
        for (const std::int32_t id : ids) tokenizer.piece(id);
        tokenizer.decode(ids);
        tokenizer.tokensAsInFile(words, &second);
    }
}

/// What a file of another kind can not be without.
bool mayBeOther(std::string_view bytes) {
    for (const char* part : {"{", "[UNK]", "[CLS]"}) {
        if (bytes.find(part) != std::string_view::npos) return true;
    }
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::ProcessorLimit limit;
    const std::string_view bytes = fuzz::asText(data, size);
    const bool passes = text::modelProblem(bytes).empty();
    const fuzz::MemoryFile file(bytes);
    fuzz::readsOrRefuses(ExitCode::kBadData, [&] {
        const text::Tokenizer tokenizer(file.path());
        require(passes || mayBeOther(bytes), "what the check refuses is not loaded");
        use(tokenizer);
    });
    return 0;
}
