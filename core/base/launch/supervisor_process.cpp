// SPDX-License-Identifier: MIT
#include "core/base/launch/supervisor_process.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>

#include "core/base/runs/queue_ticket.h"
#include "core/base/util/clock.h"
#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

constexpr auto kLongestEnd = std::chrono::milliseconds(500);

/// Children of every thread of this process.
std::vector<pid_t> children() {
    std::vector<pid_t> pids;
    std::error_code ignored;
    for (std::filesystem::directory_iterator task("/proc/self/task", ignored), end; !ignored && task != end;
         task.increment(ignored)) {
        std::ifstream list(task->path() / "children");
        for (pid_t pid = 0; list >> pid;) pids.push_back(pid);
    }
    return pids;
}

void reap() {
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& file)
    : fd_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (!fd_.valid())
        throw Error(ExitCode::kIo, std::string("can not lock the run folder: ") + std::strerror(errno), file.string());
    if (flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
        throw Error(ExitCode::kBadConfig, "another process is running this run", file.parent_path().string(),
                    "Stop it with: switchyard runs stop " + file.parent_path().filename().string());
    }
}

Signals::Signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGUSR1, SIGHUP}) sigaddset(&set, number);
    sigprocmask(SIG_BLOCK, &set, &before_);
    fd_ = io::FileDescriptor(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    signal(SIGPIPE, SIG_IGN);
}

Signals::~Signals() {
    fd_.close();
    sigprocmask(SIG_SETMASK, &before_, nullptr);
}

std::vector<int> Signals::take() const {
    std::vector<int> numbers;
    signalfd_siginfo info{};
    while (read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info))
        numbers.push_back(static_cast<int>(info.ssi_signo));
    return numbers;
}

void adoptOrphans() {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void endChildren() {
    // A child that ends hands its own children to us, so it is looked again until none is left.
    const auto limit = std::chrono::steady_clock::now() + kLongestEnd;
    for (;;) {
        reap();
        const std::vector<pid_t> left = children();
        if (left.empty() || std::chrono::steady_clock::now() > limit) return;
        for (const pid_t pid : left) kill(pid, SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

runs::SupervisorRecord ownRecord(const std::vector<std::string>& command) {
    runs::SupervisorRecord record;
    record.pid = getpid();
    record.start_ticks = runs::processStartTicks(getpid());
    record.boot_id = runs::bootId();
    record.host = runs::hostName();
    record.command = command;
    record.started_at = wallTime();
    return record;
}

nlohmann::json endEvent(const runs::RunPaths& paths, const runs::RunResult& result) {
    return {{"event", "end"},
            {"state", runs::runStateName(result.state)},
            {"run_dir", paths.dir.string()},
            {"checkpoint", result.checkpoint},
            {"step", result.step},
            {"exit_code", result.exit_code},
            {"restarts", result.restarts},
            {"rewinds", result.rewinds},
            {"report", result.report},
            {"error", result.error}};
}

void logEnd(const runs::RunResult& result, EventLog* events) {
    const bool bad = result.state == runs::RunState::kFailed;
    const std::string at = " at step " + std::to_string(result.step);
    events->add(bad ? runs::Level::kError : runs::Level::kInfo, "supervisor",
                bad ? "Failed" + at + ": " + result.error
                    : (result.state == runs::RunState::kFinished ? "Finished" : "Stopped") + at,
                result.step);
}

}  // namespace switchyard::launch
