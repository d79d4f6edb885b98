// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/route_paint.h"

#include <QFontMetrics>
#include <QPainter>
#include <QPolygonF>
#include <algorithm>
#include <cmath>

#include "ui/models/load_history.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr double kHatchStep = 6;

QColor mix(const QColor& a, const QColor& b, double share) {
    const auto part = [share](float x, float y) { return static_cast<float>(x + (y - x) * share); };
    return QColor::fromRgbF(part(a.redF(), b.redF()), part(a.greenF(), b.greenF()), part(a.blueF(), b.blueF()));
}

}  // namespace

int tagWidth(int expert) {
    QFont bold = Theme::instance().font(TextRole::kCaption);
    bold.setWeight(QFont::DemiBold);
    return QFontMetrics(bold).horizontalAdvance(expertName(expert)) + 10;
}

void paintTag(QPainter& painter, const QPointF& top_left, int expert, int experts, TagStyle style) {
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const QColor color = theme.expertColor(expert, experts);
    const QRectF box(top_left.x() + 0.5, top_left.y() + 0.5, tagWidth(expert) - 1, kTagHeight - 1);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QFont font = theme.font(TextRole::kCaption);
    if (style == TagStyle::kFilled) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        font.setWeight(QFont::DemiBold);
    } else {
        painter.setPen(QPen(color, 1, style == TagStyle::kDropped ? Qt::DashLine : Qt::SolidLine));
        painter.setBrush(p.panel);
    }
    painter.drawRoundedRect(box, 3, 3);
    if (style == TagStyle::kDropped) paintHatch(painter, box.adjusted(1, 1, -1, -1), p.border);
    font.setStrikeOut(style == TagStyle::kDropped);
    painter.setFont(font);
    painter.setPen(style == TagStyle::kFilled ? Theme::textOn(color) : p.text);
    painter.drawText(box, Qt::AlignCenter, expertName(expert));
    painter.restore();
}

QColor expertTint(int expert, int experts, bool strong) {
    const Palette& p = Theme::instance().palette();
    return mix(p.panel, Theme::instance().expertColor(expert, experts), strong ? 0.30 : 0.16);
}

void paintHatch(QPainter& painter, const QRectF& rect, const QColor& color) {
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 2));
    const double first = std::floor((rect.left() + rect.top()) / kHatchStep) * kHatchStep;
    for (double sum = first; sum < rect.right() + rect.bottom() + kHatchStep; sum += kHatchStep)
        painter.drawLine(QPointF(sum - rect.top() + 1, rect.top() - 1),
                         QPointF(sum - rect.bottom() - 1, rect.bottom() + 1));
    painter.restore();
}

void paintChanged(QPainter& painter, const QRectF& rect) {
    const Palette& p = Theme::instance().palette();
    const double side = std::min(12.0, rect.width() / 2);
    const QPointF corner = rect.topRight();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(p.panel, 1));
    painter.setBrush(p.warning);
    painter.drawPolygon(QPolygonF({corner, corner - QPointF(side, 0), corner + QPointF(0, side)}));
    painter.restore();
}

QColor sequentialColor(double share) {
    const auto& stops = Theme::instance().palette().sequential;
    const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
    const auto low = std::min(static_cast<std::size_t>(place), stops.size() - 2);
    return mix(stops[low], stops[low + 1], place - static_cast<double>(low));
}

}  // namespace switchyard::ui
