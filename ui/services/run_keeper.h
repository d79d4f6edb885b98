// SPDX-License-Identifier: GPL-3.0-or-later
// What is changed about runs besides training: notes, the trash and its undo, places in the queue. All of it in files,
// off the GUI thread, one change after another, by the functions the command line uses.
#pragma once

#include <QList>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QThreadPool>
#include <functional>

#include "core/base/launch/run_queue.h"

namespace switchyard::ui {

class RunFeed;

/// Thread: GUI thread; nothing here waits but the destructor.
class RunKeeper : public QObject {
    Q_OBJECT
public:
    struct Trashed {
        QString from, to;
    };
    /// `feed` outlives it, and is read anew after each change.
    explicit RunKeeper(RunFeed& feed, QObject* parent = nullptr);
    ~RunKeeper() override;

    void setNote(const QString& run_dir, const QString& note);
    /// Moves them to the trash beside them; those that are live are left, with a word in problem().
    void trash(const QStringList& run_dirs);
    /// Brings back what the last trash() moved.
    void undoTrash();
    const QList<Trashed>& lastTrashed() const { return last_trashed_; }

    /// Of the runs folder that the feed shows, as last read.
    const launch::QueueSettings& queueSettings() const { return settings_; }
    void setQueueSettings(const launch::QueueSettings& settings);
    void moveInQueue(const QString& run_dir, int place);
    void removeFromQueue(const QString& run_dir);
    /// Whatever else is live.
    void startNow(const QString& run_dir);

Q_SIGNALS:
    void noteSaved(const QString& run_dir);
    /// lastTrashed() is different; a run is in the trash, or back.
    void trashChanged();
    void queueSettingsChanged();
    /// One sentence a person can act on.
    void problem(const QString& sentence);

private:
    /// Calls work() in the pool and then, in the GUI thread, done(); tells problem() where it throws.
    void later(std::function<void()> work, std::function<void()> done = {});
    void follow();

    RunFeed& feed_;
    QThreadPool pool_;
    QList<Trashed> last_trashed_;
    launch::QueueSettings settings_;
    qint64 runner_asked_ms_ = 0;
};

}  // namespace switchyard::ui
