// SPDX-License-Identifier: MIT
// Dropout whose draws belong to rows' keys (core/model/layers/draws.h): the same in every layout and on every device.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace switchyard::model {

/// Which random draws a forward may use. `keys` [rows] belongs to the rows of x; undefined = evaluation.
struct DropoutContext {
    at::Tensor keys;
    std::uint64_t seed_key = 0;
};

/// x + dropout(y). The chance of leaving a number out is p, to 1 / 65536; what stays is divided by 1 - p. Without keys,
/// or with p = 0: x + y. Shapes: x, y [..., D] alike; rows are all dimensions but the last.
/// @param place keeps several uses of the same rows apart
at::Tensor addDropped(const at::Tensor& x, const at::Tensor& y, const DropoutContext& context, double p,
                      std::uint64_t place);
/// dropout(y) alone.
at::Tensor dropped(const at::Tensor& y, const DropoutContext& context, double p, std::uint64_t place);

}  // namespace switchyard::model
