// SPDX-License-Identifier: MIT
// What `switchyard doctor --profile` asks this machine: the figures that times of simulated steps are made of.
#pragma once

#include <nlohmann/json.hpp>

#include "core/base/launch/worker_protocol.h"

namespace switchyard::bench {

/// One worker: {"products": {"fp32" | "bf16": [[GFLOP, GFLOP/s of one core], ...]}, "memory_gb_per_s" of all cores,
/// "operation_us"}; several: {"latency_us", "gb_per_s"} of sums among them.
/// Cost: some seconds.
nlohmann::json benchHardware(const launch::RankEnvironment& environment);

}  // namespace switchyard::bench
