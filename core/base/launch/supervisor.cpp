// SPDX-License-Identifier: MIT
#include "core/base/launch/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <thread>

#include "core/base/io/jsonl.h"
#include "core/base/launch/rank_set.h"
#include "core/base/runs/run_db.h"
#include "core/base/util/clock.h"
#include "core/base/util/error.h"
#include "core/base/util/log.h"
#include "core/base/util/paths.h"

namespace switchyard::launch {
namespace {

using namespace std::chrono_literals;

constexpr auto kCauseWindow = 300ms;  ///< time for the true cause to arrive behind a secondary "connection closed"
constexpr auto kGrace = 700ms;        ///< between SIGTERM and SIGKILL; all ranks are gone within 2 s of a failure
constexpr auto kTick = 200ms;

/// One supervisor a run folder.
class FolderLock {
public:
    explicit FolderLock(const fs::path& file) : fd_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
        if (fd_ < 0) throw Error(ExitCode::kIo, std::string("can not lock the run folder: ") + std::strerror(errno), file.string());
        if (flock(fd_, LOCK_EX | LOCK_NB) != 0) {
            close(fd_);
            throw Error(ExitCode::kBadConfig, "another process is running this run", file.parent_path().string(),
                        "Stop it with: switchyard runs stop " + file.parent_path().filename().string());
        }
    }
    ~FolderLock() { close(fd_); }
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    int fd_;
};

/// SIGINT, SIGTERM, SIGUSR1 and SIGHUP arrive through a descriptor while this lives.
class Signals {
public:
    Signals() {
        sigset_t set;
        sigemptyset(&set);
        for (const int number : {SIGINT, SIGTERM, SIGUSR1, SIGHUP}) sigaddset(&set, number);
        sigprocmask(SIG_BLOCK, &set, &before_);
        fd_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        signal(SIGPIPE, SIG_IGN);
    }
    ~Signals() {
        close(fd_);
        sigprocmask(SIG_SETMASK, &before_, nullptr);
    }
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    int fd() const { return fd_; }
    std::vector<int> take() const {
        std::vector<int> numbers;
        signalfd_siginfo info{};
        while (read(fd_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) numbers.push_back(static_cast<int>(info.ssi_signo));
        return numbers;
    }

private:
    int fd_ = -1;
    sigset_t before_{};
};

/// Events of the run, kept in its database and in logs/supervisor.log. A disk that is full costs the record, not
/// the run.
class EventLog {
public:
    explicit EventLog(const runs::RunPaths& paths) : db_(paths.database()), log_(paths.supervisorLog(), std::ios::app) {}
    void add(runs::Level level, const std::string& source, const std::string& message, std::int64_t step = -1) {
        db_.add(runs::Event{wallTime(), step, level, source, io::escapeForDisplay(message)});
        db_.flush();
        log_ << logText(logLevel(level), source + ": " + message) << std::endl;
    }
    void steps(std::int64_t count) {
        db_.setMeta("steps", std::to_string(count));
        db_.flush();
    }

private:
    static LogLevel logLevel(runs::Level level) {
        return level == runs::Level::kError ? LogLevel::kError : level == runs::Level::kWarning ? LogLevel::kWarning : LogLevel::kInfo;
    }
    runs::RunDbWriter db_;
    std::ofstream log_;
};

struct Cause {
    int rank = -1;
    int code = 1;
    int signal = 0;
    std::string message, fix;
};

Cause causeOf(const RankState& rank, int number) {
    Cause cause;
    cause.rank = number;
    if (!rank.error.is_null()) {
        cause.code = rank.error.value("code", 1);
        const std::string where = rank.error.value("where", "");
        cause.message = (where.empty() ? "" : where + ": ") + rank.error.value("message", "");
        cause.fix = rank.error.value("fix", "");
        return cause;
    }
    cause.signal = rank.status.signal;
    cause.code = rank.status.signal != 0 ? static_cast<int>(ExitCode::kPeerLost) : rank.status.code;
    cause.message = describeEnd(number, rank.status);
    if (rank.status.signal == SIGKILL) cause.fix = "Likely the system ran out of memory, or someone ended the process; see the rank's log";
    return cause;
}

bool failed(const RankState& rank) {
    return !rank.error.is_null() || (rank.ended && (rank.status.code != 0 || rank.status.signal != 0));
}

/// A lost connection is what the others see of a rank that failed: it counts only when nothing better is known.
bool secondary(const RankState& rank) {
    return !rank.error.is_null() && rank.error.value("code", 1) == static_cast<int>(ExitCode::kPeerLost);
}

std::optional<Cause> firstCause(std::vector<RankState>& ranks) {
    const RankState* best = nullptr;
    int number = -1;
    const auto time = [](const RankState& rank) { return rank.error.is_null() ? rank.ended_at : std::min(rank.error_at, rank.ended ? rank.ended_at : rank.error_at); };
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        if (!failed(ranks[i])) continue;
        const bool better = best == nullptr || (secondary(*best) && !secondary(ranks[i])) ||
                            (secondary(*best) == secondary(ranks[i]) && time(ranks[i]) < time(*best));
        if (better) {
            best = &ranks[i];
            number = static_cast<int>(i);
        }
    }
    if (best == nullptr) return std::nullopt;
    return causeOf(*best, number);
}

/// The state of one supervised run.
class Supervision {
public:
    Supervision(const PreparedRun& run, const EventSink& sink)
        : run_(run),
          sink_(sink),
          lock_(run.paths.lock()),
          events_(run.paths),
          limit_(std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(run.config.parallel.timeout_s))) {
        std::error_code ignored;
        fs::remove(run.paths.result(), ignored);
        std::array<char, 256> host{};
        gethostname(host.data(), host.size() - 1);
        record_.pid = getpid();
        record_.start_ticks = runs::processStartTicks(getpid());
        record_.boot_id = runs::bootId();
        record_.host = host.data();
        record_.command = run.command;
        record_.started_at = wallTime();
        phase("starting");
    }

