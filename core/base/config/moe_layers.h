// SPDX-License-Identifier: MIT
// The MoE layers of a configuration's model, and how many experts each has.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/config/run_config.h"

namespace switchyard::config {

enum class MoePart : std::uint8_t { kText, kVision, kFusion };

/// Blocks of a part that have experts in place of a dense feed-forward.
std::int64_t blocksWithExperts(const RunConfig::Moe& moe, std::int64_t layers, std::int64_t moe_every);
/// MoE layers of a part; none in one that the task does not make.
std::int64_t moeLayersIn(const RunConfig& config, MoePart part);
/// The settings of a part's MoE layer number `nth`, from 0: its `experts` are the layer's own.
RunConfig::Moe moeOf(const RunConfig& config, MoePart part, std::int64_t nth);
/// Experts of every MoE layer, in the order of model.moe.layer_experts: text, image and fusion blocks.
std::vector<std::int64_t> expertsOfLayers(const RunConfig& config);

}  // namespace switchyard::config
