// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/expert_panel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/models/load_history.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/bar_rows.h"
#include "ui/panels/routing/patch_tiles.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {

/// The expert's id on its colour.
class ExpertSwatch : public QWidget {
public:
    ExpertSwatch() { setFixedSize(40, 40); }
    void setExpert(int expert, int experts) {
        expert_ = expert;
        experts_ = experts;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const QColor color = Theme::instance().expertColor(expert_, experts_);
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawRoundedRect(rect(), metric::kRadius, metric::kRadius);
        QFont font = Theme::instance().font(TextRole::kBody);
        font.setWeight(QFont::DemiBold);
        painter.setFont(font);
        painter.setPen(Theme::textOn(color));
        painter.drawText(rect(), Qt::AlignCenter, QString::number(expert_));
    }

private:
    int expert_ = 0, experts_ = 1;
};

/// Text and image as two lengths of one bar.
class ShareBar : public QWidget {
public:
    ShareBar() { setFixedHeight(8); }
    void setShare(double text) {
        text_ = text;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = Theme::instance();
        QPainter painter(this);
        if (std::isnan(text_)) return painter.fillRect(rect(), theme.palette().bar_track);
        const double at = std::round(text_ * width());
        painter.fillRect(QRectF(0, 0, at, height()), theme.seriesPen(0).color());
        painter.fillRect(QRectF(at, 0, width() - at, height()), theme.seriesPen(5).color());
        if (at > 0 && at < width()) painter.fillRect(QRectF(at - 0.5, 0, 1, height()), theme.palette().panel);
    }

private:
    double text_ = 0;
};

namespace {

constexpr int kMargin = 12, kTokens = 8, kPatches = 18, kTogether = 4, kNameWidth = 78;

QString percent(double share) {
    if (share > 0 && share < 0.005) return ExpertPanel::tr("< 1 %");
    return number(100 * share, 0) + QStringLiteral(" %");
}

QFrame* line() {
    auto* made = new QFrame;
    made->setProperty("line", true);
    made->setFixedHeight(1);
    return made;
}

}  // namespace

ExpertPanel::ExpertPanel(RouteFocus& focus, QWidget* parent) : QWidget(parent), focus_(focus) {
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
    tokens_note_->setText(tr("weight, count"));
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
    column->addStretch(1);
    connect(together_, &BarRows::expertChosen, &focus_, &RouteFocus::setExpert);
    connect(patches_, &PatchTiles::chosen, this, [this](int tile) {
        if (tile < profile_.patches.size())
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

void ExpertPanel::refresh() {
    const int expert = focus_.expert();
    const RoutedLayer* layer = focus_.layer();
    stack_->setCurrentIndex(expert >= 0 && layer != nullptr ? 1 : 0);
    if (expert < 0 || layer == nullptr) return;
    profile_ = expertProfile(samples_, focus_.layerName(), expert, kTokens, kPatches, kTogether);
    swatch_->setExpert(expert, layer->experts);
    heading_->setText(tr("Expert %1").arg(expert));
    caption_->setText(tr("%1, %2 × fair share").arg(layerLabel(layer->name, false), number(profile_.ratio, 1)));
    const double all = profile_.texts + profile_.images;
    text_share_->setText(all > 0 ? tr("Text %1").arg(percent(profile_.texts / all)) : tr("Never chosen"));
    image_share_->setText(all > 0 ? tr("Image %1").arg(percent(profile_.images / all)) : QString());
    share_->setShare(all > 0 ? profile_.texts / all : std::nan(""));
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
    QList<BarRow> together;
    for (const ChosenWith& other : profile_.together)
        together.append({{}, other.expert, other.share, percent(other.share), {}});
    together_->setRows(together, layer->experts);
    showPatches();
    tokens_note_->setText(tokens.isEmpty() ? tr("none") : tr("weight, count"));
    if (profile_.patches.isEmpty()) patches_note_->setText(tr("none"));
    together_title_->setText(together.isEmpty() ? tr("Chosen together with: none") : tr("Chosen together with"));
}

QString ExpertPanel::table() const {
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
