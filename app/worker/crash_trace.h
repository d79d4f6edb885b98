// SPDX-License-Identifier: MIT
// What a rank that crashes leaves in its run folder: crash/rank-N.txt with the signal and where it was.
#pragma once

#include <filesystem>
#include <string>

namespace switchyard::worker {

/// While it lives, a fault (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) writes a backtrace before the signal ends the
/// process. First what is safe in a signal handler, into a descriptor that is open already; then names and lines, which
/// are not: they are given up after 3 s, or by a second fault. One object a process.
class CrashTrace {
public:
    /// Opens the file. A folder that can not be written leaves the process without, and is not told.
    CrashTrace(const std::filesystem::path& file, int rank);
    /// Takes the file away when nothing was written.
    ~CrashTrace();
    CrashTrace(const CrashTrace&) = delete;
    CrashTrace& operator=(const CrashTrace&) = delete;

    /// An exception that ended the rank and is none of ours, with all its text.
    void unexpected(const std::string& text);

private:
    std::filesystem::path file_;
};

}  // namespace switchyard::worker
