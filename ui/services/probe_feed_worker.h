// SPDX-License-Identifier: GPL-3.0-or-later
// What ProbeFeed does in its thread.
#pragma once

#include <QMutex>
#include <QObject>
#include <memory>
#include <optional>

#include "ui/models/probe_frames.h"

namespace switchyard::ui {

/// Thread: its own, but wish(), which any may call.
class ProbeFeedWorker : public QObject {
    Q_OBJECT
public:
    void open(const QString& run_dir, quint64 serial);
    void poll(quint64 serial);
    void readWhole(quint64 serial, int tag, qint64 step, int sample);
    void wish(qint64 step, const QString& layer, int sample);

Q_SIGNALS:
    void opened(quint64 serial, const switchyard::ui::ProbeContents& contents);
    void grown(quint64 serial, const std::vector<std::int64_t>& steps, const std::vector<std::int64_t>& saves);
    void frameRead(quint64 serial, const switchyard::ui::ProbeFramePtr& frame);
    void wholeRead(quint64 serial, int tag, const switchyard::ui::RoutedSamplePtr& sample);
    void failed(quint64 serial, const switchyard::ui::Failure& failure);

private:
    struct Wish {
        qint64 step = 0;
        QString layer;
        int sample = 0;
    };
    void serve();
    void readAhead();
    void readContents();

    QMutex mutex_;
    std::optional<Wish> wish_;  ///< under the mutex
    QString run_;
    quint64 serial_ = 0;
    std::unique_ptr<ProbeFrames> frames_;
    ProbeContents contents_;
    Wish last_;
    qint64 ahead_ = 0;   ///< index of the step to read next without a wish
    int direction_ = 1;  ///< in which the wishes move
    int left_ = 0;       ///< of the steps to read ahead
};

}  // namespace switchyard::ui
