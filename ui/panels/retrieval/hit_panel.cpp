// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/hit_panel.h"

#include <QClipboard>
#include <QFontMetrics>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/panels/shared/picture_paint.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/picture_loader.h"
#include "ui/widgets/progress_bar_thin.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kMargin = 12;
constexpr int kPictureHeight = 224;

QLabel* key(const QString& name) {
    auto* label = new QLabel(name);
    label->setProperty("role", "muted");
    label->setFont(Theme::instance().font(TextRole::kTable));
    return label;
}

}  // namespace

HitPanel::HitPanel(PictureLoader& pictures, QWidget* parent) : QWidget(parent), pictures_(pictures) {
    setAttribute(Qt::WA_StyledBackground);
    setProperty("panel", true);
    auto* none = new EmptyState(QStringLiteral("retrieval"), tr("No hit selected"),
                                tr("A hit's picture, captions and scores stand here."));
    stack_ = new QStackedWidget(this);
    stack_->addWidget(none);
    stack_->addWidget(makeBody());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(stack_);
    connect(picture_, &PictureBox::doubleClicked, this, [this] { setEnlarged(!enlarged_); });
    connect(&Theme::instance(), &Theme::changed, this, &HitPanel::recolor);
    connect(&pictures_, &PictureLoader::loaded, this, [this](const QString& file) {
        if (enlarged_ && file == picture_->file()) fitPicture();
    });
    recolor();
    setHit({}, -1);
}

QWidget* HitPanel::makeBody() {
    picture_ = new PictureBox(pictures_);
    picture_->setAccessibleName(tr("Picture of the hit"));
    picture_->setToolTip(tr("Double click to enlarge"));
    heading_ = new QLabel;
    heading_->setProperty("role", "heading");
    captions_ = new QLabel;
    captions_->setProperty("role", "muted");
    for (QLabel* label : {heading_, captions_}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Minimum);
    }
    auto* grid = new QGridLayout;
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(kMargin);
    grid->setVerticalSpacing(0);
    grid->setColumnStretch(1, 1);
    match_ = addScore(grid, 0, tr("Matching head"));
    dual_ = addScore(grid, 1, tr("Dual encoder"));
    rank_ = addFact(grid, 2, tr("Rank"));
    id_ = addFact(grid, 3, tr("Id"));
    file_ = addFact(grid, 4, tr("File"));
    auto* copy = new IconButton(QStringLiteral("copy"), tr("Copy file path"));
    grid->addWidget(copy, 4, 2);
    connect(copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(file_path_); });

    auto* facts = new QVBoxLayout;
    facts->setContentsMargins(0, 0, 0, 0);
    facts->setSpacing(8);
    facts->addWidget(heading_);
    facts->addWidget(captions_);
    facts->addLayout(grid);

    auto* content = new QWidget;
    auto* content_column = new QVBoxLayout(content);
    content_column->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    content_column->setSpacing(kMargin);
    content_column->addWidget(picture_);
    content_column->addLayout(facts);
    content_column->addStretch(1);
    content_ = content_column;
    scroll_ = new QScrollArea;
    scroll_->setWidgetResizable(true);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFocusPolicy(Qt::NoFocus);
    scroll_->setWidget(content);

    auto* body = new QWidget;
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(scroll_, 1);
    column->addWidget(makeButtons());
    return body;
}

QWidget* HitPanel::makeButtons() {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* line = new QFrame;
    line->setProperty("line", true);
    line->setFixedHeight(1);
    auto* row = new FlowLayout(6);
    row->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    const auto button = [&](const QString& text, const QString& tip, auto signal) {
        auto* made = new QPushButton(text);
        made->setProperty("small", true);
        made->setToolTip(tip);
        connect(made, &QPushButton::clicked, this, signal);
        row->addWidget(made);
        return made;
    };
    button(tr("Use as query"), tr("Search with this hit (Enter)"), &HitPanel::useAsQuery);
    button(tr("Open folder"), tr("Open the folder of the picture"), &HitPanel::openFolder);
    button(tr("Copy scores"), tr("Copy all hits as a table with tabs"), &HitPanel::copyScores);
    fold_ = button(QString(), tr("Pictures that are nearly the same as this one"), &HitPanel::toggleFold);
    column->addWidget(line);
    column->addLayout(row);
    return box;
}

