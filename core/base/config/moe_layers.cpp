// SPDX-License-Identifier: MIT
#include "core/base/config/moe_layers.h"

#include <array>

namespace switchyard::config {
namespace {

constexpr std::array<MoePart, 3> kParts = {MoePart::kText, MoePart::kVision, MoePart::kFusion};

}  // namespace

std::int64_t blocksWithExperts(const RunConfig::Moe& moe, std::int64_t layers, std::int64_t moe_every) {
    return moe.experts > 0 && moe_every > 0 ? layers / moe_every : 0;
}

std::int64_t moeLayersIn(const RunConfig& config, MoePart part) {
    const RunConfig::Model& model = config.model;
    if (part == MoePart::kText) return blocksWithExperts(model.moe, model.text.layers, model.text.moe_every);
    if (config.task.kind == TaskKind::kText) return 0;
    if (part == MoePart::kVision) return blocksWithExperts(model.moe, model.vision.layers, model.vision.moe_every);
    return blocksWithExperts(model.moe, model.fusion.layers, model.fusion.moe ? 1 : 0);
}

RunConfig::Moe moeOf(const RunConfig& config, MoePart part, std::int64_t nth) {
    RunConfig::Moe moe = config.model.moe;
    if (moe.layer_experts.empty()) return moe;
    for (const MoePart before : kParts) {
        if (before == part) break;
        nth += moeLayersIn(config, before);
    }
    moe.experts = static_cast<std::int64_t>(moe.layer_experts.at(static_cast<std::size_t>(nth)));
    return moe;
}

std::vector<std::int64_t> expertsOfLayers(const RunConfig& config) {
    std::vector<std::int64_t> experts;
    for (const MoePart part : kParts)
        for (std::int64_t i = 0; i < moeLayersIn(config, part); ++i) experts.push_back(moeOf(config, part, i).experts);
    return experts;
}

}  // namespace switchyard::config
