// SPDX-License-Identifier: MIT
// How the worker's allocator (core/runtime/cpu_allocator.cpp) sizes and keeps blocks. A plan replays a training with
// sizes alone (core/base/plan/memory_pool.cpp) by the same rules.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace switchyard::block_rules {

inline constexpr int kSmall = 1 << 20;  ///< bytes; less comes from malloc
inline constexpr int kHugePage = 2 << 20;
inline constexpr int kAlignment = 64;

/// What malloc is asked for where so many bytes are wanted, aligned.
template <class Int>
constexpr Int onHeap(Int bytes) {
    return (bytes + kAlignment - 1) / kAlignment * kAlignment + kAlignment;
}

/// Rounded up to a quarter of a power of two: at most 25 % is lost, and tensors of nearly equal size share blocks.
template <class Int>
constexpr Int bucketOf(Int bytes) {
    const auto quarter = static_cast<Int>(std::bit_ceil(static_cast<std::make_unsigned_t<Int>>(bytes)) / 8);
    return (bytes + quarter - 1) / quarter * quarter;
}

/// A kept block of up to half as much again will do: its pages are there, where a new mapping's have to be made and
/// zeroed.
template <class Int>
constexpr bool willDo(Int kept, Int bucket) {
    return kept <= bucket + bucket / 2;
}

/// Kept blocks only fill the space up to the peak in use: the process is never much larger than its tensors were at
/// their largest, and a step that repeats finds nearly all of its blocks again.
template <class Int>
constexpr Int mostHeld(Int peak_in_use) {
    return peak_in_use + peak_in_use / 32 + Int{kHugePage} * 8;
}

}  // namespace switchyard::block_rules
