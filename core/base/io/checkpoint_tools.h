// SPDX-License-Identifier: MIT
// Checkpoints as files, without a model: what differs between two of them, and the same one in another number of parts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace switchyard::io {

/// Compares every tensor of two checkpoints number by number.
/// @return {"same": all bytes equal, "steps": [a, b], "only_in_a": [names], "only_in_b": [names], "info": {KEY: [a,
/// b]}, "tensors": [{"name", "kind", "numbers", "different", "largest_difference", "shapes"?, "dtypes"?}]}: tensors
/// that differ; "largest_difference" is null where a number is not finite or the forms differ Throws:
/// Error(kCorruptCheckpoint | kIo).
nlohmann::json diffCheckpoints(const std::filesystem::path& a, const std::filesystem::path& b);

/// Writes the checkpoint again as `ranks` ranks would, every tensor cut into equal runs; atomically, and never over a
/// folder that is there. Any number of ranks can resume from either. Memory: a few MiB.
/// Throws: Error(kCorruptCheckpoint | kIo | kUsage).
void reshardCheckpoint(const std::filesystem::path& from, int ranks, const std::filesystem::path& to);

}  // namespace switchyard::io
