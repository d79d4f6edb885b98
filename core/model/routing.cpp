// SPDX-License-Identifier: MIT
#include "core/model/routing.h"

#include <ATen/ATen.h>

namespace switchyard::model {
namespace {

constexpr std::int64_t kModalities = 2;

}  // namespace

RoutingStatistics statisticsOf(const RoutingRecord& record) {
    const at::NoGradGuard no_grad;
    RoutingStatistics statistics;
    statistics.layer = record.layer;
    const std::int64_t experts = record.num_experts;
    const auto options = at::TensorOptions().dtype(at::kLong);
    statistics.counts = at::zeros({kModalities, experts}, options);
    statistics.kept = at::zeros({experts}, options);
    statistics.dropped = at::zeros({kModalities}, options);
    statistics.tokens = at::zeros({kModalities}, options);
    statistics.prob_sums = at::zeros({kModalities, experts}, at::kDouble);
    statistics.entropy_sum = at::zeros({kModalities}, at::kDouble);
    if (record.balance_pull && record.balance_pull->defined())
        statistics.balance_pull = record.balance_pull->norm().item<double>();
    const at::Tensor chosen = record.experts.cpu().contiguous(), drop = record.dropped.cpu().contiguous();
    const at::Tensor modality = record.modality.cpu().contiguous();
    const auto* expert = chosen.const_data_ptr<std::int64_t>();
    const auto* dropped = drop.const_data_ptr<bool>();
    const auto* kind = modality.const_data_ptr<std::int8_t>();
    auto* counts = statistics.counts.mutable_data_ptr<std::int64_t>();
    auto* kept = statistics.kept.mutable_data_ptr<std::int64_t>();
    auto* drops = statistics.dropped.mutable_data_ptr<std::int64_t>();
    auto* tokens = statistics.tokens.mutable_data_ptr<std::int64_t>();
    const std::int64_t choices = chosen.size(1);
    for (std::int64_t t = 0; t < chosen.size(0); ++t) {
        ++tokens[kind[t]];
        for (std::int64_t k = 0; k < choices; ++k) {
            if (expert[t * choices + k] < 0) continue;
            ++counts[kind[t] * experts + expert[t * choices + k]];
            drops[kind[t]] += dropped[t * choices + k] ? 1 : 0;
            kept[expert[t * choices + k]] += dropped[t * choices + k] ? 0 : 1;
        }
    }
    const at::Tensor probs = record.probs.detach().cpu();
    const at::Tensor entropy = -(probs * probs.clamp_min(1e-30).log()).sum(-1);
    for (std::int64_t m = 0; m < kModalities; ++m) {
        const at::Tensor rows = modality.eq(m).nonzero().flatten();
        if (rows.numel() == 0) continue;
        statistics.prob_sums[m].copy_(probs.index_select(0, rows).sum(0, false, at::kDouble));
        statistics.entropy_sum[m].copy_(entropy.index_select(0, rows).sum(at::kDouble));
    }
    return statistics;
}

void add(RoutingStatistics& into, const RoutingStatistics& other) {
    into.counts.add_(other.counts);
    into.kept.add_(other.kept);
    into.dropped.add_(other.dropped);
    into.tokens.add_(other.tokens);
    into.prob_sums.add_(other.prob_sums);
    into.entropy_sum.add_(other.entropy_sum);
    into.balance_pull += other.balance_pull;
}

void reduce(std::vector<RoutingStatistics>& statistics, const parallel::Mesh& mesh, bool with_exchange) {
    if (statistics.empty()) return;
    const std::int64_t ranks = mesh.experts().size();
    for (RoutingStatistics& layer : statistics) {
        if (!with_exchange || ranks == 1) continue;
        // This rank's row; expert e lives on rank e / (E / ranks) of its group.
        layer.exchange = at::zeros({ranks, ranks}, layer.kept.options());
        layer.exchange[mesh.experts().rank()].copy_(layer.kept.view({ranks, -1}).sum(1));
    }
    const auto parts = [](RoutingStatistics& layer) {
        std::vector<at::Tensor*> all = {&layer.counts,  &layer.kept,      &layer.dropped,
                                        &layer.tokens, &layer.prob_sums, &layer.entropy_sum};
        if (layer.exchange.defined()) all.push_back(&layer.exchange);
        return all;
    };
    // One exchange for all layers: every number below 2^53 is exact in fp64.
    std::vector<at::Tensor> flat;
    for (RoutingStatistics& layer : statistics)
        for (const at::Tensor* part : parts(layer)) flat.push_back(part->to(at::kDouble).flatten());
    at::Tensor all = at::cat(flat);
    mesh.world().allReduceSum(all, "routing_statistics");
    std::int64_t at_value = 0;
    for (RoutingStatistics& layer : statistics) {
        for (at::Tensor* part : parts(layer)) {
            part->copy_(all.narrow(0, at_value, part->numel()).view(part->sizes()));
            at_value += part->numel();
        }
    }
}

}  // namespace switchyard::model
