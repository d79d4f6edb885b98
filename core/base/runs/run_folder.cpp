// SPDX-License-Identifier: MIT
#include "core/base/runs/run_folder.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/base/health/monitor.h"
#include "core/base/io/manifest.h"
#include "core/base/io/safe_file.h"
#include "core/base/runs/run_db.h"
#include "core/base/util/clock.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::runs {
namespace {

constexpr std::uint64_t kSmallFile = 1 << 20;

std::string readSmall(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return {};
    std::string text(kSmallFile, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

double modifiedAt(const fs::path& file) {
    std::error_code error;
    const auto time = fs::last_write_time(file, error);
    if (error) return 0;
    return std::chrono::duration<double>(fs::file_time_type::clock::to_sys(time).time_since_epoch()).count();
}

RunState stateFromName(const std::string& name) {
    for (const RunState state : {RunState::kFinished, RunState::kStopped}) {
        if (name == runStateName(state)) return state;
    }
    return RunState::kFailed;
}

std::optional<SupervisorRecord> readSupervisor(const fs::path& file) {
    const nlohmann::json json = nlohmann::json::parse(readSmall(file), nullptr, false);
    if (!json.is_object()) return std::nullopt;
    SupervisorRecord record;
    record.pid = json.value("pid", std::int64_t{0});
    record.start_ticks = json.value("start_ticks", std::int64_t{0});
    record.boot_id = json.value("boot_id", "");
    record.host = json.value("host", "");
    record.rank_pids = json.value("rank_pids", std::vector<std::int64_t>{});
    record.command = json.value("command", std::vector<std::string>{});
    record.phase = json.value("phase", "");
    record.control = json.value("control", "");
    record.started_at = json.value("started_at", 0.0);
    return record;
}

std::optional<RunResult> readResult(const fs::path& file) {
    const nlohmann::json json = nlohmann::json::parse(readSmall(file), nullptr, false);
    if (!json.is_object()) return std::nullopt;
    RunResult result;
    result.state = stateFromName(json.value("state", ""));
    result.exit_code = json.value("exit_code", 1);
    result.error = json.value("error", "");
    result.fix = json.value("fix", "");
    result.first_cause_rank = json.value("first_cause_rank", -1);
    result.first_cause = json.value("first_cause", "");
    result.signal = json.value("signal", 0);
    result.step = json.value("step", std::int64_t{0});
    result.checkpoint = json.value("checkpoint", "");
    result.restarts = json.value("restarts", 0);
    result.rewinds = json.value("rewinds", 0);
    result.report = json.value("report", "");
    result.ended_at = json.value("ended_at", 0.0);
    return result;
}

RunState liveState(const SupervisorRecord& record) {
    if (record.phase == "starting" || record.phase == "restarting") return RunState::kStarting;
    if (record.phase == "paused") return RunState::kPaused;
    if (record.phase == "stopping") return RunState::kStopping;
    return RunState::kRunning;
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
    const std::string stat = readSmall("/proc/" + std::to_string(pid) + "/stat");
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
    std::string id = readSmall("/proc/sys/kernel/random/boot_id");
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

RunStatus readStatus(const fs::path& run_dir) {
    const RunPaths paths(run_dir);
    RunStatus status;
    status.dir = run_dir;
    status.name = run_dir.filename().string();
    try {
        status.created_at = modifiedAt(paths.config());
        const config::LoadResult loaded = config::loadText(readSmall(paths.resolvedConfig()));
        if (fs::exists(paths.resolvedConfig()) && loaded.ok()) {
            status.steps = loaded.config.train.steps;
            status.tags = loaded.config.run.tags;
            status.note = loaded.config.run.note;
        } else {
            status.problem = "config.resolved.yaml is missing or can not be read";
        }
        status.checkpoint = newestCheckpoint(run_dir);
        status.supervisor = readSupervisor(paths.supervisor());
        status.result = readResult(paths.result());
        if (status.supervisor && isAlive(*status.supervisor)) {
            status.state = liveState(*status.supervisor);
            status.result.reset();  // of an earlier start in this folder
        } else if (status.result) {
            status.state = status.result->state;
        } else if (!status.supervisor && status.problem.empty()) {
            status.state = RunState::kQueued;
        } else {
            status.state = RunState::kLost;
        }
        if (!fs::exists(paths.database())) return status;
        RunDbReader db(paths.database());
        Metric metric;
        if (db.last("loss/total", &metric)) {
            status.step = metric.step;
            status.loss = metric.value;
            status.has_loss = true;
            status.updated_at = metric.wall_time;
        }
        if (db.last("perf/samples_per_s", &metric)) status.samples_per_s = metric.value;
        if (db.last("perf/step_ms", &metric)) status.step_ms = metric.value;
        if (const std::string steps = db.meta("steps"); !steps.empty()) status.steps = std::stoll(steps);
        status.alarms = health::fromMeta(db.meta(health::kMetaKey));
        if (const std::string note = db.meta("note"); !note.empty()) status.note = note;
    } catch (const std::exception& problem) {
        status.problem = problem.what();
    }
    return status;
}

std::vector<fs::path> listRunFolders(const fs::path& runs_dir) {
    std::vector<std::pair<double, fs::path>> found;
    std::error_code error;
    for (fs::directory_iterator it(runs_dir, error), end; !error && it != end; it.increment(error)) {
        if (it->path().filename().string().starts_with(".")) continue;
        const RunPaths paths(it->path());
        const double time = modifiedAt(paths.config());
        if (time > 0 || fs::exists(paths.database(), error)) found.emplace_back(time, it->path());
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

void writeSupervisorRecord(const RunPaths& paths, const SupervisorRecord& record) {
    const nlohmann::json json = {{"pid", record.pid},         {"start_ticks", record.start_ticks}, {"boot_id", record.boot_id},
                                 {"host", record.host},       {"rank_pids", record.rank_pids},     {"command", record.command},
                                 {"phase", record.phase},     {"started_at", record.started_at},
                                 {"control", record.control}};
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
