// SPDX-License-Identifier: MIT
// Taking experts out of a trained model.
#pragma once

#include <nlohmann/json.hpp>

#include "core/eval/requests.h"

namespace switchyard::prune {

/// The request {"op": "prune"} (core/base/launch/compute_request.h): measures the experts, writes a checkpoint without
/// the least of them, and measures both models. Throws: Error(kUsage | kBadConfig | kBadData | kIo |
/// kCorruptCheckpoint | kInterrupted).
nlohmann::json pruneExperts(const nlohmann::json& request, const eval::Progress& progress);

}  // namespace switchyard::prune
