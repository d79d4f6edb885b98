// SPDX-License-Identifier: MIT
// switchyard compare: models trained under one budget, over several seeds, and one report of what they reached and
// cost.
#include <iomanip>
#include <iostream>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/compare/trainings.h"
#include "core/base/util/paths.h"

namespace switchyard::cli {
namespace {

using compare::Candidate;
using compare::Comparison;

struct Options {
    compare::Request request;
    std::vector<std::string> sets, twins;
    std::string out;
    bool json = false;
};

std::string commandOf(const Options& options) {
    std::string line = "switchyard compare --configs";
    for (const std::string& file : options.request.configs) line += " " + file;
    const auto list = [&](const char* option, const auto& values, const auto& text) {
        for (std::size_t i = 0; i < values.size(); ++i) line += (i == 0 ? option : std::string(",")) + text(values[i]);
    };
    list(" --twins ", options.twins, [](const std::string& twin) { return twin; });
    line += " --budget " + options.request.budget;
    list(" --seeds ", options.request.seeds, [](std::int64_t seed) { return std::to_string(seed); });
    for (const std::string& set : options.sets) line += " --set '" + set + "'";
    return line + " --out " + options.out;
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
    compare::Request request = options.request;
    for (const std::string& set : options.sets) request.overrides.push_back(config::parseOverride(set));
    for (const std::string& twin : options.twins)
        request.twins.push_back(twin == "total" ? compare::TwinBy::kTotal : compare::TwinBy::kActive);
    request.out = expandPath(options.out);
    request.command = commandOf(options);
    std::unique_ptr<ProgressBar> bar;
    std::string now;
    const compare::Outcome outcome =
        compare::trainAll(request, [&](const std::string& what, std::int64_t step, std::int64_t steps) {
            if (what != now) {
                now = what;
                bar = std::make_unique<ProgressBar>(what, 0);
                if (!stderrIsTerminal() && !options.json) std::cerr << what << '\n';
            }
            bar->update(static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(steps));
        });
    bar.reset();
    if (outcome.interrupted) {
        std::cerr << "switchyard: stopped; the same command goes on from here\n";
        return static_cast<int>(ExitCode::kInterrupted);
    }
    for (const Candidate& candidate : outcome.comparison.candidates) {
        for (const compare::Measured& of : candidate.runs) {
            if (!of.good())
                std::cerr << "switchyard: " << candidate.name << ", seed " << of.seed << ": " << of.problem << '\n';
        }
    }
    if (options.json)
        printJson(toJson(outcome.comparison));
    else
        print(outcome.comparison, request.out);
    return static_cast<int>(outcome.good() ? ExitCode::kDone : ExitCode::kRunFailed);
}

}  // namespace

void addCompareCommand(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand(
        "compare", "Train models under one budget over several seeds and report what each reached and cost");
    command->add_option("--configs", options->request.configs, "YAML files")->required()->expected(1, 16);
    command
        ->add_option("--twins", options->twins,
                     "Also the dense twins of the first: as many parameters in all, or as many active ones")
        ->delimiter(',')
        ->check(CLI::IsMember({"total", "active"}));
    command->add_option("--budget", options->request.budget, "steps=N, flops=N or minutes=N, the same for each")
        ->required();
    command->add_option("--seeds", options->request.seeds, "Values of run.seed")->delimiter(',')->capture_default_str();
    command->add_option("--metric", options->request.metric,
                        "Tag to judge by (default: the task's usual one), higher is better");
    command->add_option("--evaluations", options->request.evaluations, "How many over a training")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    addSetOption(*command, options->sets, "Override a key of all of them: section.key=value (repeatable)");
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
