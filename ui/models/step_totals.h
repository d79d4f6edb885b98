// SPDX-License-Identifier: GPL-3.0-or-later
// How many tokens a run has seen and how many floating-point operations it has done up to any step: what two runs of
// other batch sizes or model sizes are compared by.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <vector>

namespace switchyard::ui {

struct Series;

enum class XAxis { kStep, kTokens, kTime, kFlops };

/// Sums of what a run records at each logged step: tokens/s times ms/step, and FLOPs/step, times the steps since the
/// record before. Between records they are interpolated. A step that goes back (a resume) replaces what it repeats.
/// Thread: any, one object in one thread.
class StepTotals {
public:
    void clear() { totals_ = {}; }
    /// Takes what the records have beyond the last call; any may be null.
    void take(const Series* tokens_per_s, const Series* step_ms, const Series* flops_per_step);
    /// False as long as nothing was recorded to sum up.
    bool has(XAxis axis) const { return !of(axis).step.empty(); }
    /// At `step`; beyond the last record by its rate.
    double at(XAxis axis, double step) const;
    /// Up to here at() stays as it is, unless the run is resumed from an earlier step.
    double settledStep(XAxis axis) const;

private:
    struct Sum {
        std::vector<double> step, total;
        std::size_t taken = 0;
        void add(double at, double per_step);
    };
    const Sum& of(XAxis axis) const { return totals_[axis == XAxis::kFlops ? 1 : 0]; }
    std::array<Sum, 2> totals_;  ///< tokens, FLOPs
};

}  // namespace switchyard::ui
