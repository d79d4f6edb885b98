// SPDX-License-Identifier: MIT
// Text to token ids and back: SentencePiece models, and Hugging Face's WordPiece and byte pair encoding.
// Source: github.com/google/sentencepiece; github.com/huggingface/tokenizers, whose ids every text gives.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace switchyard::text {

class TokenizerEngine;

/// One text, or two, as a model takes them. All three are equally long, one entry a token.
struct Encoding {
    std::vector<std::int32_t> ids;
    std::vector<std::uint8_t> types;    ///< token type ids, as the tokenizer's post-processor says
    std::vector<std::int8_t> segments;  ///< 0 of the first text, 1 of the second, -1 a special token
};

/// Thread: everything but opening and moving is safe from several threads.
class Tokenizer {
public:
    /// Opens, whatever its name: a SentencePiece model; a tokenizer.json (WordPiece as BERT has it, byte pairs as
    /// GPT-2, RoBERTa and CLIP have them); a vocab.txt of BERT or a vocab.json beside its merges.txt, with the options
    /// of a tokenizer_config.json beside them; a folder with one of these. Throws: Error(kBadData) naming the path when
    /// it is missing, too large (64 MiB; JSON 32 MiB), broken, or asks for what is not implemented.
    explicit Tokenizer(const std::filesystem::path& path);
    ~Tokenizer();
    Tokenizer(Tokenizer&&) noexcept;

    /// Ids 0 .. vocabSize()-1 with the special tokens, at most max_tokens; never empty (where a text has no token, the
    /// unknown one stands once; a file without one has its first special token there). The limit takes the place of one
    /// in the file, and nothing is filled up.
    std::vector<std::int32_t> encode(const std::string& text, std::int64_t max_tokens) const;
    /// The first text and, unless `second` is null, the second, at most max_tokens in all; the longer one is cut first.
    /// A SentencePiece model has no special tokens: the texts stand one after the other, types 0 and 1.
    Encoding encodePair(const std::string& first, const std::string* second, std::int64_t max_tokens) const;
    /// All ids as the tokenizer's own library gives them: no limit, nothing for a text without tokens.
    std::vector<std::int32_t> tokens(const std::string& first, const std::string* second) const;
    /// The same, cut and filled up as the file asks for.
    std::vector<std::int32_t> tokensAsInFile(const std::string& first, const std::string* second) const;
    /// Without special tokens; ids out of range are passed over.
    std::string decode(const std::vector<std::int32_t>& ids) const;
    /// The piece as a person reads it: spaces as such, bytes as characters where they are one. "" for no piece.
    std::string piece(std::int32_t id) const;
    /// One more than the highest id.
    std::int64_t vocabSize() const;

private:
    std::unique_ptr<TokenizerEngine> engine_;
};

/// The tokenizer's file in a model folder, run folder or checkpoint: tokenizer.model or tokenizer.json; "" when there is
/// none.
std::filesystem::path tokenizerIn(const std::filesystem::path& folder);

/// The bytes of a file that gives the same tokenizer by itself: those of the file, or of a tokenizer.json made of
/// several. Throws: Error(kBadData) as opening does.
std::string tokenizerInOneFile(const std::filesystem::path& path);

/// Trains a unigram model of at most `vocab_size` pieces, the same bytes for the same texts, and writes it
/// atomically. Throws: Error(kBadData) when there is too little text, Error(kIo).
void trainTokenizer(const std::vector<std::string>& texts, std::int64_t vocab_size,
                    const std::filesystem::path& model_file);

}  // namespace switchyard::text
