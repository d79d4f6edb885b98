// SPDX-License-Identifier: MIT
#include "core/base/compare/twin.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/base/config/moe_layers.h"
#include "core/base/config/parameter_count.h"

namespace switchyard::compare {
namespace {

using Int = std::int64_t;

/// A part's blocks, with and without experts.
struct Part {
    config::MoePart part;
    std::string key;
    Int blocks, dim, ffn_dim;
};

std::vector<Part> partsWithExperts(const RunConfig& config) {
    const RunConfig::Model& model = config.model;
    std::vector<Part> parts = {
        {config::MoePart::kText, "model.text", model.text.layers, model.text.dim, model.text.ffn_dim},
        {config::MoePart::kVision, "model.vision", model.vision.layers, model.vision.dim, model.vision.ffn_dim},
        {config::MoePart::kFusion, "model.fusion", model.fusion.layers, model.fusion.dim, model.fusion.ffn_dim}};
    std::erase_if(parts, [&](const Part& part) { return config::moeLayersIn(config, part.part) == 0; });
    return parts;
}

}  // namespace

const char* twinName(TwinBy by) {
    return by == TwinBy::kTotal ? "total" : "active";
}

std::vector<config::Override> denseTwin(const RunConfig& sparse, TwinBy by) {
    const RunConfig::Moe& moe = sparse.model.moe;
    const std::vector<Part> parts = partsWithExperts(sparse);
    if (moe.experts == 0 || parts.empty()) return {};
    std::vector<config::Override> overrides = {{"model.moe.experts", "0"}};
    if (!moe.layer_experts.empty()) overrides.push_back({"model.moe.layer_experts", "[]"});
    for (const Part& part : parts) {
        // A dense feed-forward of width w has w (2 dim + 1) + dim parameters.
        const auto dim = static_cast<double>(part.dim);
        const Int sparse_blocks = config::moeLayersIn(sparse, part.part);
        double have = static_cast<double>(part.blocks - sparse_blocks) *
                      (static_cast<double>(part.ffn_dim) * (2 * dim + 1) + dim);
        for (Int i = 0; i < sparse_blocks; ++i) {
            const RunConfig::Moe layer = config::moeOf(sparse, part.part, i);
            const Int chosen = by == TwinBy::kTotal ? layer.experts : std::min(layer.top_k, layer.experts);
            have += static_cast<double>(config::moeLayerParameters(layer, part.dim, chosen));
        }
        const double width = (have / static_cast<double>(part.blocks) - dim) / (2 * dim + 1);
        overrides.push_back({part.key + ".ffn_dim", std::to_string(std::max<Int>(8, 8 * std::llround(width / 8)))});
    }
    return overrides;
}

}  // namespace switchyard::compare
