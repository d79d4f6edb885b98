// SPDX-License-Identifier: MIT
// A run's folder: its layout, making one, who drives it and how it ended. How it stands: run_status.h.
//
//   config.yaml            bytes as given            run.db        metrics, expert load, events (SQLite)
//   config.resolved.yaml   every key with its value  logs/         rank-N.log, supervisor.log, traffic-N.json
//   tokenizer.model        the tokenizer it uses     checkpoints/  step-%08d/
//   labels.json            text tasks and vqa: what the heads' classes are called
//   tb/                    TensorBoard events        supervisor.json  who runs it: pid, start time, command
//   result.json            how it ended (written once, at the end)
//   queue.json             while it waits for its turn: how it is to be started (queue_ticket.h)
//   crash/                 failure-N.txt, one a failed start; rank-N.txt, what a rank that crashed left; rank-N.json, the
//                          error of a rank that no supervisor of ours heard (launch/profiles/rank_failures.h)
//   profile.yaml           the launch profile it was started with; none when it runs on this machine
//   job.json               while a batch system has it: the job (JobRecord)
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/config/config.h"

namespace switchyard::runs {

namespace fs = std::filesystem;

/// Path helpers; no file is touched.
struct RunPaths {
    explicit RunPaths(fs::path run_dir) : dir(std::move(run_dir)) {}
    fs::path dir;
    fs::path config() const { return dir / "config.yaml"; }
    fs::path resolvedConfig() const { return dir / "config.resolved.yaml"; }
    fs::path database() const { return dir / "run.db"; }
    fs::path tokenizer() const { return dir / "tokenizer.model"; }
    fs::path labels() const { return dir / "labels.json"; }
    fs::path logs() const { return dir / "logs"; }
    fs::path rankLog(int rank) const { return logs() / ("rank-" + std::to_string(rank) + ".log"); }
    fs::path rankTraffic(int rank) const { return logs() / ("traffic-" + std::to_string(rank) + ".json"); }
    fs::path supervisorLog() const { return logs() / "supervisor.log"; }
    fs::path checkpoints() const { return dir / "checkpoints"; }
    fs::path tensorboard() const { return dir / "tb"; }
    fs::path supervisor() const { return dir / "supervisor.json"; }
    fs::path result() const { return dir / "result.json"; }
    fs::path queueTicket() const { return dir / "queue.json"; }
    fs::path crash() const { return dir / "crash"; }
    fs::path rankCrash(int rank) const { return crash() / ("rank-" + std::to_string(rank) + ".txt"); }
    fs::path rankFailure(int rank) const { return crash() / ("rank-" + std::to_string(rank) + ".json"); }
    fs::path profile() const { return dir / "profile.yaml"; }
    fs::path job() const { return dir / "job.json"; }
    fs::path lock() const { return dir / ".lock"; }
};

enum class RunState { kQueued, kStarting, kRunning, kPaused, kStopping, kFinished, kStopped, kFailed, kLost };
const char* runStateName(RunState state);  ///< "running"
bool isLive(RunState state);               ///< starting, running, paused or stopping

/// What has the run's ranks, where that is not this machine's supervisor: part of supervisor.json, and job.json.
struct JobRecord {
    std::string profile;  ///< its name
    std::string engine;   ///< "slurm", "ssh"
    std::string id;       ///< the engine's number of it, "" when it gives none
    std::string state;    ///< in the engine's words: "PENDING"
    std::string reason;   ///< why it waits: "Resources"
    std::string place;    ///< nodes or hosts
    bool operator==(const JobRecord&) const = default;
    /// "Slurm job 12, PENDING (Resources)".
    std::string words() const;
};

/// supervisor.json: who drives the run.
struct SupervisorRecord {
    std::int64_t pid = 0;
    std::int64_t start_ticks = 0;  ///< field 22 of /proc/PID/stat: with the pid it names one process
    std::string boot_id;
    std::string host;
    std::vector<std::int64_t> rank_pids;
    std::vector<std::string> command;  ///< the CLI line that repeats the run
    std::string phase;                 ///< "queued" (in an engine's queue) | "starting" | "running" | "paused" | "restarting" | "stopping"
    std::string control;               ///< its control socket, "" when it has none
    std::optional<JobRecord> job;
    double started_at = 0;             ///< seconds since 1970
};

/// result.json: how it ended.
struct RunResult {
    RunState state = RunState::kFailed;  ///< finished, stopped or failed
    int exit_code = 1;
    std::string error;      ///< one line, "" when none
    std::string fix;        ///< what to do, "" when unknown
    int first_cause_rank = -1;
    std::string first_cause;  ///< the failing rank's own message, or how it died ("signal 9 (SIGKILL)")
    int signal = 0;
    std::int64_t step = 0;
    std::string checkpoint;  ///< newest complete one, "" when none
    int restarts = 0;        ///< after a rank was lost, hung or ran out of memory
    int rewinds = 0;         ///< after a loss or gradient that was not finite
    std::string report;      ///< crash report of the last failure, "" when none
    double ended_at = 0;
};

/// Makes `dir` (or a fresh name under config.run.dir / dataHome()/runs, "NAME", "NAME-2", ...) with
/// config.yaml, config.resolved.yaml and empty sub-folders. An existing run folder is only accepted with
/// `allow_existing` (resume). Throws: Error(kIo | kBadConfig).
RunPaths createRunFolder(const RunConfig& config, const std::string& config_text, const std::string& dir,
                         bool allow_existing);

/// Whether a folder is to be listed as a run: it holds a file that every run has, or what remains of one that was half
/// deleted or written by another program, or it can not be looked into. What is wrong with it, readStatus says.
bool looksLikeRun(const fs::path& folder);

/// Run folders directly below `runs_dir`, newest first.
std::vector<fs::path> listRunFolders(const fs::path& runs_dir);

/// Newest complete checkpoint folder of a run, or "".
fs::path newestCheckpoint(const fs::path& run_dir);

nlohmann::json toJson(const JobRecord& job);
JobRecord jobFrom(const nlohmann::json& json);

void writeSupervisorRecord(const RunPaths& paths, const SupervisorRecord& record);
void writeResult(const RunPaths& paths, const RunResult& result);

/// Start time of a process in clock ticks since boot; 0 when it is gone or a zombie.
std::int64_t processStartTicks(std::int64_t pid);
/// Names this boot of this machine.
std::string bootId();

/// True when the process (pid, start_ticks, boot_id) is alive on this machine.
bool isAlive(const SupervisorRecord& record);

}  // namespace switchyard::runs
