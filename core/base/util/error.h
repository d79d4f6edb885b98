// SPDX-License-Identifier: MIT
// Typed errors that carry their exit code, what went wrong, where, and what to do about it.
#pragma once

#include <stdexcept>
#include <string>

namespace switchyard {

/// Exit codes shared by every program of the project (docs: `switchyard --help`).
enum class ExitCode : int {
    kDone = 0,
    kRunFailed = 1,
    kUsage = 2,
    kBadData = 65,
    kIo = 74,
    kBadConfig = 78,
    kPeerLost = 80,
    kHang = 81,
    kNonFinite = 82,
    kCorruptCheckpoint = 83,
    kOutOfMemory = 84,
    kInterrupted = 130,  ///< Ctrl-C, after its checkpoint
};

/// Name used in JSON and logs, e.g. "bad_config".
const char* exitCodeName(ExitCode code);

/// One failure a person can act on. `what()` is the whole line: "what (where): fix".
class Error : public std::runtime_error {
public:
    /// @param what   what happened, a full sentence without a final stop
    /// @param where  file:line, rank, sample id or "" when there is no better place
    /// @param fix    what to do, or ""
    Error(ExitCode code, std::string what, std::string where = {}, std::string fix = {});

    ExitCode code() const noexcept { return code_; }
    const std::string& message() const noexcept { return message_; }
    const std::string& where() const noexcept { return where_; }
    const std::string& fix() const noexcept { return fix_; }

    /// {"error": {"code", "name", "message", "where", "fix"}} as one line of JSON.
    std::string toJson() const;

private:
    ExitCode code_;
    std::string message_;
    std::string where_;
    std::string fix_;
};

}  // namespace switchyard
