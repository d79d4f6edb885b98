// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/probe_samples.h"

#include <algorithm>

#include "ui/models/run_words.h"
#include "ui/panels/routing/step_bar.h"

namespace switchyard::ui {

ProbeSamples::ProbeSamples(RouteFocus& focus, StepBar& bar, QObject* parent)
    : QObject(parent), focus_(focus), bar_(bar), list_(new SampleListModel(this)) {
    bar_.hide();
    connect(&feed_, &ProbeFeed::contentsChanged, this, &ProbeSamples::takeContents);
    connect(&feed_, &ProbeFeed::whole, this, &ProbeSamples::wholeRead);
    connect(&feed_, &ProbeFeed::frame, this, &ProbeSamples::takeFrame);
    connect(&feed_, &ProbeFeed::stepsAdded, this, [this] {
        bar_.setSteps(feed_.contents().steps);
        bar_.setSaves(feed_.contents().saves);
        Q_EMIT listRead();
    });
    connect(&feed_, &ProbeFeed::failed, this, [this](const Failure& failure) {
        problem_ = failure.sentence();
        if (sample_ >= 0)
            Q_EMIT failed(failure);
        else
            Q_EMIT listRead();
    });
    connect(&bar_, &StepBar::stepAsked, this, [this] { ask(focus_.layerName()); });
    connect(&focus_, &RouteFocus::layerChanged, this, [this] {
        list_->setLayer(focus_.layerName());
        if (sample_ < 0 || focus_.layer() == nullptr) return;
        if (!focus_.layer()->known() || frame_ == nullptr || frame_->layer != focus_.layerName())
            ask(focus_.layerName());
    });
}

void ProbeSamples::open(const QString& run_dir) {
    if (run_dir == feed_.run() && (run_dir.isEmpty() || feed_.isRead())) return;
    choose(-1);
    frame_.reset();
    problem_.clear();
    list_->setEntries({});
    bar_.setSteps({});
    feed_.open(run_dir);
}

void ProbeSamples::takeContents() {
    const ProbeContents& contents = feed_.contents();
    frame_.reset();
    QList<SampleEntry> entries;
    for (const RouteQuery& query : contents.samples)
        entries.append({kFirstKey + static_cast<int>(entries.size()), query, {}, {}});
    if (sample_ >= entries.size()) choose(-1);
    list_->setEntries(entries);
    bar_.setSteps(contents.steps);
    bar_.setSaves(contents.saves);
    if (sample_ >= 0) ask(focus_.layerName());
    Q_EMIT listRead();
}

QString ProbeSamples::caption() const {
    const ProbeContents& contents = feed_.contents();
    if (contents.samples.isEmpty()) return {};
    const auto steps = static_cast<double>(contents.steps.size());
    return tr("%1 samples, recorded at %2 steps as the run trained")
        .arg(number(static_cast<double>(contents.samples.size()), 0), number(steps, 0));
}

QString ProbeSamples::emptyWords() const {
    if (!problem_.isEmpty()) return problem_;
    if (feed_.run().isEmpty()) return tr("This checkpoint belongs to no run, so nothing was recorded.");
    if (!feed_.isRead()) return tr("Reading the routing probe.");
    return tr(
        "This run recorded no routing probe. Set probe.every in its configuration, and a run writes down where its "
        "routers send a few fixed samples as it trains.");
}

void ProbeSamples::choose(int key) {
    sample_ = owns(key) && list_->rowOf(key) >= 0 ? key - kFirstKey : -1;
    bar_.setVisible(sample_ >= 0);
    if (sample_ < 0) return bar_.stop();
    ask(focus_.layerName());
}

qint64 ProbeSamples::step() const {
    return bar_.step();
}

void ProbeSamples::ask(const QString& layer) {
    if (sample_ < 0 || bar_.step() < 0) return;
    feed_.ask(bar_.step(), feed_.contents().layers.contains(layer) ? layer : QString(), sample_);
}

void ProbeSamples::takeFrame(const ProbeFramePtr& frame) {
    if (sample_ < 0 || sample_ >= frame->samples.size()) return;
    frame_ = frame;
    bar_.stepShown(frame->step);
    if (const auto bad = frame->failures.constFind(sample_); bad != frame->failures.constEnd()) {
        list_->setProblem(kFirstKey + sample_, bad->sentence());
        return Q_EMIT failed(*bad);
    }
    const RoutedSamplePtr sample = frame->samples[sample_];
    if (sample == nullptr) return;
    list_->setAllRoutes(frame->samples);
    Q_EMIT presented(sample);
    // The sample may not pass the layer that was asked for, or another was chosen meanwhile.
    const RoutedLayer* layer = focus_.layer();
    if (layer != nullptr && !layer->known() && layer->name != frame->layer) ask(layer->name);
}

QList<RoutedSamplePtr> ProbeSamples::shown() const {
    QList<RoutedSamplePtr> all;
    if (frame_ == nullptr) return all;
    for (const RoutedSamplePtr& sample : frame_->samples)
        if (sample != nullptr) all.append(sample);
    return all;
}

}  // namespace switchyard::ui
