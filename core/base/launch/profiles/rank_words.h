// SPDX-License-Identifier: MIT
// Lines of sh that every engine's script has.
#pragma once

#include <string>

#include "core/base/launch/profiles/profile.h"
#include "core/base/launch/supervisor.h"

namespace switchyard::launch {

/// The profile's setup; a line that fails ends the script, and says so.
std::string setupLines(const Profile& profile);
/// Sets MASTER_ADDR to this machine's address, of the profile's interface where it names one.
std::string masterAddress(const Profile& profile);
/// What every rank has in its environment: that a follower stands for the run (where one does), and OMP_NUM_THREADS as
/// parallel.threads says, or `threads`.
std::string environmentLine(const Profile& profile, const PreparedRun& run, const std::string& threads);
/// The worker with its arguments. `run_dir`: the run folder there.
std::string workerLine(const Profile& profile, const std::string& run_dir, const PreparedRun& run);

}  // namespace switchyard::launch
