// SPDX-License-Identifier: MIT
#include "core/model/moe/gates.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <tuple>

#include "core/base/util/random.h"
#include "core/model/layers/draws.h"

namespace switchyard::model {
namespace {

/// Keeps the noise scale away from 0 (Shazeer's epsilon).
constexpr double kLeastNoise = 1e-2;

at::Tensor normalCdf(const at::Tensor& x) {
    return 0.5 * (1 + at::erf(x * std::sqrt(0.5)));
}

}  // namespace

GateChoice chooseTop2(const at::Tensor& probs, const RouterLogits& router, const MoeOptions& options,
                      const TokenInfo& tokens, const ForwardContext& context) {
    GateChoice choice;
    choice.renormalise = true;
    if (context.replay != nullptr) {
        choice.experts = context.replay->experts;
        choice.gates = probs.gather(-1, choice.experts);
        return choice;
    }
    const at::Tensor first = probs.detach().argmax(-1, /*keepdim=*/true);
    at::Tensor second_logits = router.logits.detach();
    if (context.training || options.moe.gumbel_eval) {
        second_logits = second_logits + gumbelRows(tokens.keys, options.moe.experts, gateKey(options, context),
                                                   second_logits.scalar_type());
    }
    second_logits = second_logits.scatter(-1, first, -std::numeric_limits<double>::infinity());
    choice.experts = at::cat({first, second_logits.argmax(-1, true)}, -1);
    choice.gates = probs.gather(-1, choice.experts);
    return choice;
}

GateChoice chooseSwitch(const at::Tensor& probs, const ForwardContext& context) {
    GateChoice choice;
    choice.experts = context.replay != nullptr ? context.replay->experts : probs.detach().argmax(-1, true);
    choice.gates = probs.gather(-1, choice.experts);
    return choice;
}

GateChoice chooseTopK(const at::Tensor& scores, const RouterLogits& router, const MoeOptions& options,
                      const ForwardContext& context) {
    const at::Tensor wanted =
        router.bias.defined() ? scores.detach() + router.bias.to(scores.scalar_type()) : scores.detach();
    GateChoice choice;
    choice.experts =
        context.replay != nullptr ? context.replay->experts : std::get<1>(wanted.topk(options.moe.top_k, -1));
    const at::Tensor chosen = scores.gather(-1, choice.experts);
    choice.gates = chosen / chosen.sum(-1, true).clamp_min(leastSum(scores.scalar_type()));
    return choice;
}

GateChoice chooseNoisyTopK(const RouterLogits& router, const MoeOptions& options, const TokenInfo& tokens,
                           const ForwardContext& context) {
    const at::Tensor& clean = router.logits;
    const std::int64_t experts = options.moe.experts, kept = options.moe.top_k;
    at::Tensor noisy = clean, scale;
    if (context.training) {
        scale = at::softplus(router.noise) + kLeastNoise;
        noisy = clean + normalRows(tokens.keys, experts, gateKey(options, context), clean.scalar_type()) * scale;
    }
    const auto [values, order] = noisy.topk(std::min(kept + 1, experts), -1);
    GateChoice choice;
    choice.experts = context.replay != nullptr ? context.replay->experts : order.narrow(-1, 0, kept).contiguous();
    choice.gates = noisy.gather(-1, choice.experts).softmax(-1);
    // With K = E every expert is always in: its load does not depend on the router.
    if (context.training && kept < experts) {
        // The threshold that an expert's fresh noise has to pass: the best of those that are out, for one that is
        // in; else the last of those that are in.
        const at::Tensor outside = values.narrow(-1, kept, 1), inside = values.narrow(-1, kept - 1, 1);
        const at::Tensor is_in = at::zeros_like(noisy, at::kBool).scatter_(-1, choice.experts, true);
        choice.load = normalCdf((clean - at::where(is_in, outside, inside)) / scale);
    }
    return choice;
}

GateChoice chooseByExperts(const at::Tensor& probs, const MoeOptions& options, const ForwardContext& context) {
    if (context.replay != nullptr) {
        GateChoice choice;
        choice.experts = context.replay->experts;
        choice.gates = probs.gather(-1, choice.experts.clamp_min(0)).masked_fill(choice.experts.lt(0), 0.0);
        return choice;
    }
    const double factor = context.training ? options.moe.capacity_factor : options.moe.eval_capacity_factor;
    const std::int64_t tokens = probs.size(0), experts = probs.size(1);
    const double share = (factor > 0 ? factor : 1.0) * static_cast<double>(options.moe.top_k * tokens);
    const std::int64_t slots =
        std::min(tokens, static_cast<std::int64_t>(std::ceil(share / static_cast<double>(experts))));
    // The same on every device, also where tokens are equal (a pair may stand in a batch twice): an expert takes what
    // is above its last place, and of those on it the first.
    const at::Tensor offered = probs.detach();
    const at::Tensor edge = tokens == 0 ? at::zeros({1, experts}, offered.options())
                                        : std::get<0>(offered.topk(slots, 0)).amin(0, /*keepdim=*/true);
    const at::Tensor above = offered.gt(edge), on = offered.eq(edge);
    const at::Tensor chosen = above.logical_or(on.logical_and(on.cumsum(0).le(slots - above.sum(0, true))));
    // From the experts' lists to the tokens': a token's choices by falling probability, -1 behind its last.
    const std::int64_t widest = tokens == 0 ? 0 : chosen.sum(-1).max().item<std::int64_t>();
    const at::Tensor order =
        std::get<1>(probs.detach().masked_fill(chosen.logical_not(), -1.0).topk(std::max<std::int64_t>(widest, 1), -1));
    const at::Tensor none = chosen.gather(-1, order).logical_not();
    GateChoice choice;
    choice.experts = order.masked_fill(none, -1);
    choice.gates = probs.gather(-1, order).masked_fill(none, 0.0);
    return choice;
}

}  // namespace switchyard::model
