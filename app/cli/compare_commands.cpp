// SPDX-License-Identifier: MIT
// switchyard compare: models trained under one budget, over several seeds, and one report of what they reached and
// cost.
#include <sys/utsname.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <memory>
#include <thread>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/compare/comparison.h"
#include "core/base/compare/twin.h"
#include "core/base/dataset/text_task.h"
#include "core/base/io/safe_file.h"
#include "core/base/launch/supervisor.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/run_folder.h"
#include "core/base/util/paths.h"

namespace switchyard::cli {
namespace {

using compare::Candidate;
using compare::Comparison;
using nlohmann::json;

constexpr std::int64_t kProbeSteps = 12, kProbeWarmUp = 4;

struct Options {
    std::vector<std::string> configs, sets, twins;
    std::vector<std::int64_t> seeds = {1};
    std::string budget, out, metric;
    std::int64_t evaluations = 20;
    bool json = false;
};

enum class BudgetKind { kSteps, kFlops, kMinutes };
struct Budget {
    BudgetKind kind = BudgetKind::kSteps;
    double amount = 0;
};

Budget parseBudget(const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::string kind = text.substr(0, equals);
    Budget budget;
    if (kind == "flops")
        budget.kind = BudgetKind::kFlops;
    else if (kind == "minutes")
        budget.kind = BudgetKind::kMinutes;
    else if (kind != "steps")
        throw Error(ExitCode::kUsage, "A budget is steps=N, flops=N or minutes=N", text);
    std::size_t read = 0;
    const std::string amount = equals == std::string::npos ? "" : text.substr(equals + 1);
    try {
        budget.amount = std::stod(amount, &read);
    } catch (const std::exception&) {
        read = 0;
    }
    if (read == 0 || read != amount.size() || !(budget.amount > 0) || !std::isfinite(budget.amount))
        throw Error(ExitCode::kUsage, "A budget's amount is a number above 0", text,
                    "For example --budget steps=500 or flops=2e15");
    return budget;
}

bool hasEvaluation(const RunConfig& config) {
    return config.data.format == DataFormat::kSynthetic ? config.data.synthetic.eval_samples > 0
                                                        : !config.data.eval.empty();
}

void check(const Candidate& candidate, const std::string& metric) {
    if (!hasEvaluation(candidate.config))
        throw Error(ExitCode::kBadConfig, "There is nothing to judge a model by", candidate.file, "Give data.eval");
    if (metric.empty() && candidate.config.task.kind == TaskKind::kText && candidate.config.task.names.empty())
        throw Error(ExitCode::kBadConfig, "There is no task", candidate.file, "Give task.names");
}

std::vector<Candidate> candidatesOf(const Options& options) {
    std::vector<config::Override> sets;
    for (const std::string& set : options.sets) sets.push_back(config::parseOverride(set));
    std::vector<Candidate> all;
    const auto add = [&](const std::string& file, const std::string& name, const std::string& about,
                         const std::vector<config::Override>& more) {
        Candidate candidate;
        candidate.file = file;
        candidate.name = name;
        for (int number = 2;
             std::any_of(all.begin(), all.end(), [&](const Candidate& c) { return c.name == candidate.name; });
             ++number)
            candidate.name = name + "-" + std::to_string(number);
        candidate.overrides = sets;
        candidate.overrides.insert(candidate.overrides.end(), more.begin(), more.end());
        candidate.config = config::loadOrThrow(file, candidate.overrides);
        candidate.about = about.empty() ? (candidate.config.model.moe.experts > 0
                                               ? std::to_string(candidate.config.model.moe.experts) + " experts"
                                               : "dense")
                                        : about;
        candidate.parameters = config::countParameters(candidate.config, dataset::knownHeads(candidate.config));
        check(candidate, options.metric);
        all.push_back(std::move(candidate));
    };
    for (const std::string& file : options.configs) add(file, fs::path(file).stem().string(), "", {});
    for (const std::string& twin : options.twins) {
        const compare::TwinBy by = twin == "total" ? compare::TwinBy::kTotal : compare::TwinBy::kActive;
        const std::vector<config::Override> keys = compare::denseTwin(all.front().config, by);
        if (keys.empty())
            throw Error(ExitCode::kBadConfig, "It has no experts, so it is its own dense twin", options.configs.front(),
                        "Leave --twins out, or give a sparse model first");
        const std::string of = all.front().name;
        add(options.configs.front(), of + "-dense-" + twin,
            "dense, as many " + std::string(by == compare::TwinBy::kTotal ? "" : "active ") + "parameters as " + of,
            keys);
    }
    if (all.size() < 2)
        throw Error(ExitCode::kUsage, "There is nothing to compare with", {},
                    "Give a second --configs file, or --twins total,active");
    return all;
}

/// Trains, or goes on with what an earlier call left; a run that has ended is kept.
runs::RunResult trainInto(const Candidate& candidate, const std::vector<config::Override>& more, const fs::path& folder,
                          const std::string& label, bool quiet) {
    launch::TrainRequest request;
    request.config_text = io::readText(candidate.file, 1 << 20);
    request.config_file = candidate.file;
    request.overrides = candidate.overrides;
    request.overrides.insert(request.overrides.end(), more.begin(), more.end());
    request.run_dir = folder.string();
    if (fs::exists(folder)) {
        const RunConfig wanted = config::loadOrThrow(candidate.file, request.overrides);
        const runs::RunPaths paths(folder);
        const std::vector<std::string> differing =
            fs::exists(paths.resolvedConfig())
                ? config::diff(config::loadOrThrow(paths.resolvedConfig().string()), wanted)
                : std::vector<std::string>{"config.resolved.yaml"};
        if (!differing.empty())
            throw Error(ExitCode::kUsage,
                        "An earlier comparison left a run with another " + differing.front() + " here", folder.string(),
                        "Give another --out, or move the folder away");
        const runs::RunStatus status = runs::readStatus(folder);
        if (status.state == runs::RunState::kFinished && status.result) return *status.result;
        request.resume = "auto";
    }
    const launch::PreparedRun run = launch::prepare(request);
    ProgressBar bar(label, 0);
    if (!stderrIsTerminal() && !quiet) std::cerr << label << '\n';
    return launch::supervise(run, [&](int, const nlohmann::json& event) {
        if (event.value("event", "") != "step") return;
        bar.update(static_cast<std::uint64_t>(event.value("step", std::int64_t{0})),
                   static_cast<std::uint64_t>(event.value("steps", std::int64_t{0})));
    });
}

void endIfInterrupted(const runs::RunResult& result) {
    if (result.exit_code != static_cast<int>(ExitCode::kInterrupted)) return;
    std::cerr << "switchyard: stopped; the same command goes on from here\n";
    exitWith(ExitCode::kInterrupted);
}

struct Cost {
    double flops = 0, ms = 0;  ///< a step
};

/// A short run without evaluations, thrown away.
Cost probe(const Candidate& candidate, const fs::path& out, bool quiet) {
    const fs::path folder = out / "probes" / candidate.name;
    const runs::RunResult result = trainInto(
        candidate,
        {{"train.epochs", "0"}, {"train.steps", std::to_string(kProbeSteps)}, {"data.eval", "[]"}, {"log.every", "1"}},
        folder, "measuring a step of " + candidate.name, quiet);
    endIfInterrupted(result);
    if (result.exit_code != 0)
        throw Error(ExitCode::kRunFailed, "A short run of " + candidate.name + " failed: " + result.error,
                    folder.string(), result.fix);
    runs::RunDbReader db(runs::RunPaths(folder).database());
    const auto middle = [&](const char* tag) {
        std::int64_t cursor = 0;
        std::vector<double> values;
        for (const runs::Metric& metric : db.metrics(tag, &cursor)) {
            if (metric.step > kProbeWarmUp) values.push_back(metric.value);
        }
        if (values.empty()) throw Error(ExitCode::kRunFailed, "A short run recorded no steps", folder.string());
        std::sort(values.begin(), values.end());
        return values[values.size() / 2];
    };
    return {middle("perf/flops_per_step"), middle("perf/step_ms")};
}

/// Steps that the budget pays for.
std::int64_t stepsOf(const Candidate& candidate, const Budget& budget, const fs::path& out, bool quiet) {
    double steps = budget.amount;
    if (budget.kind != BudgetKind::kSteps) {
        const Cost cost = probe(candidate, out, quiet);
        steps = budget.kind == BudgetKind::kFlops ? budget.amount / cost.flops : budget.amount * 60'000 / cost.ms;
    }
    if (steps < 1 || steps > 1e9)
        throw Error(ExitCode::kUsage, "The budget is " + std::to_string(steps) + " steps of " + candidate.name, {},
                    "Give another --budget");
    return std::llround(steps);
}

std::string machine() {
    std::ifstream info("/proc/cpuinfo");
    std::string line, name;
    while (name.empty() && std::getline(info, line)) {
        if (line.starts_with("model name")) name = line.substr(std::min(line.size(), line.find(':') + 2));
    }
    utsname system{};
    uname(&system);
    return std::to_string(std::thread::hardware_concurrency()) + " cores" + (name.empty() ? "" : " of " + name) +
           ", Linux " + system.release;
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", &local);
    return text;
}

std::string commandOf(const Options& options) {
    std::string line = "switchyard compare --configs";
    for (const std::string& file : options.configs) line += " " + file;
    const auto list = [&](const char* option, const auto& values, const auto& text) {
        for (std::size_t i = 0; i < values.size(); ++i) line += (i == 0 ? option : std::string(",")) + text(values[i]);
    };
    list(" --twins ", options.twins, [](const std::string& twin) { return twin; });
    line += " --budget " + options.budget;
    list(" --seeds ", options.seeds, [](std::int64_t seed) { return std::to_string(seed); });
    for (const std::string& set : options.sets) line += " --set '" + set + "'";
    return line + " --out " + options.out;
}

void writeReport(const Comparison& comparison, const fs::path& out) {
    io::writeAtomically(out / "report.json", toJson(comparison).dump(2) + "\n");
    io::writeAtomically(out / "report.html", toHtml(comparison));
}

void print(const Comparison& comparison, const fs::path& out) {
    std::cout << std::left << std::setw(34) << comparison.metric << std::right << std::setw(9) << "quality"
              << std::setw(14) << "parameters" << std::setw(12) << "active" << std::setw(12) << "FLOPs" << std::setw(9)
              << "minutes" << std::setw(11) << "ms a step" << '\n';
    for (const Candidate& candidate : comparison.candidates) {
        const std::vector<compare::Point> mean = candidate.meanCurve();
        std::cout << std::left << std::setw(34) << candidate.name << std::right;
        if (mean.empty()) {
            std::cout << "  " << (candidate.runs.empty() ? "not run" : candidate.runs.front().problem) << '\n';
            continue;
        }
        std::cout << std::fixed << std::setprecision(4) << std::setw(9) << mean.back().quality << std::setw(14)
                  << candidate.parameters.total() << std::setw(12) << candidate.parameters.active << std::scientific
                  << std::setprecision(2) << std::setw(12) << mean.back().flops << std::fixed << std::setprecision(1)
                  << std::setw(9) << mean.back().minutes << std::setw(11) << candidate.meanStepMs() << '\n';
    }
    std::cout << "report      " << (out / "report.html").string() << '\n';
}

int run(const Options& options) {
    const Budget budget = parseBudget(options.budget);
    Comparison comparison;
    comparison.candidates = candidatesOf(options);
    const Candidate& first = comparison.candidates.front();
    comparison.metric = options.metric.empty() ? compare::usualMetric(first.config) : options.metric;
    for (const Candidate& candidate : comparison.candidates) {
        if (options.metric.empty() && compare::usualMetric(candidate.config) != comparison.metric)
            throw Error(ExitCode::kBadConfig,
                        "It is judged by " + compare::usualMetric(candidate.config) + ", and " + first.name + " by " +
                            comparison.metric,
                        candidate.file, "Give --metric");
    }
    comparison.budget = options.budget;
    comparison.machine = machine();
    comparison.date = today();
    comparison.command = commandOf(options);
    const fs::path out = fs::absolute(expandPath(options.out)).lexically_normal();
    std::error_code error;
    fs::create_directories(out, error);
    if (error) throw Error(ExitCode::kIo, "The folder can not be made: " + error.message(), out.string());
    for (Candidate& candidate : comparison.candidates) {
        const std::int64_t steps = stepsOf(candidate, budget, out, options.json);
        candidate.overrides.push_back({"train.epochs", "0"});
        candidate.overrides.push_back({"train.steps", std::to_string(steps)});
        candidate.overrides.push_back(
            {"eval.every", std::to_string(std::max<std::int64_t>(1, steps / options.evaluations))});
        config::loadOrThrow(candidate.file, candidate.overrides);
    }
    int code = 0;
    // In turns, so that a machine that slows down slows all of them; the report is there after each.
    for (const std::int64_t seed : options.seeds) {
        for (Candidate& candidate : comparison.candidates) {
            const fs::path folder = out / (candidate.name + "-seed" + std::to_string(seed));
            const runs::RunResult result =
                trainInto(candidate, {{"run.seed", std::to_string(seed)}, {"run.name", candidate.name}}, folder,
                          candidate.name + ", seed " + std::to_string(seed), options.json);
            endIfInterrupted(result);
            candidate.runs.push_back(compare::measure(folder, comparison.metric, result));
            candidate.runs.back().seed = seed;
            if (!candidate.runs.back().good()) {
                code = static_cast<int>(ExitCode::kRunFailed);
                std::cerr << "switchyard: " << candidate.name << ", seed " << seed << ": "
                          << candidate.runs.back().problem << '\n';
            }
            writeReport(comparison, out);
        }
    }
    if (options.json)
        printJson(toJson(comparison));
    else
        print(comparison, out);
    return code;
}

}  // namespace

void addCompareCommand(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand(
        "compare", "Train models under one budget over several seeds and report what each reached and cost");
    command->add_option("--configs", options->configs, "YAML files")->required()->expected(1, 16);
    command
        ->add_option("--twins", options->twins,
                     "Also the dense twins of the first: as many parameters in all, or as many active ones")
        ->delimiter(',')
        ->check(CLI::IsMember({"total", "active"}));
    command->add_option("--budget", options->budget, "steps=N, flops=N or minutes=N, the same for each")->required();
    command->add_option("--seeds", options->seeds, "Values of run.seed")->delimiter(',')->capture_default_str();
    command->add_option("--metric", options->metric,
                        "Tag to judge by (default: the task's usual one), higher is better");
    command->add_option("--evaluations", options->evaluations, "How many over a training")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command->add_option("--set", options->sets, "Override a key of all of them: section.key=value (repeatable)")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->take_all()
        ->type_name("KEY=VALUE");
    command->add_option("--out", options->out, "Folder of the runs, report.html and report.json")->required();
    addJsonFlag(*command, options->json);
    command->footer(
        "Runs that are there already are kept, one that was cut off goes on: the same command again finishes what is "
        "left.\n\nExamples:\n"
        "  switchyard compare --configs configs/smoke.yaml --twins total,active --budget steps=150 --seeds 1,2,3 --out "
        "smoke-compared\n"
        "  switchyard compare --configs sparse.yaml dense.yaml --budget minutes=10 --out compared");
    command->callback([options] {
        if (const int code = run(*options); code != 0) exitWith(code);
    });
}

}  // namespace switchyard::cli
