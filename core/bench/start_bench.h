// SPDX-License-Identifier: MIT
// How long ranks take from nothing to their first all-reduce.
#pragma once

#include <nlohmann/json.hpp>

#include "core/base/launch/worker_protocol.h"

namespace switchyard::bench {

/// This rank's part: joins the others and sums one number over all. Returns {ranks, finished_ms: when the last rank had
/// the sum, on the machine's monotonic clock, so that whoever started the ranks can tell how long it took}.
nlohmann::json benchStart(const launch::RankEnvironment& environment);

}  // namespace switchyard::bench
