// SPDX-License-Identifier: MIT
// switchyard bench: measures on this machine, each case in a process of its own.
#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/config/config.h"
#include "core/base/launch/compute_request.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct MoeOptions {
    std::vector<std::string> shapes = {"512x2048x8", "512x2048x64", "512x2048x256", "256x512x64"};
    std::vector<std::string> precisions = {"fp32", "bf16"};
    std::vector<std::string> sets;
    std::int64_t tokens = 4096, repeats = 5;
    bool bf16_weights = false, json = false;
};

/// "DIMxHIDDENxEXPERTS".
std::array<std::int64_t, 3> parseShape(const std::string& text) {
    std::array<std::int64_t, 3> numbers{};
    char first = 0, second = 0, rest = 0;
    std::istringstream in(text);
    in >> numbers[0] >> first >> numbers[1] >> second >> numbers[2];
    if (!in || first != 'x' || second != 'x' || in >> rest || *std::min_element(numbers.begin(), numbers.end()) < 1) {
        throw Error(ExitCode::kUsage, "\"" + text + "\" is no shape", "--shape",
                    "Write DIMxHIDDENxEXPERTS, for example 512x2048x64");
    }
    return numbers;
}

/// Overrides as a request takes them.
void addTo(json& set, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
        const config::Override override = config::parseOverride(text);
        set[override.path] = override.value;
    }
}

struct StepOptions {
    std::vector<std::string> precisions = {"fp32", "bf16"}, modes = {"none"};
    int ranks = 1;
    std::vector<std::string> sets;
    std::int64_t repeats = 7;
    bool json = false;
};

void runStep(const StepOptions& options) {
    json rows = json::array(), set = json::object();
    addTo(set, options.sets);
    ProgressBar bar("measuring", options.precisions.size() * options.modes.size());
    set["parallel.ranks"] = std::to_string(options.ranks);
    set.emplace("task.matching_block", std::to_string(std::max(1, 32 / options.ranks)));
    for (const std::string& precision : options.precisions) {
        for (const std::string& mode : options.modes) {
            bar.setNote(precision + " " + mode);
            bar.update(rows.size());
            set["parallel.shard"] = mode;
            rows.push_back(launch::runComputeRequest(
                {{"op", "bench_step"}, {"precision", precision}, {"repeats", options.repeats}, {"set", set}}, {},
                options.ranks));
        }
    }
    bar.clear();
    if (options.json) {
        printJson({{"rows", rows}});
        return;
    }
    std::cout << "mode   ranks  precision  parameters       ms  samples/s   peak memory\n" << std::fixed;
    for (const json& row : rows) {
        std::cout << std::left << std::setw(5) << row.value("mode", "") << std::right << std::setw(7)
                  << row.value("ranks", 0) << std::setw(11) << row.value("precision", "") << std::setw(12)
                  << row.value("parameters", std::int64_t{0}) << std::setw(9) << std::setprecision(1)
                  << row.value("ms", 0.0) << std::setw(11) << row.value("samples_per_s", 0.0) << std::setw(14)
                  << formatBytes(row.value("peak_rss_bytes", std::uint64_t{0})) << '\n';
    }
}

struct StartOptions {
    int ranks = 2;
    std::int64_t repeats = 7;
    bool json = false;
};

void runStart(const StartOptions& options) {
    std::vector<double> times;
    ProgressBar bar("measuring", static_cast<std::size_t>(options.repeats));
    for (std::int64_t i = 0; i < options.repeats; ++i) {
        bar.update(times.size());
        // The workers' clock is ours (CLOCK_MONOTONIC), so their ends and the way of the answer are not in it.
        const double begin =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
        const json answer = launch::runComputeRequest({{"op", "bench_start"}}, {}, options.ranks);
        times.push_back(answer.at("finished_ms").get<double>() - begin);
    }
    bar.clear();
    std::sort(times.begin(), times.end());
    const json row = {{"ranks", options.ranks}, {"ms", times.front()}, {"median_ms", times[times.size() / 2]}};
    if (options.json) {
        printJson({{"rows", json::array({row})}});
        return;
    }
    std::cout << "ranks       ms  median ms\n"
              << std::fixed << std::setprecision(0) << std::setw(5) << options.ranks << std::setw(9) << times.front()
              << std::setw(11) << times[times.size() / 2] << '\n';
}

