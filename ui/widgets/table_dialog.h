// SPDX-License-Identifier: GPL-3.0-or-later
// The values of a plot as a table that can be read, searched by step and copied.
#pragma once

#include <QDialog>

class QAbstractTableModel;
class QTableView;

namespace switchyard::ui {

/// Deletes itself when closed; owns the model. Thread: GUI thread.
class TableDialog : public QDialog {
    Q_OBJECT
public:
    TableDialog(const QString& title, QAbstractTableModel* model, QWidget* parent);
    QTableView* view() const { return view_; }
    /// Selects a row and brings it into sight.
    void showRow(int row);

Q_SIGNALS:
    void csvAsked();
    void rowActivated(int row);

private:
    QTableView* view_;
};

}  // namespace switchyard::ui
