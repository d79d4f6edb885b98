// SPDX-License-Identifier: MIT
// Child processes: spawned in their own group, tied to their parent's life, ended for certain.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace switchyard::launch {

struct SpawnOptions {
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment;  ///< added to ours
    std::string output_file;           ///< stdout and stderr go there (appended); "" = inherited
    int input_fd = -1;                 ///< its stdin; -1 = /dev/null
    int output_fd = -1, error_fd = -1; ///< its stdout and stderr, in place of output_file; -1 = not
    std::vector<int> inherited_fds;    ///< kept open with the same numbers
    bool die_with_parent = true;       ///< PR_SET_PDEATHSIG SIGKILL, checked against the race
};

/// How a child ended.
struct ExitStatus {
    int code = 0;    ///< exit code, or 128 + signal
    int signal = 0;  ///< 0 = it exited by itself
};

/// A child with its pidfd and process group. Move-only.
class ChildProcess {
public:
    /// Throws: Error(kIo) when it can not be started (the executable is named).
    static ChildProcess spawn(const SpawnOptions& options);
    ChildProcess(ChildProcess&&) noexcept;
    ChildProcess& operator=(ChildProcess&&) noexcept;
    ~ChildProcess();  ///< kills the group and reaps it when still there

    pid_t pid() const { return pid_; }
    int pidfd() const { return pidfd_; }  ///< readable once the child has ended
    bool running();
    /// Reaps it when it has ended.
    bool tryWait(ExitStatus* status);
    void signalGroup(int signal);
    /// SIGTERM, then SIGKILL to the group after `grace`; reaped when it returns.
    ExitStatus terminate(std::chrono::milliseconds grace);

private:
    ChildProcess(pid_t pid, int pidfd) : pid_(pid), pidfd_(pidfd) {}
    pid_t pid_ = -1;
    int pidfd_ = -1;
    bool reaped_ = false;
    ExitStatus status_;
};

}  // namespace switchyard::launch
