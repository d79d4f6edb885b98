// SPDX-License-Identifier: MIT
#include "core/base/runs/run_status.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/health/monitor.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/small_file.h"
#include "core/base/util/clock.h"
#include "core/base/util/error.h"

namespace switchyard::runs {
namespace {

constexpr double kLongestSilence_s = 60;  ///< of a run that only its records tell of; more where its steps are slow
constexpr double kStepsOfSilence = 10;
constexpr double kTakeOver_s = 20;  ///< between a folder's making and its supervisor's first word

RunState stateFromName(const std::string& name) {
    for (const RunState state : {RunState::kFinished, RunState::kStopped}) {
        if (name == runStateName(state)) return state;
    }
    return RunState::kFailed;
}

std::optional<SupervisorRecord> readSupervisor(const fs::path& file) {
    const std::optional<nlohmann::json> json = readObject(file);
    if (!json) return std::nullopt;
    SupervisorRecord record;
    record.pid = field(*json, "pid", std::int64_t{0});
    record.start_ticks = field(*json, "start_ticks", std::int64_t{0});
    record.boot_id = field(*json, "boot_id", "");
    record.host = field(*json, "host", "");
    record.rank_pids = field(*json, "rank_pids", std::vector<std::int64_t>{});
    record.command = field(*json, "command", std::vector<std::string>{});
    record.phase = field(*json, "phase", "");
    record.control = field(*json, "control", "");
    record.started_at = field(*json, "started_at", 0.0);
    if (const auto job = json->find("job"); job != json->end() && job->is_object()) record.job = jobFrom(*job);
    return record;
}

std::optional<RunResult> readResult(const fs::path& file) {
    const std::optional<nlohmann::json> json = readObject(file);
    if (!json) return std::nullopt;
    RunResult result;
    result.state = stateFromName(field(*json, "state", ""));
    result.exit_code = field(*json, "exit_code", 1);
    result.error = field(*json, "error", "");
    result.fix = field(*json, "fix", "");
    result.first_cause_rank = field(*json, "first_cause_rank", -1);
    result.first_cause = field(*json, "first_cause", "");
    result.signal = field(*json, "signal", 0);
    result.step = field(*json, "step", std::int64_t{0});
    result.checkpoint = field(*json, "checkpoint", "");
    result.restarts = field(*json, "restarts", 0);
    result.rewinds = field(*json, "rewinds", 0);
    result.report = field(*json, "report", "");
    result.ended_at = field(*json, "ended_at", 0.0);
    return result;
}

RunState liveState(const SupervisorRecord& record) {
    if (record.phase == "queued") return RunState::kQueued;
    if (record.phase == "starting" || record.phase == "restarting") return RunState::kStarting;
    if (record.phase == "paused") return RunState::kPaused;
    if (record.phase == "stopping") return RunState::kStopping;
    return RunState::kRunning;
}

/// Fills a status part by part; each part that can not be read adds a sentence.
class StatusReader {
public:
    explicit StatusReader(const fs::path& run_dir) : paths_(run_dir) {
        status_.dir = run_dir;
        status_.name = run_dir.filename().string();
    }
    RunStatus read() {
        if (access(paths_.dir.c_str(), R_OK | X_OK) != 0) {
            complain(errno == ENOENT ? "the folder is gone"
                                     : std::string("the folder can not be looked into: ") + std::strerror(errno));
            return status_;
        }
        status_.created_at = modifiedAt(paths_.config());
        readConfig();
        status_.supervisor = readSupervisor(paths_.supervisor());
        if (!status_.supervisor && there(paths_.supervisor())) complain("supervisor.json is damaged");
        status_.result = readResult(paths_.result());
        if (!status_.result && there(paths_.result()))
            complain("result.json is damaged: how the run ended is not known");
        status_.checkpoint = newestCheckpoint(paths_.dir);
        readDatabase();
        settleState();
        return std::move(status_);
    }

private:
    bool there(const fs::path& file) const { return access(file.c_str(), F_OK) == 0; }
    void complain(const std::string& what) { status_.problem += (status_.problem.empty() ? "" : "; ") + what; }

