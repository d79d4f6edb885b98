// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/configure/rank_chart.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <functional>

#include "ui/models/nice_ticks.h"
#include "ui/models/plan_words.h"
#include "ui/models/run_words.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kLeft = 54, kRight = 14, kTitle = 20, kLabels = 18, kMemory = 116, kTime = 84, kBetween = 10;
constexpr int kMemorySeries = 4, kTimeSeries = 6;

}  // namespace

/// From a value to a height, and its ticks.
struct RankChart::Axis {
    double low = 0, high = 1;
    bool log = false;
    std::vector<double> ticks;
    std::function<QString(double)> label;

    double y(const QRectF& place, double value) const {
        const double share = log ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
        return place.bottom() - std::clamp(share, 0.0, 1.0) * place.height();
    }
};

RankChart::RankChart(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setAccessibleName(tr("Memory and time by number of ranks"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void RankChart::setScale(const RankScale& scale) {
    scale_ = scale;
    updateGeometry();
    lookAt(std::min(cursor_, static_cast<int>(scale_.points.size()) - 1));
}

QSize RankChart::sizeHint() const {
    const int memory = kTitle + kMemory + kLabels;
    return {260, scale_.timed() ? memory + kBetween + kTitle + kTime + kLabels : memory};
}

QRectF RankChart::memoryPlot() const {
    return QRectF(kLeft, kTitle, width() - kLeft - kRight, kMemory);
}
QRectF RankChart::timePlot() const {
    return QRectF(kLeft, kTitle + kMemory + kLabels + kBetween + kTitle, width() - kLeft - kRight, kTime);
}

double RankChart::xOf(int point) const {
    const QRectF place = memoryPlot();
    const auto steps = std::max<double>(1, static_cast<double>(scale_.points.size()) - 1);
    return place.left() + 6 + (place.width() - 12) * point / steps;
}

int RankChart::nearest(double x) const {
    int best = -1;
    for (int i = 0; i < static_cast<int>(scale_.points.size()); ++i)
        if (best < 0 || std::abs(xOf(i) - x) < std::abs(xOf(best) - x)) best = i;
    return best;
}

void RankChart::lookAt(int point) {
    cursor_ = point;
    const bool there = point >= 0 && point < static_cast<int>(scale_.points.size());
    const QString words = there ? pointText(scale_, scale_.points[static_cast<std::size_t>(point)])
                                : tr("Left and Right go over the points.");
    setAccessibleDescription(words);
    setToolTip(there ? words : QString());
    update();
}

void RankChart::mousePressEvent(QMouseEvent* event) {
    lookAt(nearest(event->position().x()));
}

void RankChart::mouseMoveEvent(QMouseEvent* event) {
    if (const int point = nearest(event->position().x()); point != cursor_) lookAt(point);
}

void RankChart::keyPressEvent(QKeyEvent* event) {
    const int step = event->key() == Qt::Key_Left ? -1 : event->key() == Qt::Key_Right ? 1 : 0;
    if (step == 0 || scale_.points.empty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    lookAt(std::clamp(cursor_ + step, 0, static_cast<int>(scale_.points.size()) - 1));
}

void RankChart::paintFrame(QPainter& painter, const QRectF& place, const Axis& axis, const QString& title) const {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    painter.setFont(theme.font(TextRole::kCaption));
    painter.setPen(p.muted);
    painter.drawText(QRectF(12, place.top() - kTitle, width() - 24, kTitle - 4), Qt::AlignLeft | Qt::AlignVCenter,
                     title);
    for (const double tick : axis.ticks) {
        const double y = std::round(axis.y(place, tick)) + 0.5;
        painter.setPen(p.plot_grid);
        painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y));
        painter.setPen(p.muted);
        painter.drawText(QRectF(0, y - 8, kLeft - 6, 16), Qt::AlignRight | Qt::AlignVCenter, axis.label(tick));
    }
    const double room = xOf(1) - xOf(0);
    double free_from = 0;
    for (int i = 0; i < static_cast<int>(scale_.points.size()); ++i) {
        const double x = std::round(xOf(i)) + 0.5;
        painter.setPen(p.plot_grid);
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()));
        const QString text = number(scale_.points[static_cast<std::size_t>(i)].ranks, 0);
        const double wide = painter.fontMetrics().horizontalAdvance(text);
        if (room > 0 && x - wide / 2 < free_from) continue;  // the label before would run into it
        free_from = x + wide / 2 + 6;
        painter.setPen(p.muted);
        painter.drawText(QRectF(x - 30, place.bottom() + 3, 60, kLabels - 3), Qt::AlignHCenter | Qt::AlignTop, text);
    }
    painter.setPen(p.plot_axis);
    painter.drawLine(QPointF(place.left(), place.bottom() + 0.5), QPointF(place.right(), place.bottom() + 0.5));
}

