// SPDX-License-Identifier: MIT
// Cuts a text into the words that a model then cuts into pieces: Hugging Face's pre-tokenizers, by hand-written
// scanners in place of their regular expressions.
// Source: github.com/huggingface/tokenizers, pre_tokenizers/{bert,byte_level}.rs; github.com/openai/CLIP,
// clip/simple_tokenizer.py; github.com/openai/gpt-2, src/encoder.py.
#pragma once

#include <cstdint>
#include <string_view>

namespace switchyard::text {

enum class WordRule {
    kWhole,             ///< the text is one word
    kBert,              ///< at white space, which goes, and around punctuation
    kGpt2,              ///< contractions, letters, numbers, others, each with the space before it
    kClip,              ///< contractions, letters, single digits, others; white space goes
    kClipWithSpecials,  ///< and "<|startoftext|>", "<|endoftext|>", which the rule of GPT-2 then takes apart
};

/// Hands out one word after the other. Thread: one at a time; the text must stay.
class WordScanner {
public:
    WordScanner(WordRule rule, std::string_view text) : rule_(rule), text_(text) {}
    /// The next word, false at the end. The text must be UTF-8.
    bool next(std::string_view* word);

private:
    std::string_view textFrom(std::size_t begin) const { return text_.substr(begin, at_ - begin); }
    bool nextWhole(std::string_view* word);
    bool nextBert(std::string_view* word);
    bool nextGpt2(std::string_view* word);
    bool nextClip(std::string_view* word);
    void skipSpaces();
    void takeRun(unsigned kinds);
    void takeSpaces();
    std::size_t contraction() const;

    WordRule rule_;
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t inside_until_ = 0;  ///< end of a special token that is being taken apart
};

}  // namespace switchyard::text
