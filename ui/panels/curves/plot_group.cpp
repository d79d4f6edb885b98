// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/plot_group.h"

#include <QKeyEvent>
#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace switchyard::ui {
namespace {

constexpr double kRightRoom = 0.016;  // of the span, so that the newest record does not touch the frame
constexpr double kLeastShare = 1e-6;  // of all records: closer makes no sense to look at
constexpr double kKeyZoom = 0.7;
constexpr double kLeastSeconds = 0.01, kLeastDecades = 1e-4;

}  // namespace

PlotGroup::PlotGroup(QObject* parent) : QObject(parent) {
    runs_.push_back(std::make_unique<PlotRun>());
}

PlotRun* PlotGroup::find(const QString& dir) {
    for (const auto& run : runs_)
        if (run->dir == dir) return run.get();
    return nullptr;
}

int PlotGroup::freeSeries() const {
    for (int series = 0; series < kMostRuns; ++series) {
        const bool taken =
            std::any_of(runs_.begin(), runs_.end(), [series](const auto& run) { return run->series == series; });
        if (!taken) return series;
    }
    return 0;
}

void PlotGroup::setCompared(const QList<std::pair<QString, QString>>& dirs_and_names) {
    std::vector<std::unique_ptr<PlotRun>> others;
    for (const auto& [dir, name] : dirs_and_names) {
        const auto kept = std::find_if(runs_.begin() + 1, runs_.end(),
                                       [&dir = dir](const auto& run) { return run != nullptr && run->dir == dir; });
        others.push_back(kept == runs_.end() ? nullptr : std::move(*kept));
    }
    runs_.resize(1);
    for (auto& run : others)
        if (run != nullptr) runs_.push_back(std::move(run));
    for (std::size_t i = 0; i < others.size(); ++i) {
        if (find(dirs_and_names[static_cast<qsizetype>(i)].first) != nullptr || runs() == kMostRuns) continue;
        auto run = std::make_unique<PlotRun>();
        std::tie(run->dir, run->name) = dirs_and_names[static_cast<qsizetype>(i)];
        run->series = freeSeries();
        run->curves.setTags(smoothed_tags_, raw_tags_);
        run->curves.setSmoothing(curves().smoothing());
        run->curves.useAxis(axis_);
        runs_.push_back(std::move(run));
    }
    Q_EMIT runsChanged();
    refresh();
}

void PlotGroup::setRunVisible(int index, bool visible) {
    if (run(index).visible == visible) return;
    run(index).visible = visible;
    Q_EMIT runsChanged();
    refresh();
}

void PlotGroup::setTags(const QStringList& smoothed, const QStringList& raw) {
    smoothed_tags_ = smoothed;
    raw_tags_ = raw;
    for (const auto& run : runs_) run->curves.setTags(smoothed, raw);
}

void PlotGroup::setSmoothing(double smoothing) {
    for (const auto& run : runs_) run->curves.setSmoothing(smoothing);
}

double PlotGroup::toView(double x) const {
    return x_log_ ? std::log10(x) : x;
}

double PlotGroup::fromView(double view) const {
    return x_log_ ? std::pow(10.0, view) : view;
}

PlotGroup::Range PlotGroup::whole() const {
    ValueRange extent;
    double first_positive = std::numeric_limits<double>::infinity();
    for (const auto& run : runs_) {
        if (!run->visible && comparing()) continue;
        extent.add(run->curves.extent(axis_));
        first_positive = std::min(first_positive, run->curves.firstPositive(axis_));
    }
    if (extent.empty()) return x_log_ ? Range{1, 10} : Range{0, 1};
    if (x_log_) {
        const double low = std::min(first_positive, extent.high);
        if (!(low > 0)) return {1, 10};
        if (extent.high <= low) return {low / 2, low * 2};
        return {low, extent.high * std::pow(extent.high / low, kRightRoom)};
    }
    // A run that begins at step 1 shows its axis from 0.
    const double low = extent.low > 0 && extent.low < 0.03 * extent.high ? 0 : extent.low;
    const double span = extent.high - low;
    if (span <= 0) return {low - 1, low + 1};
    return {low, extent.high + span * kRightRoom};
}

void PlotGroup::setRange(Range wanted) {
    const Range whole = this->whole();
    const Range all = {toView(whole.low), toView(whole.high)};
    Range range = {toView(x_log_ ? std::max(wanted.low, whole.low * 1e-3) : wanted.low),
                   toView(x_log_ ? std::max(wanted.high, whole.low * 1e-3) : wanted.high)};
    const double floor = x_log_ ? kLeastDecades : axis_ == XAxis::kTime ? kLeastSeconds : 1.0;
    const double least = std::max(all.span() * kLeastShare, floor);
    if (range.span() < least) {
        const double middle = (range.low + range.high) / 2;
        range = {middle - least / 2, middle + least / 2};
    }
    // Records never leave the sight completely, and there is no use in ever more empty room.
    const double most = 1.5 * all.span();
    if (range.span() > most) {
        const double middle = (all.low + all.high) / 2;
        range = {middle - most / 2, middle + most / 2};
    }
    const double rest = 0.1 * range.span();
    if (range.high < all.low + rest) range = {all.low + rest - range.span(), all.low + rest};
    if (range.low > all.high - rest) range = {all.high - rest, all.high - rest + range.span()};
    range = {fromView(range.low), fromView(range.high)};
    if (range.low == range_.low && range.high == range_.high) return;
    range_ = range;
    Q_EMIT rangeChanged();
}

