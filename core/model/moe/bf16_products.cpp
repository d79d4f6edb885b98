// SPDX-License-Identifier: MIT
// Blocking: b is packed in panels of 64 columns that stay in the second-level cache, with the pairs of rows that
// vdpbf16ps multiplies side by side; a tile of 6 x 64 sums stays in registers over the whole of k.
#include "core/model/moe/bf16_products.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace switchyard::model {

#if defined(__x86_64__)

namespace {

#define SWITCHYARD_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))
#define SWITCHYARD_BF16_INLINE inline __attribute__((always_inline, target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))

constexpr std::int64_t kLanes = 16;               ///< fp32 sums in a register
constexpr std::int64_t kVectors = 4;              ///< registers across a tile
constexpr std::int64_t kPanel = kLanes * kVectors;  ///< columns of a panel
constexpr std::int64_t kTileRows = 6;             ///< 24 sums, 4 of b and one of a fit the 32 registers
constexpr std::int64_t kGroup = 48;               ///< columns of a transposed a that are packed together: tiles x vectors

/// A pair of bf16 numbers, the first in the low half.
using Pair = std::uint32_t;

/// Memory that a thread keeps for its packed panels.
struct Scratch {
    std::vector<Pair> memory;
    Pair* pairs(std::int64_t count) {
        const std::size_t needed = static_cast<std::size_t>(count) + kLanes;
        if (memory.size() < needed) memory.resize(needed);
        const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
        return memory.data() + (64 - address % 64) % 64 / sizeof(Pair);
    }
};

SWITCHYARD_BF16_INLINE __mmask16 firstLanes(std::int64_t count) {
    return static_cast<__mmask16>(count >= kLanes ? 0xffffU : count <= 0 ? 0U : (1U << count) - 1U);
}

/// 16 numbers of a row as bf16 in the low halves of 16 lanes; zero where the mask is clear.
template <bool kFp32>
SWITCHYARD_BF16_INLINE __m512i rowHalves(const void* data, std::int64_t at, __mmask16 mask) {
    if constexpr (kFp32) {
        const __m512 values = _mm512_maskz_loadu_ps(mask, static_cast<const float*>(data) + at);
        return _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(values)));
    } else {
        return _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, static_cast<const std::uint16_t*>(data) + at));
    }
}

/// Rows 2p and 2p + 1 of a matrix side by side: `to[p * width + c]`, for `width` columns from `first` of which
/// `columns` exist, and all pairs of `depth` rows.
template <bool kFp32>
SWITCHYARD_BF16 void packRows(const Bf16Operand& from, std::int64_t first, std::int64_t columns, std::int64_t width, std::int64_t depth, Pair* to) {
    for (std::int64_t row = 0; row < depth; row += 2, to += width) {
        const bool pair = row + 1 < depth;
        for (std::int64_t c = 0; c < width; c += kLanes) {
            const __mmask16 mask = firstLanes(columns - c);
            const std::int64_t at = row * from.stride + first + c;
            const __m512i low = rowHalves<kFp32>(from.data, at, mask);
            const __m512i high = pair ? rowHalves<kFp32>(from.data, at + from.stride, mask) : _mm512_setzero_si512();
            _mm512_store_si512(to + c, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
        }
    }
}

/// Turns 16 x 16 pairs.
SWITCHYARD_BF16_INLINE void turn(__m512i (&r)[16]) {
    __m512i t[16];
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {
        r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    for (int i = 0; i < 4; ++i) {
        t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
        t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
        t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
        t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
    }
    for (int i = 0; i < 4; ++i) {
        r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
        r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
        r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
        r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
    }
}

/// 32 numbers of a row as 16 pairs; `left` of them exist.
template <bool kFp32>
SWITCHYARD_BF16_INLINE __m512i rowPairs(const void* data, std::int64_t at, std::int64_t left) {
    if constexpr (kFp32) {
        const float* from = static_cast<const float*>(data) + at;
        const __m512 low = _mm512_maskz_loadu_ps(firstLanes(left), from);
        const __m512 high = left > kLanes ? _mm512_maskz_loadu_ps(firstLanes(left - kLanes), from + kLanes) : _mm512_setzero_ps();
        return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low));
    } else {
        const __mmask32 mask = left >= 32 ? 0xffffffffU : (1U << left) - 1U;
        return _mm512_maskz_loadu_epi16(mask, static_cast<const std::uint16_t*>(data) + at);
    }
}

/// The same panel from a transposed matrix: its columns are rows in memory, whose pairs are neighbours already.
template <bool kFp32>
SWITCHYARD_BF16 void packTurned(const Bf16Operand& from, std::int64_t first, std::int64_t columns, std::int64_t depth, Pair* to) {
    const std::int64_t pairs = (depth + 1) / 2;
    for (std::int64_t c = 0; c < kPanel; c += kLanes) {
        for (std::int64_t p = 0; p < pairs; p += kLanes) {
            __m512i r[16];
            for (std::int64_t i = 0; i < kLanes; ++i) {
                r[i] = c + i < columns ? rowPairs<kFp32>(from.data, (first + c + i) * from.stride + 2 * p, depth - 2 * p) : _mm512_setzero_si512();
            }
            turn(r);
            const std::int64_t count = std::min(kLanes, pairs - p);
            for (std::int64_t i = 0; i < count; ++i) _mm512_store_si512(to + (p + i) * kPanel + c, r[i]);
        }
    }
}

/// Where a tile's sums go.
struct TileOut {
    void* data;
    std::int64_t stride;
    std::int64_t columns;  ///< of the tile's 64 that exist
};

