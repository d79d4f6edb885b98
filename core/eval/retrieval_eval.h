// SPDX-License-Identifier: MIT
// Image-text retrieval: embeds a data set and measures recall. Every picture with an equal caption counts as right.
#pragma once

#include <nlohmann/json.hpp>

#include "core/base/dataset/dataset.h"
#include "core/base/text/tokenizer.h"
#include "core/eval/requests.h"
#include "core/model/multimodal_model.h"

namespace switchyard::eval {

/// L2-normalised embeddings of a data set, without gradient, in eval mode. Ranks that share out experts or weights
/// embed together, every one of them all of the data.
struct Embeddings {
    at::Tensor images;                      ///< [pictures, embed_dim]
    at::Tensor texts;                       ///< [captions, embed_dim]
    std::vector<std::int64_t> text_sample;  ///< picture of each caption
    std::vector<std::string> captions;      ///< case-folded, trimmed
};
Embeddings embed(model::MultimodalModel& model, const RunConfig& config, const dataset::Dataset& data,
                 const text::Tokenizer& tokenizer, const model::ForwardContext& context, const Progress& progress = {});

/// Some of them at once, in the order given: fp32 on the CPU. Shapes: [pictures or texts, embed_dim].
at::Tensor embedPictures(model::MultimodalModel& model, const RunConfig& config, const std::vector<io::Image>& pictures,
                         const model::ForwardContext& context);
at::Tensor embedTexts(model::MultimodalModel& model, const RunConfig& config,
                      const std::vector<std::vector<std::int32_t>>& tokens, const model::ForwardContext& context);

/// {"samples", "captions", "chance_r10", "metrics": {"text_to_image_r1", "_r5", "_r10", "image_to_text_r1", ..., "median_rank"}}
nlohmann::json retrievalMetrics(const Embeddings& embeddings);

}  // namespace switchyard::eval
