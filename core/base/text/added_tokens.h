// SPDX-License-Identifier: MIT
// Tokens that are looked for in the text itself, before words are: "[SEP]", "<|endoftext|>".
// Source: github.com/huggingface/tokenizers, tokenizer/added_vocabulary.rs (what its options mean).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text/byte_trie.h"

namespace switchyard::text {

struct AddedToken {
    std::int32_t id = 0;
    std::string content;
    bool single_word = false;             ///< not beside a letter
    bool lstrip = false, rstrip = false;  ///< takes the white space on that side along
    bool normalized = false;              ///< looked for in the normalised text
    bool special = false;                 ///< left out when decoding
};

/// A part of a text: a token, or (id -1) what stands between.
struct TextPart {
    std::string_view text;
    std::int32_t id = -1;
};

/// Thread: split() is safe from several threads.
class AddedTokenFinder {
public:
    AddedTokenFinder() : AddedTokenFinder(std::vector<AddedToken>()) {}
    /// @param tokens  contents as they are looked for; none empty, ByteTrie::kMaxBytes at most in all. Of two that are
    ///                equal the first counts.
    explicit AddedTokenFinder(std::vector<AddedToken> tokens);

    bool isEmpty() const { return tokens_.empty(); }
    /// Of those that start at the same place the longest is taken. Replaces what is in `parts`.
    void split(std::string_view text, std::vector<TextPart>* parts) const;

private:
    void take(std::string_view text, std::size_t begin, std::size_t end, const AddedToken& token, std::size_t* done,
              std::vector<TextPart>* parts) const;

    std::vector<AddedToken> tokens_;
    ByteTrie trie_;  ///< values are places in tokens_
    std::array<bool, 256> starts_{};
};

}  // namespace switchyard::text
