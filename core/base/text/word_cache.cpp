// SPDX-License-Identifier: MIT
#include "core/base/text/word_cache.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace switchyard::text {

static_assert(sizeof(WordCache::Place) == 64, "one line of the processor's cache");

WordCache::WordCache() : places_(std::make_unique<Place[]>(kPlaces)) {}

WordCache& WordCache::ofThread() {
    static thread_local WordCache cache;
    return cache;
}

std::uint32_t WordCache::newOwner() {
    static std::atomic<std::uint32_t> last{0};
    return ++last;
}

WordCache::Place* WordCache::placeOf(std::uint32_t owner, std::string_view word) {
    return &places_[XXH3_64bits_withSeed(word.data(), word.size(), owner) % kPlaces];
}

bool WordCache::Place::holds(std::uint32_t wanted, std::string_view word) const {
    return owner == wanted && length == word.size() && std::memcmp(text, word.data(), word.size()) == 0;
}

void WordCache::Place::put(std::uint32_t new_owner, std::string_view word, std::span<const std::int32_t> pieces) {
    if (pieces.size() > kMaxPieces) return;
    owner = new_owner;
    length = static_cast<std::uint8_t>(word.size());
    count = static_cast<std::uint8_t>(pieces.size());
    std::memcpy(text, word.data(), word.size());
    std::copy(pieces.begin(), pieces.end(), ids);
}

}  // namespace switchyard::text
