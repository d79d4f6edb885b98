// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/list_row.h"

#include <QPainter>
#include <QStyleOptionViewItem>
#include <QWidget>

#include "ui/widgets/theme.h"

namespace switchyard::ui {

void paintRowGround(QPainter& painter, const QStyleOptionViewItem& option) {
    const Palette& p = Theme::instance().palette();
    const QRect row = option.rect;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    // Item views clear State_Active while another widget has the focus; the design means the window.
    const bool active = option.widget == nullptr || option.widget->isActiveWindow();
    const QColor unselected = option.state.testFlag(QStyle::State_MouseOver) ? p.hover : p.panel;
    painter.fillRect(row, selected ? (active ? p.selection : p.border) : unselected);
    if (selected) painter.fillRect(QRect(row.left(), row.top(), 3, row.height()), active ? p.accent : p.control_border);
    painter.fillRect(QRect(row.left(), row.bottom(), row.width(), 1), p.border);
}

void paintRowFocus(QPainter& painter, const QStyleOptionViewItem& option) {
    if (!option.state.testFlag(QStyle::State_HasFocus)) return;
    painter.setPen(QPen(Theme::instance().palette().accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(option.rect.adjusted(1, 1, -1, -2));
}

}  // namespace switchyard::ui
