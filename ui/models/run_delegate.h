// SPDX-License-Identifier: GPL-3.0-or-later
// Paints one run as a row of 64 px.
#pragma once

#include <QStyledItemDelegate>

namespace switchyard::ui {

/// For views on a RunListModel or a RunListFilter. Thread: GUI thread.
class RunDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace switchyard::ui
