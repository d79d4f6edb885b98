// SPDX-License-Identifier: GPL-3.0-or-later
// Records of the runs that the selected one is compared with: only the tags that are drawn, read by a thread of its
// own, live ones as they grow.
#pragma once

#include <QHash>
#include <QObject>
#include <QStringList>
#include <QThread>
#include <vector>

#include "core/base/runs/run_db.h"
#include "ui/services/run_feed.h"

namespace switchyard::ui {

/// What one read of a compared run brought.
struct ComparedBatch {
    QString dir;
    quint64 choice = 0;     ///< number of the choice it was read for; older ones are dropped
    bool restart = false;   ///< earlier records are void
    bool complete = false;  ///< the reader has caught up with the file
    QString problem;        ///< why nothing could be read, "" when it could
    QHash<QString, Series> pieces;
    std::vector<runs::Event> events;
};

class CompareFeedWorker;

/// Polls twice a second; the thread runs only while there is something to compare. Thread: GUI thread; nothing here
/// waits but the destructor (for one read).
class CompareFeed : public QObject {
    Q_OBJECT
public:
    struct Record {
        QHash<QString, Series> series;
        std::vector<runs::Event> events;
        bool complete = false;
        QString problem;
    };

    explicit CompareFeed(QObject* parent = nullptr);
    ~CompareFeed() override;
    /// Runs that stay keep their records.
    void setRuns(const QStringList& dirs, const QStringList& tags);
    /// nullptr for a run that is not compared.
    const Record* record(const QString& dir) const;

Q_SIGNALS:
    /// A run's records grew, or began anew (`restart`).
    void changed(const QString& dir, bool restart);

private:
    void take(const ComparedBatch& batch);

    QHash<QString, Record> records_;
    QHash<QString, quint64> choices_;
    quint64 choice_ = 0;
    QThread thread_;
    CompareFeedWorker* worker_ = nullptr;
};

}  // namespace switchyard::ui
