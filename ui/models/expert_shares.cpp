// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/expert_shares.h"

#include <algorithm>
#include <numeric>

namespace switchyard::ui {

std::vector<ExpertShare> expertShares(const LayerLoads& layer, int column, LoadModality modality) {
    std::vector<ExpertShare> shares;
    const LoadRing& ring = layer.ring;
    const auto total = static_cast<double>(ring.total(column, modality));
    if (total <= 0) return shares;
    const std::int64_t last = ring.column(column).last_step;
    for (int e = 0; e < ring.experts(); ++e) {
        ExpertShare share;
        share.expert = e;
        share.ratio = ring.ratio(column, modality, e);
        share.share = static_cast<double>(ring.count(column, modality, e)) / total;
        share.text = static_cast<double>(ring.count(column, LoadModality::kText, e));
        share.image = static_cast<double>(ring.count(column, LoadModality::kImage, e));
        share.dead = share.text + share.image <= 0 &&
                     std::any_of(layer.dead.spells().begin(), layer.dead.spells().end(), [&](const DeadSpell& spell) {
                         return spell.expert == e && spell.first_idle_step <= last &&
                                (spell.ended_step < 0 || last < spell.ended_step);
                     });
        shares.push_back(share);
    }
    return shares;
}

std::vector<ExpertShare> hottest(std::vector<ExpertShare> shares, int count) {
    std::erase_if(shares, [](const ExpertShare& share) { return share.dead; });
    std::stable_sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) { return a.ratio > b.ratio; });
    if (shares.size() > static_cast<std::size_t>(count)) shares.resize(static_cast<std::size_t>(count));
    return shares;
}

std::vector<ExpertShare> coldest(std::vector<ExpertShare> shares, int count) {
    std::erase_if(shares, [](const ExpertShare& share) { return share.dead; });
    std::stable_sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) { return a.ratio < b.ratio; });
    if (shares.size() > static_cast<std::size_t>(count)) shares.resize(static_cast<std::size_t>(count));
    return shares;
}

int rankOf(int expert, int experts, int ranks) {
    return ranks <= 1 ? 0 : expert / std::max(1, experts / ranks);
}

std::vector<int> expertOrder(const LoadRing& ring, LoadModality modality, ExpertOrder order, int ranks) {
    std::vector<int> rows(static_cast<std::size_t>(ring.experts()));
    std::iota(rows.begin(), rows.end(), 0);
    if (order == ExpertOrder::kById) return rows;
    const int groups = order == ExpertOrder::kByRank ? ranks : 1;
    std::stable_sort(rows.begin(), rows.end(), [&](int a, int b) {
        const int rank_a = rankOf(a, ring.experts(), groups), rank_b = rankOf(b, ring.experts(), groups);
        return rank_a != rank_b ? rank_a < rank_b : ring.wholeCount(modality, a) > ring.wholeCount(modality, b);
    });
    return rows;
}

}  // namespace switchyard::ui
