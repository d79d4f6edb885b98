// SPDX-License-Identifier: MIT
// Routes made up from a seed, as a gate of K best would give them.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/runs/layer_routes.h"
#include "core/base/util/random.h"

namespace switchyard::test {

/// @param fewer choices behind a token's first are sometimes none, as experts that choose leave them
inline runs::LayerRoutes madeRoutes(std::int64_t tokens, std::int64_t experts, std::int64_t choices, std::uint64_t seed,
                                    bool fewer = false) {
    runs::LayerRoutes routes;
    routes.layer = "fusion.blocks.0.moe";
    routes.num_tokens = tokens;
    routes.text_tokens = tokens / 3;
    routes.num_experts = routes.num_logits = experts;
    routes.num_choices = choices;
    RandomSequence random(randomKey({seed}));
    for (std::int64_t i = 0; i < tokens * experts; ++i)
        routes.logits.push_back(static_cast<float>(random.uniform(-4, 4)));
    routes.summarise();
    for (std::int64_t t = 0; t < tokens; ++t) {
        const float* logit = routes.logits.data() + t * experts;
        std::vector<std::int32_t> order(static_cast<std::size_t>(experts));
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return logit[a] > logit[b]; });
        float sum = 0;
        for (std::int64_t k = 0; k < choices; ++k) sum += std::exp(logit[order[static_cast<std::size_t>(k)]]);
        for (std::int64_t k = 0; k < choices; ++k) {
            const std::int32_t expert = order[static_cast<std::size_t>(k)];
            const bool none = fewer && k > 0 && random.below(2) == 0;
            const bool last = none || (k > 0 && routes.experts.back() < 0);
            const bool dropped = last || random.below(5) == 0;
            routes.experts.push_back(last ? -1 : expert);
            routes.dropped.push_back(dropped ? 1 : 0);
            routes.weights.push_back(dropped ? 0 : std::exp(logit[expert]) / sum);
        }
    }
    return routes;
}

}  // namespace switchyard::test
