// SPDX-License-Identifier: MIT
// Text to token ids and back (SentencePiece unigram; case folding and NFKC inside the model).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace switchyard::text {

/// Thread: encode() and piece() are safe from several threads.
class Tokenizer {
public:
    /// Throws: Error(kBadData) naming the file when it is missing or no SentencePiece model (at most 64 MiB).
    explicit Tokenizer(const std::filesystem::path& model_file);
    ~Tokenizer();
    Tokenizer(Tokenizer&&) noexcept;

    /// Ids 0 .. vocabSize()-1, at most max_tokens; never empty (an empty text gives the unknown id once).
    std::vector<std::int32_t> encode(const std::string& text, std::int64_t max_tokens) const;
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
