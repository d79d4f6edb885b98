// SPDX-License-Identifier: MIT
// One search of an index: by a text, a picture, or several of them joined.
#pragma once

#include <nlohmann/json.hpp>

#include "core/eval/loaded_model.h"
#include "core/retrieval/index.h"

namespace switchyard::eval {

/// The request "retrieve" (core/base/launch/compute_request.h). The joined query is the sum of its parts' embeddings,
/// each times its weight, of unit length again. The matching head judges a text with a picture: where pictures are
/// found, each of the query's texts with them, where captions are, each of its pictures with them, and the mean by
/// weight counts; a query that has neither is not judged.
/// Throws: Error(kUsage | kBadData | kCorruptCheckpoint).
nlohmann::json retrieve(LoadedModel& model, const retrieval::Index& index, const nlohmann::json& request);

}  // namespace switchyard::eval
