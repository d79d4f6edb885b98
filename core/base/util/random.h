// SPDX-License-Identifier: MIT
// Counter-based random numbers. A draw is a pure function of (seed, step, sample, layer, ...), so it is
// the same however samples are laid out over ranks, micro-batches and threads.
// Source: the finaliser of splitmix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
// generators"), chained over the key's parts.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace switchyard {

/// One round of the splitmix64 finaliser: a bijection on 64 bits with full avalanche.
inline std::uint64_t mix64(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// The key of a draw with one part more.
inline std::uint64_t extendKey(std::uint64_t key, std::uint64_t part) { return mix64(key ^ mix64(part)); }

/// Key of a draw from its parts, in order.
inline std::uint64_t randomKey(std::initializer_list<std::uint64_t> parts) {
    std::uint64_t key = 0x5377697463687964ULL;  // any fixed start; "Switchyd"
    for (const std::uint64_t part : parts) key = extendKey(key, part);
    return key;
}

/// Uniform in [0, 1) with 53 bits.
inline double toUniform(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

/// What a draw is for: keeps draws of different purposes apart.
enum class Stream : std::uint64_t {
    kOrder = 1,       ///< order of samples in an epoch
    kCaption = 2,     ///< which caption of a picture
    kTokenDrop = 3,
    kPatchDrop = 4,
    kAugment = 5,     ///< crop, flip, colour
    kGate = 6,        ///< Gumbel noise, jitter
    kDropout = 7,
    kNegative = 8,
    kInit = 9,        ///< weights at the start
    kSynthetic = 10,
};

/// A sequence of draws from one key.
/// Thread: one object belongs to one thread.
class RandomSequence {
public:
    /// @param first draws that are skipped
    explicit RandomSequence(std::uint64_t key, std::uint64_t first = 0) : key_(key), counter_(first) {}
    std::uint64_t next() { return mix64(key_ ^ mix64(counter_++)); }
    /// [0, 1)
    double uniform() { return toUniform(next()); }
    /// [low, high)
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    /// 0 .. count-1; count must be positive.
    std::uint64_t below(std::uint64_t count) {
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint64_t>((static_cast<Wide>(next()) * count) >> 64);
    }

private:
    std::uint64_t key_, counter_;
};

}  // namespace switchyard