    runs::RunResult run() {
        const Signals signals;
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        result_.state = runs::RunState::kFailed;
        try {
            const int world = static_cast<int>(run_.config.parallel.ranks);
            events_.add(runs::Level::kInfo, "supervisor",
                        (run_.resume_checkpoint.empty() ? std::string("Started on ")
                                                        : "Resumed from " + fs::path(run_.resume_checkpoint).filename().string() + " on ") +
                            std::to_string(world) + (world == 1 ? " rank" : " ranks"));
            RankSet ranks(run_, world);
            for (const RankState& rank : ranks.ranks()) record_.rank_pids.push_back(rank.process.pid());
            phase("starting");
            watch(ranks, signals);
            ranks.end(failed_ ? kGrace : 0ms, [this](int rank, const nlohmann::json& event) { onEvent(rank, event); });
            if (failed_) finishFailed(ranks);
        } catch (const Error& error) {
            result_.exit_code = static_cast<int>(error.code());
            result_.error = error.what();
            result_.fix = error.fix();
        }
        while (waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        finish();
        return result_;
    }

private:
    void phase(const std::string& name) {
        record_.phase = name;
        try {
            runs::writeSupervisorRecord(run_.paths, record_);
        } catch (const Error&) {
            if (name == "starting") throw;  // a folder that can not be written is found before training
        }
    }

    void onEvent(int rank, const nlohmann::json& event) {
        const std::string kind = event.value("event", "");
        if (kind == "step") {
            const Clock::time_point now = Clock::now();
            if (result_.step > 0) slowest_ = std::max(slowest_, now - last_step_);
            last_step_ = now;
            result_.step = event.value("step", result_.step);
            if (record_.phase == "starting") phase("running");
        } else if (kind == "ready" && rank == 0) {
            if (event.contains("steps")) events_.steps(event.value("steps", std::int64_t{0}));
            if (record_.phase == "starting") phase("running");
        } else if (kind == "checkpoint") {
            result_.checkpoint = event.value("path", "");
            events_.add(runs::Level::kInfo, "rank 0", "Checkpoint " + fs::path(result_.checkpoint).filename().string() + " saved",
                        event.value("step", std::int64_t{-1}));
        } else if (kind == "log") {
            const std::string level = event.value("level", "info");
            events_.add(level == "error" ? runs::Level::kError : level == "warning" ? runs::Level::kWarning : runs::Level::kInfo,
                        "rank " + std::to_string(rank), event.value("message", ""), event.value("step", std::int64_t{-1}));
        } else if (kind == "eval") {
            events_.add(runs::Level::kInfo, "eval", event.value("message", "Evaluated"), event.value("step", std::int64_t{-1}));
        }
        if (sink_) sink_(rank, event);
    }

    void askToStop(RankSet& ranks, int signal) {
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
        ranks.send({{"command", "stop"}});
    }

    void watch(RankSet& ranks, const Signals& signals) {
        Clock::time_point first_failure{};
        while (!ranks.allEnded()) {
            std::vector<pollfd> waits = {{signals.fd(), POLLIN, 0}};
            for (const int fd : ranks.descriptors()) waits.push_back({fd, POLLIN, 0});
            poll(waits.data(), waits.size(), static_cast<int>(std::chrono::milliseconds(failed_ ? 20ms : kTick).count()));
            for (const int number : signals.take()) {
                if (number == SIGUSR1) {
                    kill_ = true;
                    events_.add(runs::Level::kWarning, "supervisor", "Killed on request");
                } else if (number != SIGHUP) {
                    askToStop(ranks, number);
                }
            }
            ranks.collect([this](int rank, const nlohmann::json& event) { onEvent(rank, event); });
            if (kill_) {
                ranks.end(0ms, [this](int rank, const nlohmann::json& event) { onEvent(rank, event); });
                return;
            }
            const bool any = std::any_of(ranks.ranks().begin(), ranks.ranks().end(), failed);
            if (any && !failed_) {
                failed_ = true;
                first_failure = Clock::now();
            }
            if (failed_ && Clock::now() - first_failure > kCauseWindow) return;
            if (!failed_ && hung(ranks)) return;
        }
        failed_ = std::any_of(ranks.ranks().begin(), ranks.ranks().end(), failed);
    }

    /// No rank may be silent for longer than the limit: parallel.timeout_s, or ten times the slowest step seen.
    bool hung(RankSet& ranks) {
        const Clock::duration limit = std::max(limit_, 10 * slowest_);
        const RankState* silent = nullptr;
        int number = -1;
        for (std::size_t i = 0; i < ranks.ranks().size(); ++i) {
            const RankState& rank = ranks.ranks()[i];
            if (!rank.ended && (silent == nullptr || rank.progress_at < silent->progress_at)) {
                silent = &rank;
                number = static_cast<int>(i);
            }
        }
        if (silent == nullptr || Clock::now() - silent->progress_at <= limit) return false;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit).count();
        hang_ = Cause{number, static_cast<int>(ExitCode::kHang), 0,
                      "rank " + std::to_string(number) + " made no progress for " + std::to_string(seconds) + " s" +
                          (silent->doing.empty() ? "" : ", last seen in " + silent->doing),
                      "Look at the rank's log; raise parallel.timeout_s when a step truly takes that long"};
        failed_ = true;
        return true;
    }

