// SPDX-License-Identifier: MIT
#include "core/base/compare/twin.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/config/parameter_count.h"

namespace switchyard::compare {
namespace {

using Int = std::int64_t;

/// A part's blocks, with and without experts.
struct Part {
    std::string key;
    Int blocks, sparse_blocks, dim, ffn_dim;
};

std::vector<Part> partsWithExperts(const RunConfig& config) {
    const RunConfig::Model& model = config.model;
    const bool pictures = config.task.kind != TaskKind::kText;
    const auto every = [&](Int layers, Int moe_every) {
        return config::blocksWithExperts(model.moe, layers, moe_every);
    };
    std::vector<Part> parts;
    if (const Int n = every(model.text.layers, model.text.moe_every); n > 0)
        parts.push_back({"model.text", model.text.layers, n, model.text.dim, model.text.ffn_dim});
    if (const Int n = every(model.vision.layers, model.vision.moe_every); n > 0 && pictures)
        parts.push_back({"model.vision", model.vision.layers, n, model.vision.dim, model.vision.ffn_dim});
    if (pictures && model.fusion.moe && model.fusion.layers > 0)
        parts.push_back(
            {"model.fusion", model.fusion.layers, model.fusion.layers, model.fusion.dim, model.fusion.ffn_dim});
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
    for (const Part& part : parts) {
        const Int chosen = by == TwinBy::kTotal ? moe.experts : std::min(moe.top_k, moe.experts);
        // A dense feed-forward of width w has w (2 dim + 1) + dim parameters.
        const auto dim = static_cast<double>(part.dim), dense = static_cast<double>(part.blocks - part.sparse_blocks);
        const double have = dense * (static_cast<double>(part.ffn_dim) * (2 * dim + 1) + dim) +
                            static_cast<double>(part.sparse_blocks) *
                                static_cast<double>(config::moeLayerParameters(moe, part.dim, chosen));
        const double width = (have / static_cast<double>(part.blocks) - dim) / (2 * dim + 1);
        overrides.push_back({part.key + ".ffn_dim", std::to_string(std::max<Int>(8, 8 * std::llround(width / 8)))});
    }
    return overrides;
}

}  // namespace switchyard::compare
