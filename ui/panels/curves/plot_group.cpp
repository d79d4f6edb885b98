// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/plot_group.h"

#include <QKeyEvent>
#include <algorithm>
#include <cmath>

namespace switchyard::ui {
namespace {

constexpr double kRightRoom = 0.016;  // of the span, so that the newest record does not touch the frame
constexpr double kLeastShare = 1e-6;  // of all records: closer makes no sense to look at
constexpr double kKeyZoom = 0.7;

}  // namespace

PlotGroup::PlotGroup(QObject* parent) : QObject(parent) {}

PlotGroup::Range PlotGroup::whole() const {
    const ValueRange extent = curves_.extent(axis_);
    if (extent.empty()) return {0, 1};
    // A run that begins at step 1 shows its axis from 0.
    const double low = extent.low > 0 && extent.low < 0.03 * extent.high ? 0 : extent.low;
    const double span = extent.high - low;
    if (span <= 0) return {low - 1, low + 1};
    return {low, extent.high + span * kRightRoom};
}

void PlotGroup::setRange(Range range) {
    const Range all = whole();
    const double least = std::max(all.span() * kLeastShare, axis_ == XAxis::kStep ? 1.0 : 0.01);
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
    if (range.low == range_.low && range.high == range_.high) return;
    range_ = range;
    Q_EMIT rangeChanged();
}

void PlotGroup::setAxis(XAxis axis) {
    if (axis == axis_) return;
    const CurveSeries* curve = curves_.longest();
    Range translated = range_;
    if (!follow_ && curve != nullptr && curve->size() > 0) {
        const auto to = [&](double x) { return curve->x(axis)[curve->nearest(axis_, x)]; };
        translated = {to(range_.low), to(range_.high)};
    }
    axis_ = axis;
    range_ = {0, 0};  // whatever comes next counts as a change
    setRange(follow_ ? whole() : translated);
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
    choose({around - (around - range_.low) * factor, around + (range_.high - around) * factor});
}

void PlotGroup::pan(double by) {
    choose({range_.low + by, range_.high + by});
}

void PlotGroup::refresh() {
    if (follow_) setRange(whole());
    Q_EMIT recordsChanged();
}

void PlotGroup::reset() {
    curves_.clear();
    seams_.clear();
    cursor_.unpin();
    range_ = {0, 1};
    setFollow(true);
    Q_EMIT recordsChanged();
}

std::optional<double> PlotGroup::stepAt(double x) const {
    const CurveSeries* curve = curves_.longest();
    if (curve == nullptr || curve->size() == 0) return std::nullopt;
    return curve->step()[curve->nearest(axis_, x)];
}

void PlotGroup::show(double step) {
    const double x = curves_.xOf(step, axis_);
    if (x < range_.low || x > range_.high) choose({x - range_.span() / 2, x + range_.span() / 2});
    cursor_.pin(step);
}

void PlotGroup::moveCursor(int records) {
    const CurveSeries* curve = curves_.longest();
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
        return cursor_.step() ? curves_.xOf(*cursor_.step(), axis_) : (range_.low + range_.high) / 2;
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
