// SPDX-License-Identifier: MIT
// Short programs of engines (sbatch, squeue, ssh): found, run, and what they said.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/base/launch/process.h"

namespace switchyard::launch {

/// Full path of a program of $PATH, "" when there is none.
std::string findProgram(const std::string& name);

struct CommandResult {
    ExitStatus status;
    bool timed_out = false;
    std::string out, err;
    bool good() const { return !timed_out && status.code == 0; }
    /// The first line of what it complained of, or how it ended.
    std::string complaint() const;
};

/// Runs a program of $PATH to its end, with `input` on its stdin; past the limit it is ended. Its stdout goes to
/// `output_fd` where that is given. Waits. Throws: Error(kIo) when it can not be started.
CommandResult runCommand(std::vector<std::string> argv, std::chrono::milliseconds limit, const std::string& input = {},
                         int output_fd = -1);

/// One word of sh, in single quotes where it needs them.
std::string shellQuoted(const std::string& word);
/// Words of sh with spaces between.
std::string shellQuoted(const std::vector<std::string>& words);

}  // namespace switchyard::launch
