// SPDX-License-Identifier: GPL-3.0-or-later
// The reading half of CompareFeed; lives in the feed's thread.
#pragma once

#include <QHash>
#include <QObject>
#include <QTimer>
#include <map>
#include <memory>

#include "ui/services/compare_feed.h"

namespace switchyard::ui {

/// Thread: the feed's; made in the GUI thread and moved before the first call.
class CompareFeedWorker : public QObject {
    Q_OBJECT
public:
    /// Each run with the number of its choice.
    void setRuns(const QList<std::pair<QString, quint64>>& runs, const QStringList& tags);

Q_SIGNALS:
    void batchRead(const switchyard::ui::ComparedBatch& batch);

private:
    struct Run {
        quint64 choice = 0;
        std::unique_ptr<runs::RunDbReader> reader;
        quint64 inode = 0;
        std::int64_t generation = -1, event_cursor = 0;
        QHash<QString, std::int64_t> cursors;
        qint64 stamp = -1;
        bool caught_up = false, restart = true;
    };
    void tick();
    /// @return whether there is more to read at once.
    bool read(const QString& dir, Run& run);

    QTimer* timer_ = nullptr;
    QStringList tags_;
    std::map<QString, Run> runs_;
};

}  // namespace switchyard::ui
