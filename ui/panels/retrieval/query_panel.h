// SPDX-License-Identifier: GPL-3.0-or-later
// The side panel of the Retrieval page: earlier queries above, the index below.
#pragma once

#include <QListView>
#include <QWidget>

#include "ui/models/query_history.h"

namespace switchyard::ui {

class IndexStore;
class IndexView;

/// The list of queries: click and Enter run one again, Delete removes it. Thread: GUI thread.
class QueryListView : public QListView {
    Q_OBJECT
public:
    explicit QueryListView(QWidget* parent = nullptr);

Q_SIGNALS:
    void runAgain(int row);
    void removeRow(int row);
    void clearAll();

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
};

/// Thread: GUI thread.
class QueryPanel : public QWidget {
    Q_OBJECT
public:
    QueryPanel(QueryHistory& history, IndexStore& store, QWidget* parent = nullptr);
    void setCurrent(const RetrievalQuery& query);
    IndexView* indexView() const { return index_; }

Q_SIGNALS:
    void runAgain(const switchyard::ui::RetrievalQuery& query);

private:
    QueryHistory& history_;
    QueryListView* list_;
    IndexView* index_;
};

}  // namespace switchyard::ui
