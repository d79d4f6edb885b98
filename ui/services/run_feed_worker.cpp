// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/run_feed_worker.h"

#include <sys/stat.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "core/base/util/error.h"

namespace switchyard::ui {
namespace {

constexpr int kTickMs = 200;
constexpr int kTicksPerList = 5;
// One delivery stays well under a frame's work in the GUI thread: it appends the metrics and adds up the counts.
constexpr std::int64_t kBatchRows = 100'000, kBatchCounts = 1 << 20, kMostLoadRows = 20'000;

qint64 changeTime(const std::filesystem::path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return 0;
    return static_cast<qint64>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec + info.st_size;
}

/// Changes whenever one of the files a status is read from changed.
qint64 stampOf(const runs::RunPaths& paths) {
    std::filesystem::path wal = paths.database();
    wal += "-wal";
    quint64 stamp = 0;  // unsigned: it wraps around
    for (const auto& file : {paths.database(), wal, paths.supervisor(), paths.result(), paths.dir})
        stamp = stamp * 31 + static_cast<quint64>(changeTime(file));
    return static_cast<qint64>(stamp);
}

quint64 inodeOf(const std::filesystem::path& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

}  // namespace

void RunFeedWorker::start() {
    timer_ = new QTimer(this);
    connect(timer_, &QTimer::timeout, this, &RunFeedWorker::tick);
    timer_->start(kTickMs);
    readList();
}

void RunFeedWorker::setRunsDir(const QString& runs_dir, quint64 list_number) {
    runs_dir_ = runs_dir;
    list_number_ = list_number;
    known_.clear();
}

void RunFeedWorker::select(const QString& run_dir, quint64 selection) {
    run_dir_ = run_dir;
    selection_ = selection;
    reader_.reset();
    inode_ = 0;
    read_stamp_ = -1;
    restart_ = true;
    caught_up_ = false;
    waiting_ = false;
    load_rows_ = 64;
    readSelected();
}

void RunFeedWorker::tick() {
    if (++ticks_ % kTicksPerList == 0) readList();
    readSelected();
}

void RunFeedWorker::readList() {
    std::vector<runs::RunStatus> list;
    try {
        QHash<QString, Known> seen;
        for (const auto& dir : runs::listRunFolders(runs_dir_.toStdString())) {
            const QString key = QString::fromStdString(dir.string());
            const qint64 stamp = stampOf(runs::RunPaths(dir));
            Known known = known_.value(key);
            // A live run is always read again: that its process died changes no file.
            if (known.stamp != stamp || runs::isLive(known.status.state)) {
                known.status = runs::readStatus(dir);
                known.stamp = stamp;
            }
            list.push_back(known.status);
            seen.insert(key, std::move(known));
        }
        known_ = std::move(seen);
    } catch (const std::exception& failure) {
        const QString text = QString::fromUtf8(failure.what());
        if (text != last_problem_) Q_EMIT problem(text);
        last_problem_ = text;
    }
    Q_EMIT listRead(list_number_, list);
}

void RunFeedWorker::goOn(quint64 selection) {
    if (selection != selection_) return;
    waiting_ = false;
    readSelected();
}

bool RunFeedWorker::readRows(RunBatch& batch) {
    // Tags come over and over in the same order: each is looked for once a batch.
    std::unordered_map<std::string, Series*> known;
    std::vector<std::unique_ptr<Series>> made;
    std::string name;
    const std::int64_t metrics = reader_->eachMetric(
        &metric_cursor_, kBatchRows, [&](std::int64_t step, std::string_view tag, double value, double time) {
            name.assign(tag);
            Series*& series = known[name];
            if (series == nullptr) series = made.emplace_back(std::make_unique<Series>()).get();
            series->step.push_back(static_cast<double>(step));
            series->value.push_back(value);
            series->time.push_back(time);
        });
    for (auto& [tag, series] : known) batch.series.insert(QString::fromStdString(tag), std::move(*series));
    batch.loads = reader_->expertLoads(&load_cursor_, load_rows_);
    const bool more_loads = batch.loads.size() == static_cast<std::size_t>(load_rows_);
    if (!batch.loads.empty()) {
        const auto experts = static_cast<std::int64_t>(std::max<std::size_t>(1, batch.loads.front().counts.size()));
        load_rows_ = std::clamp<std::int64_t>(kBatchCounts / experts, 64, kMostLoadRows);
    }
    batch.events = reader_->events(&event_cursor_, kBatchRows);
    return metrics == kBatchRows || more_loads;
}

void RunFeedWorker::readSelected() {
    if (run_dir_.isEmpty() || waiting_) return;
    const runs::RunPaths paths(run_dir_.toStdString());
    RunBatch batch;
    batch.run_dir = run_dir_;
    batch.selection = selection_;
    try {
        const quint64 inode = inodeOf(paths.database());
        if (inode == 0) {
            if (!caught_up_) {
                caught_up_ = batch.complete = batch.restart = true;
                Q_EMIT batchRead(batch);
            }
            return;
        }
        const qint64 stamp = stampOf(paths);
        if (caught_up_ && stamp == read_stamp_ && inode == inode_) return;
        if (reader_ == nullptr || inode != inode_) {
            reader_ = std::make_unique<runs::RunDbReader>(paths.database());
            inode_ = inode;
            generation_ = -1;
        }
        const std::int64_t generation = reader_->generation();
        if (generation != generation_) {
            generation_ = generation;
            metric_cursor_ = load_cursor_ = event_cursor_ = 0;
            restart_ = true;
        }
        const bool more = readRows(batch);
        batch.restart = restart_;
        batch.complete = !more;
        const bool first = !caught_up_ && !more;
        restart_ = false;
        if (!more) {
            read_stamp_ = stamp;
            caught_up_ = true;
        }
        // A long record comes in pieces, the next one when this one has been taken in: a new selection can cut in
        // between, and no more than one piece waits however slow the window is.
        waiting_ = more;
        if (more || batch.restart || first || !batch.series.empty() || !batch.loads.empty() || !batch.events.empty())
            Q_EMIT batchRead(batch);
        last_problem_.clear();
    } catch (const std::exception& failure) {
        reader_.reset();
        const QString text = QString::fromUtf8(failure.what());
        if (text != last_problem_) Q_EMIT problem(text);
        last_problem_ = text;
        if (!caught_up_) {
            caught_up_ = batch.complete = batch.restart = true;
            Q_EMIT batchRead(batch);
        }
    }
}

}  // namespace switchyard::ui
