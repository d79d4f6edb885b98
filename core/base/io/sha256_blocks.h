// SPDX-License-Identifier: MIT
// SHA-256's inner part by the x86 instructions for it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace switchyard::io {

constexpr std::size_t kShaBlock = 64;
using ShaState = std::array<std::uint32_t, 8>;

/// Whether this processor has the instructions.
bool hasShaInstructions();

/// Takes `blocks` blocks of 64 bytes into the state. Only where hasShaInstructions().
void hashBlocks(ShaState& state, const std::uint8_t* data, std::size_t blocks);
/// The same for two streams at once.
void hashBlocks(ShaState& a, const std::uint8_t* of_a, ShaState& b, const std::uint8_t* of_b, std::size_t blocks);

}  // namespace switchyard::io
