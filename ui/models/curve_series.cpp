// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/curve_series.h"

#include <algorithm>
#include <cmath>

namespace switchyard::ui {

void CurveSeries::setSmoothing(double smoothing) {
    if (smoothing == ema_.smoothing()) return;
    ema_ = DebiasedEma(smoothing);
    smoothing_on_ = smoothing > 0;
    smoothed_.clear();
    smoothed_index_.clear();
    smoothNew();
}

bool CurveSeries::take(const Series& record) {
    const std::size_t count = record.value.size();
    if (count == taken_) return false;
    for (std::size_t i = taken_; i < count; ++i) {
        if (!step_.empty() && record.step[i] <= step_.back()) cutFrom(record.step[i]);
        if (!std::isfinite(record.value[i])) non_finite_.push_back(raw_.size());
        step_.push_back(record.step[i]);
        const double elapsed = std::max(0.0, record.time[i] - origin_);
        elapsed_.push_back(elapsed_.empty() ? elapsed : std::max(elapsed, elapsed_.back()));
        raw_.push_back(record.value[i]);
    }
    taken_ = count;
    raw_index_.extend(raw_);
    smoothNew();
    return true;
}

void CurveSeries::cutFrom(double step) {
    ++cuts_;
    const auto keep = static_cast<std::size_t>(std::lower_bound(step_.begin(), step_.end(), step) - step_.begin());
    step_.resize(keep);
    elapsed_.resize(keep);
    raw_.resize(keep);
    for (Placed& own : placed_) {
        own.x.resize(std::min(own.x.size(), keep));
        own.settled = std::min(own.settled, keep);
    }
    while (!non_finite_.empty() && non_finite_.back() >= keep) non_finite_.pop_back();
    while (!seams_.empty() && seams_.back() >= step) seams_.pop_back();
    if (keep > 0) seams_.push_back(step_.back());
    ema_ = DebiasedEma(ema_.smoothing());
    smoothed_.clear();
    raw_index_.clear();
    smoothed_index_.clear();
}

void CurveSeries::smoothNew() {
    if (!smoothing_on_) return;
    smoothed_.reserve(raw_.capacity());
    for (std::size_t i = smoothed_.size(); i < raw_.size(); ++i) smoothed_.push_back(ema_.next(raw_[i]));
    smoothed_index_.extend(smoothed_);
}

void CurveSeries::place(XAxis axis, const StepTotals& totals) {
    if (axis == XAxis::kStep || axis == XAxis::kTime) return;
    Placed& own = placed_[axis == XAxis::kFlops ? 1 : 0];
    const double settled = totals.settledStep(axis);
    own.x.resize(own.settled);
    own.x.reserve(step_.size());
    while (own.x.size() < step_.size()) {
        const double step = step_[own.x.size()];
        // Never falling, whatever was recorded: searches rely on it.
        const double at = totals.at(axis, step);
        own.x.push_back(own.x.empty() ? at : std::max(at, own.x.back()));
        if (step <= settled) own.settled = own.x.size();
    }
}

std::size_t CurveSeries::nearest(XAxis axis, double at) const {
    const std::vector<double>& xs = x(axis);
    const auto after = static_cast<std::size_t>(std::lower_bound(xs.begin(), xs.end(), at) - xs.begin());
    if (after == 0) return 0;
    if (after == xs.size()) return after - 1;
    return at - xs[after - 1] <= xs[after] - at ? after - 1 : after;
}

std::pair<std::size_t, std::size_t> CurveSeries::within(XAxis axis, double low, double high) const {
    const std::vector<double>& xs = x(axis);
    const auto first = std::lower_bound(xs.begin(), xs.end(), low);
    const auto end = std::upper_bound(first, xs.end(), high);
    return {static_cast<std::size_t>(first - xs.begin()), static_cast<std::size_t>(end - xs.begin())};
}

}  // namespace switchyard::ui
