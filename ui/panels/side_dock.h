// SPDX-License-Identifier: GPL-3.0-or-later
// The left dock: which folder of runs, a button for a new one, the run list, and the current page's own panel.
#pragma once

#include <QDockWidget>

#include "ui/services/app_context.h"

class QStackedWidget;
class QToolButton;

namespace switchyard::ui {

class DockTitle;

/// Thread: GUI thread.
class SideDock : public QDockWidget {
    Q_OBJECT
public:
    SideDock(AppContext& context, QWidget* runs, QWidget* parent);
    void setCount(const QString& text);
    /// Shows `panel` as a tab beside the runs and in front; nullptr = the runs alone.
    void setPagePanel(QWidget* panel);
    void showRuns();

Q_SIGNALS:
    void newRunRequested();

private:
    void fillFolderMenu();
    void tellFolder();

    AppContext& context_;
    DockTitle* title_;
    QStackedWidget* stack_;
    QWidget* runs_;
    QToolButton* folder_;
};

}  // namespace switchyard::ui
