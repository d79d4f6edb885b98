// SPDX-License-Identifier: MIT
// How good a model is on a file of data.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/dataset/dataset.h"
#include "core/eval/loaded_model.h"
#include "core/eval/requests.h"

namespace switchyard::eval {

/// A file of data for one of the model's tasks, as evaluation reads it.
struct EvalData {
    std::string task;  ///< "retrieval", or one of the model's heads
    std::string data;  ///< the file, as given
    std::unique_ptr<dataset::Dataset> set;
};
/// @param task "" = the only one that the model has
/// @param root of pictures; "" = the file's folder
/// Throws: Error(kUsage) naming the model's tasks; Error(kBadData).
EvalData openEvalData(const LoadedModel& model, const std::string& task, const std::string& data,
                      const std::string& root);

/// {"task", "checkpoint", "step", "data", "samples", "metrics": {...}, ...}. Throws: Error(kBadData | kRunFailed).
nlohmann::json evaluate(LoadedModel& model, const EvalData& data, const Progress& progress);

}  // namespace switchyard::eval
