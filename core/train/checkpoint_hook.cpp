// SPDX-License-Identifier: MIT
#include "core/train/checkpoint_hook.h"

#include <chrono>
#include <utility>

#include "core/base/io/retention.h"
#include "core/base/util/log.h"

namespace switchyard::train {
namespace {

/// A disk may take its time where a training step may not.
constexpr auto kLongestSave = std::chrono::minutes(30);

}  // namespace

CheckpointHook::CheckpointHook(const runs::RunPaths& paths, const RunConfig& config, RunRecord* record,
                               launch::WorkerChannel& channel, Heartbeat& heartbeat)
    : paths_(paths), config_(config), record_(record), channel_(channel), heartbeat_(heartbeat) {
    if (record_ != nullptr) io::removeUnfinishedSaves(paths_.checkpoints());  // nobody saves before the first step
}

checkpoint::Contents CheckpointHook::contentsOf(Assembly& assembly, const StepResult& result) const {
    // A run that goes on from here does not record these steps again.
    if (record_ != nullptr) record_->flush(true);
    checkpoint::Contents contents;
    contents.model = savedWeights(assembly);
    contents.optim = assembly.optimizer->state();
    contents.step = result.step;
    contents.info = checkpointInfo(assembly, result.step);
    contents.info["metrics"] = {{"loss/total", result.loss}};
    contents.extra_files = {{"config.resolved.yaml", paths_.resolvedConfig()}, {"tokenizer.model", paths_.tokenizer()}};
    if (std::filesystem::exists(paths_.labels())) contents.extra_files["labels.json"] = paths_.labels();
    return contents;
}

void CheckpointHook::tellSaved(const std::filesystem::path& folder, std::int64_t step) {
    saved_step_ = step;
    saved_folder_ = folder;
    if (record_ == nullptr) return;
    logLine(LogLevel::kInfo, "checkpoint " + folder.string());
    channel_.send({{"event", "checkpoint"}, {"step", step}, {"path", folder.string()}});
    retain();
}

void CheckpointHook::tellFailed(const Error& error, std::int64_t step) {
    // All ranks have the same kIo or none does; anything else (a lost peer) ends the run.
    if (error.code() != ExitCode::kIo) throw error;
    if (record_ != nullptr) record_->warn(error.what(), step);
}

void CheckpointHook::tellOutcome() {
    if (!beside_) return;
    const auto outcome = beside_->finish();
    if (!outcome) return;
    if (!outcome->error) {
        tellSaved(outcome->folder, outcome->step);
        return;
    }
    try {
        std::rethrow_exception(outcome->error);
    } catch (const Error& error) {
        tellFailed(error, outcome->step);
    }
}

void CheckpointHook::startBeside(Assembly& assembly, checkpoint::Contents contents) {
    if (!beside_) {
        beside_ = std::make_unique<checkpoint::AsyncSaver>(paths_.checkpoints(),
                                                           assembly.mesh->newGroup("checkpoint", kLongestSave));
        assembly.before_update = [saver = beside_.get()] { saver->waitForCopy(); };
    }
    beside_->start(contents);
}

void CheckpointHook::afterStep(Assembly& assembly, const StepReport& report) {
    const std::int64_t step = report.result.step;
    const bool due = report.result.checkpoint || (config_.checkpoint.every > 0 && step % config_.checkpoint.every == 0);
    tellIfSaved();
    if (!due && !report.last) return;
    if (!config_.checkpoint.async || report.last) {
        saveNow(assembly, report.result, report.last);
        return;
    }
    heartbeat_.phase("checkpoint", step);
    tellOutcome();  // one save at a time
    startBeside(assembly, contentsOf(assembly, report.result));
}

void CheckpointHook::saveNow(Assembly& assembly, const StepResult& result, bool must_succeed) {
    heartbeat_.phase("checkpoint", result.step);
    tellOutcome();  // one save at a time
    if (saved_step_ == result.step) return;
    try {
        tellSaved(checkpoint::save(paths_.checkpoints(), contentsOf(assembly, result), assembly.mesh->world()), result.step);
    } catch (const Error& error) {
        if (must_succeed) throw;
        tellFailed(error, result.step);
    }
}

void CheckpointHook::noteEvaluation(const Assembly& assembly) {
    // A step is saved before it is evaluated, for a checkpoint is worth more; or while it is.
    if (record_ == nullptr || assembly.evaluated.step == noted_step_ || assembly.evaluated.step != saved_step_) return;
    noted_step_ = saved_step_;
    try {
        io::noteMetrics(saved_folder_, assembly.evaluated.metrics);
        retain();
    } catch (const Error& error) {
        record_->warn(error.what(), noted_step_);
    }
}

void CheckpointHook::retain() {
    io::retain(paths_.checkpoints(),
               {config_.checkpoint.keep, config_.checkpoint.keep_every, config_.checkpoint.best});
}

void CheckpointHook::tellIfSaved() {
    if (beside_ && beside_->done()) tellOutcome();
}

}  // namespace switchyard::train
