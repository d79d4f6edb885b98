// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/expert_panel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/models/load_history.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/bar_rows.h"
#include "ui/panels/routing/expert_marks.h"
#include "ui/panels/routing/patch_tiles.h"
#include "ui/panels/routing/survey_bar.h"
#include "ui/services/survey_run.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/segmented_control.h"

namespace switchyard::ui {

namespace {

constexpr int kMargin = 12, kTokens = 8, kPatches = 18, kTogether = 4, kNameWidth = 78;

QFrame* line() {
    auto* made = new QFrame;
    made->setProperty("line", true);
    made->setFixedHeight(1);
    return made;
}

}  // namespace

QString ExpertPanel::percent(double share) {
    if (share > 0 && share < 0.005) return tr("< 1 %");
    return number(100 * share, 0) + QStringLiteral(" %");
}

ExpertPanel::ExpertPanel(RouteFocus& focus, SurveyRun& survey, QWidget* parent)
    : QWidget(parent), focus_(focus), survey_(survey) {
    setWindowTitle(tr("Expert"));
    setAttribute(Qt::WA_StyledBackground);
    setProperty("panel", true);
    stack_ = new QStackedWidget(this);
    stack_->addWidget(
        new EmptyState(QStringLiteral("routing"), tr("No expert selected"),
                       tr("Choose one by a token, a patch, the legend or a bar; what it takes stands here.")));
    stack_->addWidget(makeBody());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(stack_);
    connect(&focus_, &RouteFocus::expertChanged, this, &ExpertPanel::refresh);
    connect(&focus_, &RouteFocus::layerChanged, this, &ExpertPanel::refresh);
    connect(&focus_, &RouteFocus::sampleChanged, this, &ExpertPanel::refresh);
    connect(&survey_, &SurveyRun::changed, this, [this] {
        if (ofData()) refresh();
    });
    refresh();
}

QLabel* ExpertPanel::addTitle(QVBoxLayout* column, const QString& title, QLabel** note) {
    auto* row = new QHBoxLayout;
    auto* label = new QLabel(title);
    label->setProperty("role", "title");
    row->addWidget(label);
    row->addStretch(1);
    if (note != nullptr) {
        *note = new QLabel;
        (*note)->setProperty("role", "caption");
        row->addWidget(*note);
    }
    column->addLayout(row);
    return label;
}

QWidget* ExpertPanel::makeBody() {
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    column->setSpacing(8);
    swatch_ = new ExpertSwatch;
    heading_ = new QLabel;
    heading_->setProperty("role", "heading");
    caption_ = new QLabel;
    caption_->setProperty("role", "caption");
    auto* names = new QVBoxLayout;
    names->setSpacing(0);
    names->addWidget(heading_);
    names->addWidget(caption_);
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(swatch_);
    head->addLayout(names, 1);
    column->addLayout(head);
    scope_ = new SegmentedControl({tr("These samples"), tr("Evaluation data")});
    scope_->setAccessibleName(tr("What the card is taken from"));
    survey_bar_ = new SurveyBar(survey_);
    column->addWidget(scope_, 0, Qt::AlignLeft);
    column->addWidget(survey_bar_);
    text_share_ = new QLabel;
    image_share_ = new QLabel;
    auto* shares = new QHBoxLayout;
    for (QLabel* label : {text_share_, image_share_}) label->setProperty("role", "caption");
    shares->addWidget(text_share_);
    shares->addStretch(1);
    shares->addWidget(image_share_);
    share_ = new ShareBar;
    here_ = new QLabel;
    here_->setProperty("role", "caption");
    here_->setWordWrap(true);
    column->addLayout(shares);
    column->addWidget(share_);
    column->addWidget(here_);
    column->addWidget(line());
    tokens_title_ = addTitle(column, tr("Top tokens"), &tokens_note_);
    order_ = new SegmentedControl({tr("By count"), tr("By lift")});
    order_->setAccessibleName(tr("Order of the tokens"));
    order_->setToolTip(
        tr("Lift: a token's share of what the expert takes over its share of all tokens; of tokens that it "
           "took at least %1 times")
            .arg(RouteSurvey::kLeastForLift));
    column->addWidget(order_, 0, Qt::AlignLeft);
    tokens_ = new BarRows(tr("Top tokens"));
    tokens_->setNameWidth(kNameWidth);
    column->addWidget(tokens_);
    column->addWidget(line());
    patches_title_ = addTitle(column, tr("Top patches"), &patches_note_);
    patches_ = new PatchTiles;
    column->addWidget(patches_);
    column->addWidget(line());
    together_title_ = addTitle(column, tr("Chosen together with"), nullptr);
    together_ = new BarRows(tr("Chosen together with"));
    together_->setNameWidth(52);
    column->addWidget(together_);
    nearest_title_ = addTitle(column, tr("Nearest experts"), &nearest_note_);
    nearest_note_->setText(tr("cosine of co-activation"));
    nearest_note_->setToolTip(
        tr("How alike two experts' rows are in the table of how often each was chosen together with each other one"));
    nearest_ = new BarRows(tr("Nearest experts, by the cosine of their co-activation"));
    nearest_->setNameWidth(52);
    column->addWidget(nearest_);
    column->addStretch(1);
    connect(together_, &BarRows::expertChosen, &focus_, &RouteFocus::setExpert);
    connect(nearest_, &BarRows::expertChosen, &focus_, &RouteFocus::setExpert);
    connect(scope_, &SegmentedControl::changed, this, &ExpertPanel::refresh);
    connect(order_, &SegmentedControl::changed, this, &ExpertPanel::refresh);
    connect(patches_, &PatchTiles::chosen, this, [this](int tile) {
        if (ofData() && tile < counted_.patches.size())
            Q_EMIT dataPatchChosen(survey_.query(counted_.patches[tile].sample), counted_.patches[tile].patch);
        else if (!ofData() && tile < profile_.patches.size())
            Q_EMIT patchChosen(samples_[profile_.patches[tile].sample], profile_.patches[tile].patch);
    });
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(content);
    auto* copy = new QPushButton(tr("Copy as table"));
    copy->setProperty("small", true);
    connect(copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(table());
        Q_EMIT tableCopied();
    });
    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    buttons->addWidget(copy);
    buttons->addStretch(1);
    auto* body = new QWidget;
    auto* all = new QVBoxLayout(body);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(scroll, 1);
    all->addWidget(line());
    all->addLayout(buttons);
    return body;
}

