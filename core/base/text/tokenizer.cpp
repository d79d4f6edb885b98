// SPDX-License-Identifier: MIT
#include "core/base/text/tokenizer.h"

#include <algorithm>

#include "core/base/io/jsonl.h"
#include "core/base/text/hugging_face.h"
#include "core/base/text/tokenizer_engine.h"
#include "core/base/text/tokenizer_file.h"
#include "core/base/text/unicode/utf8.h"
#include "core/base/util/error.h"

namespace switchyard::text {
namespace {

constexpr const char* kKinds =
    "Give a SentencePiece model (`switchyard data tokenizer-train` makes one), a tokenizer.json, a vocab.txt, or a "
    "folder "
    "with vocab.json and merges.txt";

/// Runs what reads a tokenizer and turns a problem into an error that names the file.
template <class Read>
auto reading(const std::filesystem::path& path, Read read) {
    bool is_json = false;
    try {
        const TokenizerFile file = readTokenizerFile(path);
        is_json = !file.json.is_null();
        return read(file);
    } catch (const FileProblem& problem) {
        const std::string kind = is_json ? "Not a usable tokenizer: " : "Not a usable SentencePiece model: ";
        throw Error(ExitCode::kBadData, kind + problem.text, path.string(), kKinds);
    }
}

std::unique_ptr<TokenizerEngine> engineOf(const TokenizerFile& file) {
    if (file.json.is_null()) return openSentencePiece(file.bytes);
    return std::make_unique<HuggingFace>(readTokenizerParts(file.json));
}

std::size_t limitOf(std::int64_t max_tokens) {
    return static_cast<std::size_t>(std::max<std::int64_t>(1, max_tokens));
}

/// Calls use(first, second) with what is UTF-8.
template <class Use>
auto withUtf8(const std::string& first, const std::string* second, Use use) {
    const bool good = io::isUtf8(first) && (second == nullptr || io::isUtf8(*second));
    if (good) return use(first, second);
    const std::string other = second == nullptr ? std::string() : unicode::repaired(*second);
    return use(unicode::repaired(first), second == nullptr ? nullptr : &other);
}

}  // namespace

Tokenizer::Tokenizer(const std::filesystem::path& path) : engine_(reading(path, engineOf)) {}
Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;

std::vector<std::int32_t> Tokenizer::encode(const std::string& text, std::int64_t max_tokens) const {
    return encodePair(text, nullptr, max_tokens).ids;
}

Encoding Tokenizer::encodePair(const std::string& first, const std::string* second, std::int64_t max_tokens) const {
    Encoding encoding = withUtf8(first, second, [&](const std::string& one, const std::string* other) {
        return engine_->encode(one, other, limitOf(max_tokens));
    });
    if (encoding.ids.empty()) encoding = {{engine_->filler()}, {0}, {0}};
    return encoding;
}

std::vector<std::int32_t> Tokenizer::tokens(const std::string& first, const std::string* second) const {
    return withUtf8(first, second, [&](const std::string& one, const std::string* other) {
        return engine_->encode(one, other, kNoLimit).ids;
    });
}

std::vector<std::int32_t> Tokenizer::tokensAsInFile(const std::string& first, const std::string* second) const {
    return withUtf8(first, second,
                    [&](const std::string& one, const std::string* other) { return engine_->asInFile(one, other); });
}

std::string Tokenizer::decode(const std::vector<std::int32_t>& ids) const {
    std::vector<std::int32_t> known;
    std::copy_if(ids.begin(), ids.end(), std::back_inserter(known),
                 [&](std::int32_t id) { return id >= 0 && id < vocabSize(); });
    return engine_->decode(known);
}

std::string Tokenizer::piece(std::int32_t id) const {
    return id >= 0 && id < vocabSize() ? engine_->piece(id) : std::string();
}

std::int64_t Tokenizer::vocabSize() const {
    return engine_->size();
}

std::filesystem::path tokenizerIn(const std::filesystem::path& folder) {
    std::error_code ignored;
    for (const char* name : {"tokenizer.model", "tokenizer.json"}) {
        if (std::filesystem::exists(folder / name, ignored)) return folder / name;
    }
    return {};
}

std::string tokenizerInOneFile(const std::filesystem::path& path) {
    return reading(path, [](const TokenizerFile& file) {
        engineOf(file);
        return file.bytes.empty() ? file.json.dump() : file.bytes;
    });
}

}  // namespace switchyard::text
