// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/probe_feed.h"

#include <algorithm>
#include <new>
#include <utility>

#include "core/base/util/error.h"
#include "ui/services/probe_feed_worker.h"

namespace switchyard::ui {
namespace {

constexpr int kWatchMs = 1000, kReadAhead = 12;

}  // namespace

void ProbeFeedWorker::open(const QString& run_dir, quint64 serial) {
    run_ = run_dir;
    serial_ = serial;
    left_ = 0;
    frames_.reset();
    readContents();
}

void ProbeFeedWorker::readContents() {
    contents_ = {};
    if (run_.isEmpty()) return;
    try {
        if (frames_ == nullptr) frames_ = std::make_unique<ProbeFrames>(run_);
        contents_ = frames_->contents();
        Q_EMIT opened(serial_, contents_);
    } catch (const Error& error) {
        Q_EMIT opened(serial_, contents_);
        Q_EMIT failed(serial_, Failure::of(error));
    }
}

void ProbeFeedWorker::poll(quint64 serial) {
    if (serial != serial_ || frames_ == nullptr) return;
    try {
        // The first steps bring the samples and layers with them.
        if (frames_->generation() != contents_.generation || contents_.steps.empty() || contents_.samples.isEmpty()) {
            if (contents_.steps.empty() && frames_->stepsAfter(-1).empty()) return;
            return readContents();
        }
        const std::vector<std::int64_t> more = frames_->stepsAfter(contents_.steps.back());
        if (more.empty()) return;
        contents_.steps.insert(contents_.steps.end(), more.begin(), more.end());
        Q_EMIT grown(serial_, more, frames_->saves());
    } catch (const Error& error) {
        Q_EMIT failed(serial_, Failure::of(error));
    }
}

void ProbeFeedWorker::readWhole(quint64 serial, int tag, qint64 step, int sample) {
    if (serial != serial_ || frames_ == nullptr) return;
    RoutedSamplePtr read;
    try {
        read = frames_->whole(step, sample);
    } catch (const std::exception&) {  // told as null
    }
    Q_EMIT wholeRead(serial, tag, read);
}

void ProbeFeedWorker::wish(qint64 step, const QString& layer, int sample) {
    const QMutexLocker lock(&mutex_);
    const bool first = !wish_.has_value();
    wish_ = Wish{step, layer, sample};
    if (first) QMetaObject::invokeMethod(this, &ProbeFeedWorker::serve, Qt::QueuedConnection);
}

void ProbeFeedWorker::serve() {
    Wish wish;
    {
        const QMutexLocker lock(&mutex_);
        if (!wish_) return;
        wish = *wish_;
        wish_.reset();
    }
    if (frames_ == nullptr || contents_.steps.empty()) return;
    try {
        const ProbeFramePtr frame = frames_->frame(wish.step, wish.layer, wish.sample);
        Q_EMIT frameRead(serial_, frame);
    } catch (const Error& error) {
        return Q_EMIT failed(serial_, Failure::of(error));
    } catch (const std::bad_alloc&) {
        return Q_EMIT failed(serial_, {static_cast<int>(ExitCode::kIo),
                                       tr("There is not enough memory for this step of the probe"),
                                       {},
                                       tr("Close other programs")});
    }
    const auto at =
        std::lower_bound(contents_.steps.begin(), contents_.steps.end(), wish.step) - contents_.steps.begin();
    if (wish.step != last_.step) direction_ = wish.step > last_.step ? 1 : -1;
    last_ = wish;
    ahead_ = at + direction_;
    left_ = kReadAhead;
    QMetaObject::invokeMethod(this, &ProbeFeedWorker::readAhead, Qt::QueuedConnection);
}

/// One step, then whoever waits is served before the next.
void ProbeFeedWorker::readAhead() {
    {
        const QMutexLocker lock(&mutex_);
        if (wish_) return;
    }
    if (frames_ == nullptr || last_.layer.isEmpty()) return;
    for (; left_ > 0 && ahead_ >= 0 && ahead_ < static_cast<qint64>(contents_.steps.size()); ahead_ += direction_) {
        --left_;
        const qint64 step = contents_.steps[static_cast<std::size_t>(ahead_)];
        if (frames_->holds(step, last_.layer, last_.sample)) continue;
        try {
            frames_->frame(step, last_.layer, last_.sample);
        } catch (const std::exception&) {
            return;  // told when it is asked for
        }
        ahead_ += direction_;
        QMetaObject::invokeMethod(this, &ProbeFeedWorker::readAhead, Qt::QueuedConnection);
        return;
    }
}

ProbeFeed::ProbeFeed(QObject* parent) : QObject(parent), worker_(new ProbeFeedWorker) {
    worker_->moveToThread(&thread_);
    connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
    connect(worker_, &ProbeFeedWorker::opened, this, [this](quint64 serial, const ProbeContents& contents) {
        if (serial != serial_) return;
        contents_ = contents;
        read_ = true;
        Q_EMIT contentsChanged();
    });
    connect(worker_, &ProbeFeedWorker::grown, this,
            [this](quint64 serial, const std::vector<std::int64_t>& steps, const std::vector<std::int64_t>& saves) {
                if (serial != serial_) return;
                contents_.saves = saves;
                contents_.steps.insert(contents_.steps.end(), steps.begin(), steps.end());
                Q_EMIT stepsAdded();
            });
    connect(worker_, &ProbeFeedWorker::frameRead, this, [this](quint64 serial, const ProbeFramePtr& read) {
        if (serial == serial_) Q_EMIT frame(read);
    });
    connect(worker_, &ProbeFeedWorker::wholeRead, this, [this](quint64 serial, int tag, const RoutedSamplePtr& sample) {
        if (serial == serial_) Q_EMIT whole(tag, sample);
    });
    connect(worker_, &ProbeFeedWorker::failed, this, [this](quint64 serial, const Failure& failure) {
        if (serial == serial_) Q_EMIT failed(failure);
    });
    connect(&timer_, &QTimer::timeout, this, [this] {
        QMetaObject::invokeMethod(worker_, [worker = worker_, serial = serial_] { worker->poll(serial); });
    });
    timer_.setInterval(kWatchMs);
    thread_.setObjectName(QStringLiteral("probe feed"));
    thread_.start();
}

ProbeFeed::~ProbeFeed() {
    thread_.quit();
    thread_.wait();
}

void ProbeFeed::open(const QString& run_dir) {
    run_ = run_dir;
    read_ = false;
    contents_ = {};
    const quint64 serial = ++serial_;
    QMetaObject::invokeMethod(worker_, [worker = worker_, run_dir, serial] { worker->open(run_dir, serial); });
}

void ProbeFeed::ask(qint64 step, const QString& layer, int sample) {
    if (!run_.isEmpty()) worker_->wish(step, layer, sample);
}

void ProbeFeed::askWhole(int tag, qint64 step, int sample) {
    QMetaObject::invokeMethod(worker_, [worker = worker_, serial = serial_, tag, step, sample] {
        worker->readWhole(serial, tag, step, sample);
    });
}

void ProbeFeed::watch(bool on) {
    if (on)
        timer_.start();
    else
        timer_.stop();
}

}  // namespace switchyard::ui
