// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/compare_card.h"

#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/models/load_history.h"
#include "ui/models/route_contrast.h"
#include "ui/models/route_stats.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/bar_rows.h"
#include "ui/panels/routing/compare_chooser.h"
#include "ui/panels/routing/contrast_body.h"
#include "ui/panels/routing/contrast_table.h"
#include "ui/panels/routing/probe_samples.h"
#include "ui/panels/routing/route_bars.h"
#include "ui/panels/routing/routing_exports.h"
#include "ui/panels/routing/step_bar.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/services/app_context.h"
#include "ui/services/route_tracer.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kPauseMs = 120, kLeft = 248, kLeastBars = 160, kLayerName = 84;
constexpr int kOneTag = 0, kOtherTag = 1;  // the lowest bit of a request's number

}  // namespace

CompareCard::CompareCard(AppContext& context, RouteFocus& focus, ProbeSamples& probe, RoutingExports& exports,
                         QWidget* parent)
    : Card(tr("Compare"), parent), focus_(focus), probe_(probe), tracer_(new RouteTracer(context.inference(), this)) {
    words_ = new ElidedLabel;
    words_->setProperty("role", "caption");
    words_->setAccessibleName(tr("What is compared"));
    shown_ = new SegmentedControl({tr("This"), tr("Other")});
    shown_->setAccessibleName(tr("What chips and patches show"));
    auto* close = new IconButton(QStringLiteral("close"), tr("Close Compare"));
    chooser_ = new CompareChooser(context);
    auto* menu = new ChartMenu(tr("Compare"), {ChartExport::kPng, ChartExport::kPdf, ChartExport::kCsv});
    addHeadWidget(words_);
    addCornerWidget(shown_);
    addCornerWidget(menu);
    addCornerWidget(close);
    body()->addWidget(makeBody(), 1);
    exports.serve(menu, tr("Load of each expert, compared"),
                  {QStringLiteral("compare"),
                   [this] {
                       return loadTable(bars_->load(), bars_->reference(), {tr("This"), tr("Other")});
                   },
                   [this] { return bars_->size(); }, [this](QPainter& painter) { bars_->paintAll(painter); },
                   [this](int expert) { focus_.setExpert(expert); }});
    pause_.setSingleShot(true);
    pause_.setInterval(kPauseMs);
    connect(&pause_, &QTimer::timeout, this, &CompareCard::fetch);
    connect(close, &QToolButton::clicked, this, &CompareCard::closed);
    connect(shown_, &SegmentedControl::changed, this, &CompareCard::show);
    connect(chooser_, &CompareChooser::changed, this, &CompareCard::choose);
    connect(&focus_, &RouteFocus::layerChanged, this, [this] {
        if (!showing_) show();
    });
    connect(&probe_, &ProbeSamples::wholeRead, this, &CompareCard::takeWhole);
    connect(tracer_, &RouteTracer::traced, this, [this](int, const RoutedSamplePtr& sample) { takeOther(sample); });
    connect(tracer_, &RouteTracer::failed, this,
            [this](int, const Failure& failure) { say(failure.sentence(), true); });
}

QWidget* CompareCard::makeBody() {
    layers_ = new BarRows(tr("Share of tokens with the same experts, by layer"));
    layers_->setNameWidth(kLayerName);
    auto* rows = new QScrollArea;
    rows->setWidget(layers_);
    rows->setWidgetResizable(true);
    rows->setFrameShape(QFrame::NoFrame);
    rows->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* caption = new QLabel(tr("Same experts, by layer"));
    caption->setProperty("role", "caption");
    auto* left = new QWidget;
    left->setFixedWidth(kLeft);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(12, 8, 12, 8);
    column->setSpacing(4);
    column->addWidget(chooser_);
    column->addWidget(caption);
    column->addWidget(rows, 1);
    bars_ = new RouteBars(focus_);
    bars_->setAccessibleName(tr("Load of each expert, compared"));
    bars_->setMinimumWidth(kLeastBars);
    facts_ = new ContrastTable(
        {tr("Dropped"), tr("Max violation"), tr("Entropy, bits"), tr("Experts chosen"), tr("Same experts")});
    facts_->setHeads(tr("This, bars"), tr("Other, lines"));
    return contrastBody(this, left, bars_, facts_);
}

