// SPDX-License-Identifier: MIT
// What is kept of a start that failed, in the run's folder.
#pragma once

#include <filesystem>

#include "core/base/launch/first_cause.h"
#include "core/base/runs/run_folder.h"

namespace switchyard::launch {

/// Writes crash/failure-N.txt, N the first that is free: cause, exit code, versions, how each rank ended with the last
/// 50 lines of its log and its backtrace (crash/rank-N.txt) when it left one, and the configuration. Bytes that a
/// terminal would obey are escaped. @return the file, or "" when it could not be written.
std::filesystem::path writeCrashReport(const runs::RunPaths& paths, const Cause& cause,
                                       const std::vector<RankState>& ranks, std::int64_t step);

/// Removes what ranks keep open for a crash that did not come: empty crash/rank-N.txt, and the folder when it is empty.
void removeEmptyCrashFiles(const runs::RunPaths& paths, std::size_t ranks);

}  // namespace switchyard::launch
