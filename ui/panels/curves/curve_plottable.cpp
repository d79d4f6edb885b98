// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/curve_plottable.h"

#include <algorithm>
#include <cmath>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr double kRawOpacity = 0.38;
constexpr double kMarkerRadius = 3;

/// A pen's dashes in pixels; Qt counts them in line widths.
QList<double> dashesOf(const QPen& pen) {
    QList<double> dashes;
    if (pen.style() == Qt::SolidLine) return dashes;
    for (const qreal length : pen.dashPattern()) dashes << length * std::max(pen.widthF(), 1.0);
    return dashes;
}

}  // namespace

PixelMap pixelMap(const QCPAxis& key, const QCPAxis& value, double y_scale) {
    const QRect rect = value.axisRect()->rect();
    PixelMap map;
    map.x_low = key.range().lower, map.x_high = key.range().upper;
    map.y_low = value.range().lower, map.y_high = value.range().upper;
    map.left = rect.left(), map.top = rect.top(), map.width = rect.width(), map.height = rect.height();
    map.log = value.scaleType() == QCPAxis::stLogarithmic;
    map.x_log = key.scaleType() == QCPAxis::stLogarithmic;
    map.y_scale = y_scale;
    return map;
}

QCPRange CurvePlottable::getKeyRange(bool& found, QCP::SignDomain) const {
    found = series != nullptr && series->size() > 0;
    return found ? QCPRange(series->x(x_axis).front(), series->x(x_axis).back()) : QCPRange();
}

QCPRange CurvePlottable::getValueRange(bool& found, QCP::SignDomain, const QCPRange& keys) const {
    found = false;
    if (series == nullptr) return {};
    const auto [first, end] = keys == QCPRange() ? std::pair<std::size_t, std::size_t>(0, series->size())
                                                 : series->within(x_axis, keys.lower, keys.upper);
    const ValueRange range = series->rawIndex().over(series->raw(), first, end);
    found = !range.empty();
    return found ? QCPRange(range.low * y_scale, range.high * y_scale) : QCPRange();
}

void CurvePlottable::draw(QCPPainter* painter) {
    if (series == nullptr || series->size() == 0) return;
    const PixelMap map = pixelMap(*mKeyAxis, *mValueAxis, y_scale);
    if (part == Part::kRaw) {
        if (series->isSmoothed()) drawRaw(painter, map);
        return;
    }
    const std::vector<QPointF> line = lineOf(series->x(x_axis), series->smoothed(), series->smoothedIndex(), map);
    drawLine(painter, line, line_pen);
    if (!markers) return;
    painter->setPen(Qt::NoPen);
    painter->setBrush(line_pen.color());
    for (const QPointF& point : line)
        if (!std::isnan(point.y())) painter->drawEllipse(point, kMarkerRadius, kMarkerRadius);
}

void CurvePlottable::drawRaw(QCPPainter* painter, const PixelMap& map) const {
    const std::vector<double>& xs = series->x(x_axis);
    // Mixed with the ground instead of shining through: painters draw that many times faster.
    const QColor line = line_pen.color(), ground = Theme::instance().palette().panel;
    const auto mix = [](int of_line, int of_ground) {
        return static_cast<int>(std::lround(kRawOpacity * of_line + (1 - kRawOpacity) * of_ground));
    };
    const QColor color(mix(line.red(), ground.red()), mix(line.green(), ground.green()),
                       mix(line.blue(), ground.blue()));
    if (isDense(xs, map)) {
        painter->setAntialiasing(false);
        painter->setPen(Qt::NoPen);
        for (const ColumnSpan& span : spansOf(xs, series->raw(), series->rawIndex(), map)) {
            const double top = std::clamp(span.top, map.top - 2, map.top + map.height + 2);
            const double bottom = std::clamp(span.bottom, map.top - 2, map.top + map.height + 2);
            painter->fillRect(QRectF(span.x - 0.5, top, 1, std::max(1.0, bottom - top)), color);
        }
        return;
    }
    drawLine(painter, lineOf(xs, series->raw(), series->rawIndex(), map), QPen(color, 1));
}

void CurvePlottable::drawLine(QCPPainter* painter, const std::vector<QPointF>& line, QPen pen) const {
    const QList<double> dashes = dashesOf(pen);
    // Square ends close the corners between strokes; round ones would take ten times as long. Dashes keep their ends.
    pen.setStyle(Qt::SolidLine);
    pen.setCapStyle(dashes.isEmpty() ? Qt::SquareCap : Qt::FlatCap);
    QList<QLineF> strokes = strokesOf(line, dashes);
    if (!painter->modes().testFlag(QCPPainter::pmVectorized)) {
        // Upright strokes need no antialiasing, and there may be one for every pixel.
        const auto upright = std::stable_partition(
            strokes.begin(), strokes.end(), [](const QLineF& stroke) { return stroke.p1().x() != stroke.p2().x(); });
        painter->setAntialiasing(false);
        const double width = pen.widthF();
        for (auto stroke = upright; stroke != strokes.end(); ++stroke) {
            const double top = std::min(stroke->y1(), stroke->y2()), bottom = std::max(stroke->y1(), stroke->y2());
            painter->fillRect(QRectF(stroke->x1() - width / 2, top, width, bottom - top), pen.color());
        }
        strokes.erase(upright, strokes.end());
    }
    painter->setAntialiasing(true);
    painter->setPen(pen);
    painter->drawLines(strokes);
}

void CurvePlottable::drawLegendIcon(QCPPainter* painter, const QRectF& rect) const {
    painter->setAntialiasing(true);
    painter->setPen(line_pen);
    painter->drawLine(QLineF(rect.left(), rect.center().y(), rect.right(), rect.center().y()));
}

}  // namespace switchyard::ui
