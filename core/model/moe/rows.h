// SPDX-License-Identifier: MIT
// Internal: moving rows between tokens and the order by expert. fp32 and bf16 rows have fp32 weights and sums, fp64
// rows fp64. Sums run over a token's choices in their order, so that results do not depend on threads.
#pragma once

#include <cstdint>
#include <type_traits>

namespace switchyard::model {

template <typename T>
using RowWeight = std::conditional_t<std::is_same_v<T, double>, double, float>;

/// to[r] = from[row_token[r]].
template <typename T>
void gatherRows(const T* from, const std::int64_t* row_token, std::int64_t rows, std::int64_t dim, T* to);

/// y[t] = sum over k of weight[t, k] * rows[row_of_choice[t, k]]; a choice without a row (-1) adds nothing.
/// @param weights [T, K], or null for 1
template <typename T>
void combineRows(const T* rows, const RowWeight<T>* weights, const std::int64_t* row_of_choice, std::int64_t tokens,
                 std::int64_t choices, std::int64_t dim, T* y);

/// grad_rows[r] = weight * grad_y[row_token[r]]; grad_weights[choice] = <grad_y[row_token[r]], rows[r]>.
template <typename T>
void spreadRows(const T* grad_y, const T* rows, const RowWeight<T>* weights, const std::int64_t* row_token,
                const std::int64_t* row_choice, std::int64_t count, std::int64_t dim, T* grad_rows,
                RowWeight<T>* grad_weights);

}  // namespace switchyard::model
