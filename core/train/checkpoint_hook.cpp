// SPDX-License-Identifier: MIT
#include "core/train/checkpoint_hook.h"

#include "core/base/util/error.h"
#include "core/base/util/log.h"

namespace switchyard::train {

void CheckpointHook::afterStep(Assembly& assembly, const StepReport& report) {
    const std::int64_t step = report.result.step;
    const bool due = config_.checkpoint.every > 0 && step % config_.checkpoint.every == 0;
    if (!due && !report.last) return;
    heartbeat_.phase("checkpoint", step);
    checkpoint::Contents contents;
    contents.model = savedWeights(assembly);
    contents.optim = assembly.optimizer->state();
    contents.step = step;
    contents.info = checkpointInfo(assembly, step);
    contents.info["metrics"] = {{"loss/total", report.result.loss}};
    contents.extra_files = {{"config.resolved.yaml", paths_.resolvedConfig()}, {"tokenizer.model", paths_.tokenizer()}};
    try {
        const auto folder = checkpoint::save(paths_.checkpoints(), contents, assembly.mesh->world());
        if (record_ == nullptr) return;
        logLine(LogLevel::kInfo, "checkpoint " + folder.string());
        channel_.send({{"event", "checkpoint"}, {"step", step}, {"path", folder.string()}});
        checkpoint::retain(paths_.checkpoints(), config_.checkpoint.keep);
    } catch (const Error& error) {
        // All ranks throw the same kIo or none does; anything else (a lost peer) ends the run.
        if (error.code() != ExitCode::kIo || report.last) throw;
        if (record_ != nullptr) record_->warn(error.what(), step);
    }
}

}  // namespace switchyard::train
