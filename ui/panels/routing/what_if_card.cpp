// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/what_if_card.h"

#include <QPushButton>
#include <QVBoxLayout>
#include <cmath>
#include <filesystem>
#include <numbers>

#include "core/base/config/config.h"
#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"
#include "ui/models/background.h"
#include "ui/models/route_contrast.h"
#include "ui/models/route_stats.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/contrast_body.h"
#include "ui/panels/routing/contrast_table.h"
#include "ui/panels/routing/gate_form.h"
#include "ui/panels/routing/route_bars.h"
#include "ui/panels/routing/routing_exports.h"
#include "ui/services/app_context.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr std::uint64_t kLargestConfig = 4U << 20;
constexpr int kLateMs = 250;  // until a replay can be cancelled
constexpr int kLeastBars = 160;

struct Trained {
    GateChoice gate;
    std::string text;  ///< of the configuration, as given
    Failure failure;
};

Trained readGate(const QString& folder) {
    Trained read;
    try {
        const std::filesystem::path dir = folder.toStdString();
        std::error_code error;
        const bool resolved = std::filesystem::exists(dir / "config.resolved.yaml", error);
        const bool given = std::filesystem::exists(dir / "config.yaml", error);
        read.gate = gateChoice(
            config::loadOrThrow((dir / (resolved ? "config.resolved.yaml" : "config.yaml")).string()).model.moe);
        const auto bytes = io::readBelow(dir, given ? "config.yaml" : "config.resolved.yaml", kLargestConfig);
        read.text.assign(bytes.begin(), bytes.end());
    } catch (const Error& error) {
        read.failure = Failure::of(error);
    }
    return read;
}

ContrastTable::Verdict verdict(double before, double after, double least) {
    if (std::abs(after - before) <= least) return ContrastTable::Verdict::kNone;
    return after > before ? ContrastTable::Verdict::kWorse : ContrastTable::Verdict::kBetter;
}

}  // namespace

WhatIfCard::WhatIfCard(AppContext& context, RouteFocus& focus, RoutingExports& exports, QWidget* parent)
    : Card(tr("What if"), parent), context_(context), focus_(focus), replay_(context.inference()) {
    words_ = new ElidedLabel;
    words_->setProperty("role", "caption");
    words_->setAccessibleName(tr("What is replayed"));
    cancel_ = new QPushButton(tr("Cancel replay"));
    shown_ = new SegmentedControl({tr("Recorded"), tr("What if")});
    shown_->setAccessibleName(tr("What chips and patches show"));
    shown_->setCurrent(1);
    auto* reset = new QPushButton(tr("Reset"));
    reset->setToolTip(tr("Back to the gate that the model was trained with"));
    config_ = new QPushButton(tr("Use in a new config"));
    for (QPushButton* button : {cancel_, reset, config_}) button->setProperty("small", true);
    auto* close = new IconButton(QStringLiteral("close"), tr("Close What if"));
    auto* menu = new ChartMenu(tr("What if"), {ChartExport::kPng, ChartExport::kPdf, ChartExport::kCsv});
    addHeadWidget(words_);
    for (QWidget* part : std::initializer_list<QWidget*>{cancel_, shown_, reset, config_, menu, close})
        addCornerWidget(part);
    cancel_->hide();
    body()->addWidget(makeBody(), 1);
    exports.serve(menu, tr("Load of each expert, what if"),
                  {QStringLiteral("what if"),
                   [this] {
                       return loadTable(bars_->load(), bars_->reference(), {tr("What if"), tr("Recorded")});
                   },
                   [this] { return bars_->size(); }, [this](QPainter& painter) { bars_->paintAll(painter); },
                   [this](int expert) { focus_.setExpert(expert); }});
    connect(reset, &QPushButton::clicked, form_, &GateForm::reset);
    connect(close, &QToolButton::clicked, this, &WhatIfCard::closed);
    connect(config_, &QPushButton::clicked, this, &WhatIfCard::openConfig);
    connect(cancel_, &QPushButton::clicked, this, [this] {
        replay_.cancel();
        say(tr("Cancelled; change a value to replay."));
    });
    connect(shown_, &SegmentedControl::changed, this, &WhatIfCard::show);
    connect(form_, &GateForm::changed, this, &WhatIfCard::ask);
    connect(&focus_, &RouteFocus::layerChanged, this, [this] {
        if (showing_ || !open_ || base_ == nullptr) return;
        has_result_ = false;
        focus_.setSample(base_);
        ask();
    });
    connect(&replay_, &GateReplay::replayed, this, &WhatIfCard::take);
    connect(&replay_, &GateReplay::failed, this, [this](const Failure& failure) { say(failure.sentence(), true); });
    late_.setSingleShot(true);
    late_.setInterval(kLateMs);
    connect(&late_, &QTimer::timeout, cancel_, &QWidget::show);
    connect(&replay_, &GateReplay::busyChanged, this, [this](bool busy) {
        if (busy) return late_.start();
        late_.stop();
        cancel_->hide();
    });
}

