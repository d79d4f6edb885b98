// SPDX-License-Identifier: MIT
// Trains the models of a comparison, one after another, and keeps its report up to date.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/compare/comparison.h"
#include "core/base/compare/twin.h"

namespace switchyard::compare {

struct Request {
    std::vector<std::string> configs;         ///< YAML files
    std::vector<config::Override> overrides;  ///< of all of them
    std::vector<TwinBy> twins;                ///< of the first
    std::string budget;                       ///< "steps=N", "flops=N" or "minutes=N", the same for each
    std::vector<std::int64_t> seeds = {1};
    std::string metric;             ///< "" = the task's usual one
    std::int64_t evaluations = 20;  ///< over a training
    std::filesystem::path out;      ///< folder of the runs and the report
    std::string command;            ///< that repeats it, for the report
};

/// Called while a run trains. @param what for example "smoke-dense-total, seed 2"
using Watch = std::function<void(const std::string& what, std::int64_t step, std::int64_t steps)>;

struct Outcome {
    Comparison comparison;
    bool interrupted = false;  ///< the same request goes on from there
    bool good() const;         ///< every run ended and was evaluated
};

/// Runs that `out` has already are kept, one that was cut off goes on. With a budget of FLOPs or minutes a short run of
/// each model says first how many steps it pays for. report.html and report.json are written after each run.
/// Throws: Error(kUsage | kBadConfig) when there is nothing to compare, the budget is none or `out` holds other runs;
/// Error of launch::prepare and of a short run that fails.
Outcome trainAll(const Request& request, const Watch& watch = {});

}  // namespace switchyard::compare
