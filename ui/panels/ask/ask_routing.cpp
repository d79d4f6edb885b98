// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ask/ask_routing.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/load_history.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/layer_bar.h"
#include "ui/panels/routing/patch_legend.h"
#include "ui/panels/routing/patch_view.h"
#include "ui/panels/routing/route_detail.h"
#include "ui/panels/routing/routing_exports.h"
#include "ui/panels/routing/token_strip.h"
#include "ui/widgets/card.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kGap = 8, kMargin = 12, kLeastSide = 40;

const QList<ChartExport> kExports = {ChartExport::kPng, ChartExport::kPdf, ChartExport::kCsv};

/// The picture as large as it fits, its modes and legend beside it: the row is low and wide.
class PictureRow : public QWidget {
public:
    PictureRow(PatchView* picture, QWidget* tools, PatchLegend* legend)
        : picture_(picture), tools_(tools), legend_(legend) {
        for (QWidget* part : std::initializer_list<QWidget*>{picture, tools, legend}) part->setParent(this);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    }
    QSize sizeHint() const override { return {360, 200}; }
    QSize minimumSizeHint() const override { return {220, 110}; }

protected:
    void resizeEvent(QResizeEvent*) override {
        const int tools = tools_->sizeHint().height();
        const int side =
            std::max(kLeastSide, std::min(width() - legend_->width() - 2 * kMargin, height() - tools - kGap));
        const int left = std::max(kMargin - 3, (width() - side - legend_->width()) / 2);
        tools_->setGeometry(kMargin, 0, std::min(width() - 2 * kMargin, tools_->sizeHint().width()), tools);
        picture_->setGeometry(left, tools + 2, side, side);
        legend_->setGeometry(left + side + 4, tools + 2, legend_->width(), side);
    }

private:
    PatchView* picture_;
    QWidget* tools_;
    PatchLegend* legend_;
};

ElidedLabel* words(Card* card) {
    auto* label = new ElidedLabel;
    label->setProperty("role", "caption");
    card->addHeadWidget(label);
    return label;
}

}  // namespace

AskRouting::AskRouting(RouteFocus& focus, RoutingExports& exports, QWidget* parent) : QWidget(parent), focus_(focus) {
    none_ = new EmptyState(QStringLiteral("routing"), {}, {});
    views_ = new QWidget;
    layers_ = new LayerBar(focus_);
    open_ = new QPushButton(tr("Open in Routing"));
    open_->setProperty("small", true);
    open_->setToolTip(tr("The same sample on the Routing page, with this checkpoint"));
    connect(open_, &QPushButton::clicked, this, &AskRouting::openAsked);
    layers_->layout()->addWidget(open_);
    auto* cards = new QHBoxLayout;
    cards->setContentsMargins(0, kGap, 0, 0);
    cards->setSpacing(kGap);
    cards->addWidget(makeTextCard(exports), 1);
    cards->addWidget(makeImageCard(exports), 1);
    auto* column = new QVBoxLayout(views_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(layers_);
    column->addLayout(cards, 1);
    stack_ = new QStackedWidget;
    stack_->addWidget(none_);
    stack_->addWidget(views_);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(stack_);
    connect(&focus_, &RouteFocus::sampleChanged, this, &AskRouting::showWords);
    connect(&focus_, &RouteFocus::layerChanged, this, &AskRouting::showWords);
    connect(&focus_, &RouteFocus::expertChanged, this, &AskRouting::showWords);
    show({});
}

QWidget* AskRouting::makeTextCard(RoutingExports& exports) {
    text_card_ = new Card(tr("Text"));
    auto* menu = new ChartMenu(tr("Text"), kExports);
    text_words_ = words(text_card_);
    text_card_->addCornerWidget(menu);
    tokens_ = new TokenStrip(focus_);
    text_card_->setContent(tokens_);
    text_card_->body()->addWidget(new RouteDetail(focus_));
    exports.serveTokens(menu, tokens_);
    return text_card_;
}

QWidget* AskRouting::makeImageCard(RoutingExports& exports) {
    image_card_ = new Card(tr("Image"));
    auto* menu = new ChartMenu(tr("Image"), kExports);
    image_words_ = words(image_card_);
    image_card_->addCornerWidget(menu);
    patches_ = new PatchView(focus_);
    legend_ = new PatchLegend(focus_, *patches_);
    modes_ = new SegmentedControl({tr("Top 1"), tr("One expert"), tr("Entropy"), tr("Dropped")});
    modes_->setAccessibleName(tr("What lies on the picture"));
    no_patches_ = new QLabel;
    no_patches_->setProperty("role", "caption");
    no_patches_->setWordWrap(true);
    no_patches_->setContentsMargins(kMargin, 0, kMargin, 4);
    image_card_->body()->addWidget(no_patches_);
    image_card_->body()->addWidget(new PictureRow(patches_, modes_, legend_), 1);
    connect(modes_, &SegmentedControl::changed, this, [this](int mode) {
        patches_->setMode(static_cast<PatchMode>(mode));
        legend_->refresh();
        showWords();
    });
    exports.servePatches(menu, patches_);
    return image_card_;
}

void AskRouting::show(const RoutedSamplePtr& sample) {
    const bool routed = sample != nullptr && !sample->layers.isEmpty();
    if (sample == nullptr)
        none_->setTexts(tr("Routing"), tr("Where each token and patch goes stands here once there is an answer."));
    else
        none_->setTexts(tr("This model is dense"), tr("It has no experts, so there is no routing to show."));
    focus_.setSample(routed ? sample : RoutedSamplePtr());
    stack_->setCurrentWidget(routed ? views_ : static_cast<QWidget*>(none_));
}

void AskRouting::showWords() {
    const RoutedSample* sample = focus_.sample();
    const RoutedLayer* layer = focus_.layer();
    if (sample == nullptr || layer == nullptr) return;
    image_card_->setVisible(sample->grid > 0);
    const QString name = layerLabel(layer->name, false);
    const auto tokens = static_cast<int>(sample->pieces.size());
    const QString count = tokens == 1 ? tr("1 token") : tr("%1 tokens").arg(number(tokens, 0));
    text_words_->setFullText(layer->texts == 0 ? tr("%1; %2 sees the picture alone").arg(count, name)
                                               : QStringLiteral("%1, %2").arg(count, name));
    image_words_->setFullText(tr("%1 × %1 patches, %2").arg(sample->grid).arg(name));
    QString why;
    if (layer->images == 0)
        why = tr("%1 sees the text alone.").arg(name);
    else if (modes_->current() == static_cast<int>(PatchMode::kExpert) && focus_.expert() < 0)
        why = tr("Choose an expert by a patch or a token.");
    no_patches_->setText(why);
    no_patches_->setVisible(!why.isEmpty());
    modes_->setEnabled(layer->images > 0);
}

}  // namespace switchyard::ui
