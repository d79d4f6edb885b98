// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/train/hook.h"
#include "core/train/log_hook.h"

namespace switchyard::train {

/// Evaluates on data.eval every eval.every steps and after the last one, unless the training was stopped. Rank 0
/// computes; the others wait for it and keep the connection's time limit from running out. Where no rank has the whole
/// model all of them compute together.
class EvalHook final : public Hook {
public:
    /// Throws: Error(kBadData) when data.eval can not be read.
    /// @param labels of the training data
    EvalHook(const RunConfig& config, const std::vector<dataset::TaskLabels>& labels, RunRecord* record,
             launch::WorkerChannel& channel, Heartbeat& heartbeat);
    ~EvalHook() override;
    void afterStep(Assembly& assembly, const StepReport& report) override;
    /// eval.patience has run out. Only rank 0 knows.
    bool endedEarly() const { return ended_early_; }

private:
    void evaluate(Assembly& assembly, std::int64_t step);
    /// Records the metrics of each task and gives them back, by tag.
    std::map<std::string, double> tell(const nlohmann::json& results, std::int64_t step);
    /// Counts evaluations without a better checkpoint.best.
    void watchBest(const Assembly& assembly, std::int64_t step);

    const RunConfig& config_;
    RunRecord* record_;
    launch::WorkerChannel& channel_;
    Heartbeat& heartbeat_;
    std::unique_ptr<dataset::Dataset> data_;  ///< of ranks that compute
    bool active_ = false, together_ = false;  ///< the same on every rank
    std::optional<double> best_;
    std::int64_t without_better_ = 0;
    bool ended_early_ = false;
};

}  // namespace switchyard::train
