// SPDX-License-Identifier: MIT
// From a gate's choice to the routing record: which choices a capacity drops, and the weights after that. Source of
// the drop by priority: Riquelme et al. 2021 (V-MoE, arXiv 2106.05974) sec. 4.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/util/random.h"
#include "core/model/moe/gates.h"

namespace switchyard::model {
namespace {

/// Slots an expert has, or -1 for no limit.
std::int64_t capacityOf(std::int64_t tokens, std::int64_t choices, const MoeOptions& options, bool training) {
    const double factor = training ? options.moe.capacity_factor : options.moe.eval_capacity_factor;
    if (factor <= 0 || options.moe.gate == GateKind::kExpertChoice) return -1;  // there the gate itself fills the slots
    const double slots =
        std::ceil(factor * static_cast<double>(choices * tokens) / static_cast<double>(options.moe.experts));
    return std::max(options.moe.min_capacity, static_cast<std::int64_t>(slots));
}

/// [T, K] true where a choice finds its expert full. All first choices are placed before any second choice; an
/// expert's second choices start behind all of its first choices, dropped or not (as GShard counts).
at::Tensor dropped(const at::Tensor& experts, const at::Tensor& first_weight, std::int64_t capacity,
                   const MoeOptions& options) {
    const std::int64_t tokens = experts.size(0), choices = experts.size(1);
    at::Tensor out = at::zeros({tokens, choices}, at::kBool);
    std::vector<std::int64_t> order(static_cast<std::size_t>(tokens));
    std::iota(order.begin(), order.end(), 0);
    if (options.moe.drop == DropOrder::kPriority) {
        const at::Tensor weight = first_weight.to(at::kDouble).contiguous();
        const auto* value = weight.const_data_ptr<double>();
        std::stable_sort(order.begin(), order.end(),
                         [&](std::int64_t a, std::int64_t b) { return value[a] > value[b]; });
    }
    const at::Tensor chosen = experts.contiguous();
    const auto* expert = chosen.const_data_ptr<std::int64_t>();
    auto* full = out.mutable_data_ptr<bool>();
    std::vector<std::int64_t> placed(static_cast<std::size_t>(options.moe.experts), 0);
    for (std::int64_t k = 0; k < choices; ++k) {
        for (const std::int64_t token : order) {
            const std::int64_t slot = placed[static_cast<std::size_t>(expert[token * choices + k])]++;
            full[token * choices + k] = slot >= capacity;
        }
    }
    return out;
}

GateChoice choose(const RoutingRecord& record, const RouterLogits& router, const MoeOptions& options,
                  const TokenInfo& tokens, const ForwardContext& context) {
    switch (options.moe.gate) {
        case GateKind::kSwitch:
            return chooseSwitch(record.probs, context);
        case GateKind::kNoisyTopK:
            return chooseNoisyTopK(router, options, tokens, context);
        case GateKind::kExpertChoice:
            return chooseByExperts(record.probs, options, context);
        case GateKind::kTopK:
            return chooseTopK(options.moe.score == RouterScore::kSigmoid ? router.logits.sigmoid() : record.probs,
                              router, options, context);
        default:
            return chooseTop2(record.probs, router, options, tokens, context);
    }
}

}  // namespace

std::uint64_t gateKey(const MoeOptions& options, const ForwardContext& context) {
    return randomKey({context.seed, static_cast<std::uint64_t>(context.step), options.layer_key,
                      static_cast<std::uint64_t>(Stream::kGate)});
}

double leastSum(at::ScalarType type) {
    return type == at::kDouble ? std::numeric_limits<double>::epsilon()
                               : static_cast<double>(std::numeric_limits<float>::epsilon());
}

RoutingRecord route(const RouterLogits& router, const MoeOptions& options, const TokenInfo& tokens,
                    const ForwardContext& context) {
    const at::Tensor& logits = router.logits;
    RoutingRecord record;
    record.layer = options.name;
    record.logits = logits;
    record.num_experts = options.moe.experts;
    record.modality = tokens.modality;
    record.expert_choice = options.moe.gate == GateKind::kExpertChoice;
    if (options.moe.gate == GateKind::kTopK && options.moe.score == RouterScore::kSigmoid) {
        const at::Tensor scores = logits.sigmoid();
        record.probs = scores / scores.sum(-1, true).clamp_min(leastSum(logits.scalar_type()));
    } else {
        record.probs = at::softmax(logits, -1);
    }
    const GateChoice choice = choose(record, router, options, tokens, context);
    record.experts = choice.experts;
    record.gates = choice.gates;
    record.load = choice.load;
    at::Tensor weights = choice.gates;
    const std::int64_t capacity = capacityOf(logits.size(0), record.experts.size(1), options, context.training);
    record.dropped = context.replay != nullptr ? context.replay->dropped
                     : capacity < 0
                         ? record.experts.lt(0)
                         : dropped(record.experts.cpu(), weights.detach().select(-1, 0).cpu(), capacity, options)
                               .to(logits.device());
    if (capacity >= 0) weights = weights.masked_fill(record.dropped, 0);
    if (choice.renormalise) weights = weights / weights.sum(-1, true).clamp_min(leastSum(logits.scalar_type()));
    record.weights = weights;
    return record;
}

}  // namespace switchyard::model
