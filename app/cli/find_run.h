// SPDX-License-Identifier: MIT
// Which run a command means.
#pragma once

#include "app/cli/commands.h"
#include "core/base/runs/run_status.h"
#include "core/base/util/paths.h"

namespace switchyard::cli {

/// --runs-dir, or the usual folder.
fs::path runsFolder(const std::string& runs_dir);
/// A run by its folder, or by its name below the runs folder. Throws: Error(kUsage).
runs::RunStatus findRun(const std::string& run, const std::string& runs_dir);

}  // namespace switchyard::cli
