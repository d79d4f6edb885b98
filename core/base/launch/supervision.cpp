// SPDX-License-Identifier: MIT
#include "core/base/launch/supervision.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/base/launch/crash_report.h"
#include "core/base/launch/log_rotation.h"
#include "core/base/util/clock.h"
#include "core/base/util/error.h"
#include "core/base/util/machine_text.h"

namespace switchyard::launch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kCauseWindow = 300ms;  ///< time for the true cause to arrive behind a secondary "connection closed"
constexpr auto kGrace = 700ms;        ///< between SIGTERM and SIGKILL; all ranks are gone within 2 s of a failure
constexpr auto kTick = 200ms;
constexpr auto kBetweenLogLooks = 250ms;

std::string ranksText(std::int64_t ranks) {
    return std::to_string(ranks) + (ranks == 1 ? " rank" : " ranks");
}

std::string fromText(const std::string& checkpoint) {
    return checkpoint.empty() ? "from the start" : "from " + fs::path(checkpoint).filename().string();
}

runs::Level levelOf(const std::string& name) {
    return name == "error" ? runs::Level::kError : name == "warning" ? runs::Level::kWarning : runs::Level::kInfo;
}

}  // namespace

Supervision::Supervision(const PreparedRun& run, const EventSink& sink)
    : run_(run),
      sink_(sink),
      lock_(run.paths.lock()),
      events_(run.paths),
      policy_(run.config, {run.resume_checkpoint, 0}, run.older_too),
      limit_(
          std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(run.config.parallel.timeout_s))) {
    std::error_code ignored;
    std::filesystem::remove(run.paths.result(), ignored);
    record_ = ownRecord(run.command);
    result_.state = runs::RunState::kFailed;
    openControl();
    phase("starting");
    std::filesystem::remove(run.paths.queueTicket(), ignored);  // it has had its turn
}

void Supervision::openControl() {
    try {
        control_ = std::make_unique<ControlSocket>(run_.paths.dir);
        record_.control = control_->path().string();
    } catch (const Error& error) {
        events_.add(runs::Level::kWarning, "supervisor",
                    std::string("No pause or checkpoint on request: ") + error.what());
    }
}

runs::RunResult Supervision::run() {
    const Signals signals;
    adoptOrphans();
    try {
        events_.add(runs::Level::kInfo, "supervisor",
                    (run_.resume_checkpoint.empty() ? std::string("Started on ")
                                                    : "Resumed " + fromText(run_.resume_checkpoint) + " on ") +
                        ranksText(run_.config.parallel.ranks));
        events_.machine(describeMachine());
        while (const std::optional<Cause> cause = attempt(signals)) {
            keepCause(*cause, &result_);
            const std::optional<std::chrono::milliseconds> delay =
                stop_signal_ == 0 ? policy_.next(result_.exit_code) : std::nullopt;
            if (!delay || !waitForStart(*delay, signals)) break;
        }
    } catch (const Error& error) {
        result_.exit_code = static_cast<int>(error.code());
        result_.error = error.what();
        result_.fix = error.fix();
    } catch (const std::exception& error) {
        result_.error = error.what();
    }
    endChildren();
    finish();
    return result_;
}

std::optional<Cause> Supervision::attempt(const Signals& signals) {
    hang_.reset();
    slowest_ = {};
    last_step_ = {};
    RankSet ranks(run_, static_cast<int>(run_.config.parallel.ranks), policy_.start());
    ranks_ = &ranks;
    record_.rank_pids.clear();
    for (const RankState& rank : ranks.ranks()) record_.rank_pids.push_back(rank.process.pid());
    phase("starting");
    if (pause_) send("pause");
    const auto on_event = [this](int rank, const nlohmann::json& event) { onEvent(rank, event); };
    watch(ranks, signals);
    const bool bad = hang_ || std::any_of(ranks.ranks().begin(), ranks.ranks().end(), failed);
    std::optional<Cause> cause = hang_;
    if (bad && !cause) cause = firstCause(ranks.ranks());
    ranks.end(bad && !kill_ ? kGrace : 0ms, on_event);
    endChildren();
    cutLogs(ranks);
    ranks_ = nullptr;
    if (kill_) cause.reset();
    if (cause) {
        // What a rank said last may be better than that its connection was lost.
        if (!hang_ && cause->code == static_cast<int>(ExitCode::kPeerLost)) cause = firstCause(ranks.ranks());
        if (cause->code == 0) cause->code = static_cast<int>(ExitCode::kRunFailed);
        result_.report = writeCrashReport(run_.paths, *cause, ranks.ranks(), result_.step).string();
    }
    removeEmptyCrashFiles(run_.paths, ranks.ranks().size());
    return cause;
}

