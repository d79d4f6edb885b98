// SPDX-License-Identifier: MIT
// Remembers the pieces of words that were met before: one table a thread, 1 MiB, shared by all tokenizers; a word takes
// the place of another that falls on the same one.
// Thread: each thread has its own, so that nothing is locked.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace switchyard::text {

class WordCache {
public:
    static constexpr std::size_t kMaxBytes = 26, kMaxPieces = 8;

    static WordCache& ofThread();
    /// A number that no other tokenizer of this process has.
    static std::uint32_t newOwner();

    struct Place;
    /// Where the word is, or would be, kept. `word` must have at most kMaxBytes.
    Place* placeOf(std::uint32_t owner, std::string_view word);

    struct alignas(64) Place {
        std::uint32_t owner;
        std::uint8_t length, count;
        char text[kMaxBytes];
        std::int32_t ids[kMaxPieces];

        bool holds(std::uint32_t wanted, std::string_view word) const;
        void put(std::uint32_t new_owner, std::string_view word, std::span<const std::int32_t> pieces);
    };

private:
    static constexpr std::size_t kPlaces = 1U << 14;
    WordCache();
    std::unique_ptr<Place[]> places_;
};

}  // namespace switchyard::text
