// SPDX-License-Identifier: MIT
// Weights at the start, drawn from (seed, parameter name): the same on every rank, layout and thread count.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>

#include "core/model/routing.h"

namespace switchyard::model {

/// Fills every parameter by its name and shape:
///   *norm.weight                     1          *bias, *.b1, *.b2       0
///   *embedding.weight, *.position, *.class_embedding    N(0, 0.02)
///   *router.weight          N(0, 0.02)
///   *.lora_?_a                       U(+-1/sqrt(in)) (kaiming_uniform, a = sqrt 5)      *.lora_?_b   0
///   *.w1, *.w2 [E, in, out]          U(+-1/sqrt(in))
///   logit_scale                      ln(1 / 0.07)
///   other matrices and kernels       U(+-1/sqrt(fan in))
/// @param share of the experts' parameters (*.experts.*), whose numbers are those of the whole slab
void initialise(torch::nn::Module& model, std::uint64_t seed, ExpertShare share = {});

}  // namespace switchyard::model
