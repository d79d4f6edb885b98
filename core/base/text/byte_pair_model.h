// SPDX-License-Identifier: MIT
// Byte pair encoding over the bytes of a word: of all neighbours, those that were merged first in training are merged
// first here.
// Source: Sennrich et al., Neural machine translation of rare words with subword units (2016); github.com/openai/gpt-2,
// src/encoder.py (bytes shown as letters).
#pragma once

#include <array>
#include <utility>

#include "core/base/text/piece_model.h"

namespace switchyard::text {

class BytePairModel : public PieceModel {
public:
    struct Options {
        std::string suffix;         ///< "</w>" where the last piece of a word is marked
        std::int32_t unknown = -1;  ///< for bytes without a piece of their own; -1 leaves them out
        bool fuse_unknown = false;  ///< one for several in a row
        bool whole_words = false;   ///< a word that is a piece is not cut, whatever the merges say ("ignore_merges")
    };
    /// @param vocabulary  bytes shown as letters
    /// @param merges      the two pieces of each, in their order. Both and what they become must be in the vocabulary.
    BytePairModel(const Vocabulary& vocabulary, const std::vector<std::pair<std::string, std::string>>& merges,
                  Options options);

    void addPieces(std::string_view word, std::vector<std::int32_t>* ids) const override;

private:
    struct Merge {
        std::uint64_t key = kNoKey;  ///< left << 32 | right
        std::uint32_t rank = 0;
        std::int32_t id = 0;
    };
    static constexpr std::uint64_t kNoKey = ~std::uint64_t{0};
    static constexpr std::size_t kShortWord = 32;  ///< symbols up to which looking through all is the fastest

    const Merge* find(std::int32_t left, std::int32_t right) const;
    void addMerge(std::int32_t left, std::int32_t right, std::uint32_t rank, std::int32_t id);
    void symbolsOf(std::string_view word, std::vector<std::int32_t>* symbols) const;
    void mergeShort(std::vector<std::int32_t>* symbols) const;
    void mergeLong(std::vector<std::int32_t>* symbols) const;

    Options options_;
    std::array<std::int32_t, 256> byte_ids_{}, last_byte_ids_{};  ///< -1 for none
    std::vector<Merge> merges_;                                   ///< hash table, open addressing
    std::uint64_t mask_ = 0;
    Vocabulary words_;  ///< by their bytes; only for whole_words
    std::uint32_t owner_;
};

}  // namespace switchyard::text
