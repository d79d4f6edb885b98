// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/routing_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSlider>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/models/load_history.h"
#include "ui/models/run_words.h"
#include "ui/models/sample_list_model.h"
#include "ui/panels/routing/layer_bar.h"
#include "ui/panels/routing/load_card.h"
#include "ui/panels/routing/patch_legend.h"
#include "ui/panels/routing/patch_view.h"
#include "ui/panels/routing/route_detail.h"
#include "ui/panels/routing/routing_exports.h"
#include "ui/panels/routing/step_bar.h"
#include "ui/panels/routing/token_strip.h"
#include "ui/widgets/card.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kNarrow = 760, kNarrowTools = 960, kLowPage = 560;
constexpr int kLeastText = 240, kLeastImage = 380, kMargin = 12;

const QList<ChartExport> kExports = {ChartExport::kPng, ChartExport::kPdf, ChartExport::kCsv};

/// A picture with its legend beside it, in the middle of what room there is.
class PictureArea : public QWidget {
public:
    PictureArea(PatchView* picture, PatchLegend* legend) : picture_(picture), legend_(legend) {
        picture->setParent(this);
        legend->setParent(this);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    }
    QSize sizeHint() const override { return {380, 300}; }
    QSize minimumSizeHint() const override { return {220, 130}; }

protected:
    void resizeEvent(QResizeEvent*) override {
        const int side = std::max(40, std::min(width() - legend_->width() - 2 * kMargin, height() - kMargin));
        const int left = std::max(kMargin - 3, (width() - side - legend_->width()) / 2);
        picture_->setGeometry(left, 0, side, side);
        legend_->setGeometry(left + side + 4, 0, legend_->width(), std::max(side, 40));
    }

private:
    PatchView* picture_;
    PatchLegend* legend_;
};

ElidedLabel* words(Card* card) {
    auto* label = new ElidedLabel;
    label->setProperty("role", "caption");
    card->addHeadWidget(label);
    return label;
}

QLabel* caption(const QString& text = {}) {
    auto* label = new QLabel(text);
    label->setProperty("role", "caption");
    return label;
}

}  // namespace

RouteBars* RoutingView::bars() const {
    return load_->bars();
}
SegmentedControl* RoutingView::scope() const {
    return load_->scope();
}

RoutingView::RoutingView(RouteFocus& focus, RoutingExports& exports, QWidget* parent) : QWidget(parent), focus_(focus) {
    layers_ = new LayerBar(focus_, this);
    steps_ = new StepBar(this);
    auto* upper = new QHBoxLayout;
    upper->setSpacing(metric::kGrid);
    upper->addWidget(makeTextCard(exports), 1);
    upper->addWidget(makeImageCard(exports), 1);
    cards_ = new QVBoxLayout;
    cards_->setContentsMargins(8, 8, 8, 8);
    cards_->setSpacing(metric::kGrid);
    cards_->addLayout(upper, 5);
    lower_ = new QStackedWidget(this);
    load_ = new LoadCard(focus_, exports, lower_);
    lower_->addWidget(load_);
    cards_->addWidget(lower_, 3);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(layers_);
    column->addWidget(steps_);
    column->addLayout(cards_, 1);
    connect(&focus_, &RouteFocus::sampleChanged, this, &RoutingView::showSample);
    connect(&focus_, &RouteFocus::layerChanged, this, &RoutingView::showSample);
    connect(&focus_, &RouteFocus::expertChanged, this, &RoutingView::showWords);
    connect(&focus_, &RouteFocus::marksChanged, this, &RoutingView::showWords);
    showSample();
}

QWidget* RoutingView::makeTextCard(RoutingExports& exports) {
    text_card_ = new Card(tr("Text"), this);
    chips_words_ = caption(tr("filled: first choice, line: its weight"));
    auto* menu = new ChartMenu(tr("Text"), kExports);
    text_card_->setMinimumWidth(kLeastText);
    text_words_ = words(text_card_);
    text_card_->addCornerWidget(chips_words_);
    text_card_->addCornerWidget(menu);
    tokens_ = new TokenStrip(focus_);
    detail_ = new RouteDetail(focus_);
    text_card_->setContent(tokens_);
    text_card_->body()->addWidget(detail_);
    exports.serveTokens(menu, tokens_);
    return text_card_;
}

