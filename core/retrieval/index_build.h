// SPDX-License-Identifier: MIT
// Making an index: every picture and caption of a data set through the model.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/eval/loaded_model.h"
#include "core/eval/requests.h"
#include "core/retrieval/index_writer.h"

namespace switchyard::retrieval {

/// Embeds a JSON Lines file or a folder of pictures and writes OUT whole or not at all. What a build that was cancelled
/// or killed has embedded lies in OUT.part, and the next one of the same data and weights goes on there. Pictures that
/// can not be read are left out and counted.
/// Memory: the model, the data's names, 256 fitted pictures; a graph (graph.h) where one is made.
/// @return {"index", "pictures", "captions", "skipped", "skips", "dim", "bytes", "search", "data", "checkpoint", ...}
/// Throws: Error(kBadData | kIo | kUsage | kInterrupted when cancelled).
nlohmann::json buildIndex(eval::LoadedModel& model, const std::filesystem::path& data,
                          const std::filesystem::path& root, const std::filesystem::path& out, SearchMethod method,
                          const eval::Progress& progress);

}  // namespace switchyard::retrieval
