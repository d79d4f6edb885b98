// SPDX-License-Identifier: MIT
// Floating point operations of a configuration's model: what training costs, whatever the machine.
#pragma once

#include "core/base/config/run_config.h"

namespace switchyard::config {

/// What a pass works on: sums over its samples. Squares are sums of lengths squared, the size of the attention scores.
struct PassShape {
    double text_tokens = 0, text_squares = 0;
    double images = 0, image_tokens = 0, image_squares = 0;  ///< tokens: kept patches and a class token
    double pairs = 0;                                        ///< that fusion blocks see
    double pair_text_tokens = 0, pair_image_tokens = 0;
    double pair_products = 0;  ///< text length times image tokens
};

/// Forward passes, two operations a multiplication and addition. Counted are matrix products: linear layers, attention,
/// convolutions, routers, the experts chosen (top_k of each token, dropped or not); not norms, activations, the
/// table of embeddings, heads and losses, which together stay below a hundredth.
struct Flops {
    double text = 0, vision = 0, fusion = 0;
    double total() const { return text + vision + fusion; }
};
Flops forwardFlops(const RunConfig& config, const PassShape& shape);

/// Forward and backward: three times the forward, and twice in an encoder whose base is frozen under LoRA (no gradients
/// of its weights). Operations that checkpointing repeats do not count: they are no work of the model.
double trainingFlops(const RunConfig& config, const PassShape& shape);

}  // namespace switchyard::config
