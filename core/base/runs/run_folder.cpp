// SPDX-License-Identifier: MIT
#include "core/base/runs/run_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/base/io/manifest.h"
#include "core/base/io/safe_file.h"
#include "core/base/runs/small_file.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::runs {
namespace {

/// What other programs leave where they trained.
bool isForeignMark(const std::string& name) {
    return name.starts_with("events.out.tfevents") || name == "hparams.yaml" || name == "lightning_logs" ||
           name == "wandb" || name.ends_with(".ckpt") || name.ends_with(".pt") || name.ends_with(".safetensors");
}

}  // namespace

const char* runStateName(RunState state) {
    switch (state) {
        case RunState::kQueued: return "queued";
        case RunState::kStarting: return "starting";
        case RunState::kRunning: return "running";
        case RunState::kPaused: return "paused";
        case RunState::kStopping: return "stopping";
        case RunState::kFinished: return "finished";
        case RunState::kStopped: return "stopped";
        case RunState::kFailed: return "failed";
        case RunState::kLost: return "lost";
    }
    return "lost";
}

bool isLive(RunState state) {
    return state == RunState::kStarting || state == RunState::kRunning || state == RunState::kPaused || state == RunState::kStopping;
}

std::int64_t processStartTicks(std::int64_t pid) {
    const std::string stat = readSmall("/proc/" + std::to_string(pid) + "/stat").value_or("");
    // The command's name may hold spaces and brackets: fields are counted from the last ')'.
    const std::size_t end = stat.rfind(')');
    if (end == std::string::npos) return 0;
    std::istringstream fields(stat.substr(end + 1));
    std::string field;
    // After the name: state is field 3, the start time is field 22. A zombie does no work any more.
    for (int number = 3; fields >> field; ++number) {
        if (number == 3 && field == "Z") return 0;
        if (number == 22) return std::stoll(field);
    }
    return 0;
}

std::string bootId() {
    std::string id = readSmall("/proc/sys/kernel/random/boot_id").value_or("");
    while (!id.empty() && id.back() == '\n') id.pop_back();
    return id;
}

bool isAlive(const SupervisorRecord& record) {
    return record.pid > 0 && record.boot_id == bootId() && record.start_ticks != 0 &&
           processStartTicks(record.pid) == record.start_ticks;
}

RunPaths createRunFolder(const RunConfig& config, const std::string& config_text, const std::string& dir, bool allow_existing) {
    fs::path folder = dir.empty() ? fs::path() : expandPath(dir);
    std::error_code error;
    if (folder.empty()) {
        const fs::path parent = config.run.dir.empty() ? dataHome() / "runs" : expandPath(config.run.dir);
        fs::create_directories(parent, error);
        folder = parent / config.run.name;
        // mkdir decides, not a look before it: two runs of one name started together get two folders.
        for (int number = 2; !fs::create_directory(folder, error) && !error; ++number) {
            folder = parent / (config.run.name + "-" + std::to_string(number));
        }
    } else {
        const RunPaths paths(folder);
        const bool is_run = fs::exists(paths.config()) || fs::exists(paths.database());
        if (is_run && !allow_existing) {
            throw Error(ExitCode::kBadConfig, "the folder already holds a run", folder.string(),
                        "Use --resume auto to go on with it, or another --run-dir");
        }
        if (!is_run && fs::exists(folder) && !fs::is_empty(folder, error)) {
            throw Error(ExitCode::kBadConfig, "the folder is not empty and holds no run", folder.string(), "Use another --run-dir");
        }
        fs::create_directories(folder, error);
    }
    if (error) {
        throw Error(ExitCode::kIo, "can not make the run folder: " + error.message(), folder.string(),
                    "Use another --run-dir or set run.dir");
    }
    RunPaths paths(fs::absolute(folder).lexically_normal());
    for (const fs::path& sub : {paths.logs(), paths.checkpoints(), paths.tensorboard()}) {
        fs::create_directories(sub, error);
        if (error) throw Error(ExitCode::kIo, "can not make a folder: " + error.message(), sub.string());
    }
    io::writeAtomically(paths.config(), config_text);
    io::writeAtomically(paths.resolvedConfig(), config::toYaml(config));
    return paths;
}

