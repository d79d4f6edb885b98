// SPDX-License-Identifier: MIT
// What starts the ranks of a run on other machines: Slurm or ssh. An engine does the distributing; we make its script,
// hand it over, and follow what becomes of it (followed_run.h).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/launch/first_cause.h"
#include "core/base/launch/profiles/profile.h"
#include "core/base/launch/supervisor.h"

namespace switchyard::launch {

enum class JobPhase : std::uint8_t { kQueued, kRunning, kEnded };

struct JobState {
    JobPhase phase = JobPhase::kQueued;
    std::string word, reason, place;  ///< as in runs::JobRecord
    int exit_code = 0;                ///< once it has ended
    /// Someone else ended it: nobody asked us.
    bool cancelled = false;
    /// Why it ended, where the engine knows better than a rank that lost its peer (memory, time limit, a node).
    std::optional<Cause> cause;
};

/// One answer of `profiles check`.
struct CheckLine {
    std::string what;
    bool good = false;
    std::string detail;  ///< what was found, or what to do
};

/// Thread: one thread, the supervisor's.
class Engine {
public:
    virtual ~Engine() = default;
    /// Hands the run over. @return the engine's number of the job, "" when it has none. Throws: Error.
    virtual std::string submit(const PreparedRun& run) = 0;
    /// Follows a job that another process submitted. Throws: Error(kUsage) when that can not be.
    virtual void attach(const PreparedRun& run, const std::string& id) = 0;
    /// How it stands. May wait for a program's answer, for some seconds; one that does not come changes nothing.
    virtual JobState poll() = 0;
    /// Until the next poll.
    virtual std::chrono::milliseconds pause() const = 0;
    /// Ranks save a checkpoint and end.
    virtual void stop() = 0;
    /// Ends it at once, also when it waits.
    virtual void cancel() = 0;
    /// After the end: brings what is still elsewhere into the run folder.
    virtual void finish() {}
    /// The complaint of the last poll or request, "" when it went well.
    virtual std::string trouble() const { return {}; }
    /// Whether the profile can work, asked without starting anything.
    virtual std::vector<CheckLine> check() = 0;
};

/// Throws: Error(kUsage) for a kind that starts nothing from here (local, kubernetes).
std::unique_ptr<Engine> makeEngine(const Profile& profile);

/// What a run of this profile needs on this machine, looked at before its folder is made. Throws: Error(kBadConfig).
void requireEngine(const Profile& profile);

/// The worker's path there.
std::string workerOf(const Profile& profile);

}  // namespace switchyard::launch
