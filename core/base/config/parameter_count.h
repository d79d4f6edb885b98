// SPDX-License-Identifier: MIT
// How many parameters a configuration's model has, counted without making it.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/config/run_config.h"

namespace switchyard::config {

struct ParameterCounts {
    std::int64_t text = 0, vision = 0, fusion = 0;
    std::int64_t heads = 0;    ///< projections, matching head, log-scale; heads of text tasks and vqa
    std::int64_t experts = 0;  ///< of all MoE layers, counted in the three above as well
    std::int64_t frozen = 0;   ///< under LoRA
    /// That work on one token: all but the experts not chosen and the token table's other rows.
    std::int64_t active = 0;
    std::int64_t total() const { return text + vision + fusion + heads; }
    std::int64_t trained() const { return total() - frozen; }
    std::int64_t moment_bytes = 4;  ///< of one number
    /// Weights and gradients in fp32, both moments; of all ranks together.
    std::int64_t stateBytes() const { return 4 * total() + (4 + 2 * moment_bytes) * trained(); }
};

/// Parameters of one MoE layer: its router and `experts` of its experts.
std::int64_t moeLayerParameters(const RunConfig::Moe& moe, std::int64_t dim, std::int64_t experts);

/// A head of a text task, or of vqa.
struct HeadSize {
    bool pair = false;         ///< it reads two texts
    std::int64_t outputs = 1;  ///< classes, or 1 for a number
};

/// @param config valid
/// @param heads of text tasks and vqa, which only the training data tells
ParameterCounts countParameters(const RunConfig& config, const std::vector<HeadSize>& heads = {});

}  // namespace switchyard::config
