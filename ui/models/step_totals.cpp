// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/step_totals.h"

#include <algorithm>
#include <cmath>

#include "ui/services/run_feed.h"

namespace switchyard::ui {

void StepTotals::Sum::add(double at, double per_step) {
    if (!step.empty() && at <= step.back()) {
        const auto keep = static_cast<std::size_t>(std::lower_bound(step.begin(), step.end(), at) - step.begin());
        step.resize(keep);
        total.resize(keep);
    }
    const double before = step.empty() ? 0 : step.back(), sum = total.empty() ? 0 : total.back();
    const double rate = std::isfinite(per_step) ? std::max(0.0, per_step) : 0;
    step.push_back(at);
    total.push_back(sum + rate * std::max(0.0, at - before));
}

void StepTotals::take(const Series* tokens_per_s, const Series* step_ms, const Series* flops_per_step) {
    if (tokens_per_s != nullptr && step_ms != nullptr) {
        // Both are recorded at the same steps, one after the other: the last pair may still be half there.
        Sum& tokens = totals_[0];
        const std::size_t count = std::min(tokens_per_s->value.size(), step_ms->value.size());
        for (; tokens.taken < count; ++tokens.taken) {
            const std::size_t i = tokens.taken;
            tokens.add(tokens_per_s->step[i], tokens_per_s->value[i] * step_ms->value[i] / 1000.0);
        }
    }
    if (flops_per_step != nullptr) {
        Sum& flops = totals_[1];
        for (; flops.taken < flops_per_step->value.size(); ++flops.taken)
            flops.add(flops_per_step->step[flops.taken], flops_per_step->value[flops.taken]);
    }
}

double StepTotals::at(XAxis axis, double step) const {
    const Sum& sum = of(axis);
    if (sum.step.empty()) return 0;
    const auto after =
        static_cast<std::size_t>(std::lower_bound(sum.step.begin(), sum.step.end(), step) - sum.step.begin());
    const std::size_t right = std::min(after, sum.step.size() - 1);
    const double from = right == 0 ? 0 : sum.step[right - 1], base = right == 0 ? 0 : sum.total[right - 1];
    const double length = sum.step[right] - from;
    if (length <= 0) return sum.total[right];
    return std::max(0.0, base + (sum.total[right] - base) * (step - from) / length);
}

double StepTotals::settledStep(XAxis axis) const {
    const Sum& sum = of(axis);
    return sum.step.empty() ? -std::numeric_limits<double>::infinity() : sum.step.back();
}

}  // namespace switchyard::ui
