// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse and keys of a plot.
#include <algorithm>
#include <cmath>

#include "ui/panels/curves/plot_surface.h"

namespace switchyard::ui {
namespace {

constexpr double kClickSlack = 4;    // px a click may wander
constexpr double kNotchZoom = 0.82;  // of the span that one notch of the wheel leaves
constexpr double kNotchPan = 0.1;    // of the span

}  // namespace

void PlotSurface::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return event->ignore();
    press_ = band_end_ = event->position();
    press_x_ = group_.range();
    press_y_ = yAxis->range();
    drag_ = event->modifiers().testFlag(Qt::ShiftModifier) ? Drag::kBand : Drag::kPress;
}

void PlotSurface::mouseMoveEvent(QMouseEvent* event) {
    const QPointF at = event->position();
    const QRectF place = axisRect()->rect();
    if (drag_ == Drag::kPress && (at - press_).manhattanLength() >= kClickSlack) {
        drag_ = Drag::kPan;
        setCursor(Qt::ClosedHandCursor);
    }
    if (drag_ == Drag::kPan) {
        group_.choose(group_.moved(press_x_, -(at.x() - press_.x()) / place.width()));
        // Up and down only where the user set the range: an automatic one follows the records in sight.
        if (!y_automatic_) {
            const double share = (at.y() - press_.y()) / place.height();
            const double ratio = press_y_.upper / press_y_.lower;
            if (log()) {
                setYRange(press_y_.lower * std::pow(ratio, share), press_y_.upper * std::pow(ratio, share));
            } else {
                setYRange(press_y_.lower + share * press_y_.size(), press_y_.upper + share * press_y_.size());
            }
        }
    } else if (drag_ == Drag::kBand) {
        band_end_ = at;
        update();
    } else {
        const double x = std::clamp(at.x(), place.left(), place.right());
        const bool over = at.x() > place.left() - kClickSlack && at.x() < place.right() + kClickSlack;
        group_.cursor().hover(over ? group_.stepAt(xAxis->pixelToCoord(x)) : std::nullopt);
    }
}

void PlotSurface::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return event->ignore();
    const Drag was = drag_;
    drag_ = Drag::kNone;
    if (was == Drag::kBand) return finishBand();
    if (was == Drag::kPan) return unsetCursor();
    if (was != Drag::kPress || !axisRect()->rect().adjusted(-4, -4, 4, 4).contains(event->position().toPoint())) return;
    pinned_before_click_ = group_.cursor().pinned();
    pin_before_click_ = group_.cursor().step();
    if (const auto step = group_.stepAt(xAxis->pixelToCoord(event->position().x()))) group_.cursor().pin(*step);
}

void PlotSurface::finishBand() {
    update();
    const QRectF band = QRectF(press_, band_end_).normalized() & QRectF(axisRect()->rect());
    if (band.width() < kClickSlack || band.height() < kClickSlack) return;
    const double low = xAxis->pixelToCoord(band.left()), high = xAxis->pixelToCoord(band.right());
    setYRange(yAxis->pixelToCoord(band.bottom()), yAxis->pixelToCoord(band.top()));
    group_.choose({low, high});
}

void PlotSurface::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return event->ignore();
    drag_ = Drag::kNone;
    if (pinned_before_click_ && pin_before_click_) {
        group_.cursor().pin(*pin_before_click_);
    } else {
        group_.cursor().unpin();
    }
    fitY();
    group_.setFollow(true);
}

void PlotSurface::wheelEvent(QWheelEvent* event) {
    event->accept();
    const QRect place = axisRect()->rect();
    const double notches = event->angleDelta().y() / 120.0, aside = event->angleDelta().x() / 120.0;
    const bool over_y = event->position().x() < place.left();
    if (notches != 0 && (over_y || event->modifiers().testFlag(Qt::ControlModifier))) {
        zoomY(std::pow(kNotchZoom, notches), event->position().y());
    } else if (notches != 0 && !event->modifiers().testFlag(Qt::ShiftModifier)) {
        const double at = std::clamp<double>(event->position().x(), place.left(), place.right());
        group_.zoom(std::pow(kNotchZoom, notches), xAxis->pixelToCoord(at));
    } else if (notches != 0 || aside != 0) {
        group_.pan(-(aside != 0 ? aside : notches) * kNotchPan);
    }
}

void PlotSurface::zoomY(double factor, double pixel) {
    const QRect place = axisRect()->rect();
    const double at = yAxis->pixelToCoord(std::clamp<double>(pixel, place.top(), place.bottom()));
    const QCPRange range = yAxis->range();
    if (log()) {
        setYRange(at * std::pow(range.lower / at, factor), at * std::pow(range.upper / at, factor));
    } else {
        setYRange(at - (at - range.lower) * factor, at + (range.upper - at) * factor);
    }
}

void PlotSurface::leaveEvent(QEvent* event) {
    QCustomPlot::leaveEvent(event);
    group_.cursor().hover(std::nullopt);
}

void PlotSurface::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && drag_ == Drag::kBand) {
        drag_ = Drag::kNone;
        update();
    } else if (!group_.handleKey(*event)) {
        event->ignore();
    } else if (event->key() == Qt::Key_0) {
        fitY();
    }
}

void PlotSurface::focusInEvent(QFocusEvent* event) {
    const Qt::FocusReason reason = event->reason();
    keyboard_focus_ =
        reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason;
    update();
}

void PlotSurface::focusOutEvent(QFocusEvent*) {
    keyboard_focus_ = false;
    update();
}

}  // namespace switchyard::ui