    void finishFailed(RankSet& ranks) {
        const Cause cause = hang_ ? *hang_ : firstCause(ranks.ranks()).value_or(Cause{-1, 1, 0, "a rank ended early", ""});
        result_.exit_code = cause.code == 0 ? 1 : cause.code;
        result_.signal = cause.signal;
        result_.first_cause_rank = cause.rank;
        result_.first_cause = cause.message;
        result_.error = cause.message;
        result_.fix = cause.fix;
    }

    void finish() {
        if (kill_) {
            result_.state = runs::RunState::kStopped;
            result_.exit_code = stop_signal_ == SIGINT ? 130 : 128 + SIGKILL;
            result_.error = "ended without a checkpoint";
        } else if (!failed_ && result_.error.empty()) {
            result_.state = stop_signal_ != 0 ? runs::RunState::kStopped : runs::RunState::kFinished;
            result_.exit_code = stop_signal_ == SIGINT ? static_cast<int>(ExitCode::kInterrupted) : 0;
        }
        if (result_.checkpoint.empty()) result_.checkpoint = runs::newestCheckpoint(run_.paths.dir).string();
        result_.ended_at = wallTime();
        const bool bad = result_.state == runs::RunState::kFailed;
        events_.add(bad ? runs::Level::kError : runs::Level::kInfo, "supervisor",
                    bad ? "Failed at step " + std::to_string(result_.step) + ": " + result_.error
                        : std::string(result_.state == runs::RunState::kFinished ? "Finished" : "Stopped") + " at step " + std::to_string(result_.step),
                    result_.step);
        runs::writeResult(run_.paths, result_);
        if (sink_) {
            sink_(-1, {{"event", "end"},
                       {"state", runs::runStateName(result_.state)},
                       {"run_dir", run_.paths.dir.string()},
                       {"checkpoint", result_.checkpoint},
                       {"step", result_.step},
                       {"exit_code", result_.exit_code},
                       {"error", result_.error}});
        }
    }

