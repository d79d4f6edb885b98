// SPDX-License-Identifier: MIT
// A tokenizer file: what the check lets through can be loaded and used.
#include "core/base/text/model_check.h"
#include "core/base/text/tokenizer.h"
#include "tests/fuzz/fuzz_tools.h"

using namespace switchyard;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::ProcessorLimit limit;
    const std::string_view bytes = fuzz::asText(data, size);
    const bool passes = text::modelProblem(bytes).empty();
    const fuzz::MemoryFile file(bytes);
    const bool opens = fuzz::readsOrRefuses(ExitCode::kBadData, [&] {
        const text::Tokenizer tokenizer(file.path());
        require(passes, "what the check refuses is not loaded");
        const std::int64_t pieces = tokenizer.vocabSize();
        require(pieces > 0, "there are pieces");
        for (const char* words : {"a small red circle", "", "\xe6\xbc\xa2\xef\xbd\x99 \xcc\x81 A\xc3\x84",
                                  "<unk> a\x01", "\xff\xc3", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
            const std::vector<std::int32_t> ids = tokenizer.encode(words, 16);
            require(!ids.empty() && ids.size() <= 16, "a text has at least one token and no more than asked for");
            for (const std::int32_t id : ids) {
                require(id >= 0 && id < pieces, "ids are those of pieces");
                tokenizer.piece(id);
            }
            tokenizer.decode(ids);
        }
    });
    if (opens) require(passes, "what the check refuses is not loaded");
    return 0;
}
