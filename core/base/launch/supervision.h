// SPDX-License-Identifier: MIT
// One supervised run, from its first start to its end.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/base/launch/control_socket.h"
#include "core/base/launch/event_log.h"
#include "core/base/launch/first_cause.h"
#include "core/base/launch/restart_policy.h"
#include "core/base/launch/supervisor.h"
#include "core/base/launch/supervisor_process.h"

namespace switchyard::launch {

/// Starts the ranks, watches them, starts them again where the policy says so. Signals and the control socket ask for
/// what a person wants meanwhile.
/// Thread: one, the process's main thread (ranks are tied to the life of the thread that starts them).
class Supervision {
public:
    /// Takes the run folder. Throws: Error(kIo), Error(kBadConfig) when another process has it.
    Supervision(const PreparedRun& run, const EventSink& sink);
    Supervision(const Supervision&) = delete;
    Supervision& operator=(const Supervision&) = delete;

    /// Every rank is gone when it returns, and result.json is written.
    runs::RunResult run();

private:
    /// One start, until all its ranks are gone. What went wrong, or nothing.
    std::optional<Cause> attempt(const Signals& signals);
    void watch(RankSet& ranks, const Signals& signals);
    void cutLogs(const RankSet& ranks);
    /// Until the next start; false when a stop or kill came first.
    bool waitForStart(std::chrono::milliseconds delay, const Signals& signals);
    /// Waits for something to happen, then does what signals and the control socket ask for.
    void listen(const Signals& signals, std::vector<pollfd> waits, std::chrono::milliseconds longest);

    nlohmann::json answer(const nlohmann::json& request);
    nlohmann::json statusJson() const;
    void askToStop(int signal);
    void askToKill();
    void send(const char* command);

    void onEvent(int rank, const nlohmann::json& event);
    void onStep(const nlohmann::json& event);
    void phase(const std::string& name);
    void warn(const std::string& message);
    void openControl();
    void finish();

    const PreparedRun& run_;
    const EventSink& sink_;
    FolderLock lock_;
    EventLog events_;
    RestartPolicy policy_;
    std::unique_ptr<ControlSocket> control_;
    runs::SupervisorRecord record_;
    runs::RunResult result_;
    RankSet* ranks_ = nullptr;  ///< while a start lasts
    Clock::duration limit_;
    Clock::duration slowest_{};
    Clock::time_point last_step_{}, logs_looked_at_{};
    std::optional<Cause> hang_;
    int stop_signal_ = 0;
    bool pause_ = false;  ///< asked for and not taken back
    bool kill_ = false;
};

}  // namespace switchyard::launch
