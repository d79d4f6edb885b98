// SPDX-License-Identifier: MIT
// The command groups of `switchyard`. Each function adds its sub-commands to the app; the work is done in their
// callbacks, which report failure by throwing switchyard::Error (main prints it and exits with its code).
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "core/base/util/error.h"

namespace switchyard::cli {

void addTrainCommands(CLI::App& app);   ///< train
void addPlanCommand(CLI::App& app);     ///< plan
void addSimulateCommand(CLI::App& app); ///< simulate
void addRunsCommands(CLI::App& app);    ///< runs list|show|metrics|tail|...
void addQueueCommands(CLI::App& app);   ///< queue list|move|remove|start|at-once|hold|go
void addProfileCommands(CLI::App& app);  ///< profiles list|show|check|edit
void addModelCommands(CLI::App& app);       ///< eval, index, retrieve, trace
void addAskCommand(CLI::App& app);          ///< ask
void addReplayCommand(CLI::App& app);       ///< replay
void addServeCommand(CLI::App& app);        ///< serve
void addCheckpointCommands(CLI::App& app);  ///< ckpt list|inspect|verify|export
void addBenchCommands(CLI::App& app);   ///< bench moe|...
void addDataCommands(CLI::App& app);    ///< data check|stats|import|...
void addConfigCommands(CLI::App& app);  ///< config show|check|diff|schema|docs
void addDoctorCommand(CLI::App& app);   ///< doctor
void addShellCommands(CLI::App& app);    ///< completion; man, which is not listed
void addCompareCommand(CLI::App& app);   ///< compare

/// ckpt prune and ckpt average.
void addPruneCommand(CLI::App& checkpoints);
void addAverageCommand(CLI::App& checkpoints);

/// `switchyard complete WORD...`, which shells ask: what can stand in place of the last word, one a line. The words are
/// not to be parsed as a command line is: it is not whole yet.
void printCompletion(const CLI::App& app, const std::vector<std::string>& words);

/// bench checkpoint and bench data.
void addDiskBenches(CLI::App& bench);

/// Commands about tokenizers of other groups.
void addTokenizerCheck(CLI::App& data);
void addTokenizerBench(CLI::App& bench);

/// Leaves the caller's session and terminal: this process ends at once, a child of it goes on from here.
void detachFromCaller();

/// Ends the program with this exit code from inside a callback, printing nothing: for commands that have told
/// their result already.
[[noreturn]] inline void exitWith(int code) {
    throw CLI::RuntimeError(code);
}
[[noreturn]] inline void exitWith(ExitCode code) {
    exitWith(static_cast<int>(code));
}

}  // namespace switchyard::cli
