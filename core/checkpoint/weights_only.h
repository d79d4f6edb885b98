// SPDX-License-Identifier: MIT
// Checkpoints of weights alone, made from others: pruned ones, averages.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/checkpoint/checkpoint.h"

namespace switchyard::checkpoint {

/// In manifest.info of a checkpoint that has no optimizer state: a training that resumes from it takes the weights and
/// begins at step 0.
inline constexpr const char* kWeightsOnly = "weights_only";

struct WeightsOnly {
    NamedTensors weights;
    std::string config;                              ///< config.resolved.yaml
    std::filesystem::path beside;                    ///< folder whose tokenizer and labels.json are taken over
    std::int64_t step = 0;                           ///< that the weights come from
    nlohmann::json info = nlohmann::json::object();  ///< manifest.info; kWeightsOnly is added
};

/// Throws: Error(kUsage) when something is at `folder`. Asked before work that takes long.
void requireNew(const std::filesystem::path& folder);

/// Writes a checkpoint in one part, atomically, and never over a folder that is there. Throws: Error(kIo | kUsage).
void saveWeightsOnly(const std::filesystem::path& folder, const WeightsOnly& contents);

}  // namespace switchyard::checkpoint
