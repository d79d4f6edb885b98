// SPDX-License-Identifier: MIT
#include "core/base/compare/trainings.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <optional>

#include "core/base/dataset/text_task.h"
#include "core/base/io/safe_file.h"
#include "core/base/launch/supervisor.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/run_status.h"
#include "core/base/util/error.h"
#include "core/base/util/machine_text.h"

namespace switchyard::compare {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kProbeSteps = 12, kProbeWarmUp = 4;

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

std::vector<Candidate> candidatesOf(const Request& request) {
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
        candidate.overrides = request.overrides;
        candidate.overrides.insert(candidate.overrides.end(), more.begin(), more.end());
        candidate.config = config::loadOrThrow(file, candidate.overrides);
        candidate.about = about.empty() ? (candidate.config.model.moe.experts > 0
                                               ? std::to_string(candidate.config.model.moe.experts) + " experts"
                                               : "dense")
                                        : about;
        candidate.parameters = config::countParameters(candidate.config, dataset::knownHeads(candidate.config));
        check(candidate, request.metric);
        all.push_back(std::move(candidate));
    };
    for (const std::string& file : request.configs) add(file, fs::path(file).stem().string(), "", {});
    for (const TwinBy by : request.twins) {
        const std::vector<config::Override> keys = denseTwin(all.front().config, by);
        if (keys.empty())
            throw Error(ExitCode::kBadConfig, "It has no experts, so it is its own dense twin", request.configs.front(),
                        "Leave --twins out, or give a sparse model first");
        const std::string of = all.front().name;
        add(request.configs.front(), of + "-dense-" + twinName(by),
            "dense, as many " + std::string(by == TwinBy::kTotal ? "" : "active ") + "parameters as " + of, keys);
    }
    if (all.size() < 2)
        throw Error(ExitCode::kUsage, "There is nothing to compare with", {},
                    "Give a second --configs file, or --twins total,active");
    return all;
}

/// Trains, or goes on with what an earlier call left; a run that has ended is kept.
runs::RunResult trainInto(const Candidate& candidate, const std::vector<config::Override>& more, const fs::path& folder,
                          const std::string& what, const Watch& watch) {
    launch::TrainRequest training;
    training.config_text = io::readText(candidate.file, 1 << 20);
    training.config_file = candidate.file;
    training.overrides = candidate.overrides;
    training.overrides.insert(training.overrides.end(), more.begin(), more.end());
    training.run_dir = folder.string();
    if (fs::exists(folder)) {
        const RunConfig wanted = config::loadOrThrow(candidate.file, training.overrides);
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
        training.resume = "auto";
    }
    const launch::PreparedRun run = launch::prepare(training);
    if (watch) watch(what, 0, 0);
    return launch::supervise(run, [&](int, const nlohmann::json& event) {
        if (watch && event.value("event", "") == "step")
            watch(what, event.value("step", std::int64_t{0}), event.value("steps", std::int64_t{0}));
    });
}

bool interrupted(const runs::RunResult& result) {
    return result.exit_code == static_cast<int>(ExitCode::kInterrupted);
}

struct Cost {
    double flops = 0, ms = 0;  ///< a step
};

/// A short run without evaluations. Nothing when it was interrupted.
std::optional<Cost> probe(const Candidate& candidate, const fs::path& out, const Watch& watch) {
    const fs::path folder = out / "probes" / candidate.name;
    const runs::RunResult result = trainInto(
        candidate,
        {{"train.epochs", "0"}, {"train.steps", std::to_string(kProbeSteps)}, {"data.eval", "[]"}, {"log.every", "1"}},
        folder, "measuring a step of " + candidate.name, watch);
    if (interrupted(result)) return std::nullopt;
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
    return Cost{middle("perf/flops_per_step"), middle("perf/step_ms")};
}

/// Steps that the budget pays for. Nothing when a short run was interrupted.
std::optional<std::int64_t> stepsOf(const Candidate& candidate, const Budget& budget, const fs::path& out,
                                    const Watch& watch) {
    double steps = budget.amount;
    if (budget.kind != BudgetKind::kSteps) {
        const std::optional<Cost> cost = probe(candidate, out, watch);
        if (!cost) return std::nullopt;
        steps = budget.kind == BudgetKind::kFlops ? budget.amount / cost->flops : budget.amount * 60'000 / cost->ms;
    }
    if (steps < 1 || steps > 1e9)
        throw Error(ExitCode::kUsage, "The budget is " + std::to_string(steps) + " steps of " + candidate.name, {},
                    "Give another --budget");
    return std::llround(steps);
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", &local);
    return text;
}

void writeReport(const Comparison& comparison, const fs::path& out) {
    io::writeAtomically(out / "report.json", toJson(comparison).dump(2) + "\n");
    io::writeAtomically(out / "report.html", toHtml(comparison));
}

}  // namespace

bool Outcome::good() const {
    for (const Candidate& candidate : comparison.candidates) {
        if (candidate.runs.empty()) return false;
        if (!std::all_of(candidate.runs.begin(), candidate.runs.end(), [](const Measured& run) { return run.good(); }))
            return false;
    }
    return !interrupted;
}

Outcome trainAll(const Request& request, const Watch& watch) {
    const Budget budget = parseBudget(request.budget);
    Outcome outcome;
    Comparison& comparison = outcome.comparison;
    comparison.candidates = candidatesOf(request);
    const Candidate& first = comparison.candidates.front();
    comparison.metric = request.metric.empty() ? usualMetric(first.config) : request.metric;
    for (const Candidate& candidate : comparison.candidates) {
        if (request.metric.empty() && usualMetric(candidate.config) != comparison.metric)
            throw Error(
                ExitCode::kBadConfig,
                "It is judged by " + usualMetric(candidate.config) + ", and " + first.name + " by " + comparison.metric,
                candidate.file, "Give --metric");
    }
    comparison.budget = request.budget;
    comparison.machine = describeMachine();
    comparison.date = today();
    comparison.command = request.command;
    const fs::path out = fs::absolute(request.out).lexically_normal();
    std::error_code error;
    fs::create_directories(out, error);
    if (error) throw Error(ExitCode::kIo, "The folder can not be made: " + error.message(), out.string());
    for (Candidate& candidate : comparison.candidates) {
        const std::optional<std::int64_t> steps = stepsOf(candidate, budget, out, watch);
        if (!steps) {
            outcome.interrupted = true;
            return outcome;
        }
        candidate.overrides.push_back({"train.epochs", "0"});
        candidate.overrides.push_back({"train.steps", std::to_string(*steps)});
        candidate.overrides.push_back(
            {"eval.every", std::to_string(std::max<std::int64_t>(1, *steps / request.evaluations))});
        config::loadOrThrow(candidate.file, candidate.overrides);
    }
    // In turns, so that a machine that slows down slows all of them; the report is there after each.
    for (const std::int64_t seed : request.seeds) {
        for (Candidate& candidate : comparison.candidates) {
            const std::string number = std::to_string(seed);
            const fs::path folder = out / (candidate.name + "-seed" + number);
            const runs::RunResult result = trainInto(candidate, {{"run.seed", number}, {"run.name", candidate.name}},
                                                     folder, candidate.name + ", seed " + number, watch);
            if (interrupted(result)) {
                outcome.interrupted = true;
                return outcome;
            }
            candidate.runs.push_back(measure(folder, comparison.metric, result));
            candidate.runs.back().seed = seed;
            writeReport(comparison, out);
        }
    }
    return outcome;
}

}  // namespace switchyard::compare
