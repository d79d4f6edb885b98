// SPDX-License-Identifier: GPL-3.0-or-later
// The window: places the run list, the pages, the inspector and the events, and keeps their layout.
#pragma once

#include <QHash>
#include <QMainWindow>
#include <vector>

#include "ui/panels/page_table.h"
#include "ui/services/app_context.h"

class QDockWidget;
class QLabel;
class QMenu;
class QStackedWidget;
class QToolButton;

namespace switchyard::ui {

class CommandPalette;
class EventsPanel;
class InspectorPanel;
class PageBar;
class RunCommands;
class RunListPanel;
class SideDock;
class SystemMonitor;
class SystemPanel;

/// Thread: GUI thread.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    /// `selected_run` "" = the newest. `settings_file` keeps theme and layout.
    MainWindow(const QString& runs_dir, const QString& selected_run, const QString& settings_file);
    ~MainWindow() override;
    AppContext& context() { return context_; }
    void showPage(const QString& name);
    QString currentPage() const;
    void showAlarm(const health::Alarm& alarm);
    /// Makes the page when it was not shown yet; nullptr for an unknown name.
    Page* page(const QString& name);

protected:
    void closeEvent(QCloseEvent* event) override;
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Shown {
        Page* page = nullptr;
        QWidget* actions = nullptr;    ///< at the right of the page bar
        QWidget* side = nullptr;       ///< in the left dock
        QWidget* inspector = nullptr;  ///< in the right dock
        bool inspects = false;         ///< has emitted inspect()
        Inspection inspection;
    };
    void buildMenus();
    void buildDocks();
    void buildStatusBar();
    void buildSystemDock();
    Shown& shown(std::size_t index);
    void placeInspector();
    void setDark(bool dark);
    void buildLanguages(QMenu* view);
    void openPalette();
    void startSmoke();
    void openConfigFile();
    void restoreLayout();
    void resetLayout();
    void useDefaultSizes();
    void tellRuns();
    /// Asks first when a page holds unsaved work; false = not now.
    bool mayClose();

    AppContext context_;
    QString settings_file_;
    std::vector<PageEntry> entries_;
    std::vector<Shown> pages_;
    std::size_t current_ = 0;
    RunCommands* commands_;
    QMainWindow* body_;
    PageBar* bar_;
    QStackedWidget* stack_;
    SideDock* side_;
    RunListPanel* runs_;
    QDockWidget* inspector_dock_;
    QStackedWidget* inspector_stack_;
    InspectorPanel* inspector_;
    bool inspector_wanted_ = true;
    QDockWidget* events_dock_;
    EventsPanel* events_;
    CommandPalette* palette_;
    QAction* dark_;
    QAction* show_inspector_;
    QAction* show_events_;
    QLabel* runs_label_;
    QLabel* workers_label_;
    QToolButton* load_label_;
    SystemMonitor* monitor_;
    QDockWidget* system_dock_;
    SystemPanel* system_;
    QByteArray default_state_, default_body_state_;
    bool sized_ = false;
    bool closing_ = false;  ///< the person said that unsaved edits may go
};

}  // namespace switchyard::ui