void runMoe(const MoeOptions& options) {
    json rows = json::array(), ceilings = json::object();
    std::size_t done = 0;
    ProgressBar bar("measuring", options.shapes.size() * options.precisions.size());
    for (const std::string& precision : options.precisions) {
        for (const std::string& shape : options.shapes) {
            const auto [dim, hidden, experts] = parseShape(shape);
            // The layer of the published comparisons: no biases; --set comes last and wins.
            json set = {{"model.moe.bias", "false"},
                        {"model.moe.hidden_dim", std::to_string(hidden)},
                        {"model.moe.experts", std::to_string(experts)}};
            addTo(set, options.sets);
            bar.setNote(shape + " " + precision);
            bar.update(done++);
            const json row = launch::runComputeRequest({{"op", "bench_moe"},
                                                        {"tokens", options.tokens},
                                                        {"dim", dim},
                                                        {"precision", precision},
                                                        {"bf16_weights", options.bf16_weights},
                                                        {"repeats", options.repeats},
                                                        {"set", set}});
            ceilings[precision] = std::max(ceilings.value(precision, 0.0), row.value("ceiling_gflops", 0.0));
            rows.push_back(row);
        }
    }
    bar.clear();
    if (options.json) {
        printJson({{"ceiling_gflops", ceilings}, {"rows", rows}});
        return;
    }
    std::cout
        << "precision  weights   dim  hidden  experts  tokens       ms   tokens/s   GFLOP/s  of ceiling   peak memory\n"
        << std::fixed;
    for (const json& row : rows) {
        std::cout << std::left << std::setw(11) << row.value("precision", "") << std::setw(7)
                  << row.value("weights", "") << std::right << std::setw(6) << row.value("dim", 0) << std::setw(8)
                  << row.value("hidden", 0) << std::setw(9) << row.value("experts", 0) << std::setw(8)
                  << row.value("tokens", 0) << std::setw(9) << std::setprecision(1) << row.value("ms", 0.0)
                  << std::setw(11) << std::setprecision(0) << row.value("tokens_per_s", 0.0) << std::setw(10)
                  << row.value("gflops", 0.0) << std::setw(12) << std::setprecision(2)
                  << row.value("share_of_ceiling", 0.0) << std::setw(14)
                  << formatBytes(row.value("peak_rss_bytes", std::uint64_t{0})) << '\n';
    }
}

}  // namespace

void addBenchCommands(CLI::App& app) {
    CLI::App* bench = app.add_subcommand("bench", "Measure how fast this machine trains");
    bench->require_subcommand(1);
    const auto options = std::make_shared<MoeOptions>();
    CLI::App* moe =
        bench->add_subcommand("moe", "One MoE layer, forward and backward, against the machine's matrix product");
    moe->footer(
        "Example:\n  switchyard bench moe --shape 512x2048x64 --precision fp32 --set model.moe.gate=switch --set "
        "model.moe.top_k=1");
    moe->add_option("--shape", options->shapes, "DIMxHIDDENxEXPERTS; several may be given")->capture_default_str();
    moe->add_option("--precision", options->precisions, "fp32, bf16, fp64; several may be given")
        ->capture_default_str();
    moe->add_flag("--bf16-weights", options->bf16_weights,
                  "Keep the experts' weights and gradients in bf16, not fp32; with --precision bf16");
    moe->add_option("--tokens", options->tokens, "Tokens of a step")
        ->capture_default_str()
        ->check(CLI::Range(1, 1 << 24));
    moe->add_option("--repeats", options->repeats, "Steps that are timed; the fastest counts")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    moe->add_option("--set", options->sets, "Another key of model.moe, KEY=VALUE")->allow_extra_args(false);
    addJsonFlag(*moe, options->json);
    moe->callback([options] { runMoe(*options); });

    const auto step_options = std::make_shared<StepOptions>();
    CLI::App* step = bench->add_subcommand("step", "One update of a text-and-image model: losses, backward, optimizer");
    step->footer(
        "Example:\n  switchyard bench step --precision bf16 --set train.global_batch=64 --set task.matching_block=64");
    step->add_option("--precision", step_options->precisions, "fp32, bf16, fp64; several may be given")
        ->capture_default_str();
    step->add_option("--mode", step_options->modes, "parallel.shard: none, oss, zero2, fsdp; several may be given")
        ->capture_default_str();
    step->add_option("--ranks", step_options->ranks, "Worker processes")
        ->capture_default_str()
        ->check(CLI::Range(1, 64));
    step->add_option("--repeats", step_options->repeats, "Steps that are timed; the fastest counts")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    step->add_option("--set", step_options->sets, "Another key of the config, KEY=VALUE")->allow_extra_args(false);
    addJsonFlag(*step, step_options->json);
    step->callback([step_options] { runStep(*step_options); });

    addDiskBenches(*bench);
    const auto start_options = std::make_shared<StartOptions>();
    CLI::App* start = bench->add_subcommand("start", "From starting the worker processes to their first all-reduce");
    start->footer("Example:\n  switchyard bench start --ranks 2");
    start->add_option("--ranks", start_options->ranks, "Worker processes")
        ->capture_default_str()
        ->check(CLI::Range(1, 64));
    start->add_option("--repeats", start_options->repeats, "Starts that are timed; the fastest counts")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    addJsonFlag(*start, start_options->json);
    start->callback([start_options] { runStart(*start_options); });
    addTokenizerBench(*bench);
}

}  // namespace switchyard::cli
