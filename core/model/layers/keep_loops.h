// SPDX-License-Identifier: MIT
// The loops of dropout, without LibTorch.
#pragma once

#include <cstdint>

namespace switchyard::model {

/// keep[i] = 1 unless a 16-bit draw is below `threshold`. Draw i is the i % 4-th 16 bits of mix64(row_key + i / 4).
void drawKept(std::uint64_t row_key, std::uint32_t threshold, std::int64_t count, std::uint8_t* keep);

/// out = x + y * keep * scale.
void addKept(std::int64_t count, const float* x, const float* y, const std::uint8_t* keep, float scale, float* out);
/// out = y * keep * scale.
void scaleKept(std::int64_t count, const float* y, const std::uint8_t* keep, float scale, float* out);

}  // namespace switchyard::model
