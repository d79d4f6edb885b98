// SPDX-License-Identifier: GPL-3.0-or-later
// The reading half of RunFeed; lives in the feed's thread.
#pragma once

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QString>
#include <QTimer>
#include <deque>
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
    /// Reads folders whose files changed; tells when anything is different, or in any case when `always`.
    void readList(bool always = true);
    /// The last batch of a long record was taken in: the next one may be read.
    void goOn(quint64 selection);

Q_SIGNALS:
    /// `whole` = false: the newest of a first reading that goes on.
    void listRead(quint64 list_number, const std::vector<switchyard::runs::RunStatus>& statuses, bool whole);
    void batchRead(const switchyard::ui::RunBatch& batch);
    void problem(const QString& message);

private:
    struct Known {
        qint64 stamp = -1;  ///< newest change among the folder's small files
        runs::RunStatus status;
    };
    void tick();
    void readSelected();
    /// @return whether there is more. @param loads_cut more loads lie behind
    bool readRows(RunBatch& batch, bool* loads_cut);
    /// Runs the detectors over what was read.
    void watch(RunBatch& batch, bool loads_cut);

    QTimer* timer_ = nullptr;
    int ticks_ = 0;
    qint64 next_list_ms_ = 0;  ///< a slow folder (a network's) is looked through less often
    qint64 queue_stamp_ = 0;
    QElapsedTimer clock_;
    QString runs_dir_, run_dir_, last_problem_;
    quint64 list_number_ = 0, selection_ = 0;
    QHash<QString, Known> known_;
    std::unique_ptr<runs::RunDbReader> reader_;
    quint64 inode_ = 0;
    std::int64_t generation_ = -1;
    std::int64_t metric_cursor_ = 0, load_cursor_ = 0, exchange_cursor_ = 0, event_cursor_ = 0;
    std::unique_ptr<health::Monitor> monitor_;
    std::deque<runs::Metric> unwatched_;  ///< their loads are not read yet
    std::uint64_t alarms_version_ = 0;
    bool restart_ = true, caught_up_ = false;
    bool waiting_ = false;                              ///< for goOn()
    std::int64_t load_rows_ = 64, exchange_rows_ = 64;  ///< a batch's, by how large they are
    qint64 read_stamp_ = -1;
};

}  // namespace switchyard::ui
