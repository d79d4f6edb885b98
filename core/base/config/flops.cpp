// SPDX-License-Identifier: MIT
#include "core/base/config/flops.h"

#include <algorithm>
#include <bit>

#include "core/base/config/moe_layers.h"

namespace switchyard::config {
namespace {

using Int = std::int64_t;

/// One row through a linear layer.
double linear(Int in, Int out) {
    return 2.0 * static_cast<double>(in) * static_cast<double>(out);
}

/// One token through an MoE layer.
double sparse(const RunConfig::Moe& moe, Int dim) {
    const Int wide = moe.activation == Activation::kSwiGlu ? 2 * moe.hidden_dim : moe.hidden_dim;
    // Under expert choice each expert takes its share of the tokens: top_k a token on average.
    const auto chosen = static_cast<double>(std::min(moe.top_k, moe.experts));
    const double router = linear(dim, moe.experts) * (moe.gate == GateKind::kNoisyTopK ? 2 : 1);
    return router + chosen * (linear(dim, wide) + linear(moe.hidden_dim, dim));
}

/// One token through all MoE layers of a part.
double sparseOf(const RunConfig& config, MoePart part, Int dim) {
    double sum = 0;
    for (Int i = 0; i < moeLayersIn(config, part); ++i) sum += sparse(moeOf(config, part, i), dim);
    return sum;
}

struct Encoder {
    Int layers, dim, ffn_dim;
    MoePart part;
};

double encoder(const Encoder& of, const RunConfig& config, const RunConfig::Lora& lora, double tokens,
               double squares) {
    const Int with_experts = moeLayersIn(config, of.part);
    const auto blocks = static_cast<double>(of.layers), experts = static_cast<double>(with_experts);
    double a_token = blocks * (linear(of.dim, 3 * of.dim) + linear(of.dim, of.dim));
    a_token += (blocks - experts) * 2 * linear(of.dim, of.ffn_dim) + sparseOf(config, of.part, of.dim);
    if (lora.rank > 0) {
        for (const std::string& target : lora.targets) {
            const bool ffn = target == "fc1" || target == "fc2";
            a_token += (ffn ? blocks - experts : blocks) * linear(lora.rank, of.dim + (ffn ? of.ffn_dim : of.dim));
        }
    }
    const double scores = blocks * 4.0 * static_cast<double>(of.dim);  // q k^T, and the sum of v
    return a_token * tokens + scores * squares;
}

double stem(const RunConfig::Vision& vision, const PassShape& shape) {
    const double kept = shape.image_tokens - (vision.class_token ? shape.images : 0);
    if (vision.stem == Stem::kLinear) return kept * linear(3 * vision.patch_size * vision.patch_size, vision.dim);
    // Convolutions see the whole picture.
    const Int halvings = std::bit_width(static_cast<std::uint64_t>(vision.patch_size)) - 1;
    double sum = 0;
    Int in = 3, side = vision.image_size;
    for (Int i = 0; i < halvings; ++i) {
        const Int out = vision.dim >> (halvings - 1 - i);
        side /= 2;
        sum += static_cast<double>(side * side) * linear(9 * in, out);
        in = out;
    }
    return shape.images * (sum + static_cast<double>(side * side) * linear(vision.dim, vision.dim));
}

double fusion(const RunConfig& config, const PassShape& shape) {
    const RunConfig::Fusion& of = config.model.fusion;
    const double text = shape.pair_text_tokens, image = shape.pair_image_tokens;
    // Either side: its query and output, and keys and values for the other.
    const double a_token = linear(of.dim, of.dim) * 2 + linear(of.dim, 2 * of.dim);
    const bool dense = moeLayersIn(config, MoePart::kFusion) == 0;
    const double feed_forward = dense ? static_cast<double>(of.layers) * 2 * linear(of.dim, of.ffn_dim)
                                      : sparseOf(config, MoePart::kFusion, of.dim);  // of all blocks
    const double scores =
        2 * 4.0 * static_cast<double>(of.dim) * shape.pair_products;  // text reads image, image reads text
    return text * linear(config.model.text.dim, of.dim) + image * linear(config.model.vision.dim, of.dim) +
           (text + image) * feed_forward + static_cast<double>(of.layers) * (a_token * (text + image) + scores);
}

}  // namespace

Flops forwardFlops(const RunConfig& config, const PassShape& shape) {
    const RunConfig::Text& text = config.model.text;
    const RunConfig::Vision& vision = config.model.vision;
    Flops flops;
    flops.text = encoder({text.layers, text.dim, text.ffn_dim, MoePart::kText}, config, text.lora, shape.text_tokens,
                         shape.text_squares);
    if (shape.images > 0) {
        flops.vision =
            stem(vision, shape) + encoder({vision.layers, vision.dim, vision.ffn_dim, MoePart::kVision}, config,
                                          vision.lora, shape.image_tokens, shape.image_squares);
    }
    if (shape.pairs > 0) flops.fusion = fusion(config, shape);
    return flops;
}

double trainingFlops(const RunConfig& config, const PassShape& shape) {
    const Flops forward = forwardFlops(config, shape);
    const auto times = [](const RunConfig::Lora& lora) { return lora.rank > 0 && lora.freeze_base ? 2.0 : 3.0; };
    return times(config.model.text.lora) * forward.text + times(config.model.vision.lora) * forward.vision +
           3 * forward.fusion;
}

}  // namespace switchyard::config