/// A tile of kRows x 64: pairs of a at `a[row * row_step + p * pair_step]`.
template <int kRows, bool kOutFp32>
SWITCHYARD_BF16 void tile(const Pair* a, std::int64_t row_step, std::int64_t pair_step, const Pair* panel, std::int64_t pairs, const TileOut& out) {
    __m512 sum[kRows][kVectors];
#pragma GCC unroll 6
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) sum[r][v] = _mm512_setzero_ps();
    }
    for (std::int64_t p = 0; p < pairs; ++p, panel += kPanel, a += pair_step) {
        __m512bh b[kVectors];
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) b[v] = reinterpret_cast<__m512bh>(_mm512_load_si512(panel + v * kLanes));
#pragma GCC unroll 6
        for (int r = 0; r < kRows; ++r) {
            const auto pair = reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(a[r * row_step])));
#pragma GCC unroll 4
            for (int v = 0; v < kVectors; ++v) sum[r][v] = _mm512_dpbf16_ps(sum[r][v], pair, b[v]);
        }
    }
#pragma GCC unroll 6
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) {
            const std::int64_t at = r * out.stride + v * kLanes;
            const __mmask16 mask = firstLanes(out.columns - v * kLanes);
            if constexpr (kOutFp32) {
                _mm512_mask_storeu_ps(static_cast<float*>(out.data) + at, mask, sum[r][v]);
            } else {
                _mm256_mask_storeu_epi16(static_cast<std::uint16_t*>(out.data) + at, mask, reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(sum[r][v])));
            }
        }
    }
}

template <bool kOutFp32>
void tileOf(std::int64_t rows, const Pair* a, std::int64_t row_step, std::int64_t pair_step, const Pair* panel, std::int64_t pairs, const TileOut& out) {
    switch (rows) {
        case 1: return tile<1, kOutFp32>(a, row_step, pair_step, panel, pairs, out);
        case 2: return tile<2, kOutFp32>(a, row_step, pair_step, panel, pairs, out);
        case 3: return tile<3, kOutFp32>(a, row_step, pair_step, panel, pairs, out);
        case 4: return tile<4, kOutFp32>(a, row_step, pair_step, panel, pairs, out);
        case 5: return tile<5, kOutFp32>(a, row_step, pair_step, panel, pairs, out);
        default: return tile<6, kOutFp32>(a, row_step, pair_step, panel, pairs, out);
    }
}

void packPanel(const Bf16Operand& b, std::int64_t first, std::int64_t columns, std::int64_t depth, Pair* to) {
    if (b.transposed) {
        b.fp32 ? packTurned<true>(b, first, columns, depth, to) : packTurned<false>(b, first, columns, depth, to);
    } else {
        b.fp32 ? packRows<true>(b, first, columns, kPanel, depth, to) : packRows<false>(b, first, columns, kPanel, depth, to);
    }
}

}  // namespace

bool bf16ProductsAvailable() {
    static const bool available = __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
                                  __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    return available;
}

void bf16Product(std::int64_t m, std::int64_t n, std::int64_t k, const Bf16Operand& a, const Bf16Operand& b, void* out,
                 std::int64_t out_stride, bool out_fp32) {
    const std::int64_t pairs = (k + 1) / 2;
    // Rows of a that can be read in pairs where they lie are not packed.
    const bool in_place = !a.transposed && k % 2 == 0 && a.stride % 2 == 0;
    thread_local Scratch left;
    Pair* packed = in_place ? nullptr : left.pairs((m + kGroup - 1) / kGroup * kGroup * pairs);
    if (a.transposed) {
        const std::int64_t groups = (m + kGroup - 1) / kGroup;
        at::parallel_for(0, groups, 4, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t g = begin; g < end; ++g) {
                packRows<false>(a, g * kGroup, std::min(kGroup, m - g * kGroup), kGroup, k, packed + g * kGroup * pairs);
            }
        });
    } else if (!in_place) {
        const auto* from = static_cast<const std::uint16_t*>(a.data);
        for (std::int64_t row = 0; row < m; ++row) {
            for (std::int64_t p = 0; p < pairs; ++p) {
                const std::uint16_t* at = from + row * a.stride + 2 * p;
                packed[row * pairs + p] = at[0] | (2 * p + 1 < k ? static_cast<Pair>(at[1]) << 16 : 0U);
            }
        }
    }
    at::parallel_for(0, (n + kPanel - 1) / kPanel, 1, [&](std::int64_t begin, std::int64_t end) {
        thread_local Scratch right;
        Pair* panel = right.pairs(pairs * kPanel);
        for (std::int64_t j = begin; j < end; ++j) {
            const std::int64_t first = j * kPanel, columns = std::min(kPanel, n - first);
            packPanel(b, first, columns, k, panel);
            for (std::int64_t row = 0; row < m; row += kTileRows) {
                const std::int64_t rows = std::min(kTileRows, m - row), at = row * out_stride + first;
                const Pair* from = in_place       ? static_cast<const Pair*>(a.data) + row * a.stride / 2
                                   : a.transposed ? packed + row / kGroup * kGroup * pairs + row % kGroup
                                                  : packed + row * pairs;
                const std::int64_t row_step = in_place ? a.stride / 2 : a.transposed ? 1 : pairs;
                const std::int64_t pair_step = a.transposed ? kGroup : 1;
                if (out_fp32) {
                    tileOf<true>(rows, from, row_step, pair_step, panel, pairs, {static_cast<float*>(out) + at, out_stride, columns});
                } else {
                    tileOf<false>(rows, from, row_step, pair_step, panel, pairs, {static_cast<std::uint16_t*>(out) + at, out_stride, columns});
                }
            }
        }
    });
}

#else

bool bf16ProductsAvailable() { return false; }
void bf16Product(std::int64_t, std::int64_t, std::int64_t, const Bf16Operand&, const Bf16Operand&, void*, std::int64_t, bool) {}

#endif

}  // namespace switchyard::model
