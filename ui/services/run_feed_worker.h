// SPDX-License-Identifier: GPL-3.0-or-later
// The reading half of RunFeed; lives in the feed's thread.
#pragma once

#include <QHash>
#include <QObject>
#include <QString>
#include <QTimer>
#include <memory>
#include <vector>

#include "ui/services/run_feed.h"

namespace switchyard::ui {

/// Thread: the feed's; made in the GUI thread and moved before start().
class RunFeedWorker : public QObject {
    Q_OBJECT
public:
    RunFeedWorker() = default;
    void start();
    void setRunsDir(const QString& runs_dir, quint64 list_number);
    void select(const QString& run_dir, quint64 selection);
    void readList();
    /// The last batch of a long record was taken in: the next one may be read.
    void goOn(quint64 selection);

Q_SIGNALS:
    void listRead(quint64 list_number, const std::vector<switchyard::runs::RunStatus>& statuses);
    void batchRead(const switchyard::ui::RunBatch& batch);
    void problem(const QString& message);

private:
    struct Known {
        qint64 stamp = -1;  ///< newest change among the folder's small files
        runs::RunStatus status;
    };
    void tick();
    void readSelected();
    /// @return whether there is more.
    bool readRows(RunBatch& batch);

    QTimer* timer_ = nullptr;
    int ticks_ = 0;
    QString runs_dir_, run_dir_, last_problem_;
    quint64 list_number_ = 0, selection_ = 0;
    QHash<QString, Known> known_;
    std::unique_ptr<runs::RunDbReader> reader_;
    quint64 inode_ = 0;
    std::int64_t generation_ = -1;
    std::int64_t metric_cursor_ = 0, load_cursor_ = 0, event_cursor_ = 0;
    bool restart_ = true, caught_up_ = false;
    bool waiting_ = false;         ///< for goOn()
    std::int64_t load_rows_ = 64;  ///< a batch's, by how large they are
    qint64 read_stamp_ = -1;
};

}  // namespace switchyard::ui
