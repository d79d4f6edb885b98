// SPDX-License-Identifier: MIT
// One search of an index: by a text, a picture, or several of them joined.
#pragma once

#include <nlohmann/json.hpp>

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/io/image.h"
#include "core/eval/loaded_model.h"
#include "core/retrieval/index.h"

namespace switchyard::eval {

/// A text or a picture of a query.
struct QueryPart {
    std::vector<std::int32_t> tokens;  ///< of a text
    std::optional<io::Image> picture;
    double weight = 1;
    at::Tensor embedding;  ///< [embed_dim] fp32, where it is known already
};

/// The request "retrieve" (core/base/launch/compute_request.h). The joined query is the sum of its parts' embeddings,
/// each times its weight, of unit length again. The matching head judges a text with a picture: where pictures are
/// found, each of the query's texts with them, where captions are, each of its pictures with them, and the mean by
/// weight counts; a query that has neither is not judged.
/// Throws: Error(kUsage | kBadData | kCorruptCheckpoint).
nlohmann::json retrieve(LoadedModel& model, const retrieval::Index& index, const nlohmann::json& request);
/// With a query that is there already instead of the request's own.
nlohmann::json retrieve(LoadedModel& model, const retrieval::Index& index, std::vector<QueryPart> parts, const nlohmann::json& request);

/// Throws: Error(kUsage) when the index was made with another model.
void requireSameModel(const LoadedModel& model, const retrieval::Index& index, const std::string& folder);

}  // namespace switchyard::eval
