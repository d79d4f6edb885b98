// SPDX-License-Identifier: MIT
#include "core/base/launch/profiles/followed_run.h"

#include <unistd.h>

#include <algorithm>

#include "core/base/io/safe_file.h"
#include "core/base/launch/profiles/rank_failures.h"
#include "core/base/runs/small_file.h"
#include "core/base/util/clock.h"
#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 200ms;
constexpr auto kLongestWord = 2s;  ///< a network file system shows another machine's file that late

}  // namespace

FollowedRun::FollowedRun(const PreparedRun& run, const EventSink& sink)
    : run_(run),
      sink_(sink),
      lock_(run.paths.lock()),
      events_(run.paths),
      engine_(makeEngine(*run.profile)),
      records_(run.paths, run.config.train.steps, wallTime()),
      record_(ownRecord(run.command)) {
    std::error_code ignored;
    std::filesystem::remove(run.paths.result(), ignored);
    record_.job = runs::JobRecord{run.profile->name, profileKindName(run.profile->kind), "", "", "", ""};
    if (const std::optional<nlohmann::json> known = runs::readObject(run.paths.job()))
        record_.job = runs::jobFrom(*known);
    openControl();
    phase("starting");
    std::filesystem::remove(run.paths.queueTicket(), ignored);  // it has had its turn
}

void FollowedRun::openControl() {
    try {
        control_ = std::make_unique<ControlSocket>(run_.paths.dir);
        record_.control = control_->path().string();
    } catch (const Error& error) {
        events_.add(runs::Level::kWarning, "supervisor",
                    std::string("It can be stopped by a signal only: ") + error.what());
    }
}

runs::RunResult FollowedRun::run() {
    const Signals signals;
    adoptOrphans();
    try {
        begin();
        watch(signals);
        engine_->finish();
        readRecords();
    } catch (const Error& error) {
        result_.exit_code = static_cast<int>(error.code());
        result_.error = error.what();
        result_.fix = error.fix();
    } catch (const std::exception& error) {
        result_.error = error.what();
    }
    engine_.reset();
    endChildren();
    finish();
    return result_;
}

void FollowedRun::begin() {
    const std::string on = "on " + run_.profile->name + " (" + run_.profile->summary() + ")";
    if (!record_.job->id.empty()) {
        engine_->attach(run_, record_.job->id);
        events_.add(runs::Level::kInfo, "supervisor", "Follows " + record_.job->words() + " again");
        return;
    }
    forgetRankFailures(run_.paths);
    record_.job->id = engine_->submit(run_);
    // Where the engine has a number, the job lives on without us: whoever comes next follows it.
    if (!record_.job->id.empty()) io::writeAtomically(run_.paths.job(), runs::toJson(*record_.job).dump(2) + "\n");
    events_.add(runs::Level::kInfo, "supervisor",
                (run_.resume_checkpoint.empty()
                     ? std::string("Handed over ")
                     : "Resumed from " + fs::path(run_.resume_checkpoint).filename().string() + " ") +
                    on + (record_.job->id.empty() ? "" : ", job " + record_.job->id));
    writeRecord();
}

void FollowedRun::watch(const Signals& signals) {
    while (job_.phase != JobPhase::kEnded) {
        if (Clock::now() >= next_poll_) look();
        readRecords();
        if (job_.phase == JobPhase::kEnded) break;
        listen(signals);
        obey();
    }
    std::error_code ignored;
    fs::remove(run_.paths.job(), ignored);
}

void FollowedRun::look() {
    const JobState state = engine_->poll();
    next_poll_ = Clock::now() + engine_->pause();
    const std::string trouble = engine_->trouble();
    if (trouble != trouble_ && !trouble.empty())
        events_.add(runs::Level::kWarning, run_.profile->name, trouble, result_.step);
    trouble_ = trouble;
    take(state);
}

void FollowedRun::take(const JobState& state) {
    const JobState before = std::exchange(job_, state);
    record_.job->state = state.word;
    record_.job->reason = state.reason;
    record_.job->place = state.place;
    const bool asked = stop_signal_ != 0 || kill_;
    const std::string now = asked                              ? "stopping"
                            : state.phase == JobPhase::kQueued ? "queued"
                            : result_.step > 0                 ? "running"
                                                               : "starting";
    const bool news = before.word != state.word || before.reason != state.reason || before.place != state.place;
    if (news && !state.word.empty()) {
        const std::string text = record_.job->words() + (state.place.empty() ? "" : " on " + state.place);
        events_.add(runs::Level::kInfo, run_.profile->name, text, result_.step > 0 ? result_.step : -1);
        if (sink_) sink_(-1, {{"event", "job"}, {"job", runs::toJson(*record_.job)}, {"message", text}});
    }
    if (state.phase == JobPhase::kEnded) return;
    if (now != record_.phase || news) phase(now);
}

void FollowedRun::listen(const Signals& signals) {
    std::vector<pollfd> waits = {{signals.fd(), POLLIN, 0}};
    if (control_) control_->addTo(&waits);
    poll(waits.data(), waits.size(), static_cast<int>(kTick.count()));
    for (const int number : signals.take()) {
        if (number == SIGUSR1 || (number == SIGINT && stop_signal_ == SIGINT))
            kill_ = true;
        else if (number != SIGHUP && stop_signal_ == 0)
            stop_signal_ = number;
    }
    if (control_) control_->serve([this](const nlohmann::json& request) { return answer(request); });
}

