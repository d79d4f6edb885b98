// SPDX-License-Identifier: MIT
// One AdamW update with moments kept in bf16.
//
// With round-to-nearest a moment that decays by less than half of bf16's last place (2^-9) would never move again, and
// the second moment decays by 1 - beta2, often 2^-10. So the moments are rounded up or down at random, with the
// probability that makes the mean right. The noise is a hash of the parameter's name, the number's place in the whole
// parameter and the update's number: the same on every layout of ranks, and after a resume.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

namespace switchyard::train {

struct AdamWStep {
    double lr = 0, beta1 = 0, beta2 = 0, eps = 0, weight_decay = 0;
    std::int64_t number = 1;  ///< of the update, from 1
};

/// Where a tensor's noise comes from.
struct NoisePlace {
    std::uint32_t key = 0;    ///< of parameter and update
    std::uint32_t first = 0;  ///< place of the tensor's first number in the whole parameter, modulo 2^32
};
NoisePlace noisePlace(const std::string& parameter, std::int64_t first, std::int64_t update);

/// Updates the fp32 `weight` and its bf16 moments in place from the fp32 `gradient` (undefined = 0); all of one shape,
/// contiguous. The weight sees the moments before they are rounded.
void updateWithBf16Moments(const at::Tensor& weight, const at::Tensor& gradient, const at::Tensor& average,
                           const at::Tensor& square, const AdamWStep& step, NoisePlace place);

/// The same by tensor operations, for any device; equal up to the order of roundings in fp32.
void updateWithBf16MomentsByTensors(const at::Tensor& weight, const at::Tensor& gradient, const at::Tensor& average,
                                    const at::Tensor& square, const AdamWStep& step, NoisePlace place);

}  // namespace switchyard::train
