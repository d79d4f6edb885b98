// SPDX-License-Identifier: MIT
// switchyard ckpt average
#include <iostream>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/worker_request.h"
#include "core/base/io/jsonl.h"
#include "core/base/io/manifest.h"
#include "core/base/runs/run_folder.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct Options {
    std::vector<std::string> sources;
    std::string out;
    std::size_t last = 0;
    bool json = false;
};

/// The newest so many checkpoints of a run, oldest first.
json newestOf(const std::string& run, std::size_t count) {
    const std::vector<std::filesystem::path> all =
        io::committedCheckpoints(runs::RunPaths(absolute(run)).checkpoints());
    if (all.size() < count) {
        throw Error(ExitCode::kUsage,
                    "The run has " + std::to_string(all.size()) + " checkpoint(s), not " + std::to_string(count), run,
                    "Ask for fewer, or keep more while training (checkpoint.keep)");
    }
    json newest = json::array();
    for (std::size_t i = all.size() - count; i < all.size(); ++i) newest.push_back(all[i].string());
    return newest;
}

void average(const Options& options) {
    json sources = json::array();
    if (options.last > 0) {
        if (options.sources.size() != 1)
            throw Error(ExitCode::kUsage, "--last takes the checkpoints of one run", "--last", "Give one run folder");
        sources = newestOf(options.sources.front(), options.last);
    } else {
        for (const std::string& source : options.sources) sources.push_back(absolute(source));
    }
    const json result =
        askWorker({{"op", "average"}, {"checkpoints", sources}, {"out", absolute(options.out)}}, "averaging");
    if (options.json) {
        printJson(result);
        return;
    }
    std::cout << io::escapeForDisplay(result.value("out", "")) << ": the mean of " << result.at("from").size()
              << " checkpoints (steps " << result.at("steps").dump() << "), without optimizer state\n";
}

}  // namespace

void addAverageCommand(CLI::App& checkpoints) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = checkpoints.add_subcommand("average", "Write the mean of several checkpoints' weights");
    command->add_option("checkpoints", options->sources, "Checkpoint or model folders, or run folders (their newest)")
        ->required();
    command->add_option("--last", options->last, "The newest so many checkpoints of the one run that is given")
        ->check(CLI::Range(2, 1000));
    command->add_option("--out", options->out, "Folder to make: a checkpoint of weights alone")->required();
    addJsonFlag(*command, options->json);
    command->footer("Example:\n  switchyard ckpt average RUN --last 3 --out MEAN");
    command->callback([options] { average(*options); });
}

}  // namespace switchyard::cli
