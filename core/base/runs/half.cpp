// SPDX-License-Identifier: MIT
#include <algorithm>
#include <bit>
#include <cmath>

#include "core/base/runs/probe_codec.h"

namespace switchyard::runs {
namespace {

constexpr std::uint16_t kLargestHalf = 0x7bff;

}  // namespace

std::uint16_t toHalf(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000);
    if (std::isnan(value)) return static_cast<std::uint16_t>(sign | 0x7e00);
    const float size = std::fabs(value);
    if (size >= 65504.0F) return static_cast<std::uint16_t>(sign | kLargestHalf);
    if (size < 0x1p-14F) {  // subnormal: whole multiples of 2^-24
        return static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>(std::nearbyint(size * 0x1p24F)));
    }
    const std::uint32_t plain = std::bit_cast<std::uint32_t>(size) - (112U << 23);
    const std::uint32_t even = plain + 0xfff + ((plain >> 13) & 1);
    return static_cast<std::uint16_t>(sign | std::min<std::uint32_t>(even >> 13, kLargestHalf));
}

float fromHalf(std::uint16_t half) {
    const float sign = (half & 0x8000) != 0 ? -1.0F : 1.0F;
    const int exponent = (half >> 10) & 0x1f, fraction = half & 0x3ff;
    if (exponent == 0x1f) return fraction != 0 ? std::nanf("") : sign * INFINITY;
    if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
    return sign * std::bit_cast<float>((static_cast<std::uint32_t>(exponent + 112) << 23) |
                                       (static_cast<std::uint32_t>(fraction) << 13));
}

}  // namespace switchyard::runs
