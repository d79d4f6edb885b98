// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/focus_plot.h"

#include <QFocusEvent>
#include <QPainter>

#include "ui/widgets/theme.h"

namespace switchyard::ui {

FocusPlot::FocusPlot(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
}

void FocusPlot::paintFocusRing(QPainter& painter) const {
    if (!by_keyboard_) return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Theme::instance().palette().accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(2, 1, -2, -2), 4, 4);
}

void FocusPlot::focusInEvent(QFocusEvent* event) {
    const Qt::FocusReason reason = event->reason();
    by_keyboard_ =
        reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason;
    update();
}

void FocusPlot::focusOutEvent(QFocusEvent*) {
    by_keyboard_ = false;
    update();
}

}  // namespace switchyard::ui
