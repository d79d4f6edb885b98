// SPDX-License-Identifier: MIT
#include "core/base/launch/profiles/rank_words.h"

#include "core/base/launch/profiles/command.h"
#include "core/base/launch/profiles/engine.h"

namespace switchyard::launch {

std::string setupLines(const Profile& profile) {
    std::string text;
    for (const std::string& line : profile.setup) {
        text += line + "\n[ $? -eq 0 ] || { echo " + shellQuoted("setup failed: " + line) + " >&2; exit 1; }\n";
    }
    return text;
}

std::string masterAddress(const Profile& profile) {
    if (profile.interface.empty()) return "  MASTER_ADDR=$(hostname -I | awk '{print $1}')\n";
    return "  MASTER_ADDR=$(ip -o -4 address show dev " + shellQuoted(profile.interface) +
           " | awk '{split($4, a, \"/\"); print a[1]; exit}')\n";
}

std::string environmentLine(const Profile& profile, const PreparedRun& run, const std::string& threads) {
    const std::int64_t said = run.config.parallel.threads;
    const std::string followed = profile.kind == ProfileKind::kKubernetes ? "" : " SWITCHYARD_FOLLOWED=1";
    return "export" + followed + " OMP_NUM_THREADS=" + (said > 0 ? std::to_string(said) : threads) + "\n";
}

std::string workerLine(const Profile& profile, const std::string& run_dir, const PreparedRun& run) {
    std::vector<std::string> words = {workerOf(profile), "--run-dir", run_dir};
    if (!run.resume_checkpoint.empty()) {
        // Checkpoints of the run itself lie below its folder, wherever that is there.
        const std::string own = run.paths.dir.string() + "/";
        const std::string& from = run.resume_checkpoint;
        words.insert(words.end(), {"--resume", from.starts_with(own) ? run_dir + "/" + from.substr(own.size()) : from});
    }
    return shellQuoted(words);
}

}  // namespace switchyard::launch
