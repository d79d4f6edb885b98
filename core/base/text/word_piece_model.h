// SPDX-License-Identifier: MIT
// WordPiece: from the left, always the longest piece that the vocabulary has.
// Source: Schuster and Nakajima, Japanese and Korean voice search (2012); github.com/google-research/bert,
// tokenization.py.
#pragma once

#include "core/base/text/byte_trie.h"
#include "core/base/text/piece_model.h"

namespace switchyard::text {

class WordPieceModel : public PieceModel {
public:
    struct Options {
        std::string prefix = "##";          ///< of pieces that do not start a word
        std::int32_t unknown = 0;           ///< for a word that can not be put together
        std::int64_t max_characters = 100;  ///< longer words are unknown
    };
    /// The pieces must take less than ByteTrie::kMaxBytes together.
    WordPieceModel(const Vocabulary& vocabulary, Options options);

    void addPieces(std::string_view word, std::vector<std::int32_t>* ids) const override;

private:
    Options options_;
    ByteTrie trie_;
    std::uint32_t inner_ = ByteTrie::kRoot;  ///< behind the prefix
};

}  // namespace switchyard::text
