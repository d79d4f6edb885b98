// SPDX-License-Identifier: GPL-3.0-or-later
// How experts, hatches and tints are drawn on the Routing page.
#pragma once

#include <QBrush>
#include <QColor>
#include <QRectF>
#include <QString>

class QPainter;

namespace switchyard::ui {

inline constexpr int kTagHeight = 17;

enum class TagStyle { kFilled, kOutlined, kDropped };

/// "E17".
int tagWidth(int expert);
void paintTag(QPainter& painter, const QPointF& top_left, int expert, int experts, TagStyle style);
/// The expert's colour laid thinly on the panel; `strong` for what is selected.
QColor expertTint(int expert, int experts, bool strong);
/// Diagonal lines over `rect`, as dropped tokens have them; sharp at any scale.
void paintHatch(QPainter& painter, const QRectF& rect, const QColor& color);
/// A corner at the top right of what another routing sends elsewhere.
void paintChanged(QPainter& painter, const QRectF& rect);
/// Colour at `share` (0 to 1) of the theme's sequential scale.
QColor sequentialColor(double share);

}  // namespace switchyard::ui
