// SPDX-License-Identifier: MIT
// How long checkpoints take beside what the disk can do, on every rank of a group at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/launch/worker_protocol.h"

namespace switchyard::bench {

struct CheckpointCase {
    std::int64_t parameters =
        200'000'000;  ///< of the whole model, in fp32 with both moments; shared out over the ranks
    int repeats = 3;
    bool alone = false;            ///< no saves beside a training
    std::filesystem::path folder;  ///< where to save; what is written is removed
};

/// This rank's part. Every time is that of the slowest rank, and the least of the repeats. Reads (raw_read_s, load_s)
/// are from the disk, load_warm_s from the page cache. beside_s is how long a save beside the training takes, whose steps
/// are about a second of matrix products on all cores; stall_s what steps wait for it, slowdown how much slower they are
/// while it lasts (0.05 = 5 %).
/// @return {parameters, bytes, ranks, raw_write_s, save_s, raw_read_s, load_s, load_cold_s, load_warm_s, and unless
/// alone: beside_s, stall_s, slowdown}
/// Throws: Error(kIo).
nlohmann::json benchCheckpoint(const CheckpointCase& which, const launch::RankEnvironment& environment);

}  // namespace switchyard::bench