QWidget* WhatIfCard::makeBody() {
    form_ = new GateForm;
    bars_ = new RouteBars(focus_);
    bars_->setAccessibleName(tr("Load of each expert, what if"));
    bars_->setMinimumWidth(kLeastBars);
    facts_ = new ContrastTable({tr("Dropped"), tr("Max violation"), tr("Entropy, bits"), tr("Experts chosen"),
                                tr("Dead"), tr("Changed choices"), tr("Changed tokens")});
    facts_->setHeads(tr("Recorded"), tr("What if"));
    return contrastBody(this, form_, bars_, facts_);
}

void WhatIfCard::say(const QString& words, bool danger) {
    said_ = words;
    sayInHead(*words_, words, danger);
}

void WhatIfCard::setOpen(bool open) {
    if (open == open_) return;
    open_ = open;
    if (open) return readTrained();
    replay_.cancel();
    has_result_ = false;
    if (base_ == nullptr || focus_.sample() == nullptr) return;
    focus_.setSample(base_);
    focus_.setMarks({});
}

void WhatIfCard::setBase(const RoutedSamplePtr& sample, const ReplaySource& source) {
    base_ = sample;
    source_ = source;
    has_result_ = false;
    if (!open_) return;
    if (base_ == nullptr) return replay_.cancel();
    readTrained();
}

/// The gate of the run or model, once for each; then the replay.
void WhatIfCard::readTrained() {
    const QString folder = source_.run.isEmpty() ? source_.model : source_.run;
    if (folder == trained_of_) return trained_read_ ? ask() : void();
    trained_of_ = folder;
    trained_read_ = false;
    if (folder.isEmpty()) return;
    inBackground(
        this, [folder] { return readGate(folder); },
        [this, folder](const Trained& read) {
            if (folder != trained_of_) return;
            if (!read.failure.message.isEmpty()) {
                trained_of_.clear();
                return say(read.failure.sentence(), true);
            }
            trained_read_ = true;
            config_text_ = read.text;
            form_->setTrained(read.gate);  // asks
        });
}

void WhatIfCard::ask() {
    const RoutedLayer* layer = base_ == nullptr ? nullptr : base_->layer(focus_.layerName());
    if (!open_ || !trained_read_ || layer == nullptr || !layer->known()) return;
    form_->setLayer(layer->experts, !layer->bias.empty());
    GateChoice same = form_->choice(), trained = form_->trained();
    same.temperature = trained.temperature;
    same.bias = trained.bias;
    same.own_bias = trained.own_bias;
    config_->setEnabled(same != trained);
    config_->setToolTip(same != trained ? tr("Opens the run's configuration in Configure with these keys set")
                                        : tr("Nothing is set that a configuration has a key for"));
    if (const QString problem = form_->problem(); !problem.isEmpty()) {
        replay_.cancel();
        return say(problem, true);
    }
    ReplaySource source = source_;
    source.sample = base_;
    source.layer = layer->name;
    say(source.run.isEmpty() ? tr("replays this sample's logits; changes nothing in the model")
                             : tr("replays the recorded logits of step %1; changes nothing in the run")
                                   .arg(number(static_cast<double>(source.step), 0)));
    replay_.ask(source, gateRequest(form_->choice()));
}

