// SPDX-License-Identifier: GPL-3.0-or-later
// One metric's record as a curve: raw values, their moving average, what is needed to draw both quickly.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "ui/models/ema.h"
#include "ui/models/min_max_index.h"
#include "ui/models/step_totals.h"
#include "ui/services/run_feed.h"

namespace switchyard::ui {

/// Steps rise strictly: where a record goes back (a resume that repeats steps), what it repeats is replaced and
/// the step is kept as a seam. Memory: about 42 bytes a record, 8 more for each axis of totals in use. Thread: any, one
/// object in one thread.
class CurveSeries {
public:
    /// `smoothing` 0 to 1 (not 1); 0 = the average is the raw record.
    explicit CurveSeries(double smoothing = 0) : ema_(smoothing) {}
    /// Time 0 of the time axis in seconds since 1970; before the first take().
    void setOrigin(double origin) { origin_ = origin; }
    void setSmoothing(double smoothing);
    /// Takes what `record` has beyond the last call. @return false when that was nothing.
    bool take(const Series& record);

    std::size_t size() const { return raw_.size(); }
    /// Of tokens and FLOPs as place() left them.
    const std::vector<double>& x(XAxis axis) const {
        return axis == XAxis::kStep ? step_ : axis == XAxis::kTime ? elapsed_ : placed(axis).x;
    }
    /// Places all records on an axis of totals (tokens, FLOPs), again those whose total was not certain yet.
    void place(XAxis axis, const StepTotals& totals);
    const std::vector<double>& step() const { return step_; }
    const std::vector<double>& elapsed() const { return elapsed_; }  ///< seconds since the origin, never falling
    const std::vector<double>& raw() const { return raw_; }
    const std::vector<double>& smoothed() const { return smoothing_on_ ? smoothed_ : raw_; }
    const MinMaxIndex& rawIndex() const { return raw_index_; }
    const MinMaxIndex& smoothedIndex() const { return smoothing_on_ ? smoothed_index_ : raw_index_; }
    bool isSmoothed() const { return smoothing_on_; }
    double origin() const { return origin_; }
    const std::vector<std::size_t>& nonFinite() const { return non_finite_; }  ///< indices
    const std::vector<double>& seams() const { return seams_; }                ///< steps
    /// How often records that had been taken were replaced.
    std::size_t cuts() const { return cuts_; }
    /// The record nearest to `x`; size() must not be 0.
    std::size_t nearest(XAxis axis, double x) const;
    /// Records with low <= x <= high as [first, end).
    std::pair<std::size_t, std::size_t> within(XAxis axis, double low, double high) const;

private:
    void cutFrom(double step);
    void smoothNew();
    struct Placed {
        std::vector<double> x;
        std::size_t settled = 0;  ///< records whose place is final
    };
    const Placed& placed(XAxis axis) const { return placed_[axis == XAxis::kFlops ? 1 : 0]; }

    DebiasedEma ema_;
    bool smoothing_on_ = ema_.smoothing() > 0;
    double origin_ = 0;
    std::size_t taken_ = 0;  ///< of the record given to take()
    std::size_t cuts_ = 0;
    std::vector<double> step_, elapsed_, raw_, smoothed_;
    std::array<Placed, 2> placed_;  ///< tokens, FLOPs
    MinMaxIndex raw_index_, smoothed_index_;
    std::vector<std::size_t> non_finite_;
    std::vector<double> seams_;
};

}  // namespace switchyard::ui
