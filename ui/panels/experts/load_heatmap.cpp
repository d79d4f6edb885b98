// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/load_heatmap.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kGutter = 72, kRight = 58, kTop = 4, kStripGap = 8, kStrip = 48, kAxis = 28;
constexpr int kFishEyeFrom = 128;  // more rows than this get one
constexpr int kPage = 8;           // rows of PageUp and PageDown
constexpr int kDwellMs = 250;

}  // namespace

LoadHeatmap::LoadHeatmap(ExpertsView& view, QWidget* parent) : FocusPlot(parent), view_(view) {
    setMouseTracking(true);
    setAccessibleName(tr("Load per expert, heatmap"));
    setAccessibleDescription(
        tr("Up and Down choose an expert, Left and Right move the cursor, Home and End go to the first and the newest "
           "step, Escape lets the expert go. The data table in the menu holds the values."));
    dwell_.setSingleShot(true);
    dwell_.setInterval(kDwellMs);
    connect(&dwell_, &QTimer::timeout, this, [this] {
        if (!hover_ || view_.focus.expert() >= 0) return;
        const int row = rows_.rowAt(hover_->y() - heat_.top());
        if (row < 0 || rows_.isLarge(row)) return;
        eye_expert_ = order_[static_cast<std::size_t>(row)];
        arrangeRows();
        update();
    });
    connect(&view.focus, &ExpertFocus::layerChanged, this, [this] {
        levels_.clear();
        eye_expert_ = -1;
        refresh();
    });
    connect(&view.focus, &ExpertFocus::modalityChanged, this, &LoadHeatmap::refresh);
    connect(&view.focus, &ExpertFocus::orderChanged, this, &LoadHeatmap::refresh);
    connect(&view.focus, &ExpertFocus::stepChanged, this, qOverload<>(&QWidget::update));
    connect(&view.focus, &ExpertFocus::expertChanged, this, [this] {
        arrangeRows();
        update();
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        picture_stale_ = true;
        update();
    });
}

void LoadHeatmap::setFishEye(bool on) {
    fish_eye_ = on;
    arrangeRows();
    update();
}

void LoadHeatmap::refresh() {
    const LayerLoads* layer = view_.layer();
    if (layer == nullptr) {
        levels_.clear();
        order_.clear();
        row_of_.clear();
    } else {
        levels_.update(*layer, view_.focus.modality());
        order_ = expertOrder(layer->ring, view_.focus.modality(), view_.focus.order(), view_.ranks());
        row_of_.assign(order_.size(), 0);
        for (std::size_t row = 0; row < order_.size(); ++row)
            row_of_[static_cast<std::size_t>(order_[row])] = static_cast<int>(row);
        low_ = static_cast<double>(layer->ring.firstStep());
        high_ = static_cast<double>(layer->ring.lastStep()) + layer->ring.stepsPerRecord();
    }
    arrangeRows();
    update();
}

void LoadHeatmap::arrange() {
    const int height = std::max(40, this->height() - kTop - kStripGap - kStrip - kAxis);
    heat_ = QRect(kGutter, kTop, std::max(40, width() - kGutter - kRight), height);
    strip_ = QRect(heat_.left(), heat_.bottom() + 1 + kStripGap, heat_.width(), kStrip);
}

void LoadHeatmap::arrangeRows() {
    const bool eye = fish_eye_ && static_cast<int>(order_.size()) > kFishEyeFrom;
    const int expert = view_.focus.expert() >= 0 ? view_.focus.expert() : eye_expert_;
    rows_.set(static_cast<int>(order_.size()), heat_.height(), eye ? rowOf(expert) : -1);
    picture_stale_ = true;
}

void LoadHeatmap::resizeEvent(QResizeEvent*) {
    arrange();
    arrangeRows();
}

int LoadHeatmap::rowOf(int expert) const {
    return expert >= 0 && expert < static_cast<int>(row_of_.size()) ? row_of_[static_cast<std::size_t>(expert)] : -1;
}

double LoadHeatmap::xOf(double step) const {
    // A record's place is the middle of its cell.
    const LayerLoads* layer = view_.layer();
    const double half = layer == nullptr ? 0.5 : layer->ring.stepsPerRecord() / 2;
    return heat_.left() + (step + half - low_) / std::max(high_ - low_, 1e-9) * heat_.width();
}

double LoadHeatmap::stepAt(double x) const {
    return low_ + (x - heat_.left()) / std::max(1, heat_.width()) * (high_ - low_);
}

