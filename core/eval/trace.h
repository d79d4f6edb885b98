// SPDX-License-Identifier: MIT
// One sample's way through the model, written down: inputs, every router's decision, outputs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/eval/loaded_model.h"
#include "core/eval/sample_pass.h"

namespace switchyard::eval {

/// Writes a trace file (docs/formats.md) and returns what the command line prints.
/// Keys of sample n: "samples.n.token_ids", "samples.n.image", "samples.n.layers.NAME.{logits, experts, weights, dropped,
/// modality, bias (where the router has one)}", "samples.n.{text_hidden, text_embedding, image_hidden, image_embedding, match_logit}", for the heads of text tasks and vqa
/// "samples.n.logits.TASK"; with a single sample the prefix is left out.
/// Each sample passes alone, so batches change nothing. Throws: Error(kBadData | kIo).
nlohmann::json writeTrace(LoadedModel& model, const std::vector<TraceSample>& samples, const std::string& out);

/// What a head of text tasks or vqa gives: of every class its logit, or the number.
struct HeadOutput {
    std::size_t task = 0;  ///< index in LoadedModel::labels()
    std::vector<double> logits;
};

/// One sample's routes at once, for a window that waits: everything a trace of it has of the routers, in plain vectors.
struct SampleRoutes {
    nlohmann::json told;  ///< as writeTrace tells the sample, but for "layers"; and "class_token"
    std::vector<runs::LayerRoutes> layers;
    std::vector<HeadOutput> heads;  ///< of every head that takes such a sample
};
/// Of every layer by its name its tokens' modality and choices, as writeTrace tells them.
nlohmann::json tellLayers(const std::vector<runs::LayerRoutes>& layers);
/// With `out` the sample's trace file is written too. Throws: as writeTrace; Error(kInterrupted) when `progress` says so.
SampleRoutes sampleRoutes(LoadedModel& model, const TraceSample& sample, const std::string& out, const PassProgress& progress);

}  // namespace switchyard::eval
