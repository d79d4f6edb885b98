// SPDX-License-Identifier: MIT
// Text to token ids and back (SentencePiece unigram; case folding and NFKC inside the model).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace switchyard::text {

/// One text, or two, as a model takes them. All three are equally long, one entry a token.
struct Encoding {
    std::vector<std::int32_t> ids;
    std::vector<std::uint8_t> types;     ///< token type ids, as the tokenizer's post-processor says
    std::vector<std::int8_t> segments;  ///< 0 of the first text, 1 of the second, -1 a special token
};

/// Thread: encode(), encodePair(), decode() and piece() are safe from several threads.
class Tokenizer {
public:
    /// Throws: Error(kBadData) naming the file when it is missing or no SentencePiece model (at most 64 MiB).
    explicit Tokenizer(const std::filesystem::path& model_file);
    ~Tokenizer();
    Tokenizer(Tokenizer&&) noexcept;

    /// Ids 0 .. vocabSize()-1, at most max_tokens; never empty (an empty text gives the unknown id once).
    std::vector<std::int32_t> encode(const std::string& text, std::int64_t max_tokens) const;
    /// The first text and, unless `second` is null, the second, at most max_tokens in all; the longer one is cut first.
    /// A SentencePiece model has no special tokens: the texts stand one after the other, types 0 and 1.
    Encoding encodePair(const std::string& first, const std::string* second, std::int64_t max_tokens) const;
    std::string decode(const std::vector<std::int32_t>& ids) const;
    /// The piece as a person reads it ("▁" shown as a leading space).
    std::string piece(std::int32_t id) const;
    std::int64_t vocabSize() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Trains a unigram model of at most `vocab_size` pieces, the same bytes for the same texts, and writes it
/// atomically. Throws: Error(kBadData) when there is too little text, Error(kIo).
void trainTokenizer(const std::vector<std::string>& texts, std::int64_t vocab_size, const std::filesystem::path& model_file);

}  // namespace switchyard::text
