// SPDX-License-Identifier: MIT
// How long a simulated step takes on a machine, and what goes over which of its links.
#pragma once

#include "core/base/config/run_config.h"
#include "core/base/plan/hardware.h"
#include "core/base/plan/traffic.h"
#include "core/base/plan/work.h"

namespace switchyard::plan {

/// How the ranks of a run lie.
struct Layout {
    int ranks = 1, expert = 1, ranks_per_node = 1;
};

/// Bytes that a rank sends in a step to ranks of its own machine, and of others. Sums and gathers go round in rings.
struct LinkBytes {
    double same_node = 0, other_nodes = 0;
};
LinkBytes linkBytes(const Traffic& traffic, const Layout& layout, double steps);

/// Seconds of a step, by what they go into.
struct StepTime {
    double products = 0;    ///< matrix products
    double memory = 0;      ///< what lies between them: reading and writing tensors
    double operations = 0;  ///< starting operations, whatever their size
    double update = 0;      ///< the optimizer's reading and writing
    double exchange = 0;    ///< between ranks
    double hidden = 0;      ///< of it, beside the computing (GPUs)
    double imbalance = 0;   ///< of the whole: waiting for the rank whose experts get most
    double total() const { return computing() + exchange - hidden; }
    double computing() const { return products + memory + operations + update; }
};
/// Of one rank. Cores that are shared are shared out evenly.
StepTime stepTime(const Hardware& hardware, const RunConfig& config, const Layout& layout, const Work& work,
                  const Traffic& traffic, double steps);

}  // namespace switchyard::plan
