// SPDX-License-Identifier: MIT
#include "core/base/launch/profiles/engine.h"

#include "core/base/launch/compute_request.h"
#include "core/base/launch/profiles/command.h"
#include "core/base/launch/profiles/slurm_engine.h"
#include "core/base/launch/profiles/ssh_engine.h"
#include "core/base/util/error.h"

namespace switchyard::launch {

std::unique_ptr<Engine> makeEngine(const Profile& profile) {
    if (profile.kind == ProfileKind::kSlurm) return std::make_unique<SlurmEngine>(profile);
    if (profile.kind == ProfileKind::kSsh) return std::make_unique<SshEngine>(profile);
    throw Error(ExitCode::kUsage,
                std::string("a profile of kind ") + profileKindName(profile.kind) + " starts nothing from here",
                profile.name,
                profile.kind == ProfileKind::kKubernetes
                    ? "Write its manifest with --manifest-out FILE and apply it with kubectl"
                    : "");
}

void requireEngine(const Profile& profile) {
    const auto need = [&](const char* program, const char* package) {
        if (!findProgram(program).empty()) return;
        throw Error(ExitCode::kBadConfig,
                    std::string(program) + ", which the profile " + profile.name + " needs, is not on this machine",
                    profilesFile().string() + ":" + std::to_string(profile.line),
                    std::string("Install ") + package + " or add its folder to PATH");
    };
    if (profile.kind == ProfileKind::kSlurm) {
        for (const char* program : {"sbatch", "squeue", "scontrol", "scancel"})
            need(program, "Slurm's client programs");
    }
    if (profile.kind == ProfileKind::kSsh) {
        need("ssh", "openssh-client");
        need("rsync", "rsync");
    }
}

std::string workerOf(const Profile& profile) {
    if (!profile.worker.empty()) return profile.worker;
    return profile.kind == ProfileKind::kKubernetes ? "switchyard-worker" : workerExecutable();
}

}  // namespace switchyard::launch
