// SPDX-License-Identifier: MIT
#include "core/base/compare/comparison.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/dataset/text_task.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/run_folder.h"
#include "core/base/util/error.h"

namespace switchyard::compare {
namespace {

using nlohmann::json;

/// A record's value is the mean over the steps since the one before it: sums up to each recorded step.
std::map<std::int64_t, double> sums(runs::RunDbReader& db, const std::string& tag) {
    std::map<std::int64_t, double> sum;
    std::int64_t cursor = 0, before = 0;
    double total = 0;
    for (const runs::Metric& metric : db.metrics(tag, &cursor)) {
        total += metric.value * static_cast<double>(metric.step - before);
        before = metric.step;
        sum[metric.step] = total;
    }
    return sum;
}

double upTo(const std::map<std::int64_t, double>& sum, std::int64_t step) {
    const auto after = sum.upper_bound(step);
    return after == sum.begin() ? 0 : std::prev(after)->second;
}

std::vector<double> values(runs::RunDbReader& db, const std::string& tag) {
    std::int64_t cursor = 0;
    std::vector<double> all;
    for (const runs::Metric& metric : db.metrics(tag, &cursor)) all.push_back(metric.value);
    return all;
}

void readRecord(const std::filesystem::path& run_dir, const std::string& metric, Measured* run) {
    runs::RunDbReader db(runs::RunPaths(run_dir).database());
    const auto ms = sums(db, "perf/step_ms"), flops = sums(db, "perf/flops_per_step");
    std::int64_t cursor = 0;
    for (const runs::Metric& found : db.metrics(metric, &cursor)) {
        run->curve.push_back(
            {static_cast<double>(found.step), upTo(flops, found.step), upTo(ms, found.step) / 60'000, found.value});
    }
    std::vector<double> times = values(db, "perf/step_ms");
    if (!times.empty()) {
        std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
        run->step_ms = times[times.size() / 2];
    }
    for (const double bytes : values(db, "memory/peak_bytes"))
        run->peak_bytes = std::max(run->peak_bytes, static_cast<std::int64_t>(bytes));
}

json toJson(const Point& point) {
    return {{"step", point.step}, {"flops", point.flops}, {"minutes", point.minutes}, {"quality", point.quality}};
}

json toJson(const Measured& run) {
    json curve = json::array();
    for (const Point& point : run.curve) curve.push_back(toJson(point));
    return {{"seed", run.seed},
            {"dir", run.dir},
            {"problem", run.problem},
            {"step_ms", run.step_ms},
            {"peak_bytes", run.peak_bytes},
            {"curve", curve}};
}

/// Mean, least and most of the runs' last evaluations.
json qualityOf(const Candidate& candidate) {
    std::vector<double> last, best;
    for (const Measured& run : candidate.runs) {
        if (!run.good()) continue;
        last.push_back(run.curve.back().quality);
        best.push_back(std::max_element(run.curve.begin(), run.curve.end(), [](const Point& a, const Point& b) {
                           return a.quality < b.quality;
                       })->quality);
    }
    if (last.empty()) return nullptr;
    const auto mean = [](const std::vector<double>& of) {
        double sum = 0;
        for (const double value : of) sum += value;
        return sum / static_cast<double>(of.size());
    };
    const auto [least, most] = std::minmax_element(last.begin(), last.end());
    return {
        {"mean", mean(last)}, {"least", *least}, {"most", *most}, {"best_mean", mean(best)}, {"seeds", last.size()}};
}

}  // namespace

Measured measure(const std::filesystem::path& run_dir, const std::string& metric, const runs::RunResult& ended) {
    Measured run;
    run.dir = run_dir.string();
    if (ended.state != runs::RunState::kFinished)
        run.problem = ended.error.empty() ? std::string("the run is ") + runs::runStateName(ended.state) : ended.error;
    try {
        readRecord(run_dir, metric, &run);
    } catch (const Error& error) {
        if (run.problem.empty()) run.problem = error.what();
    }
    if (run.problem.empty() && run.curve.empty()) run.problem = "it has no " + metric;
    return run;
}

std::vector<Point> Candidate::meanCurve() const {
    std::map<double, std::pair<Point, std::size_t>> at;
    std::size_t good = 0;
    for (const Measured& run : runs) {
        if (!run.good()) continue;
        ++good;
        for (const Point& point : run.curve) {
            auto& [sum, count] = at[point.step];
            sum.flops += point.flops;
            sum.minutes += point.minutes;
            sum.quality += point.quality;
            ++count;
        }
    }
    std::vector<Point> mean;
    for (const auto& [step, of] : at) {
        if (of.second != good) continue;
        const auto n = static_cast<double>(good);
        mean.push_back({step, of.first.flops / n, of.first.minutes / n, of.first.quality / n});
    }
    return mean;
}

double Candidate::meanStepMs() const {
    double sum = 0, count = 0;
    for (const Measured& run : runs) {
        if (!run.good()) continue;
        sum += run.step_ms;
        ++count;
    }
    return count > 0 ? sum / count : 0;
}

std::int64_t Candidate::peakBytes() const {
    std::int64_t most = 0;
    for (const Measured& run : runs) most = std::max(most, run.peak_bytes);
    return most;
}

std::optional<Point> firstReaching(const std::vector<Point>& curve, double quality) {
    for (const Point& point : curve) {
        if (point.quality >= quality) return point;
    }
    return std::nullopt;
}

std::string usualMetric(const RunConfig& config) {
    if (config.task.kind == TaskKind::kMultimodal) return "eval/retrieval/text_to_image_r10";
    if (config.task.kind == TaskKind::kVqa) return "eval/vqa/accuracy";
    if (config.task.names.size() > 1) return "eval/mean";
    return "eval/" + config.task.names.front() + "/" + dataset::textTask(config.task.names.front(), config.task).metric;
}

json toJson(const Comparison& comparison) {
    json candidates = json::array();
    for (const Candidate& candidate : comparison.candidates) {
        json row = {{"name", candidate.name}, {"about", candidate.about}, {"config", candidate.file}};
        row["overrides"] = json::array();
        for (const config::Override& override : candidate.overrides)
            row["overrides"].push_back(override.path + "=" + override.value);
        row["parameters"] = {{"total", candidate.parameters.total()},
                             {"trainable", candidate.parameters.trained()},
                             {"experts", candidate.parameters.experts},
                             {"active_per_token", candidate.parameters.active}};
        row["quality"] = qualityOf(candidate);
        const std::vector<Point> mean = candidate.meanCurve();
        const Point end = mean.empty() ? Point{} : mean.back();
        row["cost"] = {{"steps", end.step},
                       {"flops", end.flops},
                       {"minutes", end.minutes},
                       {"step_ms", candidate.meanStepMs()},
                       {"peak_bytes", candidate.peakBytes()}};
        row["mean_curve"] = json::array();
        for (const Point& point : mean) row["mean_curve"].push_back(toJson(point));
        row["runs"] = json::array();
        for (const Measured& run : candidate.runs) row["runs"].push_back(toJson(run));
        // What this model needs to be as good as each of the others ends.
        row["reaches"] = json::array();
        for (const Candidate& other : comparison.candidates) {
            const std::vector<Point> of_other = other.meanCurve();
            if (&other == &candidate || of_other.empty()) continue;
            const std::optional<Point> reached = firstReaching(mean, of_other.back().quality);
            row["reaches"].push_back({{"other", other.name},
                                      {"quality", of_other.back().quality},
                                      {"at", reached ? toJson(*reached) : json()}});
        }
        candidates.push_back(row);
    }
    return {{"budget", comparison.budget}, {"metric", comparison.metric},   {"machine", comparison.machine},
            {"date", comparison.date},     {"command", comparison.command}, {"candidates", candidates}};
}

}  // namespace switchyard::compare
