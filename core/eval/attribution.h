// SPDX-License-Identifier: MIT
// Why a result is one: how much each token and each patch of query and result adds to their score.
#pragma once

#include <nlohmann/json.hpp>

#include "core/eval/loaded_model.h"

namespace switchyard::eval {

/// The request "why" (core/base/launch/compute_request.h): gradient times input of the score (the cosine of query and
/// hit, as `retrieve` tells it). Of a token, over the numbers of its embedding; of a patch, over its normalised pixels.
/// To first order that is what the score would lose with the token's embedding or the patch scaled to nothing.
/// Source: Shrikumar et al. 2016 (arXiv 1605.01713).
/// Throws: Error(kUsage | kBadData).
nlohmann::json explainHit(LoadedModel& model, const nlohmann::json& request);

}  // namespace switchyard::eval