int LoadHeatmap::expertAt(double y) const {
    const int row = rows_.rowAt(y - heat_.top());
    return row < 0 ? -1 : order_[static_cast<std::size_t>(row)];
}

double LoadHeatmap::yOf(int expert) const {
    const int row = rowOf(expert);
    return row < 0 ? -1 : heat_.top() + (rows_.top(row) + rows_.bottom(row)) / 2;
}

void LoadHeatmap::rebuildPicture() {
    const LayerLoads* layer = view_.layer();
    if (layer == nullptr || order_.empty()) {
        picture_ = {};
        return;
    }
    // The records have moved on, and refresh() will follow: until then the old picture stands.
    if (layer->ring.size() < levels_.columns() || layer->ring.experts() != levels_.experts()) return;
    picture_stale_ = false;
    const Palette& p = Theme::instance().palette();
    colors_ = heatColors(p.diverging, p.dead);
    HeatPicture picture{&levels_, &order_, &rows_, {}, static_cast<double>(heat_.width()), devicePixelRatioF()};
    const double per_step = heat_.width() / std::max(high_ - low_, 1e-9);
    for (int i = 0; i < levels_.columns(); ++i)
        picture.edges.push_back((static_cast<double>(layer->ring.column(i).first_step) - low_) * per_step);
    picture.edges.push_back(heat_.width());
    picture_ = drawHeat(picture, colors_);
}

void LoadHeatmap::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || view_.layer() == nullptr) return event->ignore();
    const QPointF at = event->position();
    if (at.x() >= heat_.left() && at.x() <= heat_.right() + 1) {
        const LoadRing& ring = view_.layer()->ring;
        view_.focus.setStep(static_cast<double>(ring.column(ring.columnAt(stepAt(at.x()))).last_step));
    }
    const int expert = expertAt(at.y());
    if (expert >= 0 && at.x() <= heat_.right() + kRight) view_.focus.setExpert(expert);
}

void LoadHeatmap::mouseMoveEvent(QMouseEvent* event) {
    if (view_.layer() == nullptr) return;
    if (event->buttons().testFlag(Qt::LeftButton)) {
        const LoadRing& ring = view_.layer()->ring;
        const double x = std::clamp<double>(event->position().x(), heat_.left(), heat_.right());
        view_.focus.setStep(static_cast<double>(ring.column(ring.columnAt(stepAt(x))).last_step));
        hover_.reset();
    } else if (heat_.contains(event->position().toPoint())) {
        hover_ = event->position();
        dwell_.start();
    } else {
        hover_.reset();
    }
    update();
}

void LoadHeatmap::leaveEvent(QEvent*) {
    hover_.reset();
    update();
}

void LoadHeatmap::moveRow(int by) {
    if (order_.empty()) return;
    const int row = rowOf(view_.focus.expert()), last = static_cast<int>(order_.size()) - 1;
    const int next = row < 0 ? (by > 0 ? 0 : last) : std::clamp(row + by, 0, last);
    view_.focus.setExpert(order_[static_cast<std::size_t>(next)]);
}

void LoadHeatmap::moveColumn(int by) {
    if (view_.layer() == nullptr) return;
    const LoadRing& ring = view_.layer()->ring;
    const int next = std::clamp(ring.columnAt(view_.focus.step()) + by, 0, ring.size() - 1);
    view_.focus.setStep(static_cast<double>(ring.column(next).last_step));
}

void LoadHeatmap::keyPressEvent(QKeyEvent* event) {
    // What comes with Ctrl or Alt is the window's.
    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) return event->ignore();
    switch (event->key()) {
        case Qt::Key_Up:
            return moveRow(-1);
        case Qt::Key_Down:
            return moveRow(1);
        case Qt::Key_PageUp:
            return moveRow(-kPage);
        case Qt::Key_PageDown:
            return moveRow(kPage);
        case Qt::Key_Left:
            return moveColumn(-1);
        case Qt::Key_Right:
            return moveColumn(1);
        case Qt::Key_Home:
            return moveColumn(-(1 << 20));
        case Qt::Key_End:
            return view_.focus.setFollow(true);
        case Qt::Key_Escape:
            if (view_.focus.expert() < 0) break;
            return view_.focus.setExpert(-1);
        default:
            break;
    }
    event->ignore();
}

}  // namespace switchyard::ui
