// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/launch/profiles/engine.h"

namespace switchyard::launch {

/// sbatch, then squeue until the job has left the queue, scontrol (sacct where that has forgotten it) for how it ended,
/// scancel. The run folder is on a file system that the nodes share.
class SlurmEngine : public Engine {
public:
    explicit SlurmEngine(Profile profile) : profile_(std::move(profile)) {}
    std::string submit(const PreparedRun& run) override;
    void attach(const PreparedRun& run, const std::string& id) override;
    JobState poll() override;
    std::chrono::milliseconds pause() const override;
    void stop() override;
    void cancel() override;
    std::string trouble() const override { return trouble_; }
    std::vector<CheckLine> check() override;

private:
    void scancel(const std::vector<std::string>& options);
    /// Of a job that has left the queue; false when nobody knows it.
    bool readEnd(JobState* state);

    Profile profile_;
    runs::RunPaths paths_{""};
    std::string id_, trouble_;
    JobState state_;
    int polls_ = 0, unknown_ = 0;
};

/// Slurm's words of a job, of `scontrol -o show job`: the end that they tell. Takes what srun said (logs/slurm.log)
/// into account: which task was the first to go, and by which signal.
JobState slurmEnd(const std::string& scontrol_line, const std::string& srun_words, const std::string& id);

}  // namespace switchyard::launch