void CompareCard::say(const QString& words, bool danger) {
    said_ = words;
    sayInHead(*words_, words, danger);
    if (danger) {  // nothing of an older comparison stays beside it
        bars_->setReference({});
        facts_->setRight({});
        layers_->setRows({}, 1);
    }
}

bool CompareCard::sameSample() const {
    return chooser_->what() != CompareChooser::kSample;
}

void CompareCard::setOpen(bool open) {
    if (open == open_) return;
    open_ = open;
    if (open) return choose();
    pause_.stop();
    tracer_->setModel({});
    ++tag_;
    one_.reset();
    other_.reset();
    showBase();
}

void CompareCard::showBase() {
    if (base_ == nullptr || focus_.sample() == nullptr) return;
    focus_.setSample(base_);
    focus_.setMarks({});
}

void CompareCard::setBase(const RoutedSamplePtr& sample, const RouteQuery& query, SampleListModel* list) {
    const bool recorded = list == &probe_.list();
    // Another layer of the same sample at the same step: what was read of it holds.
    const bool same = sample != nullptr && base_ != nullptr && sample->origin == base_->origin && list == list_ &&
                      (!recorded || probe_.shownStep() == step_);
    base_ = sample;
    query_ = query;
    list_ = list;
    step_ = recorded ? probe_.shownStep() : -1;
    if (!open_) return;
    if (same && ready()) return show();
    choose();
}

/// The person chose, or the page shows something else: both are fetched when that pauses.
void CompareCard::choose() {
    if (!open_) return;
    one_.reset();
    other_.reset();
    ++tag_;
    tracer_->setModel({});
    if (base_ == nullptr) return pause_.stop();
    chooser_->setSteps(step_ >= 0 ? probe_.steps() : std::vector<std::int64_t>());
    QStringList titles;
    if (list_ != nullptr)
        for (const SampleEntry& entry : list_->entries()) titles << sampleTitle(entry.query);
    chooser_->setSamples(titles);
    pause_.start();
}

void CompareCard::fetch() {
    const int number = probe_.sampleNumber();
    showBase();
    if (step_ >= 0)
        probe_.askWhole(2 * tag_ + kOneTag, step_, number);
    else
        one_ = base_;
    say(tr("Reading what to compare with"));
    switch (chooser_->what()) {
        case CompareChooser::kStep:
            return probe_.askWhole(2 * tag_ + kOtherTag, chooser_->steps()->step(), number);
        case CompareChooser::kCheckpoint: {
            const QString folder = chooser_->checkpoints()->chosen().folder;
            if (folder.isEmpty()) return say(tr("Choose a checkpoint to compare with."));
            tracer_->setModel(folder);
            return tracer_->trace(0, query_, true);
        }
        case CompareChooser::kSample: {
            const int row = chooser_->sample();
            if (list_ == nullptr || row < 0 || row >= list_->entries().size())
                return say(tr("Keep this sample first (Enter), then choose another of the list."));
            if (step_ >= 0) return probe_.askWhole(2 * tag_ + kOtherTag, step_, row);
            const RoutedSamplePtr routes = list_->entries()[row].routes;
            if (routes == nullptr)
                return say(tr("That sample was not traced yet. Choose it in the list at the left first."));
            takeOther(routes);
        }
    }
}

void CompareCard::takeWhole(int tag, const RoutedSamplePtr& sample) {
    if (!open_ || tag / 2 != tag_) return;
    if (sample == nullptr) return say(tr("A row of the routing probe can not be read. Choose another step."), true);
    if (tag % 2 == kOtherTag) return takeOther(sample);
    one_ = sample;
    if (ready()) show();
}

