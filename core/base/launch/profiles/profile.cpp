// SPDX-License-Identifier: MIT
#include "core/base/launch/profiles/profile.h"

#include <algorithm>
#include <cstdlib>

#include "core/base/config/edit_distance.h"
#include "core/base/io/safe_file.h"
#include "core/base/runs/run_folder.h"
#include "core/base/runs/small_file.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::launch {

const char* profileKindName(ProfileKind kind) {
    switch (kind) {
        case ProfileKind::kLocal:
            return "local";
        case ProfileKind::kSlurm:
            return "slurm";
        case ProfileKind::kSsh:
            return "ssh";
        case ProfileKind::kKubernetes:
            return "kubernetes";
    }
    return "local";
}

std::int64_t Profile::ranks() const {
    switch (kind) {
        case ProfileKind::kSlurm:
            return std::max<std::int64_t>(slurm.nodes, 1) * slurm.tasks_per_node;
        case ProfileKind::kSsh:
            return static_cast<std::int64_t>(ssh.hosts.size()) * ssh.slots;
        case ProfileKind::kKubernetes:
            return kubernetes.replicas * kubernetes.ranks_per_replica;
        case ProfileKind::kLocal:
            break;
    }
    return 0;
}

std::string Profile::summary() const {
    const auto times = [](std::int64_t machines, const char* what, std::int64_t ranks) {
        const std::string counted = std::to_string(machines) + " " + what + (machines == 1 ? "" : "s");
        return ranks > 0 ? counted + " x " + std::to_string(ranks) + (ranks == 1 ? " rank" : " ranks") : counted;
    };
    switch (kind) {
        case ProfileKind::kSlurm:
            return "slurm" + (slurm.partition.empty() ? "" : ", partition " + slurm.partition) + ", " +
                   times(std::max<std::int64_t>(slurm.nodes, 1), "node", slurm.tasks_per_node);
        case ProfileKind::kSsh:
            return "ssh, " + times(static_cast<std::int64_t>(ssh.hosts.size()), "host", ssh.slots);
        case ProfileKind::kKubernetes:
            return "kubernetes, " + times(kubernetes.replicas, "replica", kubernetes.ranks_per_replica);
        case ProfileKind::kLocal:
            break;
    }
    return "this machine";
}

std::filesystem::path profilesFile() {
    const char* named = std::getenv("SWITCHYARD_PROFILES");
    return named != nullptr && *named != '\0' ? fs::path(named) : configHome() / "profiles.yaml";
}

std::vector<Profile> loadProfiles() {
    std::vector<Profile> profiles(1);
    const fs::path file = profilesFile();
    std::error_code error;
    if (!fs::exists(file, error)) return profiles;
    std::string text;
    try {
        text = io::readText(file, 1 << 20);
    } catch (const Error& problem) {
        throw Error(ExitCode::kBadConfig, problem.message(), file.string());
    }
    for (Profile& one : parseProfiles(text, file.string())) profiles.push_back(std::move(one));
    return profiles;
}

Profile findProfile(const std::string& name) {
    std::vector<std::string> names;
    for (Profile& one : loadProfiles()) {
        if (one.name == name) return std::move(one);
        names.push_back(one.name);
    }
    const std::string near = config::nearest(name, names);
    throw Error(ExitCode::kUsage, "there is no launch profile " + name, profilesFile().string(),
                near.empty() ? "See `switchyard profiles list`" : "Did you mean " + near + "?");
}

std::optional<Profile> profileOfRun(const std::filesystem::path& run_dir) {
    const fs::path file = runs::RunPaths(run_dir).profile();
    const std::optional<std::string> text = runs::readSmall(file);
    if (!text) return std::nullopt;
    std::vector<Profile> found = parseProfiles(*text, file.string());
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

const char* exampleProfiles() {
    return R"(# Launch profiles: where `switchyard train --on NAME` and the window start runs. docs/launching.md has every key.
# cluster:
#   kind: slurm
#   partition: gpu
#   time: "12:00:00"
#   nodes: 2
#   tasks_per_node: 4
#   gpus_per_node: 4
#   setup: [module load cuda]
# lab:
#   kind: ssh
#   hosts: [lab1, lab2]
#   slots: 2
#   folder: /shared/switchyard/runs
# cloud:
#   kind: kubernetes
#   image: registry.example/switchyard:0.1.0
#   replicas: 2
#   gpus: 1
#   claim: runs
)";
}

}  // namespace switchyard::launch
