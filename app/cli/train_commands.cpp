// SPDX-License-Identifier: MIT
// switchyard train, and the hidden `supervise` that a detached run is driven by.
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/config/config.h"
#include "core/base/config/parameter_count.h"
#include "core/base/dataset/text_task.h"
#include "core/base/io/safe_file.h"
#include "core/base/launch/profiles/pytorch_job.h"
#include "core/base/launch/queue_runner.h"
#include "core/base/launch/supervisor.h"
#include "core/base/util/clock.h"

namespace switchyard::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kPlainLineEvery_s = 5.0;

struct Options {
    std::string config, run_dir, resume, bind = "127.0.0.1", profile = "local", manifest;
    std::vector<std::string> sets, command;
    int ranks = 0;
    bool detach = false, queue = false, dry_run = false, json = false;
    bool older_too = false;
};

/// What a person sees of a run in the foreground: a line that is drawn over on a terminal, else one every few seconds.
class Progress {
public:
    Progress() : started_(wallTime()), bar_("training", 0) {}

    void event(const json& event) {
        const std::string kind = event.value("event", "");
        if (kind == "step") step(event);
        if (kind == "checkpoint") line("checkpoint " + event.value("path", ""));
        if (kind == "eval") line(event.value("message", ""));
        if (kind == "job") line(event.value("message", ""));
        if (kind == "log") line(event.value("level", "") + ": " + event.value("message", ""));
    }
    void clear() { bar_.clear(); }

private:
    void line(const std::string& text) {
        bar_.clear();
        std::cerr << text << '\n';
    }
    void step(const json& event) {
        const auto at = event.value("step", std::int64_t{0}), steps = event.value("steps", std::int64_t{0});
        const json& metrics = event.contains("metrics") ? event["metrics"] : json::object();
        char text[96];
        std::snprintf(text, sizeof text, "loss %.4f  %.0f samples/s", metrics.value("loss/total", 0.0), metrics.value("perf/samples_per_s", 0.0));
        bar_.setNote(text);
        bar_.update(static_cast<std::uint64_t>(at), static_cast<std::uint64_t>(steps));
        const double now = wallTime();
        if (stderrIsTerminal() || (at != steps && now - printed_ < kPlainLineEvery_s)) return;
        printed_ = now;
        const double left = at > 0 ? (now - started_) / static_cast<double>(at) * static_cast<double>(steps - at) : 0;
        line("step " + std::to_string(at) + "/" + std::to_string(steps) + "  " + text + "  " + formatDuration(left) + " left");
    }
    double started_, printed_ = 0;
    ProgressBar bar_;
};

/// What kubectl takes, in place of a start.
int writeManifest(const Options& options, const launch::PreparedRun& run) {
    std::string text;
    try {
        text = launch::pytorchJobManifest(*run.profile, run);
    } catch (...) {
        fs::remove_all(run.paths.dir);
        throw;
    }
    fs::remove_all(run.paths.dir);  // the manifest has what is in it; the run will be on the cluster's volume
    io::writeAtomically(options.manifest, text);
    if (options.json) printJson({{"manifest", options.manifest}}, false);
    else std::cout << options.manifest << "\nStart it with: kubectl apply -f " << options.manifest << '\n';
    return 0;
}

/// A profile that kubectl starts needs a file, and no other takes one.
void checkManifest(const Options& options) {
    const bool kubernetes = options.profile != "local" && launch::findProfile(options.profile).kind == launch::ProfileKind::kKubernetes;
    if (kubernetes && options.manifest.empty()) {
        throw Error(ExitCode::kUsage, "the profile " + options.profile + " is started by kubectl", "--on " + options.profile,
                    "Write its manifest with --manifest-out FILE");
    }
    if (!kubernetes && !options.manifest.empty())
        throw Error(ExitCode::kUsage, "--manifest-out is for profiles of kind kubernetes", "--on " + options.profile);
}

