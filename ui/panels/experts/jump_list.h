// SPDX-License-Identifier: GPL-3.0-or-later
// A short list whose rows lead to a step: icon or chip, text, where, step.
#pragma once

#include <QAbstractListModel>
#include <QListView>
#include <QStyledItemDelegate>
#include <vector>

namespace switchyard::ui {

struct JumpRow {
    QString text;                  ///< "" with a chip
    QString tip;                   ///< "" = the row's own words
    QString where, step;           ///< muted; in the link's colour
    QString icon;                  ///< "" = the dead experts' swatch
    bool serious = false;          ///< danger instead of warning
    int expert = -1, experts = 1;  ///< chip
    std::int64_t at = 0;
    bool operator==(const JumpRow&) const = default;
};

/// Thread: GUI thread.
class JumpModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void setRows(std::vector<JumpRow> rows);
    const JumpRow& row(int index) const { return rows_[static_cast<std::size_t>(index)]; }
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<JumpRow> rows_;
};

/// Click, Return or Space on a row: chosen(). Thread: GUI thread.
class JumpList : public QListView {
    Q_OBJECT
public:
    JumpList(const QString& name, int preferred_rows, QWidget* parent = nullptr);
    JumpModel& rows() const { return *model_; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosen(int row);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    JumpModel* model_;
    int preferred_rows_;
};

}  // namespace switchyard::ui
