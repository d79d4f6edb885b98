// SPDX-License-Identifier: MIT
// Which of several ranks that failed was the first, and what to tell of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/launch/rank_set.h"

namespace switchyard::launch {

struct Cause {
    int rank = -1;
    int code = 1;
    int signal = 0;
    std::string message, fix;
};

/// Into what result.json says.
void keepCause(const Cause& cause, runs::RunResult* result);

/// It said an error, or ended by itself with a code or a signal.
bool failed(const RankState& rank);

/// The earliest failure. A lost connection is what the others see of a rank that failed, so it counts only when nothing
/// better is known; and ranks that waited too long name the rank that gives no sign of life, when there is one.
std::optional<Cause> firstCause(const std::vector<RankState>& ranks);

/// The rank that made no progress for longer than `limit`, if there is one: before others the one whose process gives
/// no sign of life (stopped, or starved), else the one that was silent longest. Starting, saving and evaluating may take
/// longer, as long as the process lives.
std::optional<Cause> findHang(const std::vector<RankState>& ranks, Clock::duration limit);

}  // namespace switchyard::launch
