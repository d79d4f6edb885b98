// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "core/base/health/limits.h"
#include "ui/models/run_words.h"
#include "ui/panels/experts/alarm_cards.h"
#include "ui/panels/experts/expert_exports.h"
#include "ui/panels/experts/experts_tool_bar.h"
#include "ui/panels/experts/hot_cold_card.h"
#include "ui/panels/experts/layer_grid.h"
#include "ui/panels/experts/load_heatmap.h"
#include "ui/panels/experts/modality_bars.h"
#include "ui/panels/experts/modality_legend.h"
#include "ui/panels/experts/rank_matrix.h"
#include "ui/panels/experts/tiles_row.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/card.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kLowerHeight = 172, kLeastContent = 470;
constexpr int kRightWidth = 328, kRightNarrow = 284, kNarrowPage = 900, kTallPage = 1000;
constexpr int kWordsWidth = 760;  // of the heatmap, for its long caption

}  // namespace

ExpertsPage::ExpertsPage(AppContext& app, QWidget* parent) : RecordPage(app, QStringLiteral("experts"), parent) {
    view_.loads = &app.runs().loads();
    exports_ = new ExpertExports(app, view_, this);
    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    tool_bar_ = new ExpertsToolBar(view_, content);
    tiles_ = new TilesRow(view_, content);
    auto* scroll = new QScrollArea(content);
    auto* inner = new QWidget(scroll->viewport());
    inner->setMinimumHeight(kLeastContent);
    auto* row = new QHBoxLayout(inner);
    row->setContentsMargins(metric::kGrid, metric::kGrid, metric::kGrid, metric::kGrid);
    row->setSpacing(metric::kGrid);
    row->addWidget(makeLeft(inner), 1);
    right_ = makeRight(inner);
    row->addWidget(right_);
    scroll->setWidget(inner);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    column->addWidget(tool_bar_);
    column->addWidget(tiles_);
    column->addWidget(scroll, 1);
    connect(tool_bar_, &ExpertsToolBar::fishEyeChosen, heatmap_, &LoadHeatmap::setFishEye);
    connect(tool_bar_, &ExpertsToolBar::tableAsked, exports_, &ExpertExports::openLoads);
    connect(tool_bar_, &ExpertsToolBar::exportAsked, heatmap_menu_, &ChartMenu::exportAsked);
    connect(&view_.focus, &ExpertFocus::layerChanged, this, &ExpertsPage::layerChosen);
    connect(&view_.focus, &ExpertFocus::stepChanged, this, &ExpertsPage::updateWords);
    begin(content);
}

QWidget* ExpertsPage::makeLeft(QWidget* parent) {
    auto* left = new QWidget(parent);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metric::kGrid);
    heatmap_card_ = new Card(tr("Load per expert"), left);
    fair_ = new QLabel;
    fair_->setProperty("role", "caption");
    heatmap_menu_ = new ChartMenu(tr("Load per expert"), {ChartExport::kPng, ChartExport::kCsvAll});
    heatmap_ = new LoadHeatmap(view_);
    heatmap_card_->addCornerWidget(fair_);
    heatmap_card_->addCornerWidget(heatmap_menu_);
    heatmap_card_->setContent(heatmap_);
    connect(heatmap_menu_, &ChartMenu::tableAsked, exports_, &ExpertExports::openLoads);
    connect(heatmap_menu_, &ChartMenu::exportAsked, this, [this](ChartExport kind) {
        exports_->exportLoads(kind, [this](double scale) { return heatmap_->picture(scale); });
    });

    auto* modality_card = new Card(tr("Modality share"), left);
    modality_card->setSubtitle(QStringLiteral("%"));
    modality_card->addCornerWidget(new ModalityLegend);
    modality_menu_ = new ChartMenu(tr("Modality share"), {ChartExport::kPng, ChartExport::kCsvAll});
    modality_card->addCornerWidget(modality_menu_);
    modality_ = new ModalityBars(view_);
    modality_card->setContent(modality_);
    connect(modality_menu_, &ChartMenu::tableAsked, exports_, &ExpertExports::openModality);
    connect(modality_menu_, &ChartMenu::exportAsked, this,
            [this](ChartExport kind) { exports_->exportModality(kind, modality_); });

    layers_card_ = new Card(tr("Layer × expert"), left);
    layers_menu_ = new ChartMenu(tr("Layer × expert"), {ChartExport::kPng, ChartExport::kCsvAll});
    layers_card_->addCornerWidget(layers_menu_);
    layers_ = new LayerGrid(view_);
    layers_card_->setContent(layers_);
    connect(layers_menu_, &ChartMenu::tableAsked, exports_, &ExpertExports::openLayers);
    connect(layers_menu_, &ChartMenu::exportAsked, this,
            [this](ChartExport kind) { exports_->exportLayers(kind, layers_); });

    ranks_card_ = new Card(tr("All-to-all"), left);
    ranks_menu_ = new ChartMenu(tr("All-to-all"), {ChartExport::kPng, ChartExport::kCsvAll});
    ranks_card_->addCornerWidget(ranks_menu_);
    ranks_ = new RankMatrix(view_);
    ranks_card_->setContent(ranks_);
    ranks_card_->hide();
    connect(ranks_, &RankMatrix::wordsChanged, this, [this] { ranks_card_->setSubtitle(ranks_->words()); });
    connect(ranks_menu_, &ChartMenu::tableAsked, exports_, &ExpertExports::openExchange);
    connect(ranks_menu_, &ChartMenu::exportAsked, this,
            [this](ChartExport kind) { exports_->exportExchange(kind, ranks_); });

    auto* lower = new QHBoxLayout;
    lower->setSpacing(metric::kGrid);
    lower->addWidget(modality_card, 3);
    lower->addWidget(layers_card_, 4);
    lower->addWidget(ranks_card_, 3);
    ranks_card_->setFixedHeight(kLowerHeight);
    modality_card->setFixedHeight(kLowerHeight);
    layers_card_->setFixedHeight(kLowerHeight);
    column->addWidget(heatmap_card_, 1);
    column->addLayout(lower);
    return left;
}

