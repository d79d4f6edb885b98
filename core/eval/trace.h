// SPDX-License-Identifier: MIT
// One sample's way through the model, written down: inputs, every router's decision, outputs.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/io/image.h"
#include "core/eval/loaded_model.h"

namespace switchyard::eval {

struct TraceSample {
    std::string id;
    std::optional<std::string> text, pair;  ///< pair: the second text, only with the first
    std::optional<io::Image> picture;
};

/// Writes a trace file (docs/formats.md) and returns what the command line prints.
/// Keys of sample n: "samples.n.token_ids", "samples.n.image", "samples.n.layers.NAME.{logits, experts, weights, dropped,
/// modality}", "samples.n.{text_hidden, text_embedding, image_hidden, image_embedding, match_logit}", for the heads of text tasks and vqa
/// "samples.n.logits.TASK"; with a single sample the prefix is left out.
/// Each sample passes alone, so batches change nothing. Throws: Error(kBadData | kIo).
nlohmann::json writeTrace(LoadedModel& model, const std::vector<TraceSample>& samples, const std::string& out);

}  // namespace switchyard::eval