bool looksLikeRun(const fs::path& folder) {
    const RunPaths paths(folder);
    for (const fs::path& file : {paths.config(), paths.database()}) {
        if (access(file.c_str(), F_OK) == 0) return true;
    }
    struct stat info {};
    if (stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return false;
    if (access(folder.c_str(), R_OK | X_OK) != 0) return true;
    for (const fs::path& file : {paths.resolvedConfig(), paths.supervisor(), paths.result(), paths.queueTicket()}) {
        if (access(file.c_str(), F_OK) == 0) return true;
    }
    std::error_code error;
    if (fs::is_directory(paths.checkpoints(), error) || fs::is_directory(paths.logs(), error)) return true;
    int seen = 0;
    for (fs::directory_iterator it(folder, error), end; !error && it != end && seen < 1000; it.increment(error), ++seen) {
        if (isForeignMark(it->path().filename().string())) return true;
    }
    return false;
}

std::vector<fs::path> listRunFolders(const fs::path& runs_dir) {
    std::vector<std::pair<double, fs::path>> found;
    std::error_code error;
    for (fs::directory_iterator it(runs_dir, error), end; !error && it != end; it.increment(error)) {
        if (it->path().filename().string().starts_with(".")) continue;
        const RunPaths paths(it->path());
        // Copied and foreign folders have no config.yaml: what else tells when they were made.
        double time = modifiedAt(paths.config());
        if (time == 0) time = modifiedAt(paths.resolvedConfig());
        if (time > 0 || looksLikeRun(it->path())) found.emplace_back(time, it->path());
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a > b; });
    std::vector<fs::path> folders;
    for (auto& [time, folder] : found) folders.push_back(std::move(folder));
    return folders;
}

fs::path newestCheckpoint(const fs::path& run_dir) {
    const std::vector<fs::path> found = io::committedCheckpoints(RunPaths(run_dir).checkpoints());
    return found.empty() ? fs::path() : found.back();
}

std::string JobRecord::words() const {
    std::string text = engine == "slurm" ? "Slurm" : engine;
    if (!id.empty()) text += " job " + id;
    if (!state.empty()) text += ", " + state;
    if (!reason.empty()) text += " (" + reason + ")";
    return text;
}

nlohmann::json toJson(const JobRecord& job) {
    return {{"profile", job.profile}, {"engine", job.engine}, {"id", job.id},
            {"state", job.state},     {"reason", job.reason}, {"place", job.place}};
}

JobRecord jobFrom(const nlohmann::json& json) {
    return {field(json, "profile", ""), field(json, "engine", ""), field(json, "id", ""),
            field(json, "state", ""),   field(json, "reason", ""), field(json, "place", "")};
}

void writeSupervisorRecord(const RunPaths& paths, const SupervisorRecord& record) {
    nlohmann::json json = {{"pid", record.pid},         {"start_ticks", record.start_ticks}, {"boot_id", record.boot_id},
                                 {"host", record.host},       {"rank_pids", record.rank_pids},     {"command", record.command},
                                 {"phase", record.phase},     {"started_at", record.started_at},
                                 {"control", record.control}};
    if (record.job) json["job"] = toJson(*record.job);
    io::writeAtomically(paths.supervisor(), json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void writeResult(const RunPaths& paths, const RunResult& result) {
    const nlohmann::json json = {{"state", runStateName(result.state)},
                                 {"exit_code", result.exit_code},
                                 {"error", result.error},
                                 {"fix", result.fix},
                                 {"first_cause_rank", result.first_cause_rank},
                                 {"first_cause", result.first_cause},
                                 {"signal", result.signal},
                                 {"step", result.step},
                                 {"checkpoint", result.checkpoint},
                                 {"restarts", result.restarts},
                                 {"rewinds", result.rewinds},
                                 {"report", result.report},
                                 {"ended_at", result.ended_at}};
    io::writeAtomically(paths.result(), json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace switchyard::runs