QWidget* RoutingView::makeImageCard(RoutingExports& exports) {
    image_card_ = new Card(tr("Image"), this);
    auto* menu = new ChartMenu(tr("Image"), kExports);
    image_card_->setMinimumWidth(kLeastImage);
    image_words_ = words(image_card_);
    image_card_->addCornerWidget(menu);
    patches_ = new PatchView(focus_);
    legend_ = new PatchLegend(focus_, *patches_);
    modes_ = new SegmentedControl({tr("Top 1"), tr("One expert"), tr("Entropy"), tr("Dropped")});
    modes_->setAccessibleName(tr("What lies on the picture"));
    strength_ = new QSlider(Qt::Horizontal);
    strength_->setRange(0, 100);
    strength_->setValue(static_cast<int>(patches_->strength() * 100));
    strength_->setMinimumWidth(40);
    strength_->setMaximumWidth(90);
    strength_->setAccessibleName(tr("Strength of the overlay"));
    strength_->setToolTip(tr("How much of the picture shows through"));
    strength_words_ = caption(tr("Overlay"));
    no_patches_ = caption();
    no_patches_->setWordWrap(true);
    no_patches_->setContentsMargins(12, 0, 12, 8);
    auto* tools = new QHBoxLayout;
    tools->setContentsMargins(12, 4, 12, 4);
    tools->setSpacing(8);
    tools->addWidget(modes_);
    tools->addStretch(1);
    tools->addWidget(strength_words_);
    tools->addWidget(strength_);
    image_card_->body()->addLayout(tools);
    image_card_->body()->addWidget(no_patches_);
    image_card_->body()->addWidget(new PictureArea(patches_, legend_), 1);
    connect(modes_, &SegmentedControl::changed, this, [this](int mode) {
        patches_->setMode(static_cast<PatchMode>(mode));
        legend_->refresh();
        showWords();
    });
    connect(strength_, &QSlider::valueChanged, this, [this](int value) { patches_->setStrength(value / 100.0); });
    exports.servePatches(menu, patches_);
    return image_card_;
}

void RoutingView::setSamples(const QList<RoutedSamplePtr>& samples) {
    load_->setSamples(samples);
}

QWidget* RoutingView::lower() const {
    return lower_;
}

void RoutingView::addLower(QWidget* card) {
    lower_->addWidget(card);
}

void RoutingView::showLower(QWidget* card, bool tall) {
    lower_->setCurrentWidget(card == nullptr ? load_ : card);
    cards_->setStretchFactor(lower_, tall ? 5 : 3);
}

void RoutingView::showSample() {
    const RoutedSample* sample = focus_.sample();
    const bool text = sample != nullptr && !sample->pieces.isEmpty(), image = sample != nullptr && sample->grid > 0;
    // Without a text its card goes, and the detail moves to the picture.
    QBoxLayout* home = text || !image ? text_card_->body() : image_card_->body();
    if (home->indexOf(detail_) < 0) home->addWidget(detail_);
    text_card_->setVisible(text || !image);
    image_card_->setVisible(image);
    showWords();
}

void RoutingView::showWords() {
    const RoutedSample* sample = focus_.sample();
    const RoutedLayer* layer = focus_.layer();
    if (sample == nullptr || layer == nullptr) return;
    const QString name = layerLabel(layer->name, false);
    const auto tokens = static_cast<int>(sample->pieces.size());
    const bool cut = sample->max_tokens > 0 && tokens >= sample->max_tokens;
    const QString count = tokens == 1 ? tr("1 token") : tr("%1 tokens").arg(number(tokens, 0));
    chips_words_->setText(focus_.marks().isEmpty() ? tr("filled: first choice, line: its weight")
                                                   : tr("corner: goes elsewhere; line: first one's weight"));
    chips_words_->setVisible(layer->texts > 0 && width() >= kNarrow);
    text_words_->setFullText(layer->texts == 0 ? tr("%1; %2 sees the picture alone").arg(count, name)
                             : cut             ? tr("first %1: the model reads no more").arg(count)
                                               : QStringLiteral("%1, %2").arg(count, name));
    image_words_->setFullText(tr("%1 × %1 patches, %2").arg(sample->grid).arg(name));
    QString why;
    if (layer->images == 0)
        why = tr("%1 sees the text alone. Choose a vision or fusion layer to see where patches go.").arg(name);
    else if (modes_->current() == static_cast<int>(PatchMode::kExpert) && focus_.expert() < 0)
        why = tr("Choose an expert by a patch, a token or a bar.");
    no_patches_->setText(why);
    no_patches_->setVisible(!why.isEmpty());
    modes_->setEnabled(layer->images > 0);
    strength_->setEnabled(layer->images > 0);
}

void RoutingView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    showWords();
    strength_words_->setVisible(width() >= kNarrowTools);
    load_->setLow(height() < kLowPage);
}

}  // namespace switchyard::ui
