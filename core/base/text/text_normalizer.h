// SPDX-License-Identifier: MIT
// What a tokenizer does to a text before it looks for words: Hugging Face's normalizers.
// Source: github.com/huggingface/tokenizers, the "normalizer" of tokenizer.json.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace switchyard::text {

enum class NormalizerStep {
    kClean,         ///< BERT: controls out, white space to spaces
    kIdeographs,    ///< BERT: spaces around Chinese characters
    kStripAccents,  ///< BERT: NFD, and the non-spacing marks out
    kLower,
    kNfc,
    kNfd,
    kOneSpace,  ///< any run of white space to one space
};

/// Thread: run() is safe from several threads.
class TextNormalizer {
public:
    TextNormalizer() : TextNormalizer(std::vector<NormalizerStep>()) {}
    explicit TextNormalizer(std::vector<NormalizerStep> steps);

    bool isIdentity() const { return steps_.empty(); }
    /// Replaces `result` by the normal form of `text`, which must be UTF-8.
    void run(std::string_view text, std::string* result) const;

private:
    void runAscii(std::string_view text, std::string* result) const;

    std::vector<NormalizerStep> steps_;
    bool ascii_is_bytewise_ = true, one_space_ = false;
    std::array<char, 128> ascii_{};          ///< what becomes of each
    std::array<bool, 128> ascii_removed_{};  ///< or nothing
};

}  // namespace switchyard::text
