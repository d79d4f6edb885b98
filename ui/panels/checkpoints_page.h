// SPDX-License-Identifier: GPL-3.0-or-later
// The selected run's checkpoints: which are there, how good and how sound they are, and what can be done with them.
#pragma once

#include <QTimer>

#include "ui/models/checkpoint_table.h"
#include "ui/panels/page.h"

class QComboBox;
class QLabel;
class QStackedLayout;
class QTableView;

namespace switchyard::ui {

class CheckpointActions;
class EmptyState;
class JobList;
class MessageBanner;

/// Thread: GUI thread; folders are read in the thread pool.
class CheckpointsPage : public Page {
    Q_OBJECT
public:
    explicit CheckpointsPage(AppContext& context, QWidget* parent = nullptr);
    QTableView* table() const { return view_; }
    CheckpointTable& rows() const { return *model_; }
    JobList& jobs() const { return *jobs_; }
    MessageBanner& banner() const { return *banner_; }
    CheckpointActions& actions() const { return *actions_; }

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* buildToolBar();
    void read();
    void take(CheckpointsRead read);
    void runsChanged();
    void tellSelection();
    QList<io::ListedCheckpoint> selected() const;

    CheckpointTable* model_;
    QTableView* view_;
    QStackedLayout* stack_;
    EmptyState* empty_;
    QLabel* count_;
    QComboBox* metric_;
    MessageBanner* banner_;
    JobList* jobs_;
    CheckpointActions* actions_;
    QTimer again_;
    QString seen_;    ///< what of the run list the rows were read for
    QString wanted_;  ///< name to select after the next read
    quint64 request_ = 0;
    bool first_ = true;
};

}  // namespace switchyard::ui