    void readConfig() {
        const std::optional<std::string> text = readSmall(paths_.resolvedConfig());
        if (!text) {
            const bool whole_otherwise = there(paths_.database()) || there(paths_.config());
            complain(there(paths_.resolvedConfig()) ? "config.resolved.yaml can not be read"
                     : whole_otherwise
                         ? "config.resolved.yaml is missing: the folder is likely half copied or half deleted"
                         : "half deleted, or no run of this program: config.resolved.yaml and run.db are missing");
            return;
        }
        std::optional<ConfigValues> values = parseResolved(*text);
        std::string problem;
        if (!values || values->find("train.steps") == nullptr) values = loadValues(*text, &problem);
        if (!values) return complain("config.resolved.yaml can not be read" + (problem.empty() ? "" : ": " + problem));
        if (const std::string* steps = values->find("train.steps"))
            status_.steps = std::strtoll(steps->c_str(), nullptr, 10);
        if (const std::string* tags = values->find("run.tags")) status_.tags = listItems(*tags);
        if (const std::string* note = values->find("run.note")) status_.note = *note;
        status_.config = std::make_shared<const ConfigValues>(std::move(*values));
    }

    void readDatabase() {
        if (!there(paths_.database())) return;
        try {
            RunDbReader db(paths_.database(), RunDbReader::For::kGlance);
            Metric metric;
            if (db.last("loss/total", &metric)) {
                status_.step = metric.step;
                status_.loss = metric.value;
                status_.has_loss = true;
                status_.updated_at = metric.wall_time;
            }
            if (db.last("perf/samples_per_s", &metric)) status_.samples_per_s = metric.value;
            if (db.last("perf/step_ms", &metric)) status_.step_ms = metric.value;
            const std::int64_t steps = std::strtoll(db.meta("steps").c_str(), nullptr, 10);
            if (steps > 0) status_.steps = steps;
            status_.alarms = health::fromMeta(db.meta(health::kMetaKey));
            db.findMeta("note", &status_.note);
            beat_ = db.lastBeat();
        } catch (const Error& problem) {
            const std::string& message = problem.message();
            const std::size_t why = message.find(": ");
            complain("run.db can not be read" + (why == std::string::npos ? std::string() : message.substr(why)));
        }
    }

    bool hasPulse() const {
        const double limit = std::max(kLongestSilence_s, kStepsOfSilence * status_.step_ms / 1000);
        return beat_ > 0 && wallTime() - beat_ < limit;
    }

    void settleState() {
        RunStatus& run = status_;
        const bool alive = run.supervisor && isAlive(*run.supervisor);
        run.ticket = readTicket(paths_.dir);
        // A supervisor that was ended before it could take its ticket away has still taken the run.
        if (run.ticket && run.supervisor && run.supervisor->started_at >= run.ticket->queued_at) run.ticket.reset();
        // Processes of another machine can not be asked for; its supervisor leaves a result in the end.
        const bool other_host =
            run.supervisor && run.supervisor->boot_id != bootId() && run.supervisor->host != hostName();
        if (alive) {
            run.state = liveState(*run.supervisor);
            run.result.reset();  // of an earlier start in this folder
            run.job = run.supervisor->job;
        } else if (run.ticket) {
            run.state = RunState::kQueued;
        } else if (run.result) {
            run.state = run.result->state;
        } else if (there(paths_.job()) && !run.result) {
            // Who followed the job is gone; the batch system has it still, or it left no word.
            if (const std::optional<nlohmann::json> job = readObject(paths_.job())) run.job = jobFrom(*job);
            run.state = hasPulse() ? RunState::kRunning : RunState::kLost;
            if (run.state == RunState::kLost)
                complain("nothing follows its job: see `switchyard runs follow " + run.name + "`");
        } else if ((!run.supervisor || other_host) && hasPulse() && !(run.steps > 0 && run.step >= run.steps)) {
            run.state = RunState::kRunning;
            run.elsewhere = true;
        } else if (!run.supervisor && run.has_loss && run.steps > 0 && run.step >= run.steps) {
            run.state = RunState::kFinished;  // by a launcher that leaves no word
        } else if (!run.supervisor && run.problem.empty() && !there(paths_.database()) &&
                   wallTime() - modifiedAt(paths_.resolvedConfig()) < kTakeOver_s) {
            run.state = RunState::kStarting;
        } else {
            run.state = RunState::kLost;
            if (!run.supervisor && !there(paths_.database()) && run.problem.empty())
                complain("the run was prepared and never started");
        }
    }

    RunPaths paths_;
    RunStatus status_;
    double beat_ = 0;
};

}  // namespace

RunStatus readStatus(const fs::path& run_dir) {
    try {
        return StatusReader(run_dir).read();
    } catch (const std::exception& problem) {
        RunStatus status;
        status.dir = run_dir;
        status.name = run_dir.filename().string();
        status.problem = problem.what();
        return status;
    }
}

void setNote(const fs::path& run_dir, const std::string& note) {
    RunDbWriter db(RunPaths(run_dir).database());
    db.setMeta("note", note);
    db.flush();
    if (db.failing()) throw Error(ExitCode::kIo, "the note could not be saved: " + db.failure(), run_dir.string());
}

}  // namespace switchyard::runs
