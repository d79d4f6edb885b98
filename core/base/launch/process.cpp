// SPDX-License-Identifier: MIT
#include "core/base/launch/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

std::vector<std::string> mergedEnvironment(const std::map<std::string, std::string>& added) {
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (added.count(text.substr(0, text.find('='))) == 0) all.push_back(text);
    }
    for (const auto& [name, value] : added) all.push_back(name + "=" + value);
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

ExitStatus statusOf(const siginfo_t& info) {
    if (info.si_code == CLD_EXITED) return {info.si_status, 0};
    return {128 + info.si_status, info.si_status};
}

/// Everything between fork and exec uses async-signal-safe calls only. Failure is told through `report`.
[[noreturn]] void becomeChild(const SpawnOptions& options, std::vector<char*>& argv, std::vector<char*>& environment, int output,
                              pid_t parent, int report) {
    setpgid(0, 0);
    if (options.die_with_parent) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        // The parent may have died between fork and prctl: nobody would send the signal then.
        if (getppid() != parent) _exit(127);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    const int null = options.input_fd < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : options.input_fd;
    if (null >= 0) dup2(null, STDIN_FILENO);
    if (output >= 0) {
        dup2(output, STDOUT_FILENO);
        dup2(output, STDERR_FILENO);
    }
    if (options.output_fd >= 0) dup2(options.output_fd, STDOUT_FILENO);
    if (options.error_fd >= 0) dup2(options.error_fd, STDERR_FILENO);
    for (const int fd : options.inherited_fds) fcntl(fd, F_SETFD, 0);
    execve(argv[0], argv.data(), environment.data());
    const int error = errno;
    [[maybe_unused]] const ssize_t written = write(report, &error, sizeof error);
    _exit(127);
}

}  // namespace

ChildProcess ChildProcess::spawn(const SpawnOptions& options) {
    std::vector<std::string> arguments = options.argv, environment = mergedEnvironment(options.environment);
    std::vector<char*> argv = pointers(arguments), envp = pointers(environment);
    int output = -1;
    if (!options.output_file.empty()) {
        output = open(options.output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (output < 0) throw Error(ExitCode::kIo, std::string("can not write the log: ") + std::strerror(errno), options.output_file);
    }
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) throw Error(ExitCode::kIo, std::string("no pipe: ") + std::strerror(errno));
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid == 0) becomeChild(options, argv, envp, output, parent, report[1]);
    const int fork_error = errno;
    close(report[1]);
    if (output >= 0) close(output);
    int exec_error = 0;
    const bool failed = pid > 0 && read(report[0], &exec_error, sizeof exec_error) == static_cast<ssize_t>(sizeof exec_error);
    close(report[0]);
    if (pid < 0) throw Error(ExitCode::kIo, std::string("no new process: ") + std::strerror(fork_error));
    if (failed) {
        waitpid(pid, nullptr, 0);
        throw Error(ExitCode::kIo, std::string("can not start the program: ") + std::strerror(exec_error), options.argv.front());
    }
    setpgid(pid, pid);  // also from here, so that a signal to the group sent at once reaches it
    return {pid, static_cast<int>(syscall(SYS_pidfd_open, pid, 0))};
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::exchange(other.pidfd_, -1)),
      reaped_(other.reaped_),
      status_(other.status_) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(pidfd_, other.pidfd_);
    std::swap(reaped_, other.reaped_);
    std::swap(status_, other.status_);
    return *this;
}

ChildProcess::~ChildProcess() {
    if (pid_ > 0 && !reaped_) terminate(std::chrono::milliseconds(0));
    if (pidfd_ >= 0) close(pidfd_);
}

bool ChildProcess::running() {
    ExitStatus status;
    return !tryWait(&status);
}

bool ChildProcess::tryWait(ExitStatus* status) {
    if (!reaped_) {
        siginfo_t info{};
        if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG) == 0 && info.si_pid == pid_) {
            reaped_ = true;
            status_ = statusOf(info);
        }
    }
    if (reaped_) *status = status_;
    return reaped_;
}

void ChildProcess::signalGroup(int signal_number) {
    if (pid_ > 0) kill(-pid_, signal_number);
}

ExitStatus ChildProcess::terminate(std::chrono::milliseconds grace) {
    ExitStatus status;
    if (!tryWait(&status) && grace.count() > 0) {
        signalGroup(SIGTERM);
        pollfd ended{pidfd_, POLLIN, 0};
        poll(&ended, 1, static_cast<int>(grace.count()));
    }
    // Also when the leader has ended: others of its group may still be there.
    signalGroup(SIGKILL);
    while (!tryWait(&status)) {
        pollfd ended{pidfd_, POLLIN, 0};
        poll(&ended, 1, 100);
    }
    return status;
}

}  // namespace switchyard::launch
