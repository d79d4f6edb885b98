// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with the selected run, as actions that menus, buttons and the command palette share. Which are on
// follows the real state of its processes; why one is off stands in its tooltip.
#pragma once

#include <QAction>
#include <QObject>

#include "core/base/runs/run_status.h"
#include "ui/services/app_context.h"

namespace switchyard::ui {

/// Thread: GUI thread.
class RunCommands : public QObject {
    Q_OBJECT
public:
    /// `window` is the parent of questions.
    RunCommands(AppContext& context, QWidget* window);
    QAction* pause() { return &pause_; }  ///< of a paused run: "Continue"
    QAction* save() { return &save_; }
    QAction* stop() { return &stop_; }
    QAction* kill() { return &kill_; }
    QAction* resume() { return &resume_; }
    QAction* startNow() { return &start_now_; }  ///< of a queued run, as the next three
    QAction* moveUp() { return &move_up_; }
    QAction* moveDown() { return &move_down_; }
    QAction* unqueue() { return &unqueue_; }
    QAction* editConfig() { return &edit_config_; }
    QAction* openFolder() { return &open_folder_; }
    QAction* copyCommand() { return &copy_command_; }
    QAction* trash() { return &trash_; }
    QList<QAction*> forProcess() { return {&resume_, &pause_, &save_, &stop_, &kill_}; }
    QList<QAction*> forQueue() { return {&start_now_, &move_up_, &move_down_, &unqueue_}; }
    QList<QAction*> all() {
        return forProcess() + forQueue() + QList<QAction*>{&edit_config_, &copy_command_, &open_folder_, &trash_};
    }

private:
    void refresh();
    void refreshQueue(const runs::RunStatus& run);
    /// Why the run can not be asked from here, "" = it can.
    static QString whyDeaf(const runs::RunStatus& run);
    void pauseOrContinue();
    void saveNow();
    void askAndKill();
    void openConfig();

    AppContext& context_;
    QWidget* window_;
    QAction pause_, save_, stop_, kill_, resume_, start_now_, move_up_, move_down_, unqueue_, edit_config_, open_folder_,
        copy_command_, trash_;
};

/// The selected run's state and name with the buttons that fit it, for the page bar.
QWidget* makeRunBar(AppContext& context, RunCommands& commands);

}  // namespace switchyard::ui