QWidget* ExpertsPage::makeRight(QWidget* parent) {
    auto* right = new QWidget(parent);
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metric::kGrid);
    alarms_card_ = new AlarmsCard(right);
    connect(alarms_card_, &AlarmsCard::chosen, this, [this](const health::Alarm& alarm) {
        if (health::isRouting(alarm.kind)) return showAlarm(alarm);
        context().showAlarm(alarm);
    });
    hot_cold_ = new HotColdCard(view_, right);
    cold_ = new HotColdCard(view_, right);
    cold_->setMode(HotColdCard::Mode::kCold);
    cold_->hide();
    dead_ = new DeadCard(view_, right);
    alarms_card_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    dead_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    column->addWidget(alarms_card_);
    column->addWidget(hot_cold_, 1);
    column->addWidget(cold_, 1);
    column->addWidget(dead_);
    right->setFixedWidth(kRightWidth);
    return right;
}

QString ExpertsPage::preferredLayer() const {
    // Where text and image meet says most; else the first.
    const QStringList layers = view_.loads->layers();
    for (const QString& name : layers)
        if (view_.loads->layer(name)->ring.hasImage()) return name;
    return layers.value(0);
}

bool ExpertsPage::takeRecords(bool restart) {
    if (run_dir_ != context().selectedRun()) {
        run_dir_ = context().selectedRun();
        exports_->closeTables();
        view_.focus.reset();
        restart = true;
    }
    if (restart) view_.metrics.clear();
    if (view_.loads->empty()) return false;
    if (view_.layer() == nullptr) view_.focus.setLayer(preferredLayer());
    takeMetrics();
    alarms_card_->setAlarms(context().runs().alarms());
    const int choices = context().runs().setup().choices;
    view_.violation_limit = health::limit::violation(view_.layer()->ring.experts(), choices);
    view_.seams = resumeSteps(context().runs().events(), view_.metrics);
    tool_bar_->refresh();
    view_.focus.setNewest(static_cast<double>(view_.layer()->ring.lastStep()));
    if (view_.focus.expert() >= view_.layer()->ring.experts()) view_.focus.setExpert(-1);
    heatmap_->refresh();
    tiles_->refresh();
    hot_cold_->refresh();
    cold_->refresh();
    dead_->refresh();
    modality_->update();
    layers_->update();
    ranks_->refresh();
    ranks_card_->setVisible(view_.ranks() > 1);
    exports_->refreshTables();
    updateWords();
    return true;
}

void ExpertsPage::showAlarm(const health::Alarm& alarm) {
    view_.focus.setLayer(QString::fromStdString(alarm.layer));
    view_.focus.setStep(static_cast<double>(alarm.raised_step));
    if (alarm.experts.size() == 1) view_.focus.setExpert(alarm.experts.front());
}

void ExpertsPage::layerChosen() {
    exports_->closeTables();
    view_.metrics.setTags({}, {view_.tag("max_violation"), view_.tag("dropped"), view_.tag("entropy"),
                               view_.tag("experts_in_use_text"), view_.tag("experts_in_use_image")});
    if (view_.layer() == nullptr) return;
    takeMetrics();
    tool_bar_->refresh();
    tiles_->refresh();
    dead_->refresh();
    heatmap_->update();
    ranks_card_->setVisible(view_.ranks() > 1);
    updateWords();
}

void ExpertsPage::takeMetrics() {
    view_.metrics.sync([this](const QString& tag) { return context().runs().series(tag); });
}

void ExpertsPage::updateWords() {
    const LayerLoads* layer = view_.layer();
    if (layer == nullptr) return;
    const LoadRing& ring = layer->ring;
    const double cell = ring.stepsPerRecord() * static_cast<double>(ring.recordsPerColumn());
    QString words = tr("log₂ (load / fair share), 1 cell = %1")
                        .arg(cell > 1.5 ? tr("%1 steps").arg(number(cell, 0)) : tr("1 step"));
    if (ring.experts() > heatmap_->heatRect().height() && heatmap_->width() >= kWordsWidth)
        words += tr("; compressed rows show the largest deviation");
    heatmap_card_->setSubtitle(words);
    const double fair = 100.0 / ring.experts();
    fair_->setText(tr("fair share %1 %").arg(number(fair, fair < 1 ? 3 : fair < 10 ? 2 : 1)));
    layers_card_->setSubtitle(tr("at step %1").arg(number(view_.focus.step(), 0)));
}

std::pair<QString, QString> ExpertsPage::emptyWords() const {
    if (facts().known && !facts().has_moe) {
        return {tr("This model is dense"),
                tr("None of its layers has experts, so there is no load to show. model.moe.experts and moe_every or "
                   "fusion.moe in the config give a model experts.")};
    }
    return RecordPage::emptyWords();
}

void ExpertsPage::resizeEvent(QResizeEvent* event) {
    RecordPage::resizeEvent(event);
    right_->setFixedWidth(width() < kNarrowPage ? kRightNarrow : kRightWidth);
    const bool both = height() >= kTallPage;
    cold_->setVisible(both);
    hot_cold_->setMode(both ? HotColdCard::Mode::kHot : HotColdCard::Mode::kBoth);
    updateWords();
}

}  // namespace switchyard::ui
