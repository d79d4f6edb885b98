// SPDX-License-Identifier: MIT
#include "core/prune/choice.h"

#include <algorithm>
#include <numeric>

namespace switchyard::prune {

std::vector<Kept> keepInEachLayer(const std::vector<std::vector<double>>& scores, std::int64_t keep) {
    std::vector<Kept> all;
    for (const std::vector<double>& layer : scores) {
        Kept order(layer.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
            return layer[static_cast<std::size_t>(a)] > layer[static_cast<std::size_t>(b)];
        });
        order.resize(std::min(order.size(), static_cast<std::size_t>(keep)));
        std::sort(order.begin(), order.end());
        all.push_back(std::move(order));
    }
    return all;
}

std::vector<std::int64_t> removedOf(const Kept& kept, std::int64_t experts) {
    std::vector<std::int64_t> removed;
    for (std::int64_t e = 0; e < experts; ++e) {
        if (!std::binary_search(kept.begin(), kept.end(), e)) removed.push_back(e);
    }
    return removed;
}

}  // namespace switchyard::prune
