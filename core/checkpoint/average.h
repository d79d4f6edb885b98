// SPDX-License-Identifier: MIT
// The mean of several checkpoints' weights.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

namespace switchyard::checkpoint {

/// Writes a checkpoint of weights alone, each the mean of the sources' (checkpoints or model folders), summed in fp64;
/// the configuration, the tokenizer and the labels are the last one's. Memory: the weights in fp64 and once more in
/// fp32. Source: Izmailov et al. 2018 (arXiv 1803.05407); Wortsman et al. 2022 (model soups, arXiv 2203.05482).
/// @return {"out", "from": [folders], "steps", "tensors", "parameters"}
/// Throws: Error(kUsage) for fewer than two; Error(kBadConfig) when their models, tokenizers or labels differ, saying
/// in what; Error(kNonFinite) for weights that are not finite; Error(kIo | kCorruptCheckpoint).
nlohmann::json averageCheckpoints(const std::vector<std::filesystem::path>& sources, const std::filesystem::path& out);

}  // namespace switchyard::checkpoint
