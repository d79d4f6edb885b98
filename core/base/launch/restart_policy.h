// SPDX-License-Identifier: MIT
// Whether a run that failed starts again by itself, and where.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"

namespace switchyard::launch {

/// From where ranks start.
struct RankStart {
    std::string checkpoint;   ///< "" = from the start
    std::int64_t rewind = 0;  ///< which order of the samples; 0 = the seed's own
};

/// Counts the starts of one run and decides the next. Restarts are for what another try may get past: a lost rank, a
/// hang, memory that ran out. A rewind answers a loss that is not finite, which every try with the same samples in the
/// same order would find again.
/// Thread: one thread.
class RestartPolicy {
public:
    /// @param first what the run was started from  @param older_too whether an older checkpoint of the same folder takes
    /// its place when it is damaged
    RestartPolicy(const RunConfig& config, RankStart first, bool older_too = false);

    const RankStart& start() const { return start_; }
    int restarts() const { return restarts_; }
    int rewinds() const { return rewinds_; }
    /// A checkpoint that this run saved.
    void saved(const std::string& checkpoint) { checkpoints_.push_back(checkpoint); }

    /// After a failure with this exit code: how long to wait before start() again, or nothing when the run has failed.
    std::optional<std::chrono::milliseconds> next(int exit_code);
    /// Whether next() made a rewind of it, as opposed to a restart.
    bool rewound() const { return rewound_; }
    /// Whether next() went back to an older checkpoint because the one before is damaged.
    bool wentBack() const { return went_back_; }

private:
    /// The newest checkpoint of this run that is whole, or what the run was started from.
    std::string newestWhole() const;

    const RunConfig& config_;
    RankStart start_;
    std::string first_checkpoint_;
    std::vector<std::string> checkpoints_;
    int restarts_ = 0, rewinds_ = 0;
    bool rewound_ = false, older_too_ = false, went_back_ = false;
};

/// 1 s, doubled with each restart, at most 60 s. SWITCHYARD_RESTART_DELAY_MS takes the place of the 1 s.
std::chrono::milliseconds restartDelay(int restarts_before);

}  // namespace switchyard::launch
