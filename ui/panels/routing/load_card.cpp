// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/load_card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/models/load_history.h"
#include "ui/models/route_stats.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/contrast_table.h"
#include "ui/panels/routing/route_bars.h"
#include "ui/panels/routing/routing_exports.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/segmented_control.h"

namespace switchyard::ui {

LoadCard::LoadCard(RouteFocus& focus, RoutingExports& exports, QWidget* parent)
    : Card(tr("Load of each expert"), parent), focus_(focus) {
    scope_ = new SegmentedControl({tr("This sample"), tr("All samples")});
    scope_->setAccessibleName(tr("Samples counted"));
    what_if_ = new QPushButton(tr("What if"));
    what_if_->setProperty("small", true);
    what_if_->setToolTip(tr("Put the same logits through another gate"));
    compare_ = new QPushButton(tr("Compare with"));
    compare_->setProperty("small", true);
    compare_->setToolTip(tr("Another step, checkpoint or sample"));
    flow_ = new QPushButton(tr("Flow"));
    flow_->setProperty("small", true);
    flow_->setToolTip(tr("How tokens and patches move between experts from layer to layer"));
    auto* menu = new ChartMenu(tr("Load of each expert"), {ChartExport::kPng, ChartExport::kPdf, ChartExport::kCsv});
    words_ = new ElidedLabel;
    words_->setProperty("role", "caption");
    addHeadWidget(words_);
    addCornerWidget(scope_);
    addCornerWidget(flow_);
    addCornerWidget(what_if_);
    addCornerWidget(compare_);
    addCornerWidget(menu);
    bars_ = new RouteBars(focus_);
    facts_ = new ContrastTable({tr("Dropped"), tr("Max violation"), tr("Entropy"), tr("Experts chosen")});
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(bars_, 1);
    row->addWidget(facts_);
    body()->addLayout(row, 1);
    connect(scope_, &SegmentedControl::changed, this, &LoadCard::refresh);
    connect(what_if_, &QPushButton::clicked, this, &LoadCard::whatIfAsked);
    connect(compare_, &QPushButton::clicked, this, &LoadCard::compareAsked);
    connect(flow_, &QPushButton::clicked, this, &LoadCard::flowAsked);
    connect(&focus_, &RouteFocus::sampleChanged, this, &LoadCard::refresh);
    connect(&focus_, &RouteFocus::layerChanged, this, &LoadCard::refresh);
    exports.serve(
        menu, tr("Load of each expert"),
        {tr("load"), [this] { return loadTable(bars_->load()); }, [this] { return bars_->size(); },
         [this](QPainter& painter) { bars_->paintAll(painter); }, [this](int expert) { focus_.setExpert(expert); }});
}

void LoadCard::setSamples(const QList<RoutedSamplePtr>& samples) {
    samples_ = samples;
    refresh();
}

void LoadCard::setLow(bool low) {
    bars_->setMinimumHeight(low ? 90 : 110);
}

void LoadCard::refresh() {
    const RoutedLayer* layer = focus_.layer();
    if (layer == nullptr) return bars_->setLoad({});
    const bool all = scope_->current() == 1;
    const QList<RoutedSamplePtr> shown = all ? samples_ : QList<RoutedSamplePtr>{focus_.sharedSample()};
    const RouteLoad load = routeLoad(shown, focus_.layerName());
    bars_->setLoad(load);
    const QString which = !all                   ? tr("this sample")
                          : samples_.size() == 1 ? tr("1 sample")
                                                 : tr("%1 samples").arg(samples_.size());
    words_->setFullText(tr("× fair share, %1, %2").arg(which, layerLabel(focus_.layerName(), false)));
    const bool any = load.choices > 0;
    facts_->setRight({any ? number(100 * load.droppedChoices / load.choices, 1) + QStringLiteral(" %") : QString(),
                      any ? number(load.maxViolation(), 2) : QString(), tr("%1 bits").arg(number(load.entropy_bits, 2)),
                      tr("%1 of %2").arg(number(load.inUse(), 0), number(load.experts(), 0))});
}

}  // namespace switchyard::ui
