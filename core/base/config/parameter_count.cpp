// SPDX-License-Identifier: MIT
#include "core/base/config/parameter_count.h"

#include <algorithm>
#include <bit>

#include "core/base/config/moe_layers.h"

namespace switchyard::config {
namespace {

using Int = std::int64_t;

Int linear(Int in, Int out) {
    return in * out + out;
}
Int norm(Int dim) {
    return 2 * dim;
}

/// Adds a part's MoE layers to it and to the sums.
void addSparse(const RunConfig& config, MoePart of, Int dim, Int* part, ParameterCounts* counts) {
    for (Int i = 0; i < moeLayersIn(config, of); ++i) {
        const RunConfig::Moe moe = moeOf(config, of, i);
        const Int all = moeLayerParameters(moe, dim, moe.experts);
        *part += all;
        counts->experts += all - moeLayerParameters(moe, dim, 0);
        counts->active += moeLayerParameters(moe, dim, std::min(moe.top_k, moe.experts));
    }
}

struct Blocks {
    Int layers, dim, ffn_dim, moe_every;
};

/// Attention, norms and feed-forward of transformer blocks. @return parameters but for MoE layers
Int addBlocks(const Blocks& blocks, const RunConfig& config, MoePart of, Int* part, ParameterCounts* counts) {
    const Int with_experts = moeLayersIn(config, of);
    const Int attention = linear(blocks.dim, 3 * blocks.dim) + linear(blocks.dim, blocks.dim) + 2 * norm(blocks.dim);
    const Int dense = linear(blocks.dim, blocks.ffn_dim) + linear(blocks.ffn_dim, blocks.dim);
    const Int plain = blocks.layers * attention + (blocks.layers - with_experts) * dense;
    *part += plain;
    counts->active += plain;
    addSparse(config, of, blocks.dim, part, counts);
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

/// An encoder's adapters; its dense feed-forwards have fc1 and fc2.
Int adapters(const RunConfig::Lora& lora, const Blocks& blocks, const RunConfig::Moe& moe) {
    Int each = 0, feed_forward = 0;
    for (const std::string& target : lora.targets) {
        if (target == "fc1" || target == "fc2") {
            feed_forward += lora.rank * (blocks.dim + blocks.ffn_dim);
        } else {
            each += lora.rank * 2 * blocks.dim;
        }
    }
    const Int with_experts = blocksWithExperts(moe, blocks.layers, blocks.moe_every);
    return blocks.layers * each + (blocks.layers - with_experts) * feed_forward;
}

}  // namespace

std::int64_t moeLayerParameters(const RunConfig::Moe& moe, std::int64_t dim, std::int64_t experts) {
    const Int wide = moe.activation == Activation::kSwiGlu ? 2 * moe.hidden_dim : moe.hidden_dim;
    const Int router = moe.experts * dim * (moe.gate == GateKind::kNoisyTopK ? 2 : 1);
    return router + experts * (dim * wide + moe.hidden_dim * dim + (moe.bias ? wide + dim : 0));
}

ParameterCounts countParameters(const RunConfig& config, const std::vector<HeadSize>& heads) {
    const RunConfig::Model& model = config.model;
    const bool sparse_blocks = model.moe.experts > 0, pictures = config.task.kind != TaskKind::kText;
    ParameterCounts counts;
    counts.moment_bytes = config.optim.state_dtype == StoredType::kBf16 ? 2 : 4;
    const auto add = [&](Int* part, Int count) {
        *part += count;
        counts.active += count;
    };
    const auto addEncoder = [&](const Blocks& blocks, MoePart of, Int around, const RunConfig::Lora& lora, Int* part) {
        const Int base = addBlocks(blocks, config, of, part, &counts) + around;
        add(part, around);
        if (lora.rank == 0) return;
        add(part, adapters(lora, blocks, model.moe));
        if (lora.freeze_base) counts.frozen += base;
    };
    const RunConfig::Text& text = model.text;
    Int around = norm(text.dim) + text.token_types * text.dim + text.vocab_size * text.dim;
    if (text.position == Position::kLearned) around += text.max_tokens * text.dim;
    addEncoder({text.layers, text.dim, text.ffn_dim, text.moe_every}, MoePart::kText, around, text.lora, &counts.text);
    counts.active -= (text.vocab_size - 1) * text.dim;  // one row of the table works on a token

    const RunConfig::Vision& vision = model.vision;
    if (pictures) {
        const Int grid = vision.image_size / vision.patch_size;
        around = stem(vision) + (grid * grid + (vision.class_token ? 2 : 0)) * vision.dim + norm(vision.dim);
        if (vision.input_norm) around += norm(vision.dim);
        addEncoder({vision.layers, vision.dim, vision.ffn_dim, vision.moe_every}, MoePart::kVision, around, vision.lora,
                   &counts.vision);
    }
    const Int dim = model.fusion.dim;
    if (pictures) {
        const Int attention = 3 * norm(dim) + 4 * linear(dim, dim) + 2 * linear(dim, 2 * dim);
        add(&counts.fusion,
            linear(text.dim, dim) + linear(vision.dim, dim) + 2 * norm(dim) + model.fusion.layers * attention);
        if (model.fusion.moe && sparse_blocks) {
            addSparse(config, MoePart::kFusion, dim, &counts.fusion, &counts);
        } else {
            add(&counts.fusion,
                model.fusion.layers * (linear(dim, model.fusion.ffn_dim) + linear(model.fusion.ffn_dim, dim)));
        }
    }
    if (config.task.kind == TaskKind::kMultimodal) {
        add(&counts.heads, linear(text.dim, model.embed_dim) + linear(vision.dim, model.embed_dim) + linear(2 * dim, dim) +
                               linear(dim, 1) + 1);
    }
    for (const HeadSize& head : heads) {
        add(&counts.heads, config.task.kind == TaskKind::kVqa ? linear(2 * dim, dim) + linear(dim, head.outputs)
                                                              : linear(text.dim * (head.pair ? 4 : 1), head.outputs));
    }
    return counts;
}

}  // namespace switchyard::config
