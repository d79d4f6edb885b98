// SPDX-License-Identifier: MIT
// switchyard simulate: a training on so many ranks, without them.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/find_run.h"
#include "app/cli/output.h"
#include "app/cli/plan_output.h"
#include "core/base/config/config.h"
#include "core/base/plan/simulate.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string config, routing, runs_dir, hardware;
    std::vector<std::string> sets;
    int ranks = 1, ranks_per_node = 0;
    std::int64_t steps = 1;
    double gpu_memory_gib = 0;
    bool json = false;
};

/// "0-3, 5" of rising numbers.
std::string rangesOf(const std::vector<int>& numbers) {
    std::string text;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
        text += (text.empty() ? "" : ", ") + std::to_string(numbers[i]);
        if (last > i) text.append("-").append(std::to_string(numbers[last]));
        i = last + 1;
    }
    return text;
}

json toJson(const plan::StepTime& time, const plan::Hardware& hardware, std::int64_t global_batch) {
    return {{"hardware", hardware.name},
            {"step_s", time.total()},
            {"samples_per_s", static_cast<double>(global_batch) / time.total()},
            {"products_s", time.products},
            {"memory_s", time.memory},
            {"operations_s", time.operations},
            {"update_s", time.update},
            {"exchange_s", time.exchange},
            {"hidden_exchange_s", time.hidden},
            {"imbalance_s", time.imbalance}};
}

json toJson(const plan::RankGroup& group) {
    json object = bytesJson(group.memory.most);
    object["ranks"] = group.ranks;
    object["peak_bytes"] = whole(group.peak_bytes);
    object["peak_at"] = group.peak_at;
    object["at_peak"] = bytesJson(group.memory.at_peak);
    object["updated_parameters"] = whole(group.updated);
    object["expert_share"] = group.expert_share;
    object["computed_flops_per_step"] = group.work.flops();
    object["collectives"] = plan::toJson(group.traffic);
    return object;
}

void printRow(const std::string& name, const std::string& value, const std::string& note = {}) {
    std::printf("  %-26s%16s%s%s\n", name.c_str(), value.c_str(), note.empty() ? "" : "   ", note.c_str());
}

std::string milliseconds(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f ms", seconds < 0.01 ? 2 : 1, 1e3 * seconds);
    return text;
}

std::string floats(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", number);
    return text;
}

class Printer {
public:
    Printer(const plan::Simulation& of, const plan::Machine& machine) : of_(of), machine_(machine) {}

    void memory() const {
        std::printf("Memory of a rank\n");
        for (const plan::RankGroup& group : of_.groups)
            printRow("rank " + rangesOf(group.ranks), binary(group.peak_bytes), group.peak_at);
        std::printf("\nThe fullest one at its peak\n");
        for (const auto& [name, bytes] : rowsOf(of_.fullest().memory.at_peak)) {
            std::string words = name;
            std::replace(words.begin(), words.end(), '_', ' ');
            if (bytes >= 1) printRow(words, binary(bytes));
        }
    }
    /// Layers' exchanges together; one line a layer would be hundreds.
    void collectives() const {
        plan::Traffic together;
        for (const auto& [what, sum] : of_.groups.front().traffic.sums()) {
            const std::size_t layer = what.name.find(".moe.");
            together.add(what.kind, layer == std::string::npos ? what.name : "experts" + what.name.substr(layer + 4),
                         what.ranks, sum.bytes, sum.count);
        }
        std::printf("\nExchanged by rank 0 in %lld step(s)\n", static_cast<long long>(of_.steps));
        for (const auto& [what, sum] : together.sums()) {
            std::printf("  %-26s%-16s%10lld x %6d ranks%14s\n", what.name.c_str(), plan::collectiveKindName(what.kind),
                        static_cast<long long>(sum.count), what.ranks, binary(sum.bytes).c_str());
        }
        printRow("sent on its machine", binary(of_.links.same_node), "a step, of the rank that sends most");
        if (of_.ranks > of_.ranks_per_node) printRow("sent to other machines", binary(of_.links.other_nodes));
        if (of_.worst_expert_share > 1)
            printRow("fullest experts' share", floats(of_.worst_expert_share), "times the fair one");
    }
    void time(const plan::StepTime& time, const std::string& hardware) const {
        std::printf("\nTime of a step on %s\n", hardware.c_str());
        printRow("products", milliseconds(time.products), floats(of_.model_flops) + " FLOPs of all ranks");
        printRow("between them", milliseconds(time.memory + time.operations));
        printRow("update", milliseconds(time.update));
        printRow("exchange", milliseconds(time.exchange),
                 time.hidden > 0 ? milliseconds(time.hidden) + " of it beside the computing" : "");
        if (time.imbalance > 0) printRow("of it uneven experts", milliseconds(time.imbalance));
        printRow("step", milliseconds(time.total()));
    }
    void verdict(double needed) const {
        const bool terminal = stdoutIsTerminal(), fits = needed <= machine_.memory_bytes;
        std::fflush(stdout);
        std::cout << '\n'
                  << styled(fits ? "Fits" : "Does not fit", fits ? Style::kGreen : Style::kRed, terminal) << ": "
                  << binary(needed) << (machine_.gpu ? " of a GPU's " : " for the ranks of a machine, of ")
                  << binary(machine_.memory_bytes) << '\n';
        for (const std::string& assumption : of_.assumptions)
            std::cout << styled(assumption, Style::kDim, terminal) << '\n';
    }

private:
    const plan::Simulation& of_;
    const plan::Machine& machine_;
};

