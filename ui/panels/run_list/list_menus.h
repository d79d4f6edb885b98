// SPDX-License-Identifier: GPL-3.0-or-later
// The menus of the run list's tool buttons: which states, tags and config values are shown, and in which order.
#pragma once

#include <QMenu>

#include "ui/models/run_list_model.h"

class QActionGroup;

namespace switchyard::ui {

class RunFeed;

/// States are chosen in the menu; tags and config values become part of the search, where they can be seen and changed.
/// Thread: GUI thread.
class FilterMenu : public QMenu {
    Q_OBJECT
public:
    FilterMenu(RunListFilter& filter, RunFeed& feed, QWidget* parent);
    void showAll();  ///< all states
    bool filters() const;

Q_SIGNALS:
    void changed();
    /// A word for the search, or one to take away when it is there already.
    void searchToggled(const QString& word);
    void configWanted();

private:
    void fillTags();

    RunListFilter& filter_;
    RunFeed& feed_;
    QAction* all_;
    QMenu* tags_;
};

/// Thread: GUI thread.
class SortMenu : public QMenu {
    Q_OBJECT
public:
    SortMenu(RunListFilter& filter, RunFeed& feed, QWidget* parent);

private:
    void fillKeys();

    RunListFilter& filter_;
    RunFeed& feed_;
    QActionGroup* group_;
    QMenu* keys_;
};

}  // namespace switchyard::ui
