// SPDX-License-Identifier: MIT
// switchyard plan: what a training will take, before it is started.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/plan_output.h"
#include "core/base/config/config.h"
#include "core/base/plan/plan.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string config;
    std::vector<std::string> sets;
    int ranks = 0;
    double gpu_memory_gib = 0;
    bool json = false;
};

json toJson(const plan::Plan& plan, const std::vector<plan::Alternative>& alternatives, bool gpu) {
    json per_rank = bytesJson(plan.most);
    per_rank["peak_bytes"] = whole(plan.peak_bytes);
    per_rank["at_peak"] = bytesJson(plan.at_peak);
    json list = json::array();
    for (const plan::Alternative& of : alternatives) {
        list.push_back({{"set", of.sets},
                        {"peak_bytes", whole(of.peak_bytes)},
                        {"needed_bytes", whole(of.needed_bytes)},
                        {"fits", of.fits}});
    }
    return {{"parameters",
             {{"total", plan.parameters.total()},
              {"trainable", plan.parameters.trained()},
              {"active_per_token", plan.parameters.active},
              {"experts", plan.parameters.experts}}},
            {"flops_per_token", plan.flops_per_token},
            {"tokens_per_sample", plan.tokens_per_sample},
            {"text_tokens_per_sample", plan.text_tokens_per_sample},
            {"ranks", plan.ranks},
            {"per_rank", per_rank},
            {"needed_bytes", whole(plan.needed_bytes)},
            {"memory_bytes", whole(plan.memory_bytes)},
            {"memory_of", gpu ? "one GPU" : "this machine"},
            {"fits", plan.fits},
            {"alternatives", list},
            {"assumptions", plan.assumptions}};
}

void printRow(const std::string& name, const std::string& first, const std::string& second = {},
              const std::string& note = {}) {
    std::printf("  %-22s%16s%16s%s%s\n", name.c_str(), first.c_str(), second.c_str(), note.empty() ? "" : "   ",
                note.c_str());
}

void print(const plan::Plan& plan, const std::vector<plan::Alternative>& alternatives, bool gpu) {
    const bool terminal = stdoutIsTerminal();
    std::printf("Parameters\n");
    printRow("total", grouped(plan.parameters.total()));
    printRow("trained", grouped(plan.parameters.trained()));
    printRow("active per token", grouped(plan.parameters.active));
    char flops[32];
    std::snprintf(flops, sizeof flops, "%.3g", plan.flops_per_token);
    printRow("FLOPs per token", flops);
    std::printf("\nMemory of one of %d rank(s)\n", plan.ranks);
    printRow("", "at the peak", "at most");
    const std::vector<Row> at_peak = rowsOf(plan.at_peak), most = rowsOf(plan.most);
    const auto largest = std::max_element(at_peak.begin(), at_peak.end(),
                                          [](const Row& a, const Row& b) { return a.second < b.second; });
    for (std::size_t i = 0; i < at_peak.size(); ++i) {
        if (most[i].second < 1) continue;
        std::string name = at_peak[i].first;
        std::replace(name.begin(), name.end(), '_', ' ');
        printRow(name, binary(at_peak[i].second), binary(most[i].second),
                 at_peak[i].first == largest->first ? "the largest part" : "");
    }
    printRow("peak", binary(plan.peak_bytes));
    const std::string needs =
        gpu ? binary(plan.needed_bytes) + " of a GPU's " + binary(plan.memory_bytes)
            : binary(plan.needed_bytes) + " for all ranks, of " + binary(plan.memory_bytes) + " free on this machine";
    std::fflush(stdout);
    std::cout << '\n'
              << styled(plan.fits ? "Fits" : "Does not fit", plan.fits ? Style::kGreen : Style::kRed, terminal) << ": "
              << needs << '\n';
    for (const plan::Alternative& of : alternatives) {
        std::cout << (of.fits ? "  would fit with" : "  smaller, but not enough, with");
        for (const std::string& set : of.sets) std::cout << " --set " << set;
        std::cout << " (" << binary(of.needed_bytes) << ")\n";
    }
    for (const std::string& assumption : plan.assumptions)
        std::cout << styled(assumption, Style::kDim, terminal) << '\n';
}

void run(const Options& options) {
    std::vector<config::Override> overrides;
    for (const std::string& set : options.sets) overrides.push_back(config::parseOverride(set));
    if (options.ranks > 0) overrides.push_back({"parallel.ranks", std::to_string(options.ranks)});
    const RunConfig config = config::loadOrThrow(options.config, overrides);
    const bool gpu = options.gpu_memory_gib > 0;
    const plan::Machine machine = gpu ? plan::withGpus(options.gpu_memory_gib * (1 << 30)) : plan::thisMachine();
    const plan::DataFacts facts = plan::readDataFacts(config);
    const plan::Plan plan = plan::makePlan(config, facts, machine);
    std::vector<plan::Alternative> alternatives;
    if (!plan.fits) alternatives = plan::alternatives(config, facts, machine);
    if (options.json)
        printJson(toJson(plan, alternatives, gpu));
    else
        print(plan, alternatives, gpu);
}

}  // namespace

void addPlanCommand(CLI::App& app) {
    CLI::App* command =
        app.add_subcommand("plan", "What a training will take: parameters, operations, memory of a rank");
    auto options = std::make_shared<Options>();
    command->footer(
        "Examples:\n  switchyard plan --config configs/flickr8k.yaml\n"
        "  switchyard plan --config configs/base.yaml --ranks 8 --set train.global_batch=32 --gpu-memory 80 --json");
    command->add_option("--config", options->config, "Configuration (YAML)")->required();
    addSetOption(*command, options->sets);
    command->add_option("--ranks", options->ranks, "Processes; instead of parallel.ranks")
        ->check(CLI::Range(1, 100000));
    command
        ->add_option("--gpu-memory", options->gpu_memory_gib,
                     "Plan for GPUs of so many GiB, one a rank, instead of this machine")
        ->check(CLI::Range(0.01, 100000.0));
    addJsonFlag(*command, options->json);
    command->callback([options] { run(*options); });
}

}  // namespace switchyard::cli
