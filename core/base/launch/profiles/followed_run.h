// SPDX-License-Identifier: MIT
// A run whose ranks an engine starts on other machines, from handing it over to its end. What the supervisor is for
// ranks of this machine (supervision.h), this is for a job: it takes the run folder, answers the control socket, keeps
// supervisor.json true and writes result.json. What the ranks do is read from the run folder.
#pragma once

#include <memory>
#include <optional>

#include "core/base/launch/control_socket.h"
#include "core/base/launch/event_log.h"
#include "core/base/launch/profiles/engine.h"
#include "core/base/launch/profiles/record_watch.h"
#include "core/base/launch/supervisor_process.h"

namespace switchyard::launch {

/// Thread: one, the process's main thread.
class FollowedRun {
public:
    /// Takes the run folder. A job that is on record there (job.json) is followed, else one is submitted.
    /// Throws: Error(kIo), Error(kBadConfig) when another process has the folder.
    FollowedRun(const PreparedRun& run, const EventSink& sink);
    FollowedRun(const FollowedRun&) = delete;
    FollowedRun& operator=(const FollowedRun&) = delete;

    /// The job has ended when it returns, and result.json is written.
    runs::RunResult run();

private:
    void openControl();
    void begin();
    void watch(const Signals& signals);
    void listen(const Signals& signals);
    void look();
    void take(const JobState& state);
    void obey();
    nlohmann::json answer(const nlohmann::json& request);
    nlohmann::json statusJson() const;
    void phase(const std::string& name);
    void writeRecord();
    void readRecords();
    /// Why it failed: what a rank said, what the engine saw.
    Cause causeOfEnd() const;
    void finish();

    const PreparedRun& run_;
    const EventSink& sink_;
    FolderLock lock_;
    EventLog events_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<ControlSocket> control_;
    RecordWatch records_;
    runs::SupervisorRecord record_;
    runs::RunResult result_;
    JobState job_;
    std::string trouble_;
    Clock::time_point next_poll_{};
    int stop_signal_ = 0;
    bool kill_ = false, stop_told_ = false, cancel_told_ = false, waited_ = false;
};

}  // namespace switchyard::launch