void ExpertPanel::setSamples(const QList<RoutedSamplePtr>& samples) {
    samples_ = samples;
    refresh();
}

void ExpertPanel::showPatches() {
    cut_.clear();
    QList<PatchTile> tiles;
    for (const TopPatch& top : profile_.patches) {
        const RoutedSample& sample = *samples_[top.sample];
        const int side = sample.grid > 0 ? sample.picture.width() / sample.grid : 0;
        const int x = top.patch % std::max(1, sample.grid), y = top.patch / std::max(1, sample.grid);
        tiles.append({sample.picture.copy(x * side, y * side, side, side),
                      tr("weight %1, row %2, column %3%4")
                          .arg(number(top.weight, 3))
                          .arg(y + 1)
                          .arg(x + 1)
                          .arg(sample.text.isEmpty() ? QString() : QStringLiteral(": ") + sample.text.left(200))});
    }
    patches_->setTiles(tiles);
    patches_note_->setText(tr("of %1 in %2")
                               .arg(number(profile_.patches_seen, 0),
                                    profile_.samples == 1 ? tr("1 sample") : tr("%1 samples").arg(profile_.samples)));
}

bool ExpertPanel::ofData() const {
    return scope_ != nullptr && scope_->current() == 1;
}

void ExpertPanel::refresh() {
    const int expert = focus_.expert();
    const RoutedLayer* layer = focus_.layer();
    stack_->setCurrentIndex(expert >= 0 && layer != nullptr ? 1 : 0);
    if (expert < 0 || layer == nullptr) return;
    for (QWidget* part : QList<QWidget*>{survey_bar_, order_, nearest_title_, nearest_note_, nearest_})
        part->setVisible(ofData());
    swatch_->setExpert(expert, layer->experts);
    heading_->setText(tr("Expert %1").arg(expert));
    if (ofData())
        showData();
    else
        showSamples();
}