int train(const Options& options) {
    checkManifest(options);
    launch::TrainRequest request;
    try {
        request.config_text = io::readText(options.config, 1 << 20);
    } catch (const Error& error) {
        throw Error(ExitCode::kBadConfig, error.message(), options.config, "Give a YAML file, for example configs/smoke.yaml");
    }
    request.config_file = options.config;
    for (const std::string& set : options.sets) request.overrides.push_back(config::parseOverride(set));
    request.ranks = options.ranks;
    request.run_dir = options.run_dir;
    request.resume = options.resume;
    request.bind = options.bind;
    request.profile = options.profile;
    if (options.dry_run) {
        std::vector<config::Override> overrides = request.overrides;
        if (options.ranks > 0) overrides.push_back({"parallel.ranks", std::to_string(options.ranks)});
        const RunConfig config = config::loadOrThrow(options.config, overrides);
        const config::ParameterCounts counts = config::countParameters(config, dataset::knownHeads(config));
        if (options.json) {
            printJson({{"ok", true},
                       {"ranks", config.parallel.ranks},
                       {"parameters",
                        {{"total", counts.total()},
                         {"trainable", counts.trained()},
                         {"experts", counts.experts},
                         {"active_per_token", counts.active}}},
                       {"state_bytes", counts.stateBytes()},
                       {"config", config::toYaml(config)}});
            return 0;
        }
        std::cout << config::toYaml(config) << "# " << counts.total() << " parameters (text " << counts.text << ", vision " << counts.vision
                  << ", fusion " << counts.fusion << "), " << counts.experts << " of them experts', " << counts.trained() << " trained, "
                  << counts.active << " active per token\n# weights, gradients and both moments: "
                  << formatBytes(static_cast<std::uint64_t>(counts.stateBytes())) << " over all ranks\n# good: would start "
                  << config.parallel.ranks << " rank(s); nothing was made\n";
        return 0;
    }
    const launch::PreparedRun run = launch::prepare(request);
    if (!options.manifest.empty()) return writeManifest(options, run);
    if (options.detach || options.queue) {
        if (options.queue) {
            launch::enqueue(run);
            launch::startQueueRunner(run.paths.dir.parent_path());
        } else {
            launch::superviseDetached(run);
        }
        if (options.json) printJson({{"run_dir", run.paths.dir.string()}}, false);
        else std::cout << run.paths.dir.string() << '\n';
        return 0;
    }
    runs::RunResult result;
    if (options.json) {
        result = launch::supervise(run, [](int rank, const json& event) {
            const std::string kind = event.value("event", "");
            if (kind == "step") {
                json flat = event.contains("metrics") ? event["metrics"] : json::object();
                flat["event"] = "step";
                flat["step"] = event.value("step", 0);
                printJson(flat, false);
            } else if (rank < 0 || kind == "checkpoint" || kind == "eval") {
                printJson(event, false);
            }
        });
    } else {
        Progress progress;
        result = launch::supervise(run, [&](int, const json& event) { progress.event(event); });
        progress.clear();
        std::cout << "run folder  " << run.paths.dir.string() << '\n';
        if (!result.checkpoint.empty()) std::cout << "checkpoint  " << result.checkpoint << '\n';
        std::cout << runs::runStateName(result.state) << " at step " << result.step << '\n';
    }
    if (!result.error.empty()) {
        // A worker's error carries its own fix; the line is made here once.
        std::cerr << "switchyard: " << result.error << (result.fix.empty() ? "" : ". " + result.fix) << '\n';
    }
    return result.exit_code;
}

int superviseFolder(const Options& options) {
    detachFromCaller();
    launch::PreparedRun run;
    run.paths = runs::RunPaths(options.run_dir);
    run.config = config::loadOrThrow(run.paths.resolvedConfig().string());
    run.resume_checkpoint = options.resume;
    run.older_too = options.older_too;
    run.command = options.command;
    run.bind = options.bind;
    run.profile = launch::profileOfRun(run.paths.dir);
    return launch::supervise(run).exit_code;
}

}  // namespace

void addTrainCommands(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("train", "Train a model: one worker process a rank, watched until the end");
    command->add_option("--config", options->config, "YAML file")->required();
    addSetOption(*command, options->sets);
    command->add_option("--ranks", options->ranks, "Worker processes (default: parallel.ranks)")->check(CLI::Range(1, 4096));
    command->add_option("--run-dir", options->run_dir, "Run folder (default: a new one named after run.name)");
    command->add_option("--resume", options->resume, "auto = newest checkpoint of --run-dir, or a checkpoint folder");
    command->add_option("--on", options->profile, "Launch profile: where the ranks are started (see `switchyard profiles`)")->capture_default_str();
    command->add_option("--manifest-out", options->manifest, "With a profile of kind kubernetes: write the PyTorchJob for kubectl there, start nothing")->excludes("--resume");
    command->add_flag("--detach", options->detach, "Start in the background; the run survives this terminal");
    command->add_flag("--queue", options->queue, "Start in the background when it is its turn (see `switchyard queue`)")->excludes("--detach");
    command->add_flag("--dry-run", options->dry_run, "Check the configuration, print it, start nothing");
    command->add_option("--bind", options->bind, "Address of this machine that the ranks listen on; with another than loopback, others can reach them")->capture_default_str();
    addJsonFlag(*command, options->json);
    command->footer(
        "Ctrl-C saves a checkpoint and stops (exit code 130); a second Ctrl-C ends at once.\n\nExamples:\n"
        "  switchyard train --config configs/smoke.yaml\n"
        "  switchyard train --config configs/demo.yaml --set optim.lr=5e-4 --ranks 2 --detach\n"
        "  switchyard train --config configs/demo.yaml --run-dir RUN --resume auto\n"
        "  switchyard train --config configs/demo.yaml --on cluster --detach");
    command->callback([options] {
        if (const int code = train(*options); code != 0) exitWith(code);
    });

    const auto folder = std::make_shared<Options>();
    CLI::App* supervise = app.add_subcommand("supervise", "Drive a prepared run folder in the background")->group("");
    supervise->add_option("run", folder->run_dir)->required();
    supervise->add_option("--resume", folder->resume);
    supervise->add_flag("--older-too", folder->older_too);
    supervise->add_option("--bind", folder->bind);
    supervise->add_option("--command", folder->command)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->take_all();
    supervise->callback([folder] {
        if (const int code = superviseFolder(*folder); code != 0) exitWith(code);
    });
}

}  // namespace switchyard::cli
