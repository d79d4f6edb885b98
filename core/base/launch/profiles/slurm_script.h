// SPDX-License-Identifier: MIT
// The script that sbatch takes.
#pragma once

#include <string>

#include "core/base/launch/profiles/profile.h"
#include "core/base/launch/supervisor.h"

namespace switchyard::launch {

/// srun starts one worker a task in the run folder, its words in logs/rank-N.log; srun's own go to logs/slurm.log.
std::string slurmScript(const Profile& profile, const PreparedRun& run);

}  // namespace switchyard::launch
