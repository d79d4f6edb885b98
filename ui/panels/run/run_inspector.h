// SPDX-License-Identifier: GPL-3.0-or-later
// The right dock of the Run page: the run's note, likely cause of a failure, tags and settings, ranks, command.
#pragma once

#include <QScrollArea>

#include "core/base/runs/run_status.h"

class QLabel;

namespace switchyard::ui {

class Card;
class NoteCard;
class RunCommands;
class RunKeeper;

/// Thread: GUI thread.
class RunInspector : public QScrollArea {
    Q_OBJECT
public:
    RunInspector(RunCommands& commands, RunKeeper& keeper, QWidget* parent = nullptr);
    /// nullptr = no run is selected.
    void show(const runs::RunStatus* run);
    void editNote();

private:
    void showCause(const runs::RunStatus& run);

    NoteCard* note_;
    Card* cause_;
    QLabel *cause_title_, *cause_text_, *cause_fix_;
    QLabel *tags_, *settings_, *ranks_, *command_;
};

}  // namespace switchyard::ui