void WhatIfCard::take(const Replayed& replayed) {
    const RoutedLayer* layer = base_ == nullptr ? nullptr : base_->layer(focus_.layerName());
    if (!open_ || layer == nullptr || replayed.routes->layer != layer->name.toStdString() ||
        replayed.routes->num_tokens != layer->rows())
        return;
    result_ = replayed;
    has_result_ = true;
    if (replayed.routes->rounded && !said_.contains(tr("rounded")))
        say(said_ + tr("; they are rounded, near ties may fall otherwise"));
    show();
    showFacts();
}

/// Chips, patches and bars.
void WhatIfCard::show() {
    if (!has_result_ || base_ == nullptr) return;
    const RoutedLayer& before = *base_->layer(focus_.layerName());
    RoutedLayer after = routedLayer(result_.routes);
    after.logits = before.logits;  // what a token's likeliest experts are told from
    after.recorded = before.recorded;
    const RoutedSamplePtr replayed = withLayer(*base_, after);
    bars_->setReference(routeLoad({base_}, before.name));
    bars_->setLoad(routeLoad({replayed}, before.name));
    const bool other = shown_->current() == 1;
    showing_ = true;
    focus_.setSample(other ? replayed : base_);
    focus_.setMarks(other ? changedRows(after, before) : changedRows(before, after));
    showing_ = false;
}

void WhatIfCard::showFacts() {
    const auto percent = [](double share) { return number(100 * share, 1) + QStringLiteral(" %"); };
    const auto bits = [](double nats) { return number(nats / std::numbers::ln2, 2); };
    const auto experts = static_cast<std::int64_t>(result_.before.load.size());
    const auto used = [&](const runs::RouteSummary& summary) {
        return number(static_cast<double>(experts - summary.dead), 0);
    };
    const auto dead = [](const runs::RouteSummary& summary) { return number(static_cast<double>(summary.dead), 0); };
    double choices = 0;
    for (const std::int64_t load : result_.after.load) choices += static_cast<double>(load);
    const runs::RouteSummary &a = result_.before, &b = result_.after;
    facts_->setLeft({percent(a.dropped), number(a.max_violation, 2), bits(a.entropy), used(a), dead(a), {}, {}});
    facts_->setRight(
        {percent(b.dropped), number(b.max_violation, 2), bits(b.entropy), used(b), dead(b),
         tr("%1 of %2").arg(number(result_.changed, 0), number(choices, 0)),
         tr("%1 of %2")
             .arg(number(result_.changed_tokens, 0), number(static_cast<double>(result_.routes->num_tokens), 0))},
        {verdict(a.dropped, b.dropped, 5e-4), verdict(a.max_violation, b.max_violation, 5e-3),
         ContrastTable::Verdict::kNone, ContrastTable::Verdict::kNone,
         verdict(static_cast<double>(a.dead), static_cast<double>(b.dead), 0)});
}

void WhatIfCard::openConfig() {
    const GateChoice choice = form_->choice();
    int count = 0;
    const std::optional<std::string> text = configWithGate(config_text_, form_->trained(), choice, &count);
    if (!text) return say(tr("The run's configuration is no valid YAML any more, so no key can be set in it."), true);
    context_.showPage(QStringLiteral("configure"));
    context_.openConfig(QString::fromStdString(*text), QString());
    QString told = count == 1 ? tr("1 key of the gate set in a new configuration")
                              : tr("%1 keys of the gate set in a new configuration").arg(count);
    if (choice.temperature != 1 || choice.bias != GateChoice::Bias::kTrained)
        told += tr("; temperature and bias have none");
    context_.report(QStringLiteral("info"), told);
}

}  // namespace switchyard::ui
