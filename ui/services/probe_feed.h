// SPDX-License-Identifier: GPL-3.0-or-later
// The routing probe of a run, read by a thread of its own: the newest wish first, then the steps beside it.
#pragma once

#include <QObject>
#include <QString>
#include <QThread>
#include <QTimer>

#include "ui/models/probe_frames.h"

namespace switchyard::ui {

class ProbeFeedWorker;

/// Of several wishes only the newest is served. While it watches it looks for new steps once a second.
/// Thread: GUI thread; nothing here waits but the destructor (for one read).
class ProbeFeed : public QObject {
    Q_OBJECT
public:
    explicit ProbeFeed(QObject* parent = nullptr);
    ~ProbeFeed() override;
    /// "" = no run. What was read of another is void at once.
    void open(const QString& run_dir);
    const QString& run() const { return run_; }
    /// contentsChanged() has told of this run.
    bool isRead() const { return read_; }
    const ProbeContents& contents() const { return contents_; }
    /// `layer` "" = the last one.
    void ask(qint64 step, const QString& layer, int sample);
    /// One sample with all layers, told by whole() with the same tag.
    void askWhole(int tag, qint64 step, int sample);
    void watch(bool on);

Q_SIGNALS:
    void contentsChanged();
    /// Steps came at the end.
    void stepsAdded();
    void frame(const switchyard::ui::ProbeFramePtr& frame);
    /// Null: its rows can not be read.
    void whole(int tag, const switchyard::ui::RoutedSamplePtr& sample);
    void failed(const switchyard::ui::Failure& failure);

private:
    QString run_;
    quint64 serial_ = 0;  ///< of the run that counts
    bool read_ = false;
    ProbeContents contents_;
    QTimer timer_;
    QThread thread_;
    ProbeFeedWorker* worker_;
};

}  // namespace switchyard::ui
