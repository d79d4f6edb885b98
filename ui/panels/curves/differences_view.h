// SPDX-License-Identifier: GPL-3.0-or-later
// The table of what sets the compared runs apart.
#pragma once

#include <QTimer>
#include <QWidget>

class QTableView;

namespace switchyard::ui {

class AppContext;
class ChartMenu;
class Card;
class PlotGroup;
class RunDifferencesModel;

/// Reads the folders of the group's runs in the thread pool, again while it is seen. Thread: GUI thread.
class DifferencesView : public QWidget {
    Q_OBJECT
public:
    DifferencesView(AppContext& context, PlotGroup& group, QWidget* parent = nullptr);
    QTableView& table() const { return *table_; }
    ChartMenu& menu() const { return *menu_; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    void read();

    AppContext& context_;
    PlotGroup& group_;
    RunDifferencesModel* model_;
    Card* card_;
    QTableView* table_;
    ChartMenu* menu_;
    QTimer again_;
    quint64 reading_ = 0;
};

}  // namespace switchyard::ui
