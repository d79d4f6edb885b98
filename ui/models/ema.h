// SPDX-License-Identifier: GPL-3.0-or-later
// Exponential moving average of a record.
#pragma once

#include <cmath>
#include <limits>

namespace switchyard::ui {

/// a = s a + (1 - s) v, divided by 1 - s^n so that the start is not pulled towards 0. Values that are not finite
/// leave the average as it is. Thread: any, one object in one thread.
class DebiasedEma {
public:
    explicit DebiasedEma(double smoothing = 0) : smoothing_(smoothing) {}
    /// @return the average after `value`; NaN before the first finite one.
    double next(double value) {
        if (std::isfinite(value)) {
            sum_ = smoothing_ * sum_ + (1.0 - smoothing_) * value;
            weight_ = smoothing_ * weight_ + (1.0 - smoothing_);
        }
        return weight_ > 0 ? sum_ / weight_ : std::numeric_limits<double>::quiet_NaN();
    }
    double smoothing() const { return smoothing_; }

private:
    double smoothing_, sum_ = 0, weight_ = 0;
};

}  // namespace switchyard::ui
