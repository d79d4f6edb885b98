// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/log_tail.h"

#include <QDir>
#include <QFile>
#include <algorithm>
#include <iterator>

#include "core/base/io/jsonl.h"

namespace switchyard::ui {
namespace {

constexpr qint64 kFromEnd = 256 << 10;
constexpr int kEveryMs = 1000;

/// "2026-11-24 19:02:39.834 I text" as core/base/util/log.h writes it; anything else is text of the line before.
LogLine parse(const QString& line, const QString& source) {
    LogLine parsed{{}, source, u'I', line, {}};
    const bool ours = line.size() > 26 && line[4] == u'-' && line[10] == u' ' && line[19] == u'.' && line[23] == u' ' && line[25] == u' ';
    if (!ours) return parsed;
    parsed.sort_key = line.left(23);
    parsed.time = line.mid(11, 12);
    parsed.level = line[24];
    parsed.text = line.mid(26);
    return parsed;
}

std::vector<LogLine> readOne(const QString& path, const QString& source, int limit) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const qint64 skipped = std::max<qint64>(0, file.size() - kFromEnd);
    file.seek(skipped);
    QList<QByteArray> rows = file.read(kFromEnd).split('\n');
    if (skipped > 0 && !rows.isEmpty()) rows.removeFirst();  // a torn line
    while (!rows.isEmpty() && rows.last().isEmpty()) rows.removeLast();
    std::vector<LogLine> lines;
    QString last_key;
    for (qsizetype i = std::max<qsizetype>(0, rows.size() - limit); i < rows.size(); ++i) {
        LogLine line = parse(QString::fromStdString(io::escapeForDisplay(rows[i].toStdString())), source);
        if (line.sort_key.isEmpty()) line.sort_key = last_key;
        last_key = line.sort_key;
        lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace

std::vector<LogLine> readLogTail(const QString& run_dir, int limit) {
    const QDir folder(run_dir + QStringLiteral("/logs"));
    std::vector<LogLine> all;
    for (const QString& name : folder.entryList({QStringLiteral("*.log")}, QDir::Files, QDir::Name)) {
        QString source = name.chopped(4);
        if (source.startsWith(QStringLiteral("rank-"))) source = source.mid(5);
        std::vector<LogLine> lines = readOne(folder.filePath(name), source, limit);
        std::move(lines.begin(), lines.end(), std::back_inserter(all));
    }
    std::stable_sort(all.begin(), all.end(), [](const LogLine& a, const LogLine& b) { return a.sort_key < b.sort_key; });
    return all;
}

LogTail::LogTail(QObject* parent) : QObject(parent) {
    pool_.setMaxThreadCount(1);
    timer_.setInterval(kEveryMs);
    connect(&timer_, &QTimer::timeout, this, &LogTail::read);
}

LogTail::~LogTail() { pool_.waitForDone(); }

void LogTail::setRun(const QString& run_dir) {
    run_dir_ = run_dir;
    ++selection_;
    lines_.clear();
    Q_EMIT changed();
    read();
}

void LogTail::setActive(bool active) {
    if (active == timer_.isActive()) return;
    if (!active) {
        timer_.stop();
        return;
    }
    timer_.start();
    read();
}

void LogTail::read() {
    if (run_dir_.isEmpty() || reading_) return;
    reading_ = true;
    pool_.start([this, run_dir = run_dir_, selection = selection_] {
        std::vector<LogLine> lines = readLogTail(run_dir, kLines);
        QMetaObject::invokeMethod(this, [this, lines = std::move(lines), selection] {
            reading_ = false;
            if (selection != selection_) {
                read();
                return;
            }
            const bool same = lines.size() == lines_.size() &&
                              (lines.empty() || (lines.back().text == lines_.back().text && lines.back().sort_key == lines_.back().sort_key));
            if (same) return;
            lines_ = lines;
            Q_EMIT changed();
        });
    });
}

}  // namespace switchyard::ui
