// SPDX-License-Identifier: MIT
// switchyard ckpt prune
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/worker_request.h"
#include "core/base/io/jsonl.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string checkpoint, out, by = "reap", budget = "layer", data, root, eval, task;
    std::int64_t keep = 0, limit = 1000;
    double fraction = 0;
    bool dry_run = false, json = false;
};

std::string numbersText(const json& numbers) {
    std::string text;
    for (const json& number : numbers) text += (text.empty() ? "" : ", ") + number.dump();
    return text.empty() ? "none" : text;
}

std::string percent(double share) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(1) << 100 * share << " %";
    return text.str();
}

void tellLayers(const json& result) {
    for (const json& layer : result.at("layers")) {
        std::cout << "  " << std::left << std::setw(28) << io::escapeForDisplay(layer.at("layer").get<std::string>())
                  << layer.at("kept").size() << " of " << layer.at("experts") << ", without " << numbersText(layer.at("removed"));
        std::string moved;
        for (const auto& [modality, share] : layer.at("moved").items())
            moved += (moved.empty() ? "" : ", ") + percent(share.get<double>()) + " of " + modality;
        if (!moved.empty()) std::cout << " (they served " << moved << ")";
        const json merges = layer.value("merged_into", json::object());
        for (const auto& [expert, into] : merges.items())
            std::cout << ", " << expert << " into " << into;
        std::cout << '\n';
    }
}

void tellQuality(const json& quality) {
    std::cout << quality.value("task", "") << ", " << quality.value("samples", 0) << " samples of "
              << io::escapeForDisplay(quality.value("data", "")) << ": before, after\n"
              << std::fixed << std::setprecision(4);
    for (const auto& [metric, before] : quality.at("before").items()) {
        std::cout << "  " << std::left << std::setw(28) << metric << std::right << std::setw(10) << before.get<double>()
                  << std::setw(10) << quality.at("after").value(metric, 0.0) << '\n';
    }
}

void prune(const Options& options) {
    json request = {{"op", "prune"},
                    {"checkpoint", absolute(options.checkpoint)},
                    {"out", absolute(options.out)},
                    {"by", options.by},
                    {"budget", options.budget},
                    {"data", absolute(options.data)},
                    {"root", absolute(options.root)},
                    {"eval", absolute(options.eval)},
                    {"task", options.task},
                    {"limit", options.limit},
                    {"dry_run", options.dry_run}};
    if (options.keep > 0) request["keep"] = options.keep;
    if (options.fraction > 0) request["fraction"] = options.fraction;
    const json result = askWorker(request, "pruning");
    if (options.json) {
        printJson(result);
        return;
    }
    const std::string out = io::escapeForDisplay(result.value("out", ""));
    const json &parameters = result.at("parameters"), &bytes = result.at("weights_bytes");
    std::cout << (options.dry_run ? "nothing was made" : out) << ": " << parameters["before"] << " -> "
              << parameters["after"] << " parameters, " << formatBytes(bytes["before"].get<std::uint64_t>()) << " -> "
              << formatBytes(bytes["after"].get<std::uint64_t>()) << " of weights\n";
    tellLayers(result);
    tellQuality(result.at("quality"));
    if (options.dry_run) return;
    std::cout << "It has no optimizer state. Train on from it: switchyard train --config " << out
              << "/config.resolved.yaml --resume " << out << " --run-dir NEW\n";
}

}  // namespace

void addPruneCommand(CLI::App& checkpoints) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = checkpoints.add_subcommand("prune", "Take the experts out that the model needs least");
    command->add_option("checkpoint", options->checkpoint, "Checkpoint or model folder, or a run folder (its newest)")
        ->required();
    command->add_option("--out", options->out, "Folder to make: a checkpoint of weights alone");
    command->add_flag("--dry-run", options->dry_run,
                      "Make nothing: tell what would go, and what the model loses by it");
    CLI::Option* keep =
        command->add_option("--keep", options->keep, "Experts that stay in each layer, or with --budget all in all together")->check(CLI::Range(1, 65535));
    CLI::Option* fraction =
        command->add_option("--fraction", options->fraction, "Share of the experts to take out, 0.25 for example")
            ->check(CLI::Range(0.0, 1.0));
    keep->excludes(fraction);
    command
        ->add_option("--budget", options->budget,
                     "layer: every layer loses as many; all: those go that are the least over all layers, measured by "
                     "their layer's mean,\nso that layers may differ in size")
        ->capture_default_str()
        ->check(CLI::IsMember({"layer", "all"}));
    command
        ->add_option("--by", options->by,
                     "usage: fewest tokens; reap: least mean of weight times output norm (Lasby et al. 2025); merge: "
                     "as usage, and each\nexpert that goes is averaged into the most similar one that stays")
        ->capture_default_str()
        ->check(CLI::IsMember({"usage", "reap", "merge"}));
    command->add_option("--data", options->data, "File that the experts are measured on; training data, best")
        ->required();
    command->add_option("--limit", options->limit, "Samples of it, evenly spread; 0 = all")
        ->capture_default_str()
        ->check(CLI::NonNegativeNumber);
    command->add_option("--eval", options->eval, "File that both models are measured on; without it, --data");
    command->add_option("--task", options->task, "As of eval; needed where the model has several");
    command->add_option("--root", options->root, "Folder of the pictures; without it, the file's");
    addJsonFlag(*command, options->json);
    command->footer(
        "Example:\n  switchyard ckpt prune RUN --fraction 0.25 --by reap --data train.jsonl --eval val.jsonl --out "
        "PRUNED");
    command->callback([options, keep, fraction] {
        if (keep->count() + fraction->count() == 0)
            throw Error(ExitCode::kUsage, "how many experts stay is not said", {}, "Give --keep or --fraction");
        if (options->out.empty() != options->dry_run)
            throw Error(ExitCode::kUsage, "it must be said where the pruned model goes", {},
                        "Give either --out or --dry-run");
        prune(*options);
    });
}

}  // namespace switchyard::cli
