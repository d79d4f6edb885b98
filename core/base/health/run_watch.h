// SPDX-License-Identifier: MIT
// What is wrong with a run as a whole: its numbers, its loss, its data.
#pragma once

#include <deque>
#include <vector>

#include "core/base/health/alarm_book.h"
#include "core/base/health/record.h"

namespace switchyard::health {

/// Anything that is not finite; an expert by name where the trainer found one (moe/LAYER/non_finite_expert).
class NonFiniteWatch {
public:
    void take(const StepRecord& record, AlarmBook& book);
};

/// perf/data_wait_ms against perf/step_ms.
class DataWatch {
public:
    void take(const StepRecord& record, AlarmBook& book);

private:
    int records_ = 0, stalled_ = 0;
    std::int64_t first_step_ = 0;
};

/// loss/total against the median of what it was and how far from it it usually is.
/// Source: windowed means and deviations as in OLMo's skip-step optimizer (6 sigma over 128 steps), here by medians,
/// which a spike does not move.
class LossWatch {
public:
    void take(const StepRecord& record, AlarmBook& book);

private:
    std::deque<double> window_;
    std::vector<double> start_;  ///< the first records, for the size of the loss
    int high_ = 0;
    std::int64_t first_high_ = 0;
    int beyond_ = 0;  ///< records in a row that did not enter the window
};

}  // namespace switchyard::health
