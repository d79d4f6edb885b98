// SPDX-License-Identifier: GPL-3.0-or-later
// The list of runs at the left: search, filter, sort, one row a run.
#pragma once

#include <QWidget>

#include "ui/models/run_list_model.h"
#include "ui/services/app_context.h"

class QLineEdit;
class QListView;
class QMenu;
class QStackedWidget;

namespace switchyard::ui {

class EmptyState;
class IconButton;

/// Thread: GUI thread.
class RunListPanel : public QWidget {
    Q_OBJECT
public:
    explicit RunListPanel(AppContext& context, QWidget* parent = nullptr);
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
    void showMenu(const QPoint& at);
    QMenu* filterMenu();
    QMenu* sortMenu();

    AppContext& context_;
    RunListModel model_;
    RunListFilter filter_;
    QLineEdit* search_;
    IconButton* filter_button_;
    QListView* view_;
    QStackedWidget* stack_;
    EmptyState* empty_;
    EmptyState* nothing_;
    bool chosen_ = false;  ///< a run was selected once: from then on the list never selects by itself
};

}  // namespace switchyard::ui
