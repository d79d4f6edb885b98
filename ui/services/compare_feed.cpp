// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/compare_feed.h"

#include <iterator>

#include "ui/services/compare_feed_worker.h"

namespace switchyard::ui {

CompareFeed::CompareFeed(QObject* parent) : QObject(parent) {
    thread_.setObjectName(QStringLiteral("compare feed"));
}

CompareFeed::~CompareFeed() {
    thread_.quit();
    thread_.wait();
}

void CompareFeed::setRuns(const QStringList& dirs, const QStringList& tags) {
    if (worker_ == nullptr) {
        if (dirs.isEmpty()) return;
        worker_ = new CompareFeedWorker;
        worker_->moveToThread(&thread_);
        connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
        connect(worker_, &CompareFeedWorker::batchRead, this, [this](const ComparedBatch& batch) { take(batch); });
        thread_.start(QThread::LowPriority);
    }
    QList<std::pair<QString, quint64>> chosen;
    QHash<QString, Record> kept;
    QHash<QString, quint64> choices;
    for (const QString& dir : dirs) {
        const quint64 choice = choices_.contains(dir) ? choices_.value(dir) : ++choice_;
        kept.insert(dir, records_.take(dir));
        choices.insert(dir, choice);
        chosen.append({dir, choice});
    }
    records_ = std::move(kept);
    choices_ = std::move(choices);
    QMetaObject::invokeMethod(worker_, [worker = worker_, chosen, tags] { worker->setRuns(chosen, tags); });
}

const CompareFeed::Record* CompareFeed::record(const QString& dir) const {
    const auto found = records_.constFind(dir);
    return found == records_.constEnd() ? nullptr : &*found;
}

void CompareFeed::take(const ComparedBatch& batch) {
    const auto found = records_.find(batch.dir);
    if (found == records_.end() || choices_.value(batch.dir) != batch.choice) return;
    if (batch.restart) *found = {};
    for (auto piece = batch.pieces.constBegin(); piece != batch.pieces.constEnd(); ++piece) {
        Series& own = found->series[piece.key()];
        own.step.insert(own.step.end(), piece->step.begin(), piece->step.end());
        own.value.insert(own.value.end(), piece->value.begin(), piece->value.end());
        own.time.insert(own.time.end(), piece->time.begin(), piece->time.end());
    }
    found->events.insert(found->events.end(), batch.events.begin(), batch.events.end());
    found->complete = found->complete || batch.complete;
    found->problem = batch.problem;
    Q_EMIT changed(batch.dir, batch.restart);
}

}  // namespace switchyard::ui
