// SPDX-License-Identifier: MIT
// What runs on one host of an ssh profile.
#pragma once

#include <string>

#include "core/base/launch/profiles/profile.h"
#include "core/base/launch/supervisor.h"

namespace switchyard::launch {

struct SshHost {
    int number = 0;           ///< of the host, from 0
    std::string run_dir;      ///< the run folder there
    std::string master_addr;  ///< "127.0.0.1" with one host
    int master_port = 0;
};

/// Starts the host's ranks and stays until they have ended. Its stdin: "stop" asks them to save and end; "kill", or its
/// end (the connection is gone), ends them. Its stdout: "rank N CODE" for each that ended.
std::string sshScript(const Profile& profile, const PreparedRun& run, const SshHost& host);

}  // namespace switchyard::launch
