// SPDX-License-Identifier: MIT
// Text tasks and questions about pictures: predictions for a data set, and how good they are.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/dataset/dataset.h"
#include "core/base/text/tokenizer.h"
#include "core/eval/requests.h"
#include "core/model/multimodal_model.h"

namespace switchyard::eval {

/// What the model says of every sample of a data set; empty where the task is another kind's.
struct Predictions {
    std::vector<std::vector<double>> outputs;  ///< [samples] logits of the sample's task, or the number
};

/// The first text of a sample, with its second one where there is a pair.
text::Encoding encodeSample(const text::Tokenizer& tokenizer, const dataset::Sample& sample, std::int64_t limit);

/// Without gradient, in eval mode. Ranks that share out weights predict together, every one of them all samples.
/// Throws: Error(kBadData) for a picture that can not be read.
Predictions predict(model::MultimodalModel& model, const RunConfig& config, const dataset::Dataset& data,
                    const text::Tokenizer& tokenizer, const model::ForwardContext& context, const Progress& progress = {});

/// {TASK: {"samples", "metric": the usual one's name, "metrics": {...}}} with accuracy, f1 (two classes: of the second;
/// more: the mean over classes) and mcc for classes, pearson and spearman for numbers; accuracy for vqa, where an answer
/// outside the classes counts as wrong.
nlohmann::json taskMetrics(const RunConfig& config, const dataset::Dataset& data, const Predictions& predictions);

}  // namespace switchyard::eval
