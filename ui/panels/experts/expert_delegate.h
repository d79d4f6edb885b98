// SPDX-License-Identifier: GPL-3.0-or-later
// Cells of the hot and cold table: chip, number, bar.
#pragma once

#include <QStyledItemDelegate>

namespace switchyard::ui {

/// For views on an ExpertShareModel. Thread: GUI thread.
class ExpertDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void setExperts(int experts) { experts_ = experts; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    int experts_ = 1;
};

}  // namespace switchyard::ui
