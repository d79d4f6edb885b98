// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/run_curves.h"

#include <QRegularExpression>
#include <algorithm>
#include <limits>

namespace switchyard::ui {

void RunCurves::setTags(const QStringList& smoothed, const QStringList& raw) {
    smoothed_tags_ = smoothed;
    raw_tags_ = raw;
    clear();
}

void RunCurves::clear() {
    curves_.clear();
    ++clears_;
    totals_.clear();
    origin_.reset();
}

bool RunCurves::sync(const Lookup& lookup) {
    if (!origin_) {
        for (const QString& tag : smoothed_tags_ + raw_tags_) {
            const Series* record = lookup(tag);
            if (record != nullptr && !record->time.empty())
                origin_ = std::min(origin_.value_or(record->time.front()), record->time.front());
        }
    }
    bool changed = false;
    const auto take = [&](const QString& tag, double smoothing) {
        const Series* record = lookup(tag);
        if (record == nullptr || record->value.empty()) return;
        auto found = curves_.find(tag);
        if (found == curves_.end()) {
            found = curves_.emplace(tag, CurveSeries(smoothing)).first;
            found->second.setOrigin(origin_.value_or(0));
        }
        changed = found->second.take(*record) || changed;
    };
    for (const QString& tag : smoothed_tags_) take(tag, smoothing_);
    for (const QString& tag : raw_tags_) take(tag, 0);
    if (changed) {
        totals_.take(lookup(QStringLiteral("perf/tokens_per_s")), lookup(QStringLiteral("perf/step_ms")),
                     lookup(QStringLiteral("perf/flops_per_step")));
        for (const XAxis axis : used_axes_)
            for (auto& [tag, curve] : curves_) curve.place(axis, totals_);
    }
    return changed;
}

void RunCurves::setSmoothing(double smoothing) {
    smoothing_ = smoothing;
    for (const QString& tag : smoothed_tags_) {
        const auto found = curves_.find(tag);
        if (found != curves_.end()) found->second.setSmoothing(smoothing);
    }
}

const CurveSeries* RunCurves::find(const QString& tag) const {
    const auto found = curves_.find(tag);
    return found == curves_.end() ? nullptr : &found->second;
}

QStringList RunCurves::tags() const {
    QStringList list;
    for (const QString& tag : smoothed_tags_ + raw_tags_)
        if (find(tag) != nullptr) list << tag;
    return list;
}

const CurveSeries* RunCurves::longest() const {
    const CurveSeries* best = nullptr;
    for (const QString& tag : tags()) {
        const CurveSeries* curve = find(tag);
        if (best == nullptr || curve->size() > best->size()) best = curve;
    }
    return best;
}

std::size_t RunCurves::generation() const {
    // Clears weigh more than any number of cuts, so that curves that are gone can not make up for one.
    std::size_t sum = clears_ << 32;
    for (const auto& [tag, curve] : curves_) sum += curve.cuts();
    return sum;
}

std::optional<NonFinite> RunCurves::firstNonFinite() const {
    std::optional<NonFinite> first;
    for (const QString& tag : tags()) {
        const CurveSeries& curve = *find(tag);
        if (curve.nonFinite().empty()) continue;
        const std::size_t at = curve.nonFinite().front();
        if (!first || curve.step()[at] < first->step) first = NonFinite{tag, curve.step()[at], curve.raw()[at]};
    }
    return first;
}

void RunCurves::useAxis(XAxis axis) {
    if (axis == XAxis::kStep || axis == XAxis::kTime || !used_axes_.insert(axis).second) return;
    for (auto& [tag, curve] : curves_) curve.place(axis, totals_);
}

bool RunCurves::hasAxis(XAxis axis) const {
    return axis == XAxis::kStep || axis == XAxis::kTime || totals_.has(axis);
}

ValueRange RunCurves::extent(XAxis axis) const {
    ValueRange range;
    for (const auto& [tag, curve] : curves_) {
        if (curve.size() == 0 || !hasAxis(axis)) continue;
        range.add(curve.x(axis).front());
        range.add(curve.x(axis).back());
    }
    return range;
}

double RunCurves::firstPositive(XAxis axis) const {
    double first = std::numeric_limits<double>::infinity();
    if (!hasAxis(axis)) return first;
    for (const auto& [tag, curve] : curves_) {
        const std::vector<double>& xs = curve.x(axis);
        const auto positive = std::upper_bound(xs.begin(), xs.end(), 0.0);
        if (positive != xs.end()) first = std::min(first, *positive);
    }
    return first;
}

double RunCurves::xOf(double step, XAxis axis) const {
    const CurveSeries* curve = longest();
    if (axis == XAxis::kStep || curve == nullptr || curve->size() == 0) return step;
    if (axis != XAxis::kTime) return totals_.at(axis, step);
    const std::vector<double>&steps = curve->step(), &times = curve->elapsed();
    const auto after = static_cast<std::size_t>(std::lower_bound(steps.begin(), steps.end(), step) - steps.begin());
    if (after == 0) return times.front();
    if (after == steps.size()) return times.back();
    const double share = (step - steps[after - 1]) / (steps[after] - steps[after - 1]);
    return times[after - 1] + share * (times[after] - times[after - 1]);
}

std::vector<double> resumeSteps(const std::vector<runs::Event>& events, const RunCurves& curves) {
    static const QRegularExpression pattern(QStringLiteral("^Resumed from (?:checkpoint )?step-(\\d+)"));
    std::set<double> steps;
    for (const runs::Event& event : events) {
        if (!event.message.starts_with("Resumed from")) continue;
        const auto match = pattern.match(QString::fromStdString(event.message));
        if (match.hasMatch()) {
            steps.insert(match.captured(1).toDouble());
        } else if (event.step >= 0) {
            steps.insert(static_cast<double>(event.step));
        }
    }
    if (const CurveSeries* curve = curves.longest()) steps.insert(curve->seams().begin(), curve->seams().end());
    return {steps.begin(), steps.end()};
}

QString rankOfFailure(const std::vector<runs::Event>& events, double step) {
    for (const runs::Event& event : events) {
        if (event.level == runs::Level::kError && static_cast<double>(event.step) == step &&
            event.source.starts_with("rank "))
            return QString::fromStdString(event.source);
    }
    return {};
}

}  // namespace switchyard::ui
