// SPDX-License-Identifier: MIT
// One sample alone through the model, as traces, the routing probe and the window's Routing page want it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/io/image.h"
#include "core/base/runs/layer_routes.h"
#include "core/base/runs/probe_codec.h"
#include "core/base/text/tokenizer.h"
#include "core/data/batch.h"
#include "core/model/multimodal_model.h"

namespace switchyard::eval {

struct TraceSample {
    std::string id;
    std::optional<std::string> text, pair;  ///< pair: the second text, only with the first
    std::optional<io::Image> picture;
};

/// As batches of one.
struct SampleInput {
    std::vector<std::int32_t> token_ids;
    std::optional<data::Batch> text, image;
};
/// @param tokenizer may be null for a sample without a text
SampleInput prepareSample(const TraceSample& sample, const RunConfig& config, const text::Tokenizer* tokenizer);

struct SamplePass {
    std::optional<model::TextEncoding> text;
    std::optional<model::ImageEncoding> image;
    std::optional<model::FusionOutput> fused;  ///< of a text and a picture
    /// Every MoE layer's, in the order of the forward.
    std::vector<model::RoutingRecord> routing() const;
};
/// Called before the text, the picture and the pair are computed; false ends the pass.
using PassProgress = std::function<bool(std::int64_t done, std::int64_t total, const std::string& what)>;
/// On the model's device. The caller sees to it that no gradients are kept.
/// Throws: Error(kInterrupted) when `progress` says so.
SamplePass passSample(model::MultimodalModel& model, const SampleInput& input, const model::ForwardContext& context,
                      const PassProgress& progress = {});

/// A record as plain vectors, with all logits. @param moe the gate that made it
runs::LayerRoutes routesOf(const model::RoutingRecord& record, const RunConfig::Moe& moe);
/// The record's selection bias, [E] fp32 on the CPU, or undefined.
at::Tensor selectionBias(const model::MultimodalModel& model, const std::string& layer);
/// How that gate's weights follow from logits.
runs::ProbeWeights weightsRule(const RunConfig::Moe& moe);

}  // namespace switchyard::eval
