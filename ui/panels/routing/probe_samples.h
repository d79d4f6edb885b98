// SPDX-License-Identifier: GPL-3.0-or-later
// The samples that a run recorded as it trained, and the step they are looked at.
#pragma once

#include <QObject>

#include "ui/models/route_focus.h"
#include "ui/models/sample_list_model.h"
#include "ui/services/probe_feed.h"

namespace switchyard::ui {

class StepBar;

/// Joins the probe's reader, the slider and the list. Keys of its samples lie from kFirstKey on. Thread: GUI thread.
class ProbeSamples : public QObject {
    Q_OBJECT
public:
    static constexpr int kFirstKey = 500'000, kEndKey = 1'000'000;
    static bool owns(int key) { return key >= kFirstKey && key < kEndKey; }

    /// All of them outlive it.
    ProbeSamples(RouteFocus& focus, StepBar& bar, QObject* parent);
    /// "" = no run.
    void open(const QString& run_dir);
    const QString& run() const { return feed_.run(); }
    bool isRead() const { return feed_.isRead(); }
    SampleListModel& list() { return *list_; }
    /// What to say over the list, and in its place while it is empty.
    QString caption() const;
    QString emptyWords() const;
    /// Looks at a sample of the list; any other key leaves the probe.
    void choose(int key);
    qint64 step() const;
    /// Of the frame that stands on the page, -1 = none; step() is the one that was asked for.
    qint64 shownStep() const { return frame_ == nullptr ? -1 : frame_->step; }
    int sampleNumber() const { return sample_; }  ///< -1 = none is looked at
    /// Every sample of the frame that is shown.
    QList<RoutedSamplePtr> shown() const;
    const std::vector<std::int64_t>& steps() const { return feed_.contents().steps; }
    /// wholeRead() tells of a sample with all layers.
    void askWhole(int tag, qint64 step, int sample) { feed_.askWhole(tag, step, sample); }
    void watch(bool on) { feed_.watch(on); }

Q_SIGNALS:
    void listRead();
    void presented(const switchyard::ui::RoutedSamplePtr& sample);
    void wholeRead(int tag, const switchyard::ui::RoutedSamplePtr& sample);
    void failed(const switchyard::ui::Failure& failure);

private:
    void takeContents();
    void takeFrame(const ProbeFramePtr& frame);
    void ask(const QString& layer);

    RouteFocus& focus_;
    StepBar& bar_;
    ProbeFeed feed_;
    SampleListModel* list_;
    ProbeFramePtr frame_;
    int sample_ = -1;
    QString problem_;
};

}  // namespace switchyard::ui