nlohmann::json FollowedRun::answer(const nlohmann::json& request) {
    const std::string command = runs::field(request, "command", "");
    if (command == "kill") {
        kill_ = true;
    } else if (command == "stop") {
        if (stop_signal_ == 0) stop_signal_ = SIGTERM;
    } else if (command != "status") {
        return {{"ok", false},
                {"error", "a run on " + run_.profile->name + " can be stopped, which saves a checkpoint, and resumed"}};
    }
    return statusJson();
}

nlohmann::json FollowedRun::statusJson() const {
    return {{"ok", true},
            {"state", record_.phase},
            {"run_dir", run_.paths.dir.string()},
            {"pid", record_.pid},
            {"job", runs::toJson(*record_.job)},
            {"step", result_.step},
            {"checkpoint", result_.checkpoint}};
}

void FollowedRun::obey() {
    if (kill_ && !cancel_told_) {
        cancel_told_ = true;
        events_.add(runs::Level::kWarning, "supervisor", "Killed on request", result_.step);
        phase("stopping");
        engine_->cancel();
        next_poll_ = {};
    } else if (stop_signal_ != 0 && !stop_told_) {
        stop_told_ = true;
        waited_ = job_.phase == JobPhase::kQueued;
        events_.add(runs::Level::kInfo, "supervisor",
                    waited_ ? "Asked to stop: taken out of the queue" : "Asked to stop: a checkpoint is saved first",
                    result_.step);
        phase("stopping");
        if (waited_)
            engine_->cancel();
        else
            engine_->stop();
        next_poll_ = {};
    }
}

void FollowedRun::phase(const std::string& name) {
    record_.phase = name;
    writeRecord();
}

void FollowedRun::writeRecord() {
    try {
        runs::writeSupervisorRecord(run_.paths, record_);
    } catch (const Error&) {
        if (record_.phase == "starting") throw;  // a folder that can not be written is found before training
    }
}

void FollowedRun::readRecords() {
    const std::vector<nlohmann::json> steps = records_.newSteps();
    for (const nlohmann::json& event : steps) {
        result_.step = event.value("step", result_.step);
        if (sink_) sink_(0, event);
    }
    if (steps.empty()) return;
    if (record_.phase == "starting") phase("running");
    const std::string newest = runs::newestCheckpoint(run_.paths.dir).string();
    if (newest == result_.checkpoint || newest.empty() || newest == run_.resume_checkpoint) return;
    result_.checkpoint = newest;
    events_.add(runs::Level::kInfo, "rank 0", "Checkpoint " + fs::path(newest).filename().string() + " saved",
                result_.step);
    if (sink_) sink_(0, {{"event", "checkpoint"}, {"step", result_.step}, {"path", newest}});
}

Cause FollowedRun::causeOfEnd() const {
    std::optional<Cause> said = firstRankFailure(run_.paths);
    // Ranks leave one when they end by a code of ours; their machine's file may show here a moment later.
    const auto until = Clock::now() + (job_.exit_code >= 65 && job_.exit_code < 128 ? kLongestWord : 0ms);
    while (!said && Clock::now() < until) {
        usleep(100'000);
        said = firstRankFailure(run_.paths);
    }
    const bool peer = said && said->code == static_cast<int>(ExitCode::kPeerLost);
    // Ranks whose peer went say only that; the engine may know how it went.
    if (said && !(peer && job_.cause)) return *said;
    if (job_.cause) return *job_.cause;
    return {-1, job_.exit_code, 0, "the ranks ended with exit code " + std::to_string(job_.exit_code),
            "logs/rank-N.log say more"};
}

void FollowedRun::finish() {
    if (result_.checkpoint.empty()) result_.checkpoint = runs::newestCheckpoint(run_.paths.dir).string();
    if (!result_.error.empty()) {
        result_.state = runs::RunState::kFailed;
    } else if (kill_) {
        result_.state = runs::RunState::kStopped;
        result_.exit_code = stop_signal_ == SIGINT ? static_cast<int>(ExitCode::kInterrupted) : 128 + SIGKILL;
        result_.error = "ended without a checkpoint";
    } else if (stop_signal_ != 0 && job_.exit_code != 0 && !waited_ && firstRankFailure(run_.paths)) {
        keepCause(causeOfEnd(), &result_);  // it failed before it could stop
    } else if (stop_signal_ != 0) {
        result_.state = runs::RunState::kStopped;
        result_.exit_code = stop_signal_ == SIGINT ? static_cast<int>(ExitCode::kInterrupted) : 0;
    } else if (job_.cancelled) {
        result_.state = runs::RunState::kStopped;
        result_.exit_code = 128 + SIGTERM;
        result_.error = record_.job->words() + ": cancelled there, not from here";
    } else if (job_.exit_code != 0) {
        keepCause(causeOfEnd(), &result_);
    } else {
        result_.state = runs::RunState::kFinished;
        result_.exit_code = 0;
    }
    result_.ended_at = wallTime();
    logEnd(result_, &events_);
    control_.reset();
    runs::writeResult(run_.paths, result_);
    if (sink_) sink_(-1, endEvent(run_.paths, result_));
}

}  // namespace switchyard::launch
