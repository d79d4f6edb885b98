// SPDX-License-Identifier: GPL-3.0-or-later
// The list of runs at the left: search, filter, sort, one row a run, what can be done with several, and the queue.
#pragma once

#include <QWidget>

#include "ui/models/run_list_model.h"
#include "ui/services/app_context.h"

class QLabel;
class QLayout;
class QLineEdit;
class QListView;
class QStackedWidget;

namespace switchyard::ui {

class EmptyState;
class FilterMenu;
class IconButton;
class MessageBanner;
class RunCommands;

/// Thread: GUI thread.
class RunListPanel : public QWidget {
    Q_OBJECT
public:
    /// `commands` are for the selected run; both outlive the panel.
    RunListPanel(AppContext& context, RunCommands& commands, QWidget* parent = nullptr);
    void focusSearch();
    /// Chooses the next or previous row (+1, -1).
    void step(int by);

Q_SIGNALS:
    /// "11 of 48" while a search or filter hides some, else "48".
    void countChanged(const QString& text);
    void smokeRequested();  ///< the empty list's button

private:
    void refresh();
    void showSelection();
    void tellCount();
    void tellSearch();
    void showMenu(const QPoint& at);
    void toggleWord(const QString& word);
    void askForConfigFilter();
    QStringList chosenRuns() const;
    void trashChosen();
    void tellTrash();
    QLayout* buildHead();
    void buildView();

    AppContext& context_;
    RunCommands& commands_;
    RunListModel model_;
    RunListFilter filter_;
    QLineEdit* search_;
    QLabel* hint_;
    FilterMenu* filter_menu_;
    IconButton* filter_button_;
    MessageBanner* banner_;
    QListView* view_;
    QStackedWidget* stack_;
    EmptyState* empty_;
    EmptyState* nothing_;
    QString problem_;      ///< told in this turn of the event loop
    bool chosen_ = false;  ///< a run was selected once: from then on the list never selects by itself
};

}  // namespace switchyard::ui
