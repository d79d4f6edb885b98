// SPDX-License-Identifier: MIT
// A training on so many ranks, simulated in one process: each different rank's steps are rehearsed
// (core/base/plan/rehearsal.h), and what they take, exchange and compute is put together. ADR 0013 says why sizes are
// replayed rather than the training code run on tensors without memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/plan/hardware.h"
#include "core/base/plan/plan.h"
#include "core/base/plan/recorded_routing.h"
#include "core/base/plan/step_time.h"
#include "core/base/plan/traffic.h"

namespace switchyard::plan {

struct SimulationOptions {
    int ranks = 1;
    std::int64_t steps = 1;                    ///< whose exchanges are added up
    int ranks_per_node = 0;                    ///< 0: the profile's, without one all on one machine
    const RecordedRouting* routing = nullptr;  ///< null: every expert gets its fair share
    bool fullest_only = false;                 ///< one group: all ranks as the one that takes most
    const Hardware* hardware = nullptr;        ///< null: no times
};

/// Ranks whose steps are alike.
struct RankGroup {
    std::vector<int> ranks;
    RankMemory memory;
    std::string peak_at;  ///< "backward of fusion.blocks.3": when most was in use
    double peak_bytes = 0;
    double updated = 0;       ///< numbers that its optimizer updates
    double expert_share = 1;  ///< rows that its experts get, as a multiple of the fair share; the layers' mean
    Traffic traffic;          ///< of all steps
    Work work;                ///< of a step
};

struct Simulation {
    int ranks = 1;
    std::int64_t steps = 1;
    int ranks_per_node = 1;
    std::vector<RankGroup> groups;
    double model_flops = 0;  ///< of a step of all ranks, as perf/flops_per_step counts: without what is computed again
    LinkBytes links;         ///< of the rank that sends most
    double worst_expert_share = 1;
    std::optional<StepTime> time;
    std::vector<std::string> assumptions;

    const RankGroup& fullest() const;
    /// Of a GPU, or on a host by all ranks that lie there.
    double neededBytes(bool gpu) const;
};

/// Cost: milliseconds a different rank. @param config valid for so many ranks
/// Throws: Error(kBadConfig) as rowsOf.
Simulation simulate(const RunConfig& config, const DataFacts& facts, const Machine& machine,
                    const SimulationOptions& options);

}  // namespace switchyard::plan
