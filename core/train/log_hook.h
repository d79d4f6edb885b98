// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/base/health/monitor.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/tensorboard_writer.h"
#include "core/train/hook.h"

namespace switchyard::train {

/// Rank 0's record of the run: run.db, TensorBoard, and "step" events to the supervisor.
/// Thread: the trainer's.
class RunRecord {
public:
    /// A resumed run drops what it recorded after `first_step`. Throws: Error(kIo).
    RunRecord(const runs::RunPaths& paths, const RunConfig& config, launch::WorkerChannel& channel,
              std::int64_t first_step);
    void add(const std::string& tag, double value, std::int64_t step);
    /// `histogram`: for TensorBoard too.
    void add(runs::ExpertLoad load, bool histogram);
    void add(runs::ExpertExchange exchange) { database_.add(std::move(exchange)); }
    /// A step's loss or gradients were not finite: optim/non_finite, and moe/LAYER/non_finite_expert for each expert.
    void notFinite(const std::vector<SickExpert>& experts, std::int64_t step);
    /// All of a step is added: what is wrong with the run by now is told once (core/base/health).
    void endStep();
    void add(runs::ProbeRow row) { database_.add(std::move(row)); }
    /// @return as RunDbWriter::setProbeSamples
    bool setProbeSamples(const std::vector<runs::ProbeSample>& samples) { return database_.setProbeSamples(samples); }
    /// A line in the run's events, also told to the supervisor's watchers and to the rank's log.
    void warn(const std::string& message, std::int64_t step, const std::string& source = {});
    /// Writes what was added when the last write is old enough, or `now`.
    void flush(bool now);

private:
    runs::RunDbWriter database_;
    std::optional<runs::TensorboardWriter> tensorboard_;
    launch::WorkerChannel& channel_;
    health::Monitor monitor_;
    std::uint64_t alarms_seen_ = 0;
    std::size_t alarms_told_ = 0;
    std::chrono::steady_clock::time_point flushed_{};
    bool told_failing_ = false;
};

/// Every log.every steps and after the last: losses, optimizer, speed, memory, and what the routers did.
/// TensorBoard gets the same scalars, every tenth time and at the end moe/LAYER/load_text and load_image as histograms
/// over the experts, and at each start the resolved configuration as text.
/// Tags: loss/{total,contrastive,matching,balance,z,importance,load,limoe_local,limoe_global}, optim/{lr,grad_norm},
/// perf/{samples_per_s,tokens_per_s,step_ms,data_wait_ms,flops_per_step,flops_per_s}, memory/peak_bytes; perf/start_s
/// (trainer) once a start; and for each MoE layer
///   moe/LAYER/entropy          mean over tokens of the router's entropy, in nats
///   moe/LAYER/max_violation    largest expert's load over the mean load, minus 1
///   moe/LAYER/dropped          share of choices dropped for capacity
///   moe/LAYER/dead             experts that no token chose
///   moe/LAYER/least_share      smallest mean probability of an expert, over the fair 1 / E
///   moe/LAYER/balance_pull     norm of the gradient of the total by the mean probabilities that comes through the
///   balance
///                              loss, on rank 0; 0 = that loss does nothing to the router
///   moe/LAYER/non_finite_expert  only after a step that was not finite: an expert whose weights are not
///   moe/LAYER/experts_in_use_text, _image   exp(entropy of the mean probability) of that modality's tokens
class LogHook final : public Hook {
public:
    /// `record` is null on ranks other than 0.
    LogHook(const RunConfig& config, RunRecord* record, launch::WorkerChannel& channel)
        : config_(config), record_(record), channel_(channel) {}
    bool wantsRouting(std::int64_t step) const override { return step % config_.log.every == 0; }
    void afterStep(Assembly& assembly, const StepReport& report) override;

private:
    /// A line in this rank's own log, twice a second at most.
    void writeLine(const Assembly& assembly, const StepReport& report);

    const RunConfig& config_;
    RunRecord* record_;
    launch::WorkerChannel& channel_;
    std::chrono::steady_clock::time_point line_at_{};
    std::chrono::duration<double> time_{}, wait_{};
    std::int64_t steps_ = 0, tokens_ = 0;
    double flops_ = 0;
};

/// The moe/... values of one layer, and its rows of expert load.
std::map<std::string, double> routingMetrics(const model::RoutingStatistics& statistics);
/// None where no experts are shared out among ranks.
std::optional<runs::ExpertExchange> expertExchange(const model::RoutingStatistics& statistics, std::int64_t step);
std::vector<runs::ExpertLoad> expertLoads(const model::RoutingStatistics& statistics, std::int64_t step);

}  // namespace switchyard::train
