// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves/plot_marks.h"

#include <algorithm>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr double kLabelHeight = 16, kLabelPadding = 5, kLabelGap = 4;

/// Pixels of the marks in sight, from left to right; marks that share a pixel are one.
std::vector<std::pair<double, const PlotMarks::Mark*>> inSight(const std::vector<PlotMarks::Mark>& marks,
                                                               const QCPAxis& axis, const QRect& place) {
    std::vector<std::pair<double, const PlotMarks::Mark*>> list;
    for (const PlotMarks::Mark& mark : marks) {
        if (mark.x < axis.range().lower || mark.x > axis.range().upper) continue;
        const double x = std::floor(axis.coordToPixel(mark.x));
        if (x < place.left() || x > place.right() + 1) continue;
        if (!list.empty() && list.back().first == x) continue;
        list.emplace_back(x, &mark);
    }
    return list;
}

}  // namespace

void PlotMarks::draw(QCPPainter* painter) {
    const Palette& p = Theme::instance().palette();
    const QRect place = mParentPlot->axisRect()->rect();
    const QCPAxis& axis = *mParentPlot->xAxis;
    std::vector<QRectF> taken;
    painter->setFont(Theme::instance().font(TextRole::kCaption));
    QPen dotted(p.text, 1);
    dotted.setDashPattern({2, 3});
    dotted.setCapStyle(Qt::FlatCap);
    for (const auto& [x, mark] : inSight(seams, axis, place)) {
        painter->setAntialiasing(false);
        painter->setPen(dotted);
        painter->drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()));
        if (labels) {
            drawLabel(painter, x, *mark, p.raised, p.muted, taken);
            continue;
        }
        painter->setAntialiasing(true);
        painter->setPen(Qt::NoPen);
        painter->setBrush(p.muted);
        painter->drawPolygon(
            QPolygonF({{x - 4.5, place.top() + 0.0}, {x + 4.5, place.top() + 0.0}, {x, place.top() + 6.0}}));
    }
    QColor faint = p.danger;
    faint.setAlphaF(0.65F);
    const auto broken = inSight(non_finite, axis, place);
    double last_triangle = -100;
    for (const auto& [x, mark] : broken) {
        painter->setAntialiasing(false);
        painter->setPen(QPen(faint, 1));
        painter->drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()));
        if (x - last_triangle < 8) continue;
        last_triangle = x;
        painter->setAntialiasing(true);
        painter->setPen(Qt::NoPen);
        painter->setBrush(p.danger);
        const double foot = place.bottom() + 1;
        painter->drawPolygon(QPolygonF({{x, foot - 12}, {x + 7, foot}, {x - 7, foot}}));
        painter->setPen(QPen(p.panel, 1.4));
        painter->drawLine(QPointF(x, foot - 7.5), QPointF(x, foot - 4.5));
        painter->drawLine(QPointF(x, foot - 2.4), QPointF(x, foot - 2));
    }
    if (!labels) return;
    for (const auto& [x, mark] : broken) drawLabel(painter, x, *mark, p.ground_danger, p.danger, taken);
}

void PlotMarks::drawLabel(QCPPainter* painter, double x, const Mark& mark, const QColor& ground, const QColor& color,
                          std::vector<QRectF>& taken) const {
    if (mark.label.isEmpty()) return;
    const QRect place = mParentPlot->axisRect()->rect();
    const double width = painter->fontMetrics().horizontalAdvance(mark.label) + 2 * kLabelPadding;
    QRectF box(x + kLabelGap, place.top() + kLabelGap, width, kLabelHeight);
    if (box.right() > place.right()) box.moveRight(x - kLabelGap);
    for (int row = 0; row < 3; ++row) {
        const bool free =
            std::none_of(taken.begin(), taken.end(), [&](const QRectF& other) { return other.intersects(box); });
        if (free) break;
        if (row == 2) return;
        box.translate(0, kLabelHeight + 2);
    }
    taken.push_back(box);
    painter->setAntialiasing(true);
    painter->setPen(Qt::NoPen);
    painter->setBrush(ground);
    painter->drawRoundedRect(box, 3, 3);
    painter->setPen(color);
    painter->drawText(box, Qt::AlignCenter, mark.label);
}

}  // namespace switchyard::ui
