// SPDX-License-Identifier: MIT
#include "core/base/config/parameter_count.h"

#include <algorithm>
#include <bit>

namespace switchyard::config {
namespace {

using Int = std::int64_t;

Int linear(Int in, Int out) {
    return in * out + out;
}
Int norm(Int dim) {
    return 2 * dim;
}

/// An MoE layer's router and experts.
struct Sparse {
    Int router = 0, expert = 0, experts = 0, chosen = 0;
    Int all() const { return router + expert * experts; }
    Int active() const { return router + expert * chosen; }
};

Sparse sparse(const RunConfig::Moe& moe, Int dim) {
    const Int wide = moe.activation == Activation::kSwiGlu ? 2 * moe.hidden_dim : moe.hidden_dim;
    Sparse layer;
    layer.router = moe.experts * dim * (moe.gate == GateKind::kNoisyTopK ? 2 : 1);
    layer.expert = dim * wide + moe.hidden_dim * dim + (moe.bias ? wide + dim : 0);
    layer.experts = moe.experts;
    layer.chosen = std::min(moe.top_k, moe.experts);
    return layer;
}

/// Adds `times` MoE layers to a part and to the sums.
void addSparse(const Sparse& layer, Int times, Int* part, ParameterCounts* counts) {
    *part += times * layer.all();
    counts->experts += times * layer.expert * layer.experts;
    counts->active += times * layer.active();
}

struct Blocks {
    Int layers, dim, ffn_dim, moe_every;
};

/// Attention, norms and feed-forward of transformer blocks. @return parameters but for MoE layers
Int addBlocks(const Blocks& blocks, const RunConfig::Moe& moe, Int* part, ParameterCounts* counts) {
    const Int with_experts = moe.experts > 0 && blocks.moe_every > 0 ? blocks.layers / blocks.moe_every : 0;
    const Int attention = linear(blocks.dim, 3 * blocks.dim) + linear(blocks.dim, blocks.dim) + 2 * norm(blocks.dim);
    const Int dense = linear(blocks.dim, blocks.ffn_dim) + linear(blocks.ffn_dim, blocks.dim);
    const Int plain = blocks.layers * attention + (blocks.layers - with_experts) * dense;
    *part += plain;
    counts->active += plain;
    addSparse(sparse(moe, blocks.dim), with_experts, part, counts);
    return plain;
}

Int stem(const RunConfig::Vision& vision) {
    if (vision.stem == Stem::kLinear) return linear(3 * vision.patch_size * vision.patch_size, vision.dim);
    const Int halvings = std::bit_width(static_cast<std::uint64_t>(vision.patch_size)) - 1;
    Int sum = linear(vision.dim, vision.dim), in = 3;
    for (Int i = 0; i < halvings; ++i) {
        const Int out = vision.dim >> (halvings - 1 - i);
        sum += linear(9 * in, out);
        in = out;
    }
    return sum;
}

Int adapters(const RunConfig::Vision& vision) {
    const bool dense = vision.moe_every == 0;
    Int each = 0, dense_blocks = vision.layers;
    Int feed_forward = 0;
    for (const std::string& target : vision.lora.targets) {
        if (target == "fc1" || target == "fc2") {
            feed_forward += vision.lora.rank * (vision.dim + vision.ffn_dim);
        } else {
            each += vision.lora.rank * 2 * vision.dim;
        }
    }
    if (!dense) dense_blocks -= vision.layers / vision.moe_every;
    return vision.layers * each + dense_blocks * feed_forward;
}

}  // namespace

ParameterCounts countParameters(const RunConfig& config) {
    const RunConfig::Model& model = config.model;
    ParameterCounts counts;
    counts.moment_bytes = config.optim.state_dtype == StoredType::kBf16 ? 2 : 4;
    const Int table = model.text.vocab_size * model.text.dim;
    const auto add = [&](Int* part, Int count) {
        *part += count;
        counts.active += count;
    };
    counts.text += table;
    counts.active += model.text.dim;
    addBlocks({model.text.layers, model.text.dim, model.text.ffn_dim, model.text.moe_every}, model.moe, &counts.text,
              &counts);
    add(&counts.text, norm(model.text.dim));

    const RunConfig::Vision& vision = model.vision;
    const Int grid = vision.image_size / vision.patch_size;
    Int base =
        addBlocks({vision.layers, vision.dim, vision.ffn_dim, vision.moe_every}, model.moe, &counts.vision, &counts);
    const Int around = stem(vision) + grid * grid * vision.dim + norm(vision.dim);
    add(&counts.vision, around);
    base += around;
    if (vision.lora.rank > 0) {
        add(&counts.vision, adapters(vision));
        if (vision.lora.freeze_base) counts.frozen = base;
    }

    const Int dim = model.fusion.dim;
    const Int attention = 3 * norm(dim) + 4 * linear(dim, dim) + 2 * linear(dim, 2 * dim);
    add(&counts.fusion,
        linear(model.text.dim, dim) + linear(vision.dim, dim) + 2 * norm(dim) + model.fusion.layers * attention);
    if (model.fusion.moe && model.moe.experts > 0) {
        addSparse(sparse(model.moe, dim), model.fusion.layers, &counts.fusion, &counts);
    } else {
        add(&counts.fusion,
            model.fusion.layers * (linear(dim, model.fusion.ffn_dim) + linear(model.fusion.ffn_dim, dim)));
    }
    add(&counts.heads, linear(model.text.dim, model.embed_dim) + linear(vision.dim, model.embed_dim) +
                           linear(2 * dim, dim) + linear(dim, 1) + 1);
    return counts;
}

}  // namespace switchyard::config
