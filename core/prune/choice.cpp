// SPDX-License-Identifier: MIT
#include "core/prune/choice.h"

#include <algorithm>
#include <numeric>

namespace switchyard::prune {

namespace {

/// All of a layer, the best first.
Kept ranked(const std::vector<double>& layer) {
    Kept order(layer.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
        return layer[static_cast<std::size_t>(a)] > layer[static_cast<std::size_t>(b)];
    });
    return order;
}

}  // namespace

std::vector<Kept> keepInEachLayer(const std::vector<std::vector<double>>& scores,
                                  const std::vector<std::int64_t>& keep) {
    std::vector<Kept> all;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        Kept order = ranked(scores[i]);
        order.resize(std::min(order.size(), static_cast<std::size_t>(keep[i])));
        std::sort(order.begin(), order.end());
        all.push_back(std::move(order));
    }
    return all;
}

std::vector<Kept> keepOverAll(const std::vector<std::vector<double>>& scores, std::int64_t keep, std::int64_t least) {
    struct Candidate {
        double score;
        std::size_t layer;
    };
    // Each layer gives its best first, so that what it keeps is its best whatever the number.
    std::vector<std::int64_t> counts;
    std::vector<Candidate> rest;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const std::vector<double>& layer = scores[i];
        const auto certain = std::min(layer.size(), static_cast<std::size_t>(least));
        const double sum = std::accumulate(layer.begin(), layer.end(), 0.0);
        const double unit = sum > 0 ? static_cast<double>(layer.size()) / sum : 0;
        const Kept order = ranked(layer);
        for (std::size_t n = certain; n < order.size(); ++n)
            rest.push_back({layer[static_cast<std::size_t>(order[n])] * unit, i});
        counts.push_back(static_cast<std::int64_t>(certain));
    }
    std::stable_sort(rest.begin(), rest.end(),
                     [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
    std::int64_t left = keep - std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    for (const Candidate& of : rest) {
        if (left-- <= 0) break;
        ++counts[of.layer];
    }
    return keepInEachLayer(scores, counts);
}

std::vector<std::int64_t> removedOf(const Kept& kept, std::int64_t experts) {
    std::vector<std::int64_t> removed;
    for (std::int64_t e = 0; e < experts; ++e) {
        if (!std::binary_search(kept.begin(), kept.end(), e)) removed.push_back(e);
    }
    return removed;
}

}  // namespace switchyard::prune