/// For so many ranks. A batch too small to be shared out among them is raised, and `note` says so.
RunConfig configFor(const Options& options, std::string* note) {
    std::vector<config::Override> overrides;
    for (const std::string& set : options.sets) overrides.push_back(config::parseOverride(set));
    overrides.push_back({"parallel.ranks", std::to_string(options.ranks)});
    const RunConfig config = config::loadFile(options.config, overrides).config;
    const RunConfig::Train& given = config.train;
    const bool blocks = config.task.kind == TaskKind::kMultimodal && config.task.matching > 0;
    const std::int64_t together = given.micro_batch > 0 ? given.micro_batch : blocks ? config.task.matching_block : 1;
    const std::int64_t each = std::max<std::int64_t>(together, 1) * options.ranks;
    if (given.global_batch > 0 && given.global_batch % each != 0) {
        const std::int64_t raised = (given.global_batch + each - 1) / each * each;
        overrides.push_back({"train.global_batch", std::to_string(raised)});
        *note = "train.global_batch is raised from " + std::to_string(given.global_batch) + " to " +
                std::to_string(raised) + ", which the ranks can share out.";
    }
    return config::loadOrThrow(options.config, overrides);
}

plan::Machine machineOf(const Options& options, const plan::Hardware* hardware) {
    if (options.gpu_memory_gib > 0) return plan::withGpus(options.gpu_memory_gib * (1 << 30));
    if (hardware == nullptr) return plan::thisMachine();
    if (hardware->gpu) return plan::withGpus(hardware->memory_bytes);
    plan::Machine machine = plan::thisMachine();
    machine.cores = hardware->cores;
    machine.memory_bytes = hardware->memory_bytes;
    return machine;
}

void run(const Options& options) {
    std::string note;
    const RunConfig config = configFor(options, &note);
    std::optional<plan::Hardware> hardware;
    if (!options.hardware.empty()) hardware = plan::readHardware(options.hardware);
    std::optional<plan::RecordedRouting> routing;
    if (!options.routing.empty())
        routing = plan::readRouting(findRun(options.routing, options.runs_dir).dir, options.steps);
    const plan::Machine machine = machineOf(options, hardware ? &*hardware : nullptr);
    const plan::DataFacts facts = plan::readDataFacts(config);
    plan::Simulation simulation =
        plan::simulate(config, facts, machine,
                       {options.ranks, options.steps, options.ranks_per_node, routing ? &*routing : nullptr, false,
                        hardware ? &*hardware : nullptr});
    if (!note.empty()) simulation.assumptions.push_back(note);
    const double needed = simulation.neededBytes(machine.gpu);
    if (!options.json) {
        const Printer print(simulation, machine);
        print.memory();
        print.collectives();
        if (simulation.time) print.time(*simulation.time, hardware->name);
        print.verdict(needed);
        return;
    }
    json groups = json::array();
    for (const plan::RankGroup& group : simulation.groups) groups.push_back(toJson(group));
    json result = {{"ranks", simulation.ranks},
                   {"steps", simulation.steps},
                   {"ranks_per_node", simulation.ranks_per_node},
                   {"rank_groups", groups},
                   {"peak_bytes", whole(simulation.fullest().peak_bytes)},
                   {"needed_bytes", whole(needed)},
                   {"memory_bytes", whole(machine.memory_bytes)},
                   {"fits", needed <= machine.memory_bytes},
                   {"model_flops_per_step", simulation.model_flops},
                   {"links",
                    {{"same_node_bytes_per_step", whole(simulation.links.same_node)},
                     {"other_nodes_bytes_per_step", whole(simulation.links.other_nodes)}}},
                   {"worst_expert_share", simulation.worst_expert_share},
                   {"assumptions", simulation.assumptions}};
    if (simulation.time) result["time"] = toJson(*simulation.time, *hardware, config.train.global_batch);
    printJson(result);
}

}  // namespace

void addSimulateCommand(CLI::App& app) {
    CLI::App* command = app.add_subcommand(
        "simulate", "A training on so many ranks: every rank's memory, what the ranks exchange, time of a step");
    auto options = std::make_shared<Options>();
    command->footer(
        "Examples:\n  switchyard simulate --config configs/base.yaml --ranks 8\n"
        "  switchyard simulate --config configs/large.yaml --ranks 64 --hardware h100-sxm --json\n"
        "  switchyard simulate --config configs/flickr8k.yaml --ranks 4 --routing my-run --set parallel.expert=4");
    command->add_option("--config", options->config, "Configuration (YAML)")->required();
    addSetOption(*command, options->sets);
    command->add_option("--ranks", options->ranks, "Processes; instead of parallel.ranks")
        ->required()
        ->check(CLI::Range(1, 100000));
    command->add_option("--steps", options->steps, "Steps whose exchanges are added up")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 32));
    command->add_option("--routing", options->routing, "Experts get what those of this run (name or folder) got");
    command->add_option("--runs-dir", options->runs_dir, "Folder of --routing's run");
    command->add_option("--hardware", options->hardware,
                        "For times: a100-80gb, h100-sxm, or a file that doctor --profile wrote");
    command->add_option("--ranks-per-node", options->ranks_per_node, "Ranks on one machine; instead of the profile's")
        ->check(CLI::Range(1, 100000));
    command->add_option("--gpu-memory", options->gpu_memory_gib, "GPUs of so many GiB, instead of this machine")
        ->check(CLI::Range(0.01, 100000.0));
    addJsonFlag(*command, options->json);
    command->callback([options] { run(*options); });
}

}  // namespace switchyard::cli