void ExpertPanel::showShares(double texts, double images, double ratio) {
    caption_->setText(tr("%1, %2 × fair share").arg(layerLabel(focus_.layerName(), false), number(ratio, 1)));
    const double all = texts + images;
    text_share_->setText(all > 0 ? tr("Text %1").arg(percent(texts / all)) : tr("Never chosen"));
    image_share_->setText(all > 0 ? tr("Image %1").arg(percent(images / all)) : QString());
    share_->setShare(all > 0 ? texts / all : std::nan(""));
}

void ExpertPanel::showOthers(BarRows* rows, const QList<ChosenWith>& others, bool cosine) {
    QList<BarRow> shown;
    for (const ChosenWith& other : others)
        shown.append({{}, other.expert, other.share, cosine ? number(other.share, 2) : percent(other.share), {}});
    rows->setRows(shown, focus_.layer()->experts);
}

void ExpertPanel::showSamples() {
    const int expert = focus_.expert();
    const RoutedLayer* layer = focus_.layer();
    profile_ = expertProfile(samples_, focus_.layerName(), expert, kTokens, kPatches, kTogether);
    showShares(profile_.texts, profile_.images, profile_.ratio);
    int texts = 0, images = 0;
    for (int row = 0; row < layer->rows(); ++row)
        if (layer->takes(row, expert)) ++(row < layer->texts ? texts : images);
    QStringList here;
    if (layer->texts > 0) here << tr("%1 of %2 tokens").arg(number(texts, 0), number(layer->texts, 0));
    if (layer->images > 0) here << tr("%1 of %2 patches").arg(number(images, 0), number(layer->images, 0));
    here_->setText(tr("In this sample: %1").arg(here.join(QStringLiteral(", "))));
    QList<BarRow> tokens;
    for (const TopToken& token : profile_.tokens)
        tokens.append({token.piece, -1, token.weight, number(token.weight, 2), number(token.count, 0), expert});
    tokens_->setRows(tokens, layer->experts);
    showOthers(together_, profile_.together, false);
    showPatches();
    tokens_note_->setText(tokens.isEmpty() ? tr("none") : tr("weight, count"));
    if (profile_.patches.isEmpty()) patches_note_->setText(tr("none"));
    together_title_->setText(profile_.together.isEmpty() ? tr("Chosen together with: none")
                                                         : tr("Chosen together with"));
}

QString ExpertPanel::table() const {
    if (ofData()) return dataTable();
    QStringList lines = {tr("Expert\tLayer\tText\tImage\tLoad over fair share"),
                         QStringLiteral("%1\t%2\t%3\t%4\t%5")
                             .arg(expertName(focus_.expert()), focus_.layerName())
                             .arg(profile_.texts)
                             .arg(profile_.images)
                             .arg(profile_.ratio),
                         {},
                         tr("Token\tWeight\tCount")};
    for (const TopToken& token : profile_.tokens)
        lines << QStringLiteral("%1\t%2\t%3").arg(token.piece).arg(token.weight).arg(token.count);
    lines << QString() << tr("Chosen together with\tShare");
    for (const ChosenWith& other : profile_.together)
        lines << QStringLiteral("%1\t%2").arg(expertName(other.expert)).arg(other.share);
    return lines.join(u'\n') + u'\n';
}

}  // namespace switchyard::ui
