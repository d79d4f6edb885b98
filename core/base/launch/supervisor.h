// SPDX-License-Identifier: MIT
// Starts one worker process per rank, watches them, keeps the first failure, and leaves nothing behind.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/config/config.h"
#include "core/base/launch/profiles/profile.h"
#include "core/base/runs/run_folder.h"

namespace switchyard::runs {
struct RunStatus;
}

namespace switchyard::launch {

namespace fs = std::filesystem;

/// What `switchyard train` was asked for; the window fills the same struct.
struct TrainRequest {
    std::string config_text;              ///< bytes of the file
    std::string config_file;              ///< its name, for messages and the recorded command
    std::vector<config::Override> overrides;
    int ranks = 0;                        ///< 0 = parallel.ranks
    std::string run_dir;                  ///< "" = a fresh one
    std::string resume;                   ///< "" | "auto" | checkpoint folder
    std::string bind = "127.0.0.1";
    std::string profile = "local";        ///< where it is started (profiles/profile.h)
};

/// A run that is ready to start: folder made, config validated, data and tokenizer looked at, disk space and
/// write permission checked. Nothing is left behind when it throws.
struct PreparedRun {
    RunConfig config;
    runs::RunPaths paths{""};
    std::string resume_checkpoint;  ///< "" = from the start
    bool older_too = false;         ///< when that one is damaged, an older one that is whole takes its place
    std::vector<std::string> command;
    std::string bind;
    std::optional<Profile> profile;  ///< an engine starts the ranks; nothing = this machine's supervisor does
};

/// Throws: Error with the exit code of the problem (78, 65, 74, 83).
PreparedRun prepare(const TrainRequest& request);

/// Called in the supervisor's thread for every event of a rank and for "end".
using EventSink = std::function<void(int rank, const nlohmann::json& event)>;

/// Runs all ranks in the foreground until they end. SIGINT and SIGTERM ask for a checkpoint and stop (a
/// second SIGINT kills at once). First failure wins; every rank is gone before this returns.
/// @return how it ended; result.json holds the same.
runs::RunResult supervise(const PreparedRun& run, const EventSink& sink = {});

/// Follows the job of a run whose follower is gone (job.json), by a process of its own. Throws: Error(kUsage) when there
/// is none or it is followed, Error(kIo).
void followDetached(const fs::path& run_dir);

/// Starts a supervisor process of its own session that survives this program's terminal and end
/// (`switchyard supervise RUN_DIR`). Returns once it has taken the run over. Throws: Error(kIo).
void superviseDetached(const PreparedRun& run);

/// Asks a live run over its control socket (control_frame.h): "status", "pause", "resume", "checkpoint", "stop", "kill".
/// @return its answer, {"ok": true, "state", "step", ...} or {"ok": false, "error"}
/// Throws: Error(kUsage) when the run is not live, Error(kIo) when it does not answer.
nlohmann::json request(const runs::RunStatus& status, const std::string& command);
/// Asks a live run to save and stop, over its socket or by a signal; false when it is not live. A job that nobody follows
/// any more is followed again first.
bool requestStop(const runs::RunStatus& status);
/// Ends a live run at once, by the same ways; false when it is not live.
bool requestKill(const runs::RunStatus& status);

}  // namespace switchyard::launch