void RankChart::paintLine(QPainter& painter, const QRectF& place, const Axis& axis, int series,
                          const std::vector<double>& values) const {
    const Palette& p = Theme::instance().palette();
    QPolygonF line;
    for (std::size_t i = 0; i < values.size(); ++i) line << QPointF(xOf(static_cast<int>(i)), axis.y(place, values[i]));
    const QColor color = Theme::instance().seriesPen(series).color();
    painter.setPen(QPen(color, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(line);
    for (qsizetype i = 0; i < line.size(); ++i) {
        const bool fits = scale_.points[static_cast<std::size_t>(i)].fits();
        painter.setPen(QPen(fits ? color : p.danger, 2));
        painter.setBrush(fits ? color : p.panel);  // a hollow point does not fit: shape, not colour alone
        painter.drawEllipse(line[i], 3, 3);
    }
    if (cursor_ >= 0 && cursor_ < line.size()) {
        painter.setPen(p.text);
        const double x = std::round(line[cursor_].x()) + 0.5;
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()));
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(p.text, 1.5));
        painter.drawEllipse(line[cursor_], 5, 5);
    }
}

void RankChart::paintMemory(QPainter& painter) const {
    const Palette& p = Theme::instance().palette();
    const QRectF place = memoryPlot();
    std::vector<double> peaks;
    double highest = 0, limit = 0;
    for (const RankScale::Point& point : scale_.points) {
        peaks.push_back(point.peak_bytes);
        highest = std::max(highest, point.peak_bytes);
        limit = std::max(limit, point.limit_bytes);
    }
    // The limit is drawn where it can be seen without pressing the line flat.
    const double unit = highest >= 2.0 * (1 << 30) ? 1 << 30 : 1 << 20;
    Axis axis;
    axis.high = 1.08 * std::max(highest, std::min(limit, 1.6 * highest));
    for (const double tick : niceTicks(0, axis.high / unit, 4)) axis.ticks.push_back(tick * unit);
    axis.label = [unit](double value) {
        return number(value / unit, 0) + (value == 0 ? QString() : unit > (1 << 20) ? tr(" GiB") : tr(" MiB"));
    };
    paintFrame(painter, place, axis, tr("Peak of a rank"));
    QPen dashed(p.danger, 1.5);
    dashed.setDashPattern({4, 3});
    painter.save();
    painter.setClipRect(place);
    painter.setPen(dashed);
    QPolygonF limits;
    for (std::size_t i = 0; i < scale_.points.size(); ++i) {
        const double value = scale_.points[i].limit_bytes;
        limits << QPointF(xOf(static_cast<int>(i)), place.bottom() - value / axis.high * place.height());
    }
    painter.drawPolyline(limits);
    painter.restore();
    paintLine(painter, place, axis, kMemorySeries, peaks);
}

void RankChart::paintTime(QPainter& painter) const {
    std::vector<double> times;
    double low = 1e30, high = 0;
    for (const RankScale::Point& point : scale_.points) {
        times.push_back(point.step_s);
        low = std::min(low, point.step_s);
        high = std::max(high, point.step_s);
    }
    Axis axis;
    axis.log = true;
    axis.low = low / 1.15;
    axis.high = std::max(high * 1.15, axis.low * 2);
    axis.ticks = logTicks(axis.low, axis.high, 4);
    axis.label = [](double value) { return stepText(value).replace(".00 ", " ").replace(".0 ", " "); };
    paintFrame(painter, timePlot(), axis, tr("Time of a step, estimated"));
    paintLine(painter, timePlot(), axis, kTimeSeries, times);
}

void RankChart::paint(QPainter& painter) const {
    if (scale_.points.empty()) return;
    painter.setRenderHint(QPainter::Antialiasing);
    paintMemory(painter);
    if (scale_.timed()) paintTime(painter);
}

void RankChart::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paint(painter);
    if (!hasFocus()) return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Theme::instance().palette().accent, 2));
    painter.drawRect(rect().adjusted(1, 1, -1, -1));
}

}  // namespace switchyard::ui