void Supervision::watch(RankSet& ranks, const Signals& signals) {
    std::optional<Clock::time_point> first_failure;
    while (!ranks.allEnded() && !kill_) {
        std::vector<pollfd> waits;
        for (const int fd : ranks.descriptors()) waits.push_back({fd, POLLIN, 0});
        listen(signals, std::move(waits), first_failure ? 20ms : std::chrono::milliseconds(kTick));
        ranks.collect([this](int rank, const nlohmann::json& event) { onEvent(rank, event); });
        if (Clock::now() - logs_looked_at_ > kBetweenLogLooks) cutLogs(ranks);
        if (!first_failure && std::any_of(ranks.ranks().begin(), ranks.ranks().end(), failed))
            first_failure = Clock::now();
        if (first_failure && Clock::now() - *first_failure > kCauseWindow) return;
        // No rank may be silent for longer than the limit: parallel.timeout_s, or ten times the slowest step seen.
        if (!first_failure) hang_ = findHang(ranks.ranks(), std::max(limit_, 10 * slowest_));
        if (hang_) return;
    }
}

void Supervision::cutLogs(const RankSet& ranks) {
    logs_looked_at_ = Clock::now();
    for (std::size_t i = 0; i < ranks.ranks().size(); ++i) cutLog(run_.paths.rankLog(static_cast<int>(i)));
}

bool Supervision::waitForStart(std::chrono::milliseconds delay, const Signals& signals) {
    const RankStart& start = policy_.start();
    std::array<char, 160> text{};
    if (policy_.wentBack()) {
        std::snprintf(text.data(), text.size(), "The checkpoint is damaged: starting ");
    } else if (policy_.rewound()) {
        std::snprintf(text.data(), text.size(), "Rewind %d of %lld, with the samples in another order, ",
                      policy_.rewinds(), static_cast<long long>(run_.config.train.non_finite_limit));
    } else {
        std::snprintf(text.data(), text.size(), "Restart %d of %lld in %.1f s, ", policy_.restarts(),
                      static_cast<long long>(run_.config.run.restarts), std::chrono::duration<double>(delay).count());
    }
    warn(text.data() + fromText(start.checkpoint) + ", after: " + result_.error);
    result_.restarts = policy_.restarts();
    result_.rewinds = policy_.rewinds();
    record_.rank_pids.clear();
    phase("restarting");
    const Clock::time_point end = Clock::now() + delay;
    while (stop_signal_ == 0 && !kill_ && Clock::now() < end) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        listen(signals, {}, std::clamp<std::chrono::milliseconds>(left, 1ms, kTick));
    }
    keepCause({-1, 0, 0, "", ""}, &result_);  // the run goes on, or a person ended it: neither is the failure's
    return stop_signal_ == 0 && !kill_;
}

void Supervision::listen(const Signals& signals, std::vector<pollfd> waits, std::chrono::milliseconds longest) {
    waits.push_back({signals.fd(), POLLIN, 0});
    if (control_) control_->addTo(&waits);
    poll(waits.data(), waits.size(), static_cast<int>(longest.count()));
    for (const int number : signals.take()) {
        if (number == SIGUSR1)
            askToKill();
        else if (number != SIGHUP)
            askToStop(number);
    }
    if (control_) control_->serve([this](const nlohmann::json& request) { return answer(request); });
}

nlohmann::json Supervision::statusJson() const {
    return {{"ok", true},
            {"state", record_.phase},
            {"run_dir", run_.paths.dir.string()},
            {"pid", record_.pid},
            {"rank_pids", record_.rank_pids},
            {"step", result_.step},
            {"restarts", policy_.restarts()},
            {"rewinds", policy_.rewinds()},
            {"checkpoint", result_.checkpoint}};
}

