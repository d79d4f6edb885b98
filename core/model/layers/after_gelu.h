// SPDX-License-Identifier: MIT
// What follows a GELU, computed so that only the GELU's input is kept for the backward; its output is computed again
// there: half the activations for a hundredth of the time. Under
// autocast both work in the autocast type (the convolution as its two calls).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace switchyard::model {

/// linear(gelu(x), weight, bias). Shapes: x [..., in], weight [out, in], bias [out] -> [..., out].
at::Tensor geluLinear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

/// conv2d(gelu(x), weight, bias, stride, padding). Shapes: x [B, in, H, W], weight [out, in, k, k], bias [out].
at::Tensor geluConvolution(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, std::int64_t stride,
                           std::int64_t padding);

}  // namespace switchyard::model
