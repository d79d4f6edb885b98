// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with the selected checkpoints, as actions that the tool bar and the table's menu share. Why one is
// off stands in its tooltip.
#pragma once

#include <QAction>
#include <QObject>

#include "ui/models/checkpoint_table.h"

namespace switchyard::ui {

class AppContext;
class JobList;
class MessageBanner;

/// Long work is done by `switchyard` commands (CommandJob), so it can be cancelled and never holds the window.
/// Thread: GUI thread; files are moved and noted in the thread pool.
class CheckpointActions : public QObject {
    Q_OBJECT
public:
    /// `page` is the parent of questions.
    CheckpointActions(AppContext& context, const CheckpointTable& model, JobList& jobs, MessageBanner& banner,
                      QWidget* page);
    /// In the order of the table.
    void setSelection(const QList<io::ListedCheckpoint>& rows);
    QAction* verifyAction() { return &verify_; }
    QAction* evaluateAction() { return &evaluate_; }
    QAction* compareAction() { return &compare_; }
    QAction* resumeAction() { return &resume_; }
    QAction* reshardAction() { return &reshard_; }
    QAction* pruneAction() { return &prune_; }
    QAction* exportAction() { return &export_; }
    QAction* pinAction() { return &pin_; }
    QAction* trashAction() { return &trash_; }
    QList<QAction*> forToolBar() {
        return {&verify_, &evaluate_, &compare_, &resume_, &reshard_, &prune_, &export_, &pin_, &trash_};
    }
    QList<QAction*> all() {
        return {&verify_, &evaluate_, &compare_, &resume_, &reshard_, &prune_, &export_, &pin_, &folder_, &trash_};
    }

Q_SIGNALS:
    /// Folders or what is noted in them changed; `select`: name of the checkpoint to select then, "" = as it is.
    void changed(const QString& select);

private:
    void refresh();
    bool isNewestOfALiveRun(const io::ListedCheckpoint& row) const;
    void verify();
    void evaluate();
    void compare();
    void resume();
    void reshard();
    void prune();
    void exportModel();
    void pin();
    void trash();
    void restore(const QString& trashed, const QString& folder);
    void openFolders();
    void fail(const QString& sentence);

    AppContext& context_;
    const CheckpointTable& model_;
    JobList& jobs_;
    MessageBanner& banner_;
    QWidget* page_;
    QList<io::ListedCheckpoint> selection_;
    QAction verify_, evaluate_, compare_, resume_, reshard_, prune_, export_, pin_, trash_, folder_;
};

}  // namespace switchyard::ui
