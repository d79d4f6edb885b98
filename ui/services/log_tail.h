// SPDX-License-Identifier: GPL-3.0-or-later
// The last lines of a run's logs, all ranks and the supervisor by time, read off the GUI thread.
#pragma once

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QTimer>
#include <vector>

namespace switchyard::ui {

struct LogLine {
    QString time;      ///< "19:02:39.834", "" when the line has none
    QString source;    ///< "0", "1", ... or "supervisor"
    QChar level;       ///< 'I', 'W', 'E'
    QString text;
    QString sort_key;  ///< date and time; a line without a time takes that of the line before it
};

/// The last `limit` lines of every log of the folder, merged by time. Never throws; unreadable files are left out.
/// Reads at most 256 KiB from the end of each file.
std::vector<LogLine> readLogTail(const QString& run_dir, int limit);

/// Follows one run's logs while active. Thread: GUI thread; nothing here waits but the destructor (for one read).
class LogTail : public QObject {
    Q_OBJECT
public:
    static constexpr int kLines = 200;  ///< a log

    explicit LogTail(QObject* parent = nullptr);
    ~LogTail() override;
    void setRun(const QString& run_dir);
    /// Reads once a second while active.
    void setActive(bool active);
    const std::vector<LogLine>& lines() const { return lines_; }

Q_SIGNALS:
    void changed();

private:
    void read();

    QString run_dir_;
    std::vector<LogLine> lines_;
    QTimer timer_;
    QThreadPool pool_;
    bool reading_ = false;
    quint64 selection_ = 0;
};

}  // namespace switchyard::ui
