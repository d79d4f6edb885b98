// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "core/base/runs/run_db.h"
#include "core/eval/sample_pass.h"
#include "core/train/hook.h"
#include "core/train/log_hook.h"

namespace switchyard::train {

/// Writes down where the routers send a few fixed samples: before the first step of a run, after it, every probe.every
/// steps and after the last one. Each sample passes alone, in evaluation and full precision, as `switchyard trace` has
/// it; nothing that training depends on is touched. Who computes is as in EvalHook. Also the metric perf/probe_ms.
class ProbeHook final : public Hook {
public:
    /// Reads the samples. Throws: Error(kBadData) when they can not be read.
    ProbeHook(const Assembly& assembly, RunRecord* record, Heartbeat& heartbeat);
    void atStart(Assembly& assembly, std::int64_t step) override;
    void afterStep(Assembly& assembly, const StepReport& report) override;

private:
    struct Input {
        eval::SampleInput batches;
        runs::ProbeSample told;
    };
    void prepare(const Assembly& assembly);
    void probe(Assembly& assembly, std::int64_t step);
    void record(Assembly& assembly, std::int64_t step);
    void write(const Assembly& assembly, std::int64_t step, std::int64_t sample,
               const std::vector<model::RoutingRecord>& routing);

    RunConfig config_;
    RunRecord* record_;
    Heartbeat& heartbeat_;
    bool active_ = false, together_ = false;  ///< the same on every rank
    std::vector<Input> inputs_;               ///< of ranks that compute
};

}  // namespace switchyard::train
