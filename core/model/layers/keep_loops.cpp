// SPDX-License-Identifier: MIT
#include "core/model/layers/keep_loops.h"

#include "core/base/util/random.h"
#include "core/base/util/vector_clones.h"

namespace switchyard::model {

SWITCHYARD_CLONES void drawKept(std::uint64_t row_key, std::uint32_t threshold, std::int64_t count, std::uint8_t* keep) {
    const std::int64_t words = count / 4;
    for (std::int64_t w = 0; w < words; ++w) {
        const std::uint64_t bits = mix64(row_key + static_cast<std::uint64_t>(w));
        keep[4 * w] = static_cast<std::uint8_t>((bits & 0xffffU) >= threshold);
        keep[4 * w + 1] = static_cast<std::uint8_t>(((bits >> 16) & 0xffffU) >= threshold);
        keep[4 * w + 2] = static_cast<std::uint8_t>(((bits >> 32) & 0xffffU) >= threshold);
        keep[4 * w + 3] = static_cast<std::uint8_t>((bits >> 48) >= threshold);
    }
    const std::uint64_t last = mix64(row_key + static_cast<std::uint64_t>(words));
    for (std::int64_t i = 4 * words; i < count; ++i)
        keep[i] = static_cast<std::uint8_t>(((last >> (16 * (i % 4))) & 0xffffU) >= threshold);
}

SWITCHYARD_CLONES void addKept(std::int64_t count, const float* __restrict x, const float* __restrict y,
                               const std::uint8_t* __restrict keep, float scale, float* __restrict out) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = x[i] + (keep[i] != 0 ? y[i] * scale : 0.0F);
}

SWITCHYARD_CLONES void scaleKept(std::int64_t count, const float* __restrict y, const std::uint8_t* __restrict keep,
                                 float scale, float* __restrict out) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = keep[i] != 0 ? y[i] * scale : 0.0F;
}

}  // namespace switchyard::model
