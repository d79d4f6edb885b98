// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/load_strip.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "core/base/health/limits.h"
#include "ui/models/polyline.h"
#include "ui/models/run_words.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {

double LoadStrip::scale() const {
    // Twice the limits, or more where values go beyond.
    double most = 2;
    const auto take = [&](const CurveSeries* series, double limit) {
        if (series == nullptr) return;
        const auto [first, end] = series->within(XAxis::kStep, low, high);
        const ValueRange range = series->rawIndex().over(series->raw(), first, end);
        if (!range.empty()) most = std::max(most, 1.05 * range.high / limit);
    };
    take(dropped, health::limit::kDropped);
    take(violation, violation_limit);
    return most;
}

void LoadStrip::paint(QPainter& painter) const {
    const Palette& p = Theme::instance().palette();
    const double most = scale();
    const QRectF area(place);
    const double limit_y = area.bottom() - area.height() / most;
    painter.save();
    painter.setClipRect(area);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.fillRect(QRectF(area.left(), area.top(), area.width(), 1), p.plot_grid);
    PixelMap map{low, high, 0, most * health::limit::kDropped, area.left(), area.top(), area.width(), area.height()};
    if (dropped != nullptr && dropped->size() > 0) {
        QColor ground = p.warning;
        ground.setAlphaF(p.dark ? 0.8F : 0.5F);
        const QBrush hatch(p.danger, Qt::BDiagPattern);
        const double step = area.width() / std::max<double>(1, static_cast<double>(dropped->size()));
        const auto bar = [&](double x, double width, double value) {
            const double top = std::max(area.top(), map.y(value));
            if (!(area.bottom() - top > 0)) return;
            painter.fillRect(QRectF(x, top, width, area.bottom() - top), ground);
            if (value > health::limit::kDropped) painter.fillRect(QRectF(x, top, width, limit_y - top), hatch);
        };
        if (isDense(dropped->step(), map) || step < 1) {
            for (int x = 0; x < place.width(); ++x) {
                const double from = low + (high - low) * x / place.width(),
                             to = low + (high - low) * (x + 1) / place.width();
                const auto [first, end] = dropped->within(XAxis::kStep, from, to);
                const ValueRange range = dropped->rawIndex().over(dropped->raw(), first, end);
                if (!range.empty()) bar(area.left() + x, 1, range.high);
            }
        } else {
            for (std::size_t i = 0; i < dropped->size(); ++i) {
                const double left = std::floor(map.x(dropped->step()[i]));
                const double next = i + 1 < dropped->size() ? std::floor(map.x(dropped->step()[i + 1])) : area.right();
                if (std::isfinite(dropped->raw()[i])) bar(left, std::max(1.0, next - left), dropped->raw()[i]);
            }
        }
    }
    QPen dashed(p.danger, 1);
    dashed.setDashPattern({4, 3});
    painter.setPen(dashed);
    painter.drawLine(QPointF(area.left(), std::floor(limit_y)), QPointF(area.right(), std::floor(limit_y)));
    if (violation != nullptr && violation->size() > 0) {
        painter.setRenderHint(QPainter::Antialiasing);
        QPen pen = Theme::instance().seriesPen(4, 1.5);
        pen.setStyle(Qt::SolidLine);
        painter.setPen(pen);
        map.y_high = most * violation_limit;
        map.x_low -= half;
        map.x_high -= half;
        painter.drawLines(strokesOf(lineOf(violation->step(), violation->raw(), violation->rawIndex(), map), {}));
    }
    painter.setClipping(false);
    painter.setFont(Theme::instance().font(TextRole::kCaption));
    painter.setPen(p.muted);
    const double right = area.right() + 7;
    const auto label = [&](double y, double share) {
        painter.drawText(QRectF(right, y - 8, 60, 16), Qt::AlignVCenter, number(100 * share, 0) + QStringLiteral(" %"));
    };
    label(limit_y, health::limit::kDropped);
    if (limit_y - area.top() > 14) label(area.top() + 3, most * health::limit::kDropped);
    painter.setPen(p.warning);
    painter.drawText(QRectF(12, area.top() - 1, area.left() - 12, 15), Qt::AlignVCenter,
                     QCoreApplication::translate("LoadStrip", "dropped"));
    painter.setPen(Theme::instance().seriesPen(4).color());
    painter.drawText(QRectF(12, area.top() + 14, area.left() - 12, 15), Qt::AlignVCenter,
                     QCoreApplication::translate("LoadStrip", "violation"));
    painter.restore();
}

}  // namespace switchyard::ui
