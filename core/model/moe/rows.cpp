// SPDX-License-Identifier: MIT
#include "core/model/moe/rows.h"

#include <ATen/Parallel.h>
#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace switchyard::model {
namespace {

/// Columns that are added up at a time: their sums stay in registers and the first cache level.
constexpr std::int64_t kColumns = 256;

}  // namespace

template <typename T>
void gatherRows(const T* from, const std::int64_t* row_token, std::int64_t rows, std::int64_t dim, T* to) {
    at::parallel_for(0, rows, 64, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t r = begin; r < end; ++r) {
            std::memcpy(to + r * dim, from + row_token[r] * dim, static_cast<std::size_t>(dim) * sizeof(T));
        }
    });
}

template <typename T>
void combineRows(const T* rows, const RowWeight<T>* weights, const std::int64_t* row_of_choice, std::int64_t tokens,
                 std::int64_t choices, std::int64_t dim, T* y) {
    using W = RowWeight<T>;
    at::parallel_for(0, tokens, 16, [&](std::int64_t begin, std::int64_t end) {
        std::array<W, kColumns> sum{};
        for (std::int64_t t = begin; t < end; ++t) {
            for (std::int64_t first = 0; first < dim; first += kColumns) {
                const std::int64_t count = std::min(kColumns, dim - first);
                std::fill_n(sum.begin(), count, W{0});
                for (std::int64_t k = 0; k < choices; ++k) {
                    const std::int64_t row = row_of_choice[t * choices + k];
                    if (row < 0) continue;
                    const W weight = weights == nullptr ? W{1} : weights[t * choices + k];
                    const T* from = rows + row * dim + first;
                    for (std::int64_t d = 0; d < count; ++d) sum[static_cast<std::size_t>(d)] += weight * static_cast<W>(from[d]);
                }
                T* to = y + t * dim + first;
                for (std::int64_t d = 0; d < count; ++d) to[d] = static_cast<T>(sum[static_cast<std::size_t>(d)]);
            }
        }
    });
}

template <typename T>
void spreadRows(const T* grad_y, const T* rows, const RowWeight<T>* weights, const std::int64_t* row_token,
                const std::int64_t* row_choice, std::int64_t count, std::int64_t dim, T* grad_rows,
                RowWeight<T>* grad_weights) {
    using W = RowWeight<T>;
    constexpr std::int64_t kLanes = 16;  // partial sums, so that the dot product becomes vector code
    at::parallel_for(0, count, 32, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t r = begin; r < end; ++r) {
            const W weight = weights[row_choice[r]];
            const T *from = grad_y + row_token[r] * dim, *row = rows + r * dim;
            T* to = grad_rows + r * dim;
            std::array<W, kLanes> dots{};
            std::int64_t d = 0;
            for (; d + kLanes <= dim; d += kLanes) {
                for (std::int64_t lane = 0; lane < kLanes; ++lane) {
                    const W g = static_cast<W>(from[d + lane]);
                    dots[static_cast<std::size_t>(lane)] += g * static_cast<W>(row[d + lane]);
                    to[d + lane] = static_cast<T>(weight * g);
                }
            }
            W dot = 0;
            for (; d < dim; ++d) {
                dot += static_cast<W>(from[d]) * static_cast<W>(row[d]);
                to[d] = static_cast<T>(weight * static_cast<W>(from[d]));
            }
            for (const W part : dots) dot += part;
            grad_weights[row_choice[r]] = dot;
        }
    });
}

#define SWITCHYARD_ROWS(T)                                                                                                        \
    template void gatherRows(const T*, const std::int64_t*, std::int64_t, std::int64_t, T*);                                      \
    template void combineRows(const T*, const RowWeight<T>*, const std::int64_t*, std::int64_t, std::int64_t, std::int64_t, T*);   \
    template void spreadRows(const T*, const T*, const RowWeight<T>*, const std::int64_t*, const std::int64_t*, std::int64_t,      \
                             std::int64_t, T*, RowWeight<T>*);
SWITCHYARD_ROWS(float)
SWITCHYARD_ROWS(double)
SWITCHYARD_ROWS(c10::BFloat16)
SWITCHYARD_ROWS(c10::Half)
#undef SWITCHYARD_ROWS

}  // namespace switchyard::model
