// SPDX-License-Identifier: MIT
// Internal: which type a hand-written autograd function computes in, and its loops over that type.
#pragma once

#include <ATen/autocast_mode.h>
#include <ATen/core/Tensor.h>

namespace switchyard::model {

/// The autocast type of the input's device where autocast is on, else the weight's.
inline at::ScalarType computeType(const at::Tensor& x, const at::Tensor& weight) {
    const c10::DeviceType device = x.device().type();
    return at::autocast::is_autocast_enabled(device) ? at::autocast::get_autocast_dtype(device) : weight.scalar_type();
}

/// Calls body with a value of the rows' type: double, BFloat16, Half or float.
template <typename Body>
void withType(const at::Tensor& rows, const Body& body) {
    switch (rows.scalar_type()) {
        case at::kDouble: body(double{}); break;
        case at::kBFloat16: body(at::BFloat16{}); break;
        case at::kHalf: body(at::Half{}); break;
        default: body(float{}); break;
    }
}

}  // namespace switchyard::model
