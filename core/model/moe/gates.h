// SPDX-License-Identifier: MIT
// Internal: what each gate chooses, before any capacity drops a choice. route() finishes the record.
#pragma once

#include "core/model/moe/moe_layer.h"

namespace switchyard::model {

/// A gate's choice.
struct GateChoice {
    at::Tensor experts;        ///< [T, K] int64, best first; -1 where a token has fewer choices (expert_choice)
    at::Tensor gates;          ///< [T, K] combine weights before dropping, with gradient; 0 where experts is -1
    at::Tensor load;           ///< noisy_topk in training: [T, E] probability of being chosen again, with gradient
    bool renormalise = false;  ///< weights are divided by their sum again after dropping
};

/// Key of the gate's random draws in this step.
std::uint64_t gateKey(const MoeOptions& options, const ForwardContext& context);
/// Smallest denominator of a renormalisation: the type's epsilon.
double leastSum(at::ScalarType type);

// With context.replay every gate takes the choices made before and only weighs them again.

/// Source: Lepikhin et al. 2020 (GShard, arXiv 2006.16668) alg. 1; Gumbel noise for the second as fairscale has it.
GateChoice chooseTop2(const at::Tensor& probs, const RouterLogits& router, const MoeOptions& options,
                      const TokenInfo& tokens, const ForwardContext& context);
/// Source: Fedus et al. 2021 (arXiv 2101.03961) sec. 2.1.
GateChoice chooseSwitch(const at::Tensor& probs, const ForwardContext& context);
/// K highest scores; with a bias they are chosen by score + bias and weighed by the score alone.
/// Source: Wang et al. 2024 (arXiv 2408.15664) eq. 3.
/// @param scores [T, E] softmax or sigmoid of the logits
GateChoice chooseTopK(const at::Tensor& scores, const RouterLogits& router, const MoeOptions& options,
                      const ForwardContext& context);
/// Source: Shazeer et al. 2017 (arXiv 1701.06538) eq. 3 to 5, 8 to 10.
GateChoice chooseNoisyTopK(const RouterLogits& router, const MoeOptions& options, const TokenInfo& tokens,
                           const ForwardContext& context);
/// Each expert takes its min(T, ceil(c K T / E)) best tokens, c = the capacity factor, 1 when that is 0.
/// Source: Zhou et al. 2022 (arXiv 2202.09368) sec. 3.2.
GateChoice chooseByExperts(const at::Tensor& probs, const MoeOptions& options, const ForwardContext& context);

}  // namespace switchyard::model
