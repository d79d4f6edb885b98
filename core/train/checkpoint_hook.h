// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "core/base/util/error.h"
#include "core/checkpoint/async_save.h"
#include "core/train/hook.h"
#include "core/train/log_hook.h"

namespace switchyard::train {

/// Saves every checkpoint.every steps, when one is asked for, and after the last step; with checkpoint.async beside the
/// training, all but the last. A save that fails on the way is a warning, for training can go on; the one after the last step is what the run
/// was for, so it throws.
class CheckpointHook final : public Hook {
public:
    CheckpointHook(const runs::RunPaths& paths, const RunConfig& config, RunRecord* record,
                   launch::WorkerChannel& channel, Heartbeat& heartbeat);
    void afterStep(Assembly& assembly, const StepReport& report) override;
    /// Collective. Saves this step before it returns, unless it is saved already. A failure is a warning, or thrown when
    /// it `must_succeed`.
    void saveNow(Assembly& assembly, const StepResult& result, bool must_succeed);
    /// Tells of a save beside the training that has ended meanwhile.
    void tellIfSaved();
    /// Notes the metrics of the evaluation of a saved step beside it.
    void noteEvaluation(const Assembly& assembly);

private:
    checkpoint::Contents contentsOf(Assembly& assembly, const StepResult& result) const;
    void retain();
    void startBeside(Assembly& assembly, checkpoint::Contents contents);
    /// Of the save in flight, if there is one. Throws: what ended it, unless training can go on.
    void tellOutcome();
    void tellSaved(const std::filesystem::path& folder, std::int64_t step);
    void tellFailed(const Error& error, std::int64_t step);

    const runs::RunPaths& paths_;
    const RunConfig& config_;
    RunRecord* record_;
    launch::WorkerChannel& channel_;
    Heartbeat& heartbeat_;
    std::unique_ptr<checkpoint::AsyncSaver> beside_;
    std::int64_t saved_step_ = -1, noted_step_ = -1;
    std::filesystem::path saved_folder_;
};

}  // namespace switchyard::train
