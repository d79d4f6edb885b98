// SPDX-License-Identifier: GPL-3.0-or-later
// How the selected run stands, big: headline, exit code, sentences, progress, and what to do next.
#pragma once

#include <QFrame>

#include "core/base/runs/run_status.h"

class QLabel;
class QPushButton;

namespace switchyard::ui {

class Chip;
class ElidedLabel;
class ProgressBarThin;
class RunCommands;

/// Thread: GUI thread.
class StateCard : public QFrame {
    Q_OBJECT
public:
    explicit StateCard(RunCommands& commands, QWidget* parent = nullptr);
    void show(const runs::RunStatus& run, double now);

Q_SIGNALS:
    void reportWanted();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    RunCommands& commands_;
    QColor edge_;
    QLabel* headline_;
    Chip* exit_;
    ElidedLabel* time_;
    QLabel* sentence_;
    QLabel* cause_;
    ProgressBarThin* progress_;
    QPushButton* resume_;
    QPushButton* pause_;
    QPushButton* stop_;
    QPushButton* start_now_;
    QPushButton* report_;
};

/// One figure with its name above and a remark below.
class Tile : public QFrame {
    Q_OBJECT
public:
    explicit Tile(QWidget* parent = nullptr);
    void set(const QString& name, const QString& value, const QString& remark);

private:
    QLabel* name_;
    QLabel* value_;
    QLabel* remark_;
};

}  // namespace switchyard::ui
