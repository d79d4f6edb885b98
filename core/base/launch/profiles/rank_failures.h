// SPDX-License-Identifier: MIT
// What ranks without a supervisor of ours leave when they fail: crash/rank-N.json in the run folder, which is how a
// first cause comes back from machines that only the folder joins.
#pragma once

#include <optional>

#include "core/base/launch/first_cause.h"
#include "core/base/runs/run_folder.h"
#include "core/base/util/error.h"

namespace switchyard::launch {

/// Called by the rank. A folder that can not be written leaves no word.
void writeRankFailure(const runs::RunPaths& paths, int rank, const Error& error) noexcept;
/// Takes away what an earlier start left: the rank's own, or that of all.
void forgetRankFailure(const runs::RunPaths& paths, int rank) noexcept;
void forgetRankFailures(const runs::RunPaths& paths) noexcept;

/// The earliest; a lost peer counts only where no rank says anything better. Clocks of machines may differ by some
/// milliseconds, which is what a rank takes to notice that another has gone.
std::optional<Cause> firstRankFailure(const runs::RunPaths& paths);

}  // namespace switchyard::launch
