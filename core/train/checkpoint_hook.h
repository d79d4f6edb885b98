// SPDX-License-Identifier: MIT
#pragma once

#include "core/train/hook.h"
#include "core/train/log_hook.h"

namespace switchyard::train {

/// Saves every checkpoint.every steps and after the last one. A save that fails on the way is a warning, for
/// training can go on; the one after the last step is what the run was for, so it throws.
class CheckpointHook final : public Hook {
public:
    CheckpointHook(const runs::RunPaths& paths, const RunConfig& config, RunRecord* record,
                   launch::WorkerChannel& channel, Heartbeat& heartbeat)
        : paths_(paths), config_(config), record_(record), channel_(channel), heartbeat_(heartbeat) {}
    void afterStep(Assembly& assembly, const StepReport& report) override;

private:
    const runs::RunPaths& paths_;
    const RunConfig& config_;
    RunRecord* record_;
    launch::WorkerChannel& channel_;
    Heartbeat& heartbeat_;
};

}  // namespace switchyard::train
