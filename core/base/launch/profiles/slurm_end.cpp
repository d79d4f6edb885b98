// SPDX-License-Identifier: MIT
// How a Slurm job ended, from the words of scontrol and srun.
#include <csignal>
#include <cstring>
#include <sstream>

#include "core/base/launch/profiles/slurm_engine.h"
#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

/// The value of "Name=value" of a line of words.
std::string word(const std::string& line, const std::string& name) {
    std::istringstream words(line);
    for (std::string one; words >> one;) {
        if (one.starts_with(name + "=")) return one.substr(name.size() + 1);
    }
    return {};
}

struct Told {
    const char* state;
    ExitCode code;
    const char* what;
    const char* fix;
};

constexpr Told kTold[] = {
    {"OUT_OF_MEMORY", ExitCode::kOutOfMemory, "ran out of the memory that Slurm gave it",
     "Ask for more memory in the profile (sbatch: [--mem=...]), or lower train.micro_batch"},
    {"TIMEOUT", ExitCode::kRunFailed, "reached its time limit",
     "Raise time in the profile and go on with --resume auto"},
    {"DEADLINE", ExitCode::kRunFailed, "could not end before its deadline", "Go on with --resume auto"},
    {"NODE_FAIL", ExitCode::kPeerLost, "lost a node", "Go on with --resume auto"},
    {"BOOT_FAIL", ExitCode::kRunFailed, "got a node that did not boot", "Start it again"},
    {"PREEMPTED", ExitCode::kRunFailed, "gave way to another job", "Go on with --resume auto"},
};

int signalNamed(const std::string& text) {
    for (int number = 1; number < 32; ++number) {
        const char* known = sigdescr_np(number);
        if (known != nullptr && text.starts_with(known)) return number;
    }
    return 0;
}

/// "srun: error: node: task 1: Killed": the first task that a signal ended; the others follow from it.
std::optional<Cause> killedTask(const std::string& srun_words) {
    std::istringstream lines(srun_words);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("srun: error: ")) continue;
        std::size_t at = line.find(": task ");
        at = at == std::string::npos ? line.find(": tasks ") : at;
        const std::size_t colon = at == std::string::npos ? at : line.find(": ", at + 2);
        if (colon == std::string::npos) continue;
        const std::string how = line.substr(colon + 2);
        const int rank = std::atoi(line.c_str() + line.find(' ', at + 2));
        const int signal = signalNamed(how);
        if (how.starts_with("Out Of Memory"))
            return Cause{rank, static_cast<int>(ExitCode::kOutOfMemory), SIGKILL,
                         "rank " + std::to_string(rank) + " ran out of memory", kTold[0].fix};
        if (signal == 0 || signal == SIGTERM) continue;  // SIGTERM is what Slurm sends to the others
        return Cause{rank, static_cast<int>(ExitCode::kPeerLost), signal, describeEnd(rank, {128 + signal, signal}),
                     signal == SIGKILL
                         ? "Likely the system ran out of memory, or someone ended the process; see the rank's log"
                         : ""};
    }
    return std::nullopt;
}

std::string lastLine(const std::string& text) {
    std::string last;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
    }
    return last;
}

}  // namespace

JobState slurmEnd(const std::string& scontrol_line, const std::string& srun_words, const std::string& id) {
    JobState end;
    end.phase = JobPhase::kEnded;
    end.word = word(scontrol_line, "JobState");
    end.reason = word(scontrol_line, "Reason");
    end.place = word(scontrol_line, "NodeList");
    if (end.reason == "None") end.reason.clear();
    if (end.place == "(null)") end.place.clear();
    const std::string code = word(scontrol_line, "ExitCode");  // "code:signal"
    end.exit_code = std::atoi(code.c_str());
    const std::size_t colon = code.find(':');
    const int signal = colon == std::string::npos ? 0 : std::atoi(code.c_str() + colon + 1);
    if (end.exit_code == 0 && signal > 0) end.exit_code = 128 + signal;
    end.cancelled = end.word.starts_with("CANCELLED");
    if (end.word == "COMPLETED" || end.cancelled) return end;
    for (const Told& told : kTold) {
        if (end.word.starts_with(told.state)) {
            end.cause = Cause{-1, static_cast<int>(told.code), 0,
                              "Slurm job " + id + " " + told.what + " (" + end.word + ")", told.fix};
            // Slurm knows what, srun which.
            if (const std::optional<Cause> task = killedTask(srun_words); task && told.code == ExitCode::kOutOfMemory)
                end.cause->rank = task->rank;
            if (end.exit_code == 0) end.exit_code = static_cast<int>(told.code);
            return end;
        }
    }
    end.cause = killedTask(srun_words);
    if (!end.cause) {
        const std::string said = lastLine(srun_words);
        const bool ours = end.exit_code >= static_cast<int>(ExitCode::kBadData) &&
                          end.exit_code <= static_cast<int>(ExitCode::kOutOfMemory);
        end.cause = Cause{-1, ours ? end.exit_code : 1, 0,
                          "Slurm job " + id + " ended with " + end.word + ", exit code " +
                              std::to_string(end.exit_code) + (said.empty() ? "" : ": " + said),
                          "logs/slurm.log and logs/rank-N.log say more"};
    }
    if (end.exit_code == 0) end.exit_code = 1;
    return end;
}

}  // namespace switchyard::launch