nlohmann::json Supervision::answer(const nlohmann::json& request) {
    const auto found = request.find("command");
    const std::string command = found != request.end() && found->is_string() ? found->get<std::string>() : "";
    const auto no = [](const std::string& why) -> nlohmann::json { return {{"ok", false}, {"error", why}}; };
    if (command == "kill") {
        askToKill();
    } else if (command == "stop") {
        askToStop(SIGTERM);
    } else if (command == "pause" || command == "resume" || command == "checkpoint") {
        if (stop_signal_ != 0 || kill_) return no("the run is stopping");
        if (command == "checkpoint" && ranks_ == nullptr) return no("the run waits for its next start");
        if (command == "resume" && !pause_) return no("the run is not paused");
        if (command != "checkpoint" && (command == "pause") != pause_) {
            pause_ = command == "pause";
            events_.add(runs::Level::kInfo, "supervisor", pause_ ? "Asked to pause" : "Asked to go on", result_.step);
        }
        send(command.c_str());
    } else if (command != "status") {
        return no("no such command; there are status, pause, resume, checkpoint, stop and kill");
    }
    return statusJson();
}

void Supervision::send(const char* command) {
    if (ranks_ != nullptr) ranks_->send({{"command", command}});
}

void Supervision::askToStop(int signal) {
    if (stop_signal_ != 0) {
        if (signal == SIGINT) {
            kill_ = true;
            events_.add(runs::Level::kWarning, "supervisor", "Interrupted twice: ended without a checkpoint");
        }
        return;
    }
    stop_signal_ = signal;
    events_.add(runs::Level::kInfo, "supervisor", "Asked to stop: a checkpoint is saved first");
    phase("stopping");
    send("stop");
}

void Supervision::askToKill() {
    if (!kill_) events_.add(runs::Level::kWarning, "supervisor", "Killed on request");
    kill_ = true;
}

void Supervision::phase(const std::string& name) {
    record_.phase = name;
    try {
        runs::writeSupervisorRecord(run_.paths, record_);
    } catch (const Error&) {
        if (name == "starting") throw;  // a folder that can not be written is found before training
    }
}

void Supervision::warn(const std::string& message) {
    events_.add(runs::Level::kWarning, "supervisor", message, result_.step);
    if (sink_) sink_(-1, {{"event", "log"}, {"level", "warning"}, {"step", result_.step}, {"message", message}});
}

void Supervision::onStep(const nlohmann::json& event) {
    const Clock::time_point now = Clock::now();
    if (last_step_ != Clock::time_point{}) slowest_ = std::max(slowest_, now - last_step_);
    last_step_ = now;
    result_.step = event.value("step", result_.step);
    if (record_.phase == "starting") phase("running");
}

void Supervision::onEvent(int rank, const nlohmann::json& event) {
    const std::string kind = event.value("event", "");
    const std::int64_t step = event.value("step", std::int64_t{-1});
    if (kind == "step") {
        onStep(event);
    } else if (kind == "ready" && rank == 0) {
        if (event.contains("steps")) events_.steps(event.value("steps", std::int64_t{0}));
        if (record_.phase == "starting") phase("running");
    } else if (kind == "paused" || kind == "resumed") {
        last_step_ = {};  // the time of a pause is no step's
        if (stop_signal_ == 0) phase(kind == "paused" ? "paused" : "running");
        events_.add(runs::Level::kInfo, "supervisor", kind == "paused" ? "Paused" : "Goes on", step);
    } else if (kind == "checkpoint") {
        result_.checkpoint = event.value("path", "");
        policy_.saved(result_.checkpoint);
        events_.add(runs::Level::kInfo, "rank 0",
                    "Checkpoint " + std::filesystem::path(result_.checkpoint).filename().string() + " saved", step);
    } else if (kind == "log") {
        events_.add(levelOf(event.value("level", "info")), event.value("source", "rank " + std::to_string(rank)),
                    event.value("message", ""), step);
    } else if (kind == "eval") {
        events_.add(runs::Level::kInfo, "eval", event.value("message", "Evaluated"), step);
    }
    if (sink_) sink_(rank, event);
}

void Supervision::finish() {
    if (kill_) {
        result_.state = runs::RunState::kStopped;
        result_.exit_code = stop_signal_ == SIGINT ? 130 : 128 + SIGKILL;
        result_.error = "ended without a checkpoint";
    } else if (result_.error.empty()) {
        result_.state = stop_signal_ != 0 ? runs::RunState::kStopped : runs::RunState::kFinished;
        result_.exit_code = stop_signal_ == SIGINT ? static_cast<int>(ExitCode::kInterrupted) : 0;
    }
    if (result_.checkpoint.empty()) result_.checkpoint = runs::newestCheckpoint(run_.paths.dir).string();
    result_.ended_at = wallTime();
    logEnd(result_, &events_);
    control_.reset();
    runs::writeResult(run_.paths, result_);
    if (sink_) sink_(-1, endEvent(run_.paths, result_));
}

}  // namespace switchyard::launch