void PlotGroup::setAxis(XAxis axis) {
    if (axis == axis_) return;
    for (const auto& run : runs_) run->curves.useAxis(axis);
    const CurveSeries* curve = curves().longest();
    Range translated = range_;
    if (!follow_ && curve != nullptr && curve->size() > 0) {
        const auto to = [&](double x) { return curve->x(axis)[curve->nearest(axis_, x)]; };
        translated = {to(range_.low), to(range_.high)};
    }
    axis_ = axis;
    range_ = {0, 0};  // whatever comes next counts as a change
    setRange(follow_ ? whole() : translated);
}

void PlotGroup::setXLog(bool on) {
    if (on == x_log_) return;
    x_log_ = on;
    const Range kept = range_;
    range_ = {0, 0};
    setRange(follow_ ? whole() : kept);
    Q_EMIT xLogChanged(on);
}

PlotGroup::Range PlotGroup::moved(Range range, double share) const {
    const double low = toView(range.low), high = toView(range.high), by = share * (high - low);
    return {fromView(low + by), fromView(high + by)};
}

void PlotGroup::setFollow(bool on) {
    if (on) setRange(whole());
    if (on == follow_) return;
    follow_ = on;
    Q_EMIT followChanged(on);
}

void PlotGroup::choose(Range range) {
    setFollow(false);
    setRange(range);
}

void PlotGroup::zoom(double factor, double around) {
    const double held = x_log_ ? std::clamp(around, range_.low, range_.high) : around;
    const double at = toView(held), low = toView(range_.low), high = toView(range_.high);
    choose({fromView(at - (at - low) * factor), fromView(at + (high - at) * factor)});
}

void PlotGroup::refresh() {
    if (follow_) setRange(whole());
    Q_EMIT recordsChanged();
}

void PlotGroup::reset() {
    curves().clear();
    setSeams({});
    cursor_.unpin();
    range_ = x_log_ ? Range{1, 10} : Range{0, 1};
    setFollow(true);
    Q_EMIT recordsChanged();
}

std::optional<double> PlotGroup::stepAt(double x) const {
    const CurveSeries* curve = curves().longest();
    if (curve == nullptr || curve->size() == 0) return std::nullopt;
    return curve->step()[curve->nearest(axis_, x)];
}

void PlotGroup::show(double step) {
    const double x = curves().xOf(step, axis_);
    if (x < range_.low || x > range_.high) {
        const double middle = (toView(range_.low) + toView(range_.high)) / 2;
        const double span = toView(range_.high) - toView(range_.low);
        if (!x_log_ || x > 0) pan((toView(x) - middle) / span);
    }
    cursor_.pin(step);
}

void PlotGroup::moveCursor(int records) {
    const CurveSeries* curve = curves().longest();
    if (curve == nullptr || curve->size() == 0) return;
    const auto last = static_cast<std::ptrdiff_t>(curve->size()) - 1;
    std::ptrdiff_t at = last;
    if (cursor_.step()) at = static_cast<std::ptrdiff_t>(curve->nearest(XAxis::kStep, *cursor_.step())) + records;
    show(curve->step()[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at, 0, last))]);
}

bool PlotGroup::handleKey(QKeyEvent& event) {
    // What comes with Ctrl or Alt is the window's.
    if (event.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) return false;
    constexpr int kAll = 1 << 30;
    const auto middle = [this] {
        return cursor_.step() ? curves().xOf(*cursor_.step(), axis_)
                              : fromView((toView(range_.low) + toView(range_.high)) / 2);
    };
    switch (event.key()) {
        case Qt::Key_Left:
            moveCursor(-1);
            return true;
        case Qt::Key_Right:
            moveCursor(1);
            return true;
        case Qt::Key_Home:
            moveCursor(-kAll);
            return true;
        case Qt::Key_End:
            moveCursor(kAll);
            return true;
        case Qt::Key_Escape:
            if (!cursor_.pinned()) return false;
            cursor_.unpin();
            return true;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            zoom(kKeyZoom, middle());
            return true;
        case Qt::Key_Minus:
            zoom(1 / kKeyZoom, middle());
            return true;
        case Qt::Key_0:
            setFollow(true);
            return true;
        default:
            return false;
    }
}

}  // namespace switchyard::ui
