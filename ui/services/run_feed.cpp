// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/run_feed.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "ui/services/run_feed_worker.h"

namespace switchyard::ui {

RunFeed::RunFeed(const QString& runs_dir, QObject* parent)
    : QObject(parent), runs_dir_(runs_dir), worker_(new RunFeedWorker) {
    worker_->moveToThread(&thread_);
    connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
    connect(worker_, &RunFeedWorker::listRead, this,
            [this](quint64 number, const std::vector<runs::RunStatus>& list, bool whole) {
                takeList(number, list, whole);
            });
    connect(worker_, &RunFeedWorker::batchRead, this, [this](const RunBatch& batch) { takeBatch(batch); });
    connect(worker_, &RunFeedWorker::problem, this, &RunFeed::problem);
    thread_.setObjectName(QStringLiteral("run feed"));
    thread_.start(QThread::LowPriority);
    QMetaObject::invokeMethod(worker_, [worker = worker_, runs_dir] {
        worker->setRunsDir(runs_dir, 0);
        worker->start();
    });
}

RunFeed::~RunFeed() {
    thread_.quit();
    thread_.wait();
}

void RunFeed::setRunsDir(const QString& runs_dir) {
    runs_dir_ = runs_dir;
    listed_ = false;
    statuses_.clear();
    const quint64 number = ++list_number_;
    QMetaObject::invokeMethod(worker_, [worker = worker_, runs_dir, number] {
        worker->setRunsDir(runs_dir, number);
        worker->readList();
    });
    Q_EMIT listChanged();
}

void RunFeed::select(const QString& run_dir) {
    run_dir_ = run_dir;
    complete_ = false;
    series_.clear();
    loads_.clear();
    events_.clear();
    alarms_.clear();
    const quint64 selection = ++selection_;
    QMetaObject::invokeMethod(worker_, [worker = worker_, run_dir, selection] { worker->select(run_dir, selection); });
    Q_EMIT recordsChanged(true);
}

void RunFeed::refresh() {
    QMetaObject::invokeMethod(worker_, [worker = worker_] { worker->readList(true); });
}

const runs::RunStatus* RunFeed::status(const QString& run_dir) const {
    const std::string dir = run_dir.toStdString();
    const auto found = std::find_if(statuses_.begin(), statuses_.end(), [&](const auto& s) { return s.dir == dir; });
    return found == statuses_.end() ? nullptr : &*found;
}

QStringList RunFeed::tags() const {
    QStringList tags = series_.keys();
    tags.sort();
    return tags;
}

const Series* RunFeed::series(const QString& tag) const {
    const auto found = series_.constFind(tag);
    return found == series_.constEnd() ? nullptr : &*found;
}

void RunFeed::takeList(quint64 list_number, std::vector<runs::RunStatus> statuses, bool whole) {
    if (list_number != list_number_) return;
    statuses_ = std::move(statuses);
    listed_ = listed_ || whole;
    Q_EMIT listChanged();
}

/// moe/LAYER/least_share belongs to the loads too.
void RunFeed::takeLeastShares(const QString& name, const Series& piece) {
    constexpr std::string_view kMoe = "moe/", kLeast = "/least_share";
    const std::string tag = name.toStdString();
    if (!tag.starts_with(kMoe) || !tag.ends_with(kLeast)) return;
    const std::string layer = tag.substr(kMoe.size(), tag.size() - kMoe.size() - kLeast.size());
    for (std::size_t i = 0; i < piece.value.size(); ++i)
        loads_.leastShare(layer, static_cast<std::int64_t>(piece.step[i]), piece.value[i]);
}

void RunFeed::takeBatch(RunBatch batch) {
    if (batch.selection != selection_) return;  // the worker has been told of another one
    if (batch.restart) {
        series_.clear();
        loads_.clear();
        events_.clear();
        alarms_.clear();
        setup_ = batch.setup;
    }
    for (auto piece = batch.series.begin(); piece != batch.series.end(); ++piece) {
        takeLeastShares(piece.key(), *piece);
        Series& series = series_[piece.key()];
        if (series.value.empty()) {
            series = std::move(*piece);
            continue;
        }
        series.step.insert(series.step.end(), piece->step.begin(), piece->step.end());
        series.value.insert(series.value.end(), piece->value.begin(), piece->value.end());
        series.time.insert(series.time.end(), piece->time.begin(), piece->time.end());
    }
    for (const runs::ExpertLoad& load : batch.loads) loads_.add(load);
    for (const runs::ExpertExchange& exchange : batch.exchanges) loads_.add(exchange);
    loads_.settle();
    std::move(batch.events.begin(), batch.events.end(), std::back_inserter(events_));
    if (batch.alarms_changed) alarms_ = std::move(batch.alarms);
    complete_ = complete_ || batch.complete;
    if (!batch.complete)
        QMetaObject::invokeMethod(worker_, [worker = worker_, taken = batch.selection] { worker->goOn(taken); });
    Q_EMIT recordsChanged(batch.restart);
}

}  // namespace switchyard::ui
