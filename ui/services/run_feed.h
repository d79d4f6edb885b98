// SPDX-License-Identifier: GPL-3.0-or-later
// The run list and the selected run's records, read from run folders by a thread of its own and delivered
// to the GUI thread in batches.
#pragma once

#include <QHash>
#include <QList>
#include <QObject>
#include <QString>
#include <QThread>
#include <vector>

#include "core/base/health/monitor.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/run_status.h"
#include "ui/models/load_history.h"

namespace switchyard::ui {

/// One tag's record. Shapes: all three [n], in the order written.
struct Series {
    std::vector<double> step, value, time;  ///< time: seconds since 1970
};

/// What one read of the selected run brought.
struct RunBatch {
    QString run_dir;
    quint64 selection = 0;  ///< number of the selection it was read for; older ones are dropped
    bool restart = false;   ///< earlier records are void (first batch, truncated or replaced database)
    bool complete = false;  ///< the reader has caught up with the file
    QHash<QString, Series> series;
    std::vector<runs::ExpertLoad> loads;
    std::vector<runs::ExpertExchange> exchanges;
    std::vector<runs::Event> events;
    health::Setup setup;                ///< with `restart`
    std::vector<health::Alarm> alarms;  ///< all so far
    bool alarms_changed = false;
};

class RunFeedWorker;

/// Looks once a second for folders whose files changed and reads those; the first reading of many comes in parts. Polls
/// the selected run five times a second while it lives; only its records are kept. Thread: GUI thread; nothing here
/// waits but the destructor (for one read).
class RunFeed : public QObject {
    Q_OBJECT
public:
    explicit RunFeed(const QString& runs_dir, QObject* parent = nullptr);
    ~RunFeed() override;

    /// Other folder of runs; the list is empty until it was read.
    void setRunsDir(const QString& runs_dir);
    const QString& runsDir() const { return runs_dir_; }
    void select(const QString& run_dir);
    /// Reads the list anew at once (after a start or a stop).
    void refresh();

    const std::vector<runs::RunStatus>& statuses() const { return statuses_; }
    /// nullptr when the folder is not in the list.
    const runs::RunStatus* status(const QString& run_dir) const;
    bool listed() const { return listed_; }      ///< the list was read to its end at least once
    bool complete() const { return complete_; }  ///< the selected run was read to its end at least once

    /// Of the selected run.
    QStringList tags() const;
    const Series* series(const QString& tag) const;
    /// Summed up as they come: however long the run, this takes a few MB a layer.
    const LoadHistory& loads() const { return loads_; }
    const std::vector<runs::Event>& events() const { return events_; }
    /// Of the records so far, by the rules that rank 0 and the command line have (core/base/health); in the order
    /// raised.
    const std::vector<health::Alarm>& alarms() const { return alarms_; }
    const health::Setup& setup() const { return setup_; }

Q_SIGNALS:
    void listChanged();
    /// The selected run's records grew, or began anew (`restart`).
    void recordsChanged(bool restart);
    void problem(const QString& message);

private:
    friend class RunFeedWorker;
    void takeList(quint64 list_number, std::vector<runs::RunStatus> statuses, bool whole);
    void takeBatch(RunBatch batch);
    void takeLeastShares(const QString& name, const Series& piece);

    QString runs_dir_, run_dir_;
    quint64 selection_ = 0, list_number_ = 0;
    bool listed_ = false, complete_ = false;
    std::vector<runs::RunStatus> statuses_;
    QHash<QString, Series> series_;
    LoadHistory loads_;
    std::vector<runs::Event> events_;
    std::vector<health::Alarm> alarms_;
    health::Setup setup_;
    QThread thread_;
    RunFeedWorker* worker_;
};

}  // namespace switchyard::ui
