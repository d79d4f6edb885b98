// SPDX-License-Identifier: MIT
// The worker processes of one run, and what each of them said.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/launch/process.h"
#include "core/base/launch/restart_policy.h"
#include "core/base/launch/supervisor.h"

namespace switchyard::launch {

using Clock = std::chrono::steady_clock;

/// How one rank came to its end, or that it has not.
struct RankState {
    ChildProcess process;
    int socket = -1;
    std::string pending;         ///< bytes of a line that has not ended
    bool ended = false;
    ExitStatus status;
    Clock::time_point ended_at;
    nlohmann::json error;        ///< its "error" event, null when none
    Clock::time_point error_at;
    Clock::time_point progress_at;
    Clock::time_point alive_at;  ///< any message; a rank says ten times a second that it lives
    std::string phase;           ///< "assemble", "train", "checkpoint", "eval" or "paused"; "" before it said any
    std::string doing;           ///< "grads 12", a collective and its number, or the phase it reported last
    std::int64_t step = 0;
    bool ended_by_us = false;    ///< was still there when end() was called: how it ended says nothing
    bool stopped = false;        ///< reported a stop with its checkpoint
};

/// Starts all ranks. Thread: the supervisor's.
class RankSet {
public:
    /// Throws: Error(kIo).
    RankSet(const PreparedRun& run, int world_size, const RankStart& start);
    ~RankSet();
    RankSet(const RankSet&) = delete;
    RankSet& operator=(const RankSet&) = delete;

    const std::vector<RankState>& ranks() const { return ranks_; }
    /// Descriptors to poll: sockets and pidfds of ranks that are still there.
    std::vector<int> descriptors() const;
    /// Reads what has arrived and reaps who has ended; calls `on_event(rank, event)`.
    void collect(const std::function<void(int, const nlohmann::json&)>& on_event);
    void send(const nlohmann::json& command);
    bool allEnded() const;
    /// SIGTERM, `grace`, SIGKILL by group; all are reaped when it returns.
    void end(std::chrono::milliseconds grace, const std::function<void(int, const nlohmann::json&)>& on_event);

private:
    void read(RankState& rank, int number, const std::function<void(int, const nlohmann::json&)>& on_event);
    std::vector<RankState> ranks_;
};

/// A listening socket on `host`, its port chosen by the kernel, for rank 0's store to take over: no other program can
/// take the port between choosing and using it. The caller closes it. Throws: Error(kUsage | kIo).
int listenForRanks(const std::string& host, int* port);

/// "rank 2 was ended by signal 9 (SIGKILL)" or "rank 2 exited with code 1".
std::string describeEnd(int rank, const ExitStatus& status);

}  // namespace switchyard::launch
