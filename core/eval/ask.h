// SPDX-License-Identifier: MIT
// One question to a model: its answers with their probabilities, and the routes of the same pass.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/eval/loaded_model.h"
#include "core/eval/sample_pass.h"

namespace switchyard::eval {

struct AskOptions {
    std::string task;      ///< of a text model's; "" = all that take so many texts
    std::int64_t top = 8;  ///< classes told, at least 1
    std::string out;       ///< a file for the trace; "" = the layers are told
};

/// By the forward and the heads that evaluation uses. The answer: core/base/launch/compute_request.h, "ask".
/// Throws: Error(kUsage) when the sample is not what the model takes, saying what is missing; Error(kNonFinite);
/// Error(kInterrupted) when `progress` says so; as sampleRoutes.
nlohmann::json ask(LoadedModel& model, const TraceSample& sample, const AskOptions& options,
                   const PassProgress& progress);

}  // namespace switchyard::eval
