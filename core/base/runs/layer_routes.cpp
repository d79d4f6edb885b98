// SPDX-License-Identifier: MIT
#include "core/base/runs/layer_routes.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/util/error.h"

namespace switchyard::runs {
namespace {

std::size_t size(std::int64_t count) {
    return static_cast<std::size_t>(count);
}

/// Entropy of the probabilities that logits stand for, and their log-sum-exp.
void summariseRow(const float* logits, std::int64_t experts, bool sigmoid, float* log_sum_exp, float* entropy) {
    const double most = *std::max_element(logits, logits + experts);
    double sum = 0, scores = 0;
    for (std::int64_t e = 0; e < experts; ++e) {
        sum += std::exp(logits[e] - most);
        scores += 1 / (1 + std::exp(-static_cast<double>(logits[e])));
    }
    double total = 0;
    for (std::int64_t e = 0; e < experts; ++e) {
        const double p =
            sigmoid ? 1 / (1 + std::exp(-static_cast<double>(logits[e]))) / scores : std::exp(logits[e] - most) / sum;
        if (p > 0) total -= p * std::log(p);
    }
    *log_sum_exp = static_cast<float>(most + std::log(sum));
    *entropy = static_cast<float>(total);
}

}  // namespace

std::vector<float> LayerRoutes::tokenLogits(std::int64_t token) const {
    const float* known = logits.data() + token * num_logits;
    if (allLogits()) return {known, known + num_logits};
    const std::int32_t* of = logit_experts.data() + token * num_logits;
    double rest = 1, least = std::numeric_limits<double>::infinity();
    std::int64_t unknown = num_experts;
    const double all = log_sum_exp[size(token)];
    for (std::int64_t m = 0; m < num_logits && of[m] >= 0; ++m, --unknown) {
        rest -= std::exp(known[m] - all);
        least = std::min(least, static_cast<double>(known[m]));
    }
    // Rounding may leave nothing, or more than the least known one has.
    double even = all + std::log(std::max(rest, 1e-9) / static_cast<double>(std::max<std::int64_t>(unknown, 1)));
    if (std::isfinite(least))
        even = std::min(even, static_cast<double>(std::nextafter(static_cast<float>(least), -1e30F)));
    std::vector<float> row(size(num_experts), static_cast<float>(even));
    for (std::int64_t m = 0; m < num_logits && of[m] >= 0; ++m) row[size(of[m])] = known[m];
    return row;
}

void LayerRoutes::summarise() {
    log_sum_exp.resize(size(num_tokens));
    entropy.resize(size(num_tokens));
    for (std::int64_t t = 0; t < num_tokens; ++t) {
        summariseRow(logits.data() + t * num_logits, num_experts, sigmoid, &log_sum_exp[size(t)], &entropy[size(t)]);
    }
}

RouteSummary summaryOf(const LayerRoutes& routes) {
    RouteSummary summary;
    summary.text_load.assign(size(routes.num_experts), 0);
    summary.image_load = summary.text_load;
    std::int64_t choices = 0, dropped = 0;
    for (std::int64_t t = 0; t < routes.num_tokens; ++t) {
        std::vector<std::int64_t>& load = routes.isText(t) ? summary.text_load : summary.image_load;
        for (std::int64_t k = 0; k < routes.num_choices; ++k) {
            const std::size_t at = size(t * routes.num_choices + k);
            if (routes.experts[at] < 0) continue;
            ++load[size(routes.experts[at])];
            ++choices;
            dropped += routes.dropped[at] != 0 ? 1 : 0;
        }
    }
    summary.load = summary.text_load;
    for (std::size_t e = 0; e < summary.load.size(); ++e) summary.load[e] += summary.image_load[e];
    for (const float entropy : routes.entropy) summary.entropy += entropy;
    if (routes.num_tokens > 0) summary.entropy /= static_cast<double>(routes.num_tokens);
    summary.dead = std::count(summary.load.begin(), summary.load.end(), 0);
    if (choices > 0) {
        const double mean = static_cast<double>(choices) / static_cast<double>(routes.num_experts);
        summary.max_violation =
            static_cast<double>(*std::max_element(summary.load.begin(), summary.load.end())) / mean - 1;
        summary.dropped = static_cast<double>(dropped) / static_cast<double>(choices);
    }
    return summary;
}

RouteChanges changesBetween(const LayerRoutes& before, const LayerRoutes& after) {
    if (before.num_tokens != after.num_tokens) {
        throw Error(ExitCode::kUsage, "the routings are of different numbers of tokens", after.layer);
    }
    RouteChanges changes;
    for (std::int64_t t = 0; t < after.num_tokens; ++t) {
        const std::int32_t* old_experts = before.experts.data() + t * before.num_choices;
        const std::int32_t* new_experts = after.experts.data() + t * after.num_choices;
        std::int64_t fresh = 0, kept = 0;
        for (std::int64_t k = 0; k < after.num_choices; ++k) {
            if (new_experts[k] < 0) continue;
            const std::int32_t* was = std::find(old_experts, old_experts + before.num_choices, new_experts[k]);
            if (was == old_experts + before.num_choices) {
                ++fresh;
                continue;
            }
            ++kept;
            const bool old_drop = before.dropped[size(t * before.num_choices + (was - old_experts))] != 0;
            if (old_drop != (after.dropped[size(t * after.num_choices + k)] != 0)) ++changes.drops;
        }
        const std::int64_t had =
            std::count_if(old_experts, old_experts + before.num_choices, [](auto e) { return e >= 0; });
        changes.choices += fresh;
        if (fresh > 0 || kept != had) ++changes.tokens;
    }
    return changes;
}

}  // namespace switchyard::runs
