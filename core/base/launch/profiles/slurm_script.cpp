// SPDX-License-Identifier: MIT
#include "core/base/launch/profiles/slurm_script.h"

#include <algorithm>

#include "core/base/launch/profiles/command.h"
#include "core/base/launch/profiles/engine.h"
#include "core/base/launch/profiles/rank_words.h"

namespace switchyard::launch {
namespace {

/// A job's name is shown in tables: plain letters only.
std::string jobName(const std::string& run) {
    std::string name = "switchyard-" + run;
    std::replace_if(
        name.begin(), name.end(),
        [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '_' && c != '.'; }, '_');
    return name;
}

}  // namespace

std::string slurmScript(const Profile& profile, const PreparedRun& run) {
    const SlurmSettings& slurm = profile.slurm;
    std::string text = "#!/bin/sh\n";
    const auto option = [&](const std::string& words) { text += "#SBATCH " + words + "\n"; };
    const auto with = [&](const char* name, const std::string& value) {
        if (!value.empty()) option(std::string("--") + name + "=" + value);
    };
    const auto count = [&](const char* name, std::int64_t value) {
        if (value > 0) option(std::string("--") + name + "=" + std::to_string(value));
    };
    with("job-name", jobName(run.paths.dir.filename().string()));
    with("partition", slurm.partition);
    with("account", slurm.account);
    with("time", slurm.time);
    count("nodes", slurm.nodes);
    count("ntasks", run.config.parallel.ranks);
    count("ntasks-per-node", slurm.tasks_per_node);
    count("cpus-per-task", slurm.cpus_per_task);
    count("gpus-per-node", slurm.gpus_per_node);
    // Relative to the run folder, which sbatch is given as --chdir: no name of a folder has to be quoted for Slurm.
    option("--output=logs/slurm.log");
    option("--open-mode=append");
    // A job that Slurm starts anew after a node was lost would train from the start again: it is resumed by a person.
    option("--no-requeue");
    for (const std::string& line : slurm.sbatch) option(line);
    text += "\n" + setupLines(profile);
    text += "if [ \"${SLURM_JOB_NUM_NODES:-1}\" -gt 1 ]; then\n" + masterAddress(profile) +
            "  export SWITCHYARD_BIND=auto\nelse\n  MASTER_ADDR=127.0.0.1\nfi\n"
            "MASTER_PORT=$((20000 + SLURM_JOB_ID % 20000))\nexport MASTER_ADDR MASTER_PORT\n";
    text += environmentLine(profile, run, "${SLURM_CPUS_PER_TASK:-1}");
    text += "exec srun --kill-on-bad-exit=1 --output=logs/rank-%t.log --open-mode=append -- \\\n  " +
            workerLine(profile, run.paths.dir.string(), run) + "\n";
    return text;
}

}  // namespace switchyard::launch