    const PreparedRun& run_;
    const EventSink& sink_;
    FolderLock lock_;
    EventLog events_;
    runs::SupervisorRecord record_;
    runs::RunResult result_;
    Clock::duration limit_;
    Clock::duration slowest_{};
    Clock::time_point last_step_{};
    std::optional<Cause> hang_;
    int stop_signal_ = 0;
    bool kill_ = false;
    bool failed_ = false;
};

}  // namespace

runs::RunResult supervise(const PreparedRun& run, const EventSink& sink) { return Supervision(run, sink).run(); }

void superviseDetached(const PreparedRun& run) {
    // The supervisor is the command line program: it needs neither this process nor its terminal.
    const fs::path program = executableDir() / "switchyard";
    SpawnOptions options;
    options.argv = {program.string(), "supervise", run.paths.dir.string(), "--bind", run.bind};
    if (!run.resume_checkpoint.empty()) options.argv.insert(options.argv.end(), {"--resume", run.resume_checkpoint});
    for (const std::string& part : run.command) options.argv.insert(options.argv.end(), {"--command", part});
    options.output_file = run.paths.supervisorLog().string();
    options.die_with_parent = false;
    std::error_code ignored;
    fs::remove(run.paths.supervisor(), ignored);
    fs::remove(run.paths.result(), ignored);
    ChildProcess launcher = ChildProcess::spawn(options);  // forks the supervisor into its own session and exits
    ExitStatus status;
    const auto limit = Clock::now() + 10s;
    while (Clock::now() < limit) {
        const bool done = launcher.tryWait(&status);
        if (fs::exists(run.paths.supervisor()) || fs::exists(run.paths.result())) {
            if (done || launcher.tryWait(&status)) return;
        }
        if (done && status.code != 0) break;
        std::this_thread::sleep_for(10ms);
    }
    throw Error(ExitCode::kIo, "the supervisor did not take the run over", run.paths.supervisorLog().string(), "The log says why");
}

bool requestStop(const runs::RunStatus& status) {
    return status.supervisor && runs::isAlive(*status.supervisor) && kill(static_cast<pid_t>(status.supervisor->pid), SIGTERM) == 0;
}

bool requestKill(const runs::RunStatus& status) {
    return status.supervisor && runs::isAlive(*status.supervisor) && kill(static_cast<pid_t>(status.supervisor->pid), SIGUSR1) == 0;
}

}  // namespace switchyard::launch
