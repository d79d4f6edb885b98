// SPDX-License-Identifier: MIT
// The training loop of one rank.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/launch/worker_protocol.h"
#include "core/base/runs/run_folder.h"
#include "core/train/hook.h"

namespace switchyard::train {

struct TrainResult {
    std::int64_t step = 0;
    bool stopped = false;  ///< ended early because a stop was asked for (its checkpoint is there)
};

/// Runs a rank from its environment and run folder to the end. Reads config.resolved.yaml and tokenizer.model
/// of the folder. `channel` is the rank's end of the supervisor's socket; `resume_checkpoint` "" = from the start.
/// Throws: Error with the exit code of the problem.
/// @param more hooks after the trainer's own; tests put faults in
TrainResult runRank(const runs::RunPaths& paths, launch::WorkerChannel& channel,
                    const launch::RankEnvironment& environment, const std::string& resume_checkpoint,
                    std::vector<std::unique_ptr<Hook>> more = {});

}  // namespace switchyard::train
