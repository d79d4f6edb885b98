// SPDX-License-Identifier: MIT
#include "core/base/health/run_watch.h"

#include <algorithm>
#include <cmath>

#include "core/base/health/limits.h"
#include "core/base/health/medians.h"

namespace switchyard::health {

void NonFiniteWatch::take(const StepRecord& record, AlarmBook& book) {
    bool named = false;
    const auto tell = [&](const std::string& layer, const std::vector<int>& experts, const std::string& tag,
                          double value) {
        Alarm alarm;
        alarm.kind = Kind::kNonFinite;
        alarm.layer = layer;
        alarm.experts = experts;
        alarm.tag = tag;
        alarm.first_step = record.step;
        alarm.value = value;
        book.report(std::move(alarm));
    };
    for (const auto& [layer, of] : record.layers) {
        if (of.not_finite.empty()) continue;
        tell(layer, of.not_finite, "optim/non_finite", std::nan(""));
        named = true;
    }
    if (!named && !record.not_finite.empty()) tell({}, {}, record.not_finite, record.not_finite_value);
}

void DataWatch::take(const StepRecord& record, AlarmBook& book) {
    if (!record.wait_ms || !record.step_ms) return;
    const double wait = *record.wait_ms, step = *record.step_ms;
    // The first steps of a start wait for the loader to fill up.
    if (++records_ <= limit::kStallRecords) return;
    const double share = step > 0 ? wait / step : 0;
    if (!(share > limit::kStallShare && wait > limit::kStallWait_ms)) {
        stalled_ = 0;
        return;
    }
    if (++stalled_ == 1) first_step_ = record.step;
    if (stalled_ < limit::kStallRecords) return;
    Alarm alarm;
    alarm.kind = Kind::kStalledData;
    alarm.tag = "perf/data_wait_ms";
    alarm.first_step = first_step_;
    alarm.value = share;
    alarm.limit = limit::kStallShare;
    book.report(std::move(alarm));
}

void LossWatch::take(const StepRecord& record, AlarmBook& book) {
    if (!record.loss || !std::isfinite(*record.loss)) return;
    const double loss = *record.loss;
    if (start_.size() < static_cast<std::size_t>(limit::kLossHistory)) start_.push_back(loss);
    const bool known = window_.size() >= static_cast<std::size_t>(limit::kLossHistory);
    bool above = false;
    // A spike is above all that was usual: most records need no medians.
    if (known && loss > *std::max_element(window_.begin(), window_.end())) {
        const std::vector<double> values(window_.begin(), window_.end());
        const double middle = median(values), usual = limit::kLossSigmas * deviation(values, middle);
        const double size = std::max(std::abs(median(start_)), 1e-6);
        const double rise = std::max(usual, limit::kLossRise * size), leap = std::max(usual, limit::kLossLeap * size);
        above = loss > middle + rise;
        if (above && ++high_ == 1) first_high_ = record.step;
        if (above && (high_ >= limit::kLossRecords || loss > middle + leap)) {
            Alarm alarm;
            alarm.kind = Kind::kLossSpike;
            alarm.tag = "loss/total";
            alarm.first_step = first_high_;
            alarm.value = loss;
            alarm.limit = middle + (high_ >= limit::kLossRecords ? rise : leap);
            book.report(std::move(alarm));
        }
    }
    if (known && !above) high_ = 0;
    // What is above does not belong to what is usual, unless it stays.
    beyond_ = above ? beyond_ + 1 : 0;
    if (above && beyond_ <= limit::kLossWindow) return;
    if (beyond_ > limit::kLossWindow) window_.clear();
    beyond_ = 0;
    window_.push_back(loss);
    if (window_.size() > static_cast<std::size_t>(limit::kLossWindow)) window_.pop_front();
}

}  // namespace switchyard::health
