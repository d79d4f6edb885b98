// SPDX-License-Identifier: MIT
// Everything that can be known to be wrong before a process is started.
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "core/base/dataset/dataset.h"
#include "core/base/dataset/probe_samples.h"
#include "core/base/io/manifest.h"
#include "core/base/io/safe_file.h"
#include "core/base/launch/compute_request.h"
#include "core/base/launch/profiles/engine.h"
#include "core/base/launch/supervisor.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::launch {
namespace {

constexpr std::uint64_t kLeastFreeBytes = 64ULL << 20;

/// A driver that can be opened and a device file: what a GPU run needs before LibTorch is asked.
bool hasGpu() {
    if (access("/dev/nvidia0", F_OK) != 0) return false;
    void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
    if (driver == nullptr) return false;
    dlclose(driver);
    return true;
}

void requireDevice(const RunConfig& config) {
    const bool wants = config.parallel.device == Device::kCuda || config.parallel.backend == Backend::kNccl;
    if (wants && !hasGpu()) {
        const char* key = config.parallel.device == Device::kCuda ? "parallel.device: cuda" : "parallel.backend: nccl";
        throw Error(ExitCode::kBadConfig, std::string(key) + " asks for an NVIDIA GPU, and this machine has none", "parallel",
                    "Use parallel.device: cpu and parallel.backend: gloo, or run where there is a GPU");
    }
}

std::string problemsText(const std::vector<config::Problem>& problems, const std::string& file) {
    std::string text;
    for (const config::Problem& problem : problems) {
        if (!problem.warning) text += (text.empty() ? "" : "\n") + config::describe(problem, file);
    }
    return text;
}

/// The folder the run will be made in, or the nearest one above it that is there.
fs::path existingParent(fs::path folder) {
    std::error_code error;
    while (!folder.empty() && !fs::exists(folder, error) && folder.has_parent_path() && folder != folder.parent_path()) {
        folder = folder.parent_path();
    }
    return folder;
}

std::string findCheckpoint(const TrainRequest& request, const fs::path& run_dir) {
    if (request.resume.empty()) return {};
    if (request.resume == "auto") return run_dir.empty() ? std::string() : runs::newestCheckpoint(run_dir).string();
    fs::path checkpoint = fs::absolute(expandPath(request.resume)).lexically_normal();
    if (!checkpoint.has_filename()) checkpoint = checkpoint.parent_path();
    if (!fs::exists(checkpoint / "COMMIT")) {
        if (const fs::path newest = runs::newestCheckpoint(checkpoint); !newest.empty()) return newest.string();
    }
    io::readCheckpoint(checkpoint, /*deep=*/false);
    return checkpoint.string();
}

/// A profile that says how many ranks it starts decides.
std::int64_t ranksOn(const Profile& profile, std::int64_t asked) {
    if (profile.ranks() > 0 && asked > 0 && asked != profile.ranks()) {
        throw Error(ExitCode::kUsage, "the profile starts " + std::to_string(profile.ranks()) + " ranks (" + profile.summary() + "), not " + std::to_string(asked),
                    "profile " + profile.name, "Leave --ranks out, or change the profile");
    }
    return profile.ranks() > 0 ? profile.ranks() : asked;
}

/// A batch system may still have the run: two trainings in one folder would spoil it.
void refuseOwnedJob(const fs::path& run_dir) {
    const runs::RunPaths paths(run_dir);
    if (!fs::exists(paths.job())) return;
    throw Error(ExitCode::kUsage, "a job of the run may still be there", run_dir.string(),
                "Follow it with `switchyard runs follow " + run_dir.filename().string() + "`, or end it with `switchyard runs stop`");
}

std::vector<std::string> commandLine(const TrainRequest& request, const RunConfig& config, const fs::path& run_dir) {
    std::vector<std::string> command = {"switchyard", "train", "--config", request.config_file.empty() ? "config.yaml" : request.config_file};
    for (const config::Override& override : request.overrides) {
        command.push_back("--set");
        command.push_back(override.path + "=" + override.value);
    }
    if (request.profile != "local") command.insert(command.end(), {"--on", request.profile});
    command.insert(command.end(), {"--ranks", std::to_string(config.parallel.ranks), "--run-dir", run_dir.string(), "--resume", "auto"});
    return command;
}

}  // namespace

PreparedRun prepare(const TrainRequest& request) {
    PreparedRun run;
    if (request.profile != "local") run.profile = findProfile(request.profile);
    std::vector<config::Override> overrides = request.overrides;
    const std::int64_t ranks = run.profile ? ranksOn(*run.profile, request.ranks) : request.ranks;
    if (ranks > 0) overrides.push_back({"parallel.ranks", std::to_string(ranks)});
    const config::LoadResult loaded = config::loadText(request.config_text, overrides);
    const std::string file = request.config_file.empty() ? "config" : request.config_file;
    if (!loaded.ok()) throw Error(ExitCode::kBadConfig, problemsText(loaded.problems, file));
    run.config = loaded.config;
    run.bind = request.bind;
    if (run.profile) {
        requireEngine(*run.profile);
        workerOf(*run.profile);
    } else {
        requireDevice(run.config);
        workerExecutable();  // named now, not when the first rank is started
    }

    const auto train = dataset::openDataset(run.config, dataset::Split::kTrain);
    if (train->samples().empty()) throw Error(ExitCode::kBadData, "there is nothing to train on", "data.train", "Give files with at least one row");
    dataset::openDataset(run.config, dataset::Split::kEval, train->labels());
    if (!run.config.probe.data.empty() && dataset::hasProbe(run.config))
        dataset::openProbe(run.config, train->labels());
    fs::path run_dir = request.run_dir.empty() ? fs::path() : fs::absolute(expandPath(request.run_dir)).lexically_normal();
    if (run_dir.empty() && !request.resume.empty() && request.resume != "auto") {
        // A checkpoint that lies in a run folder goes on there.
        const fs::path owner = fs::path(findCheckpoint(request, {})).parent_path().parent_path();
        if (fs::exists(owner / "config.yaml")) run_dir = owner;
    }
    const fs::path parent = run_dir.empty() ? (run.config.run.dir.empty() ? dataHome() / "runs" : expandPath(run.config.run.dir)) : run_dir;
    io::requireSpace(existingParent(fs::absolute(parent)), kLeastFreeBytes);
    if (!run_dir.empty()) refuseOwnedJob(run_dir);
    run.resume_checkpoint = findCheckpoint(request, run_dir);
    run.older_too = request.resume == "auto";
    // In another run's place its words would mean other rows of the embedding.
    const fs::path resumed = run.resume_checkpoint.empty() ? fs::path() : text::tokenizerIn(run.resume_checkpoint);
    const fs::path tokenizer = resumed.empty() ? dataset::tokenizerFor(run.config, *train) : resumed;

    const bool fresh = run_dir.empty() || !fs::exists(run_dir);
    run.paths = runs::createRunFolder(run.config, request.config_text, run_dir.string(), !request.resume.empty());
    try {
        if (!fs::exists(run.paths.tokenizer())) {
            io::writeAtomically(run.paths.tokenizer(), text::tokenizerInOneFile(tokenizer));
        }
        if (!train->labels().empty()) dataset::writeLabels(run.paths.labels(), train->labels());
        if (run.profile) io::writeAtomically(run.paths.profile(), run.profile->text);
        else fs::remove(run.paths.profile());
    } catch (...) {
        std::error_code ignored;
        if (fresh) fs::remove_all(run.paths.dir, ignored);
        throw;
    }
    run.command = commandLine(request, run.config, run.paths.dir);
    return run;
}

}  // namespace switchyard::launch
