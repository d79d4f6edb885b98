// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/flow_card.h"

#include <QCheckBox>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/models/run_words.h"
#include "ui/panels/routing/flow_view.h"
#include "ui/panels/routing/probe_samples.h"
#include "ui/panels/routing/routing_exports.h"
#include "ui/widgets/chart_menu.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/segmented_control.h"

namespace switchyard::ui {
namespace {

constexpr int kPauseMs = 100;

bool whole(const RoutedSample& sample) {
    return std::all_of(sample.layers.begin(), sample.layers.end(), [](const RoutedLayer& l) { return l.known(); });
}

bool has(const RoutedSample& sample, bool text) {
    return std::any_of(sample.layers.begin(), sample.layers.end(),
                       [text](const RoutedLayer& l) { return (text ? l.texts : l.images) > 0; });
}

}  // namespace

FlowCard::FlowCard(RouteFocus& focus, ProbeSamples& probe, RoutingExports& exports, QWidget* parent)
    : Card(tr("Flow"), parent), focus_(focus), probe_(probe) {
    words_ = new ElidedLabel;
    words_->setProperty("role", "caption");
    kinds_ = new SegmentedControl({tr("Both"), tr("Text"), tr("Image")});
    kinds_->setAccessibleName(tr("Rows that flow"));
    weighted_ = new QCheckBox(tr("By weight"));
    weighted_->setToolTip(
        tr("A row counts with its first choice's weight, along a ribbon with the smaller of the two"));
    auto* menu = new ChartMenu(tr("Flow"), {ChartExport::kPng, ChartExport::kPdf, ChartExport::kCsv});
    auto* close = new IconButton(QStringLiteral("close"), tr("Close Flow"));
    addHeadWidget(words_);
    addCornerWidget(kinds_);
    addCornerWidget(weighted_);
    addCornerWidget(menu);
    addCornerWidget(close);
    view_ = new FlowView(focus_);
    auto* scroll = new QScrollArea;
    scroll->setWidget(view_);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    body()->addWidget(scroll, 1);
    exports.serve(
        menu, tr("Flow between experts"),
        {QStringLiteral("flow"), [this] { return view_->table(); }, [this] { return view_->size(); },
         [this](QPainter& painter) { view_->paintAll(painter); }, [this](int row) { view_->chooseRow(row); }});
    pause_.setSingleShot(true);
    pause_.setInterval(kPauseMs);
    connect(&pause_, &QTimer::timeout, this, &FlowCard::fetch);
    connect(close, &QToolButton::clicked, this, &FlowCard::closed);
    connect(kinds_, &SegmentedControl::changed, this, &FlowCard::useOptions);
    connect(weighted_, &QCheckBox::toggled, this, &FlowCard::useOptions);
    connect(&probe_, &ProbeSamples::wholeRead, this, &FlowCard::takeWhole);
    connect(view_, &FlowView::cursorMoved, scroll, [scroll](const QRectF& place) {
        scroll->ensureVisible(static_cast<int>(place.center().x()), static_cast<int>(place.center().y()), 80, 20);
    });
}

void FlowCard::setOpen(bool open) {
    if (open == open_) return;
    open_ = open;
    if (!open) {
        pause_.stop();
        return view_->setSample({});
    }
    setBase(base_);
}

void FlowCard::setBase(const RoutedSamplePtr& sample) {
    base_ = sample;
    if (!open_) return;
    if (sample == nullptr) return view_->setSample({});
    kinds_->setChoiceEnabled(1, has(*sample, true), tr("This sample has no text"));
    kinds_->setChoiceEnabled(2, has(*sample, false), tr("This sample has no picture"));
    if (whole(*sample)) return show(sample);
    if (!pause_.isActive()) pause_.start();
}

void FlowCard::fetch() {
    if (open_ && base_ != nullptr && probe_.sampleNumber() >= 0)
        probe_.askWhole(--tag_, probe_.shownStep(), probe_.sampleNumber());
}

void FlowCard::takeWhole(int tag, const RoutedSamplePtr& sample) {
    if (!open_ || tag != tag_) return;
    if (sample == nullptr) return words_->setFullText(tr("A row of the routing probe can not be read."));
    show(sample);
}

void FlowCard::show(const RoutedSamplePtr& of) {
    view_->setSample(of);
    showWords();
}

void FlowCard::useOptions() {
    view_->setOptions({static_cast<FlowRows>(kinds_->current()), weighted_->isChecked()});
    showWords();
}

void FlowCard::showWords() {
    const RouteFlow& flow = view_->flow();
    if (flow.empty()) return words_->setFullText({});
    if (flow.steps.empty()) return words_->setFullText(tr("one layer with experts: nothing flows on"));
    double all = 0, drawn = 0;
    for (const FlowStep& step : flow.steps)
        for (const FlowRibbon& ribbon : step.ribbons) all += ribbon.value();
    for (const FlowStep& step : view_->drawn().steps)
        for (const FlowRibbon& ribbon : step.ribbons) drawn += ribbon.value();
    const QString part = number(all > 0 ? std::floor(100 * drawn / all) : 0, 0);
    QString words = view_->isMatrix() ? tr("groups of %1 experts, shares of first choices; hatched: dropped")
                                            .arg(view_->drawn().columns.front().group)
                                      : tr("first choices; height: share of the layer; hatched: dropped");
    if (drawn < all) words += tr("; the largest ribbons, %1 % of all").arg(part);
    words_->setFullText(words);
}

}  // namespace switchyard::ui
