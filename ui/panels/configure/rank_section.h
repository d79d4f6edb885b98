// SPDX-License-Identifier: GPL-3.0-or-later
// Pre-flight's chart by number of ranks: which machine it is for, its data as a table and as files.
#pragma once

#include <QWidget>

#include "ui/models/plan_watch.h"

class QComboBox;
class QLabel;

namespace switchyard::ui {

class ChartMenu;
class RankChart;
enum class ChartExport;

/// Thread: GUI thread.
class RankSection : public QWidget {
    Q_OBJECT
public:
    explicit RankSection(PlanWatch& watch, QWidget* parent = nullptr);

private:
    void refresh();
    void chooseHardware(int index);
    void askProfile();
    void openTable();
    void write(ChartExport kind, const QString& path);

    PlanWatch& watch_;
    QComboBox* hardware_;
    ChartMenu* menu_;
    RankChart* chart_;
    QLabel* note_;
};

}  // namespace switchyard::ui
