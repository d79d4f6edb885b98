// SPDX-License-Identifier: MIT
// What the supervisor asks of the ranks while they train, and staying at a step while it wants that.
#pragma once

#include "core/train/checkpoint_hook.h"
#include "core/train/hook.h"
#include "core/train/step.h"

namespace switchyard::train {

/// What this rank was told so far. Ranks are told at different times: trainStep makes one decision of it for all.
/// Thread: the trainer's.
class CommandInbox {
public:
    /// Rank 0 alone speaks for a pause and a checkpoint, so that each is done once; a stop counts from any rank, for a
    /// signal may have come to just one.
    CommandInbox(launch::WorkerChannel& channel, int rank) : channel_(channel), speaks_(rank == 0) {}
    /// Reads what has arrived, without waiting. A wish for a checkpoint is told once, the others as long as they last.
    Wishes take();

private:
    launch::WorkerChannel& channel_;
    bool speaks_;
    bool stop_ = false, pause_ = false;
};

/// Collective. Keeps every rank after the step `result` until the pause is over or a stop is asked for, saving a
/// checkpoint when one is asked for; a stop has its checkpoint when this returns. The ranks exchange a few numbers ten
/// times a second, so a rank that is lost meanwhile is noticed.
/// @return whether to stop. Throws: as Collectives; Error(kIo) when the checkpoint of a stop fails.
bool holdRanks(Assembly& assembly, const StepResult& result, CommandInbox& inbox, CheckpointHook& checkpoints,
               Heartbeat& heartbeat, launch::WorkerChannel& channel);

}  // namespace switchyard::train
