// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/run_feed_worker.h"

#include <sys/stat.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "core/base/launch/run_queue.h"
#include "core/base/util/error.h"

namespace switchyard::ui {
namespace {

constexpr int kTickMs = 200;
constexpr int kTicksPerList = 5;
constexpr std::size_t kFirstPart = 64;  ///< runs of a first reading that are shown at once; then twice as many, ...
constexpr qint64 kRestFactor = 10;      ///< a pass over the list takes at most a tenth of this thread's time
// One delivery stays well under a frame's work in the GUI thread: it appends the metrics and adds up the counts.
constexpr std::int64_t kBatchRows = 100'000, kBatchCounts = 1 << 18, kMostLoadRows = 20'000;

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
    for (const auto& file : {paths.database(), wal, paths.supervisor(), paths.result(), paths.resolvedConfig(),
                             paths.checkpoints(), paths.queueTicket()})
        stamp = stamp * 31 + static_cast<quint64>(changeTime(file));
    return static_cast<qint64>(stamp);
}

quint64 inodeOf(const std::filesystem::path& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

/// As many rows of that many counts each as one batch takes.
std::int64_t rowsOf(std::size_t counts) {
    return std::clamp<std::int64_t>(kBatchCounts / static_cast<std::int64_t>(std::max<std::size_t>(1, counts)), 64,
                                    kMostLoadRows);
}

}  // namespace

void RunFeedWorker::start() {
    timer_ = new QTimer(this);
    connect(timer_, &QTimer::timeout, this, &RunFeedWorker::tick);
    timer_->start(kTickMs);
    clock_.start();
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
    load_rows_ = exchange_rows_ = 64;
    readSelected();
}

void RunFeedWorker::tick() {
    if (++ticks_ % kTicksPerList == 0 && clock_.elapsed() >= next_list_ms_) readList(false);
    readSelected();
}

void RunFeedWorker::readList(bool always) {
    std::vector<runs::RunStatus> list;
    QElapsedTimer timer;
    timer.start();
    const std::filesystem::path runs_dir = runs_dir_.toStdString();
    const bool first = known_.isEmpty();
    bool different = always;
    try {
        QHash<QString, Known> seen;
        std::size_t part = kFirstPart;
        for (const auto& dir : runs::listRunFolders(runs_dir)) {
            const QString key = QString::fromStdString(dir.string());
            const qint64 stamp = stampOf(runs::RunPaths(dir));
            Known known = known_.value(key);
            // A run that may still change without a file's doing so (its process dies) is always read again.
            if (known.stamp != stamp || runs::isLive(known.status.state) || known.status.job) {
                known.status = runs::readStatus(dir);
                known.stamp = stamp;
                different = true;
            }
            list.push_back(known.status);
            seen.insert(key, std::move(known));
            if (first && list.size() == part) {
                part *= 2;
                Q_EMIT listRead(list_number_, list, false);
            }
        }
        different = different || seen.size() != known_.size();
        known_ = std::move(seen);
    } catch (const std::exception& failure) {
        const QString text = QString::fromUtf8(failure.what());
        if (text != last_problem_) Q_EMIT problem(text);
        last_problem_ = text;
    }
    const qint64 queue_stamp = changeTime(launch::queueFolder(runs_dir) / "queue.json");
    different = different || queue_stamp != queue_stamp_;
    queue_stamp_ = queue_stamp;
    next_list_ms_ = clock_.elapsed() + timer.elapsed() * kRestFactor;
    if (!different) return;
    launch::placeQueued(runs_dir, &list);
    Q_EMIT listRead(list_number_, list, true);
}

void RunFeedWorker::goOn(quint64 selection) {
    if (selection != selection_) return;
    waiting_ = false;
    readSelected();
}

bool RunFeedWorker::readRows(RunBatch& batch, bool* loads_cut) {
    // Tags come over and over in the same order: each is looked for once a batch.
    struct Tag {
        std::unique_ptr<Series> series;
        bool watched = false;
    };
    std::unordered_map<std::string, Tag> known;
    std::string name;
    const std::int64_t metrics = reader_->eachMetric(
        &metric_cursor_, kBatchRows, [&](std::int64_t step, std::string_view tag, double value, double time) {
            name.assign(tag);
            Tag& known_as = known[name];
            if (known_as.series == nullptr) known_as = {std::make_unique<Series>(), health::Monitor::watches(name)};
            known_as.series->step.push_back(static_cast<double>(step));
            known_as.series->value.push_back(value);
            known_as.series->time.push_back(time);
            if (known_as.watched) unwatched_.push_back({step, name, value, time});
        });
    for (auto& [tag, read] : known) batch.series.insert(QString::fromStdString(tag), std::move(*read.series));
    batch.loads = reader_->expertLoads(&load_cursor_, load_rows_);
    *loads_cut = batch.loads.size() == static_cast<std::size_t>(load_rows_);
    if (!batch.loads.empty()) load_rows_ = rowsOf(batch.loads.front().counts.size());
    batch.exchanges = reader_->exchanges(&exchange_cursor_, exchange_rows_);
    const bool more_exchanges = batch.exchanges.size() == static_cast<std::size_t>(exchange_rows_);
    if (!batch.exchanges.empty()) exchange_rows_ = rowsOf(batch.exchanges.front().tokens.size());
    batch.events = reader_->events(&event_cursor_, kBatchRows);
    return metrics == kBatchRows || *loads_cut || more_exchanges;
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
            metric_cursor_ = load_cursor_ = exchange_cursor_ = event_cursor_ = 0;
            restart_ = true;
        }
        if (restart_ || monitor_ == nullptr) {
            batch.setup = health::setupOf(paths.resolvedConfig());
            monitor_ = std::make_unique<health::Monitor>(batch.setup);
            unwatched_.clear();
            alarms_version_ = 0;
        }
        bool loads_cut = false;
        const bool more = readRows(batch, &loads_cut);
        batch.restart = restart_;
        batch.complete = !more;
        watch(batch, loads_cut);
        const bool first = !caught_up_ && !more;
        restart_ = false;
        if (!more) {
            read_stamp_ = stamp;
            caught_up_ = true;
        }
        // A long record comes in pieces, the next one when this one has been taken in: a new selection can cut in
        // between, and no more than one piece waits however slow the window is.
        waiting_ = more;
        if (more || batch.restart || first || !batch.series.empty() || !batch.loads.empty() ||
            !batch.exchanges.empty() || !batch.events.empty())
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

void RunFeedWorker::watch(RunBatch& batch, bool loads_cut) {
    for (const runs::ExpertLoad& load : batch.loads) monitor_->add(load);
    while (!unwatched_.empty() && !(loads_cut && unwatched_.front().step >= batch.loads.back().step)) {
        monitor_->add(unwatched_.front());
        unwatched_.pop_front();
    }
    // Metrics are read before loads: where nothing lies behind, the newest step is whole.
    if (batch.complete) monitor_->settle();
    batch.alarms_changed = monitor_->version() != alarms_version_;
    if (batch.alarms_changed) batch.alarms = monitor_->alarms();
    alarms_version_ = monitor_->version();
}

}  // namespace switchyard::ui
