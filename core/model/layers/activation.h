// SPDX-License-Identifier: MIT
// Internal: activation functions of experts and dense layers over rows that lie in cache, fused with the bias before
// them and with what the backward needs. fp32 and bf16 compute in fp32, fp64 in fp64.
#pragma once

#include <cstdint>

#include "core/base/config/run_config.h"

namespace switchyard::model {

/// Features of w1's output for H hidden features: 2 H for swiglu, else H.
inline std::int64_t firstWidth(Activation activation, std::int64_t hidden) {
    return activation == Activation::kSwiGlu ? 2 * hidden : hidden;
}

/// h += bias; out = f(h). With `slope`, h is replaced by what activateBackward needs: the derivative for gelu and
/// relu, h itself for swiglu.
/// @param h [rows, firstWidth]  @param bias [firstWidth] or null  @param out [rows, hidden]
template <typename T>
void activate(Activation activation, std::int64_t rows, std::int64_t hidden, T* h, const T* bias, T* out, bool slope);

/// grad_h from grad (of out) and what activate left in h. gelu and relu work in place (grad_h == grad); for swiglu
/// grad_h is [rows, 2 hidden].
template <typename T>
void activateBackward(Activation activation, std::int64_t rows, std::int64_t hidden, const T* h, const T* grad, T* grad_h);

}  // namespace switchyard::model
