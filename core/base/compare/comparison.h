// SPDX-License-Identifier: MIT
// Models trained under one budget, side by side: what each reached and what it cost.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/config/config.h"
#include "core/base/config/parameter_count.h"
#include "core/base/runs/run_folder.h"

namespace switchyard::compare {

/// What a training had cost by an evaluation, and what it had reached.
struct Point {
    double step = 0, flops = 0, minutes = 0;  ///< minutes of training steps: evaluations and checkpoints do not count
    double quality = 0;
};

/// One run as its record tells it.
struct Measured {
    std::int64_t seed = 0;
    std::string dir, problem;  ///< why it did not end well, "" when it did
    std::vector<Point> curve;  ///< every evaluation, rising steps
    double step_ms = 0;        ///< middle one
    std::int64_t peak_bytes = 0;
    bool good() const { return problem.empty() && !curve.empty(); }
};

/// Reads a run's record. Never throws: what is missing is told in `problem`.
/// @param metric tag of the evaluation, for example "eval/sst2/accuracy"
Measured measure(const std::filesystem::path& run_dir, const std::string& metric, const runs::RunResult& ended);

/// One of the models.
struct Candidate {
    std::string name;   ///< unique in a comparison
    std::string about;  ///< "experts", "dense, as many parameters as NAME", ...
    std::string file;
    std::vector<config::Override> overrides;  ///< all that is not in the file, but for run.seed
    RunConfig config;
    config::ParameterCounts parameters;
    std::vector<Measured> runs;

    /// The mean over runs of each evaluation that all of them have.
    std::vector<Point> meanCurve() const;
    double meanStepMs() const;
    std::int64_t peakBytes() const;
};

struct Comparison {
    std::string budget;  ///< "steps=400"
    std::string metric, machine, date, command;
    std::vector<Candidate> candidates;
};

/// The first point of a curve that is at least `quality`; unset when it never gets there.
std::optional<Point> firstReaching(const std::vector<Point>& curve, double quality);

/// The tag by which a task is usually judged: eval/TASK/METRIC; eval/mean over several text tasks.
std::string usualMetric(const RunConfig& config);

/// report.json (docs/formats.md), and the same for a browser: one file with plots, nothing fetched.
nlohmann::json toJson(const Comparison& comparison);
std::string toHtml(const Comparison& comparison);

}  // namespace switchyard::compare
