// SPDX-License-Identifier: MIT
#include "core/prune/cut.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

#include "core/base/config/config.h"
#include "core/base/util/error.h"

namespace switchyard::prune {

void cutExperts(checkpoint::NamedTensors* weights, const KeptByLayer& kept) {
    for (auto& [name, tensor] : *weights) {
        for (const auto& [layer, experts] : kept) {
            if (!name.starts_with(layer + ".router.") && !name.starts_with(layer + ".experts.")) continue;
            tensor = tensor.index_select(0, at::tensor(experts, at::kLong));
        }
    }
}

Merges mergesOf(const Kept& kept, const std::vector<std::vector<double>>& similarity) {
    Merges merges;
    for (const std::int64_t removed : removedOf(kept, static_cast<std::int64_t>(similarity.size()))) {
        const std::vector<double>& like = similarity[static_cast<std::size_t>(removed)];
        merges[removed] = *std::max_element(kept.begin(), kept.end(), [&](std::int64_t a, std::int64_t b) {
            return like[static_cast<std::size_t>(a)] < like[static_cast<std::size_t>(b)];
        });
    }
    return merges;
}

void mergeExperts(const checkpoint::NamedTensors& weights, const std::string& layer, const Merges& merges,
                  const std::vector<double>& usage) {
    const at::NoGradGuard no_gradient;
    std::map<std::int64_t, std::vector<std::int64_t>> groups;
    for (const auto& [removed, into] : merges) groups[into].push_back(removed);
    for (const auto& [into, removed] : groups) {
        double total = usage[static_cast<std::size_t>(into)];
        for (const std::int64_t expert : removed) total += usage[static_cast<std::size_t>(expert)];
        if (total <= 0) continue;
        for (const auto& [name, slab] : weights) {
            if (!name.starts_with(layer + ".experts.")) continue;
            at::Tensor mean = slab[into].to(at::kDouble) * (usage[static_cast<std::size_t>(into)] / total);
            for (const std::int64_t expert : removed)
                mean += slab[expert].to(at::kDouble) * (usage[static_cast<std::size_t>(expert)] / total);
            slab[into].copy_(mean);
        }
    }
}

RunConfig configFor(const RunConfig& config, const std::vector<std::int64_t>& experts) {
    RunConfig cut = config;
    const auto [least, most] = std::minmax_element(experts.begin(), experts.end());
    cut.model.moe.experts = *most;
    cut.model.moe.layer_experts.clear();
    if (*least < *most) cut.model.moe.layer_experts.assign(experts.begin(), experts.end());
    cut.model.moe.upcycle.groups = 1;  // they are made already
    cut.parallel.expert = std::accumulate(experts.begin(), experts.end(), config.parallel.expert,
                                          [](std::int64_t a, std::int64_t b) { return std::gcd(a, b); });
    std::string problems;
    for (const config::Problem& problem : config::checkRules(cut)) {
        if (!problem.warning)
            problems +=
                (problems.empty() ? "" : "; ") + problem.message + (problem.fix.empty() ? "" : ". " + problem.fix);
    }
    if (!problems.empty()) throw Error(ExitCode::kBadConfig, problems, "--keep", "Keep more experts");
    return cut;
}

}  // namespace switchyard::prune
