// SPDX-License-Identifier: GPL-3.0-or-later
// Who carries how much: experts at one place in time, and their order.
#pragma once

#include <optional>
#include <vector>

#include "ui/models/load_history.h"

namespace switchyard::ui {

struct ExpertShare {
    int expert = 0;
    double ratio = 0;            ///< load over fair share
    double share = 0;            ///< of all tokens of the modality
    double text = 0, image = 0;  ///< tokens
    bool dead = false;
    std::optional<double> textShare() const {
        return text + image > 0 ? std::optional<double>(text / (text + image)) : std::nullopt;
    }
};

/// By id. Empty for a cell without tokens.
std::vector<ExpertShare> expertShares(const LayerLoads& layer, int column, LoadModality modality);

/// The `count` living ones with most load, highest first; ties by id.
std::vector<ExpertShare> hottest(std::vector<ExpertShare> shares, int count);
/// The `count` living ones with least load, lowest first; ties by id.
std::vector<ExpertShare> coldest(std::vector<ExpertShare> shares, int count);

enum class ExpertOrder { kByLoad, kById, kByRank };
/// Rows from top to bottom: by id, or by load over the whole run (which hardly moves while a run goes on), or by rank
/// and within a rank by load. @param ranks that share out the experts, expert e on rank e / (E / ranks)
std::vector<int> expertOrder(const LoadRing& ring, LoadModality modality, ExpertOrder order, int ranks = 1);
/// The rank an expert is on.
int rankOf(int expert, int experts, int ranks);

}  // namespace switchyard::ui
