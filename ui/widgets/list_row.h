// SPDX-License-Identifier: GPL-3.0-or-later
// Ground and focus of a row in a list of ours, whatever the delegate draws on it.
#pragma once

class QPainter;
class QStyleOptionViewItem;

namespace switchyard::ui {

/// Fill by selection, hover and the window's activity, the mark at the left of a selected row, the line below.
void paintRowGround(QPainter& painter, const QStyleOptionViewItem& option);
/// The ring of a row that has the keyboard; nothing for others.
void paintRowFocus(QPainter& painter, const QStyleOptionViewItem& option);

}  // namespace switchyard::ui
