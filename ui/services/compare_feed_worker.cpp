// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/compare_feed_worker.h"

#include <sys/stat.h>

#include <algorithm>

#include "core/base/runs/run_folder.h"

namespace switchyard::ui {
namespace {

constexpr int kTickMs = 500;
constexpr std::int64_t kPieceRows = 50'000;  // of a tag; one delivery stays well under a frame's work
constexpr std::int64_t kBatchRows = 100'000;

struct FileState {
    quint64 inode = 0;
    qint64 stamp = 0;  ///< changes whenever the database did
};

FileState stateOf(const std::filesystem::path& database) {
    std::filesystem::path wal = database;
    wal += "-wal";
    FileState state;
    quint64 stamp = 0;  // unsigned: it wraps around
    for (const auto& file : {wal, database}) {
        struct stat info {};
        const bool there = ::stat(file.c_str(), &info) == 0;
        state.inode = there ? info.st_ino : 0;  // the database's, which comes last
        if (there)
            stamp = stamp * 31 + static_cast<quint64>(info.st_mtim.tv_sec) * 1'000'000'000 +
                    static_cast<quint64>(info.st_mtim.tv_nsec) + static_cast<quint64>(info.st_size);
    }
    state.stamp = static_cast<qint64>(stamp);
    return state;
}

}  // namespace

void CompareFeedWorker::setRuns(const QList<std::pair<QString, quint64>>& runs, const QStringList& tags) {
    tags_ = tags;
    std::map<QString, Run> next;
    for (const auto& [dir, choice] : runs) {
        const auto known = runs_.find(dir);
        if (known != runs_.end() && known->second.choice == choice) {
            next.emplace(dir, std::move(known->second));
        } else {
            next[dir].choice = choice;
        }
    }
    runs_ = std::move(next);
    if (timer_ == nullptr) {
        timer_ = new QTimer(this);
        connect(timer_, &QTimer::timeout, this, &CompareFeedWorker::tick);
    }
    if (runs_.empty()) return timer_->stop();
    timer_->start(kTickMs);
    tick();
}

void CompareFeedWorker::tick() {
    bool more = false;
    for (auto& [dir, run] : runs_) more = read(dir, run) || more;
    // A long record comes in pieces, so that another choice can cut in between.
    if (more) QMetaObject::invokeMethod(this, &CompareFeedWorker::tick, Qt::QueuedConnection);
}

bool CompareFeedWorker::read(const QString& dir, Run& run) {
    ComparedBatch batch;
    batch.dir = dir;
    batch.choice = run.choice;
    bool more = false;
    try {
        const std::filesystem::path database = runs::RunPaths(dir.toStdString()).database();
        const FileState state = stateOf(database);
        if (run.caught_up && state.stamp == run.stamp && state.inode == run.inode) return false;
        if (run.reader == nullptr || state.inode != run.inode) {
            run.reader = std::make_unique<runs::RunDbReader>(database);
            run.inode = state.inode;
            run.generation = -1;
        }
        const std::int64_t generation = run.reader->generation();
        if (generation != run.generation) {
            run.generation = generation;
            run.cursors.clear();
            run.event_cursor = 0;
            run.restart = true;
        }
        std::int64_t rows = 0;
        for (const QString& tag : tags_) {
            if (rows >= kBatchRows) {
                more = true;
                break;
            }
            const std::vector<runs::Metric> read =
                run.reader->metrics(tag.toStdString(), &run.cursors[tag], kPieceRows);
            rows += static_cast<std::int64_t>(read.size());
            more = more || read.size() == static_cast<std::size_t>(kPieceRows);
            if (read.empty()) continue;
            Series& piece = batch.pieces[tag];
            for (auto* list : {&piece.step, &piece.value, &piece.time}) list->reserve(read.size());
            for (const runs::Metric& metric : read) {
                piece.step.push_back(static_cast<double>(metric.step));
                piece.value.push_back(metric.value);
                piece.time.push_back(metric.wall_time);
            }
        }
        batch.events = run.reader->events(&run.event_cursor, kPieceRows);
        batch.restart = run.restart;
        run.restart = false;
        if (!more) run.stamp = state.stamp;
    } catch (const std::exception& failure) {
        run.reader.reset();
        run.stamp = stateOf(runs::RunPaths(dir.toStdString()).database()).stamp;  // again once the file has changed
        batch.problem = QString::fromUtf8(failure.what());
    }
    const bool first = !run.caught_up && !more;
    run.caught_up = run.caught_up || !more;
    batch.complete = run.caught_up;
    if (first || batch.restart || !batch.pieces.isEmpty() || !batch.events.empty() || !batch.problem.isEmpty())
        Q_EMIT batchRead(batch);
    return more;
}

}  // namespace switchyard::ui
