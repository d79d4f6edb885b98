// SPDX-License-Identifier: MIT
// The gates' choices, and which of them a capacity drops. Sources: top2 - Lepikhin et al. 2020 (GShard,
// arXiv 2006.16668) alg. 1; switch - Fedus et al. 2021 (arXiv 2101.03961); drop by priority - Riquelme et al. 2021
// (V-MoE, arXiv 2106.05974) sec. 4.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/util/random.h"
#include "core/model/layers/draws.h"
#include "core/model/moe/moe_layer.h"

namespace switchyard::model {
namespace {

std::uint64_t gateKey(const MoeOptions& options, const ForwardContext& context) {
    return randomKey({context.seed, static_cast<std::uint64_t>(context.step), options.layer_key,
                      static_cast<std::uint64_t>(Stream::kGate)});
}

/// Slots an expert has, or -1 for no limit.
std::int64_t capacityOf(std::int64_t tokens, std::int64_t choices, const MoeOptions& options, bool training) {
    const double factor = training ? options.moe.capacity_factor : options.moe.eval_capacity_factor;
    if (factor <= 0) return -1;
    const double slots = std::ceil(factor * static_cast<double>(choices * tokens) / static_cast<double>(options.moe.experts));
    return std::max(options.moe.min_capacity, static_cast<std::int64_t>(slots));
}

/// [T, K] true where a choice finds its expert full. All first choices are placed before any second choice; an
/// expert's second choices start behind all of its first choices, dropped or not (as GShard counts).
at::Tensor dropped(const at::Tensor& experts, const at::Tensor& first_weight, std::int64_t capacity, const MoeOptions& options) {
    const std::int64_t tokens = experts.size(0), choices = experts.size(1);
    at::Tensor out = at::zeros({tokens, choices}, at::kBool);
    if (capacity < 0) return out;
    std::vector<std::int64_t> order(static_cast<std::size_t>(tokens));
    std::iota(order.begin(), order.end(), 0);
    if (options.moe.drop == DropOrder::kPriority) {
        const at::Tensor weight = first_weight.to(at::kDouble).contiguous();
        const auto* value = weight.const_data_ptr<double>();
        std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return value[a] > value[b]; });
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

}  // namespace

RoutingRecord route(const at::Tensor& logits, const MoeOptions& options, const TokenInfo& tokens,
                    const ForwardContext& context) {
    RoutingRecord record;
    record.layer = options.name;
    record.logits = logits;
    record.num_experts = options.moe.experts;
    record.modality = tokens.modality;
    record.probs = at::softmax(logits, -1);
    const at::Tensor first = record.probs.detach().argmax(-1, /*keepdim=*/true);
    const bool top2 = options.moe.gate == GateKind::kTop2;
    if (top2) {
        at::Tensor second_logits = logits.detach();
        if (context.training || options.moe.gumbel_eval) {
            second_logits = second_logits + gumbelRows(tokens.keys, options.moe.experts, gateKey(options, context),
                                                       logits.scalar_type());
        }
        second_logits = second_logits.scatter(-1, first, -std::numeric_limits<double>::infinity());
        record.experts = at::cat({first, second_logits.argmax(-1, true)}, -1);
    } else {
        record.experts = first;
    }
    at::Tensor weights = record.probs.gather(-1, record.experts);
    const std::int64_t capacity = capacityOf(logits.size(0), record.experts.size(1), options, context.training);
    record.dropped = dropped(record.experts.cpu(), weights.detach().select(-1, 0).cpu(), capacity, options).to(logits.device());
    if (capacity >= 0) weights = weights.masked_fill(record.dropped, 0);
    if (top2) {
        const double eps = logits.scalar_type() == at::kDouble ? std::numeric_limits<double>::epsilon()
                                                               : static_cast<double>(std::numeric_limits<float>::epsilon());
        weights = weights / weights.sum(-1, true).clamp_min(eps);
    }
    record.weights = weights;
    return record;
}

}  // namespace switchyard::model