ElidedLabel* HitPanel::addFact(QGridLayout* grid, int row, const QString& name) {
    auto* value = new ElidedLabel;
    value->setFont(Theme::instance().font(TextRole::kTable));
    value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    value->setElideMode(Qt::ElideMiddle);
    grid->addWidget(key(name), row, 0);
    grid->addWidget(value, row, 1, 1, row == 4 ? 1 : 2);
    grid->setRowMinimumHeight(row, metric::kTableRow);
    return value;
}

HitPanel::ScoreRow HitPanel::addScore(QGridLayout* grid, int row, const QString& name) {
    ScoreRow made{grid, row, key(name), new ProgressBarThin, new QLabel};
    made.bar->setAccessibleName(name);
    made.value->setFont(Theme::instance().font(TextRole::kMono));
    made.value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    made.value->setMinimumWidth(QFontMetrics(made.value->font()).horizontalAdvance(QStringLiteral("−0.000")));
    grid->addWidget(made.name, row, 0);
    auto* cell = new QHBoxLayout;
    cell->setSpacing(8);
    cell->addWidget(made.bar, 1);
    cell->addWidget(made.value);
    grid->addLayout(cell, row, 1, 1, 2);
    return made;
}

void HitPanel::setScore(const ScoreRow& row, bool shown, double fraction, const QString& text) {
    row.grid->setRowMinimumHeight(row.number, shown ? metric::kTableRow : 0);
    row.name->setVisible(shown);
    row.bar->setVisible(shown);
    row.value->setVisible(shown);
    row.bar->setValue(fraction);
    row.value->setText(text);
}

void HitPanel::setHit(const RetrievalResult& result, int row) {
    const bool there = row >= 0 && row < result.hits.size();
    stack_->setCurrentIndex(there ? 1 : 0);
    setWindowTitle(there ? tr("Hit %1").arg(row + 1) : tr("Hit"));
    if (!there) return;
    const RetrievalHit& hit = result.hits[row];
    picture_->setFile(hit.image);
    heading_->setText(hit.text);
    QStringList others = hit.texts;
    others.removeOne(hit.text);
    captions_->setText(others.join(u'\n'));
    captions_->setVisible(!others.isEmpty());
    setScore(match_, hit.match.has_value(), hit.match.value_or(0), matchText(hit.match.value_or(0)));
    setScore(dual_, true, hit.score / scoreScale(result), scoreText(hit.score));
    rank_->setFullText(tr("%1 of %2").arg(row + 1).arg(result.hits.size()));
    id_->setFullText(hit.id);
    fold_->setVisible(!hit.alike.isEmpty());
    fold_->setText(hit.unfolded ? tr("Fold %1 alike").arg(hit.alike_count) : tr("Show %1 alike").arg(hit.alike_count));
    file_path_ = hit.image;
    file_->setFullText(hit.image);
    fitPicture();
}

void HitPanel::addBelow(QWidget* widget) {
    content_->insertWidget(content_->count() - 1, widget);
}

void HitPanel::setEnlarged(bool enlarged) {
    enlarged_ = enlarged;
    fitPicture();
}

void HitPanel::fitPicture() {
    const int width = scroll_->viewport()->width() - 2 * kMargin, room = scroll_->viewport()->height() - 2 * kMargin;
    const QSize size = pictures_.sizeOf(picture_->file());
    const int tall = size.isEmpty() ? width : width * size.height() / size.width();
    picture_->setFixedHeight(enlarged_ ? std::clamp(tall, kPictureHeight, std::max(kPictureHeight, room))
                                       : kPictureHeight);
}

void HitPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitPicture();
}

void HitPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && enlarged_) return setEnlarged(false);
    QWidget::keyPressEvent(event);
}

void HitPanel::recolor() {
    const Palette& p = Theme::instance().palette();
    match_.bar->setColor(p.series[0]);
    dual_.bar->setColor(p.series[5]);
}

}  // namespace switchyard::ui
