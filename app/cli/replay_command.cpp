// SPDX-License-Identifier: MIT
// switchyard replay: recorded router logits under another gate; computed by a worker with the gates' own code.
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/worker_request.h"
#include "core/base/io/jsonl.h"
#include "core/base/launch/compute_request.h"
#include "core/base/runs/routes_json.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string run, trace, checkpoint, layer;
    std::int64_t step = -1, sample = 0;
    std::vector<std::string> gate;
    bool json = false;
};

std::string number(double value, int digits) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(digits) << value;
    return text.str();
}

std::string beside(const json& before, const json& after, const char* key, double scale, int digits) {
    return number(scale * before.value(key, 0.0), digits) + " -> " + number(scale * after.value(key, 0.0), digits);
}

void tell(const json& replayed) {
    std::cout << "gate " << replayed.at("gate").dump() << '\n';
    std::cout << std::left << std::setw(26) << "layer" << std::setw(18) << "changed choices" << std::setw(18)
              << "dropped, %" << std::setw(18) << "max violation" << std::setw(16) << "entropy"
              << "dead\n";
    for (const json& layer : replayed.at("layers")) {
        const json &before = layer.at("recorded"), &after = layer.at("summary");
        const std::int64_t choices = layer.value("tokens", std::int64_t{0}) * layer.value("choices", std::int64_t{0});
        std::cout << std::setw(26) << io::escapeForDisplay(layer.value("layer", "")) << std::setw(18)
                  << (std::to_string(layer.value("changed", std::int64_t{0})) + " of " + std::to_string(choices))
                  << std::setw(18) << beside(before, after, "dropped_share", 100, 1) << std::setw(18)
                  << beside(before, after, "max_violation", 1, 2) << std::setw(16)
                  << beside(before, after, "entropy", 1, 2) << beside(before, after, "dead", 1, 0) << '\n';
    }
}

void runReplay(const Options& options) {
    if (options.run.empty() == options.trace.empty()) {
        throw Error(ExitCode::kUsage, "give either --run or --trace", {},
                    "For example: switchyard replay --run RUN --gate gate=switch");
    }
    json request = {{"op", "replay"}, {"sample", options.sample}, {"gate", json::object()}};
    for (const std::string& key_value : options.gate) runs::addGateKey(&request["gate"], key_value);
    if (!options.run.empty()) request["run"] = absolute(options.run);
    if (!options.trace.empty()) request["trace"] = absolute(options.trace);
    if (!options.checkpoint.empty()) request["checkpoint"] = absolute(options.checkpoint);
    if (!options.layer.empty()) request["layer"] = options.layer;
    if (options.step >= 0) request["step"] = options.step;
    const json replayed = launch::runComputeRequest(request);
    if (options.json) {
        printJson(replayed);
    } else {
        tell(replayed);
    }
}

}  // namespace

void addReplayCommand(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand(
        "replay", "What another gate, capacity or drop order would have done with recorded router logits");
    command->footer(
        "Examples:\n  switchyard replay --run RUN --step 1000 --gate gate=switch --gate capacity_factor=1.25\n"
        "  switchyard replay --trace trace.safetensors --checkpoint RUN --gate temperature=2 --json\n"
        "Keys of --gate: gate (top2, switch, topk, noisy_topk, expert_choice), top_k, score, capacity_factor (0 = drop "
        "none),\n"
        "min_capacity, drop (position, priority), gumbel_eval, temperature, bias (trained, none or [a number an "
        "expert]).");
    command->add_option("--run", options->run, "Run folder: a step of its routing probe");
    command->add_option("--step", options->step, "With --run: recorded step (default: the last)")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--trace", options->trace, "File of `switchyard trace`");
    command->add_option("--sample", options->sample, "Which sample of the probe or the file, from 0")
        ->capture_default_str()
        ->check(CLI::NonNegativeNumber);
    command->add_option("--checkpoint", options->checkpoint,
                        "With --trace: whose gate the keys of --gate stand in for");
    command->add_option("--layer", options->layer, "Only this MoE layer, such as fusion.blocks.0.moe");
    command->add_option("--gate", options->gate, "KEY=VALUE of the gate, once or more; none replays the trained gate");
    addJsonFlag(*command, options->json);
    command->callback([options] { runReplay(*options); });
}

}  // namespace switchyard::cli
