// SPDX-License-Identifier: GPL-3.0-or-later
// The last log lines of all ranks by time, with a choice of rank and a search field.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "ui/services/log_tail.h"
#include "ui/widgets/card.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QTableView;

namespace switchyard::ui {

/// Lines that pass the choice of source and the search. Thread: GUI thread.
class LogModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kTime, kSource, kLevel, kText, kColumns };
    using QAbstractTableModel::QAbstractTableModel;
    void setLines(std::vector<LogLine> lines);
    /// "" = all sources.
    void setFilter(const QString& source, const QString& search);
    const LogLine& line(int row) const { return lines_[shown_[static_cast<std::size_t>(row)]]; }
    int total() const { return static_cast<int>(lines_.size()); }
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void filter();

    std::vector<LogLine> lines_;
    std::vector<std::size_t> shown_;
    QString source_, search_;
};

/// Thread: GUI thread.
class LogView : public Card {
    Q_OBJECT
public:
    explicit LogView(QWidget* parent = nullptr);
    void setLines(const std::vector<LogLine>& lines);
    /// The lines shown, as text.
    QString text() const;

private:
    void tell();

    LogModel model_;
    QComboBox* source_;
    QLineEdit* search_;
    QTableView* table_;
    QLabel* foot_;
};

}  // namespace switchyard::ui
