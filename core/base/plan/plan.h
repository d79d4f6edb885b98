// SPDX-License-Identifier: MIT
// What a configuration will take before it is started: parameters, operations, and the memory of a rank.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/config/parameter_count.h"
#include "core/base/plan/data_facts.h"
#include "core/base/plan/machine.h"
#include "core/base/plan/memory_pool.h"

namespace switchyard::plan {

/// Bytes of a rank at one moment; they add up to total().
struct RankBytes {
    double weights = 0, gradients = 0, optimizer = 0, activations = 0, all_to_all = 0;
    double data = 0;        ///< batches that were made ahead, pictures and texts that are kept
    double checkpoint = 0;  ///< a copy that is written beside the training
    double process = 0;     ///< program and libraries
    double kept = 0;        ///< freed blocks kept for the next tensors, and what blocks are larger than asked for
    double total() const {
        return weights + gradients + optimizer + activations + all_to_all + data + checkpoint + process + kept;
    }
};

class Rehearsal;

struct RankMemory {
    RankBytes at_peak, most;
};
/// Of a rank that was rehearsed: its tensors, and what there is besides them.
RankMemory rankMemory(const Rehearsal& rehearsal, const RunConfig& config, const DataFacts& facts,
                      const Machine& machine, int ranks);

struct Plan {
    config::ParameterCounts parameters;
    double flops_per_token = 0;  ///< forward and backward, as perf/flops_per_step over the tokens of a step
    double tokens_per_sample = 0, text_tokens_per_sample = 0;
    int ranks = 1;
    RankBytes at_peak;  ///< of the rank that takes most, at the moment it takes most
    RankBytes most;     ///< the largest of each at any time: they do not add up
    double peak_bytes = 0;
    double needed_bytes = 0;  ///< on the host by all ranks, on a GPU by one
    double memory_bytes = 0;  ///< that is there
    bool fits = false;
    std::vector<std::string> assumptions;
};

/// Replays two steps (core/base/plan/replay.h). Cost: microseconds a layer, a few milliseconds in all.
/// @param config valid @param ranks 0 = parallel.ranks; others need not divide the batch: a rank gets its share,
/// rounded up
Plan makePlan(const RunConfig& config, const DataFacts& facts, const Machine& machine, int ranks = 0);

/// A change to a configuration, with what the plan is then.
struct Alternative {
    std::vector<std::string> sets;  ///< "train.micro_batch=8", as --set takes them
    double peak_bytes = 0, needed_bytes = 0;
    bool fits = false;
};

/// For a plan that does not fit: changes that were tried, those that fit first (the gentlest before others), else those
/// that save most. At most three.
std::vector<Alternative> alternatives(const RunConfig& config, const DataFacts& facts, const Machine& machine);

}  // namespace switchyard::plan
