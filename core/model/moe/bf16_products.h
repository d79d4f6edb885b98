// SPDX-License-Identifier: MIT
// Internal: products of bf16 matrices with fp32 sums, for processors with AVX512_BF16. What oneDNN lacks here: a
// weight is read as the fp32 master it is stored as (rounded on its way into the packed panel), and a gradient is
// written as fp32 where it belongs, so that no copy of a slab is ever made.
#pragma once

#include <cstdint>

namespace switchyard::model {

/// Whether this processor has the instructions.
bool bf16ProductsAvailable();

/// A row-major matrix in memory, or its transpose.
struct Bf16Operand {
    const void* data = nullptr;
    std::int64_t stride = 0;  ///< elements from one row in memory to the next
    bool transposed = false;  ///< the matrix is the transpose of what lies in memory
    bool fp32 = false;        ///< else bf16; rounded to the nearest, ties to even
};

/// out = a b with a [m, k] of bf16 and b [k, n]; each element's sum runs over k in its order, whatever m and n are, so
/// that a row's result depends on no other row. Threads share the columns of out.
/// @param out row-major, its rows `out_stride` elements apart; bf16, or fp32 if `out_fp32`
void bf16Product(std::int64_t m, std::int64_t n, std::int64_t k, const Bf16Operand& a, const Bf16Operand& b, void* out,
                 std::int64_t out_stride, bool out_fp32);

}  // namespace switchyard::model