void CompareCard::takeOther(RoutedSamplePtr sample) {
    if (!open_ || base_ == nullptr) return;
    if (sameSample() && sample->origin != base_->origin) {
        auto own = std::make_shared<RoutedSample>(*sample);
        own->origin = base_->origin;
        sample = own;
    }
    other_ = std::move(sample);
    if (ready()) show();
}

QString CompareCard::pairWords() const {
    const auto step = [](qint64 of) { return tr("step %1").arg(number(static_cast<double>(of), 0)); };
    const QString one = step_ >= 0 ? step(step_) : tr("this one");
    switch (chooser_->what()) {
        case CompareChooser::kStep:
            return tr("%1 with %2").arg(one, step(chooser_->steps()->step()));
        case CompareChooser::kCheckpoint:
            return tr("%1 with %2").arg(one, chooser_->checkpoints()->chosen().label);
        case CompareChooser::kSample:
            return tr("with “%1”; tokens that both have are held against each other")
                .arg(chooser_->samples()->currentText().left(40));
    }
    return {};
}

void CompareCard::show() {
    if (!open_ || !ready()) return;
    say(pairWords());
    showLayers();
    const RoutedLayer* one = one_->layer(focus_.layerName());
    const RoutedLayer* other = other_->layer(focus_.layerName());
    if (one == nullptr || other == nullptr) {
        bars_->setLoad(one == nullptr ? RouteLoad() : routeLoad({one_}, focus_.layerName()));
        bars_->setReference({});
        facts_->setRight({});
        return say(
            tr("The other one does not pass %1; choose another layer.").arg(layerLabel(focus_.layerName(), false)));
    }
    const bool right = shown_->current() == 1;
    const std::vector<int> match = right ? matchedRows(*other_, *other, *one_, *one, sameSample())
                                         : matchedRows(*one_, *one, *other_, *other, sameSample());
    const QHash<int, QString> marks = right ? changedRows(*other, *one, match) : changedRows(*one, *other, match);
    showFacts(*one, *other, matchedRows(*one_, *one, *other_, *other, sameSample()));
    showing_ = true;
    focus_.setSample(right ? other_ : one_);
    focus_.setMarks(marks);
    showing_ = false;
}

void CompareCard::showLayers() {
    QList<BarRow> rows;
    for (const RoutedLayer& layer : one_->layers) {
        const RoutedLayer* other = other_->layer(layer.name);
        const double share = other == nullptr
                                 ? std::nan("")
                                 : agreement(layer, *other, matchedRows(*one_, layer, *other_, *other, sameSample()));
        rows.append({layerLabel(layer.name, false),
                     -1,
                     std::isnan(share) ? 0 : share,
                     std::isnan(share) ? tr("none") : number(100 * share, 0) + QStringLiteral(" %"),
                     {}});
    }
    layers_->setRows(rows, 1);
}

void CompareCard::showFacts(const RoutedLayer& one, const RoutedLayer& other, const std::vector<int>& match) {
    const RouteLoad a = routeLoad({one_}, one.name), b = routeLoad({other_}, one.name);
    bars_->setLoad(a);
    bars_->setReference(a.experts() == b.experts() ? b : RouteLoad());
    const auto told = [](const RouteLoad& load) {
        return QStringList{
            number(load.choices > 0 ? 100 * load.droppedChoices / load.choices : 0, 1) + QStringLiteral(" %"),
            number(load.maxViolation(), 2), number(load.entropy_bits, 2), number(load.inUse(), 0)};
    };
    const auto common = std::count_if(match.begin(), match.end(), [](int row) { return row >= 0; });
    const double share = agreement(one, other, match);
    facts_->setLeft(told(a));
    facts_->setRight(told(b) << (common == 0 ? tr("none in common")
                                             : tr("%1 of %2")
                                                   .arg(number(std::round(share * static_cast<double>(common)), 0),
                                                        number(static_cast<double>(common), 0))));
}

}  // namespace switchyard::ui
