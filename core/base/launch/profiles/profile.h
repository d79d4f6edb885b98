// SPDX-License-Identifier: MIT
// Launch profiles: where `train --on NAME` and the window start a run. One YAML file, profiles.yaml in the XDG
// config folder, a map of names; docs/launching.md lists every key. "local" is always there: this machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchyard::launch {

enum class ProfileKind : std::uint8_t { kLocal, kSlurm, kSsh, kKubernetes };
const char* profileKindName(ProfileKind kind);  ///< "slurm"

/// Asked of sbatch and srun; what is "" or 0 is left to the cluster's own defaults.
struct SlurmSettings {
    std::string partition, account, time;
    std::int64_t nodes = 0, tasks_per_node = 0, cpus_per_task = 0, gpus_per_node = 0;
    std::vector<std::string> sbatch;  ///< more options of sbatch, one a line: "--qos=high"
};

/// Hosts that are reached by ssh, in the order of their ranks.
struct SshSettings {
    std::vector<std::string> hosts;  ///< names of ssh's own config, or user@host
    std::int64_t slots = 1;          ///< ranks a host
    std::string folder;              ///< where run folders lie there; all hosts see it at this path
    std::string starter = "own";     ///< "own": our environment; "torchrun"
    std::string torchrun = "torchrun";
    std::string identity;              ///< private key, "" = ssh's choice
    std::vector<std::string> options;  ///< of ssh's -o: "Port=2222"
};

struct KubernetesSettings {
    std::string name_space = "default", image, claim, mount = "/runs";
    std::int64_t replicas = 1, ranks_per_replica = 1, gpus = 0;  ///< GPUs a replica
    std::string cpu, memory;                                     ///< a replica's, as Kubernetes writes them
};

struct Profile {
    std::string name = "local";
    ProfileKind kind = ProfileKind::kLocal;
    std::string worker;              ///< switchyard-worker there; "" = at the path it has here
    std::string interface;           ///< network interface between ranks' machines, "" = the first address
    std::vector<std::string> setup;  ///< lines of sh before the ranks start: modules, environments
    SlurmSettings slurm;
    SshSettings ssh;
    KubernetesSettings kubernetes;
    std::string text;  ///< its own lines of the file, which a run folder keeps (profile.yaml)
    int line = 0;      ///< of its name, from 1

    /// How many ranks it starts; 0 = as many as the configuration says.
    std::int64_t ranks() const;
    /// "slurm, partition work, 2 nodes x 4 ranks".
    std::string summary() const;
};

/// profiles.yaml in the XDG config folder; SWITCHYARD_PROFILES names another file.
std::filesystem::path profilesFile();

/// All profiles of a text, in its order; unknown and duplicate keys are refused.
/// Throws: Error(kBadConfig) whose message holds every problem, one a line, "file:line: message. fix".
std::vector<Profile> parseProfiles(std::string_view text, const std::string& file);

/// "local" first, then those of profilesFile(), which may be missing. Throws: Error(kBadConfig).
std::vector<Profile> loadProfiles();
/// Throws: Error(kUsage) when there is none of that name, with the nearest; Error(kBadConfig).
Profile findProfile(const std::string& name);

/// The profile that a run folder was prepared for; nothing when it runs on this machine. Throws: Error(kBadConfig).
std::optional<Profile> profileOfRun(const std::filesystem::path& run_dir);

/// An example of every kind, which `profiles edit` starts a new file with.
const char* exampleProfiles();

}  // namespace switchyard::launch
