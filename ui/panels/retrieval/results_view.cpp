// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/results_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <algorithm>
#include <numeric>

#include "ui/models/run_words.h"
#include "ui/panels/retrieval/hit_delegate.h"
#include "ui/panels/shared/picture_paint.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/picture_loader.h"
#include "ui/widgets/progress_bar_thin.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/tile_view.h"

namespace switchyard::ui {
namespace {

constexpr int kHeadHeight = 30;
constexpr int kRing = 4;  // a focus ring reaches so far beyond its tile
constexpr int kLeastCard = 180;
constexpr int kQueryWidth = 176;

/// Which bar is whose.
class Legend : public QWidget {
public:
    explicit Legend(const HitListModel& hits) : hits_(hits) { setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed); }
    QSize sizeHint() const override {
        int width = 0;
        for (const auto& [name, series] : entries())
            width += kSwatch + kGap + metrics().horizontalAdvance(name) + kBetween;
        return {std::max(0, width - kBetween), 20};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Palette& p = Theme::instance().palette();
        QPainter painter(this);
        painter.setFont(Theme::instance().font(TextRole::kCaption));
        int x = 0;
        for (const auto& [name, series] : entries()) {
            const QColor color = p.series[static_cast<std::size_t>(series)];
            ProgressBarThin::draw(painter, QRectF(x, height() / 2.0 - 2, kSwatch, 4), 1, color, color);
            x += kSwatch + kGap;
            painter.setPen(p.muted);
            const int width = metrics().horizontalAdvance(name);
            painter.drawText(QRect(x, 0, width + 2, height()), Qt::AlignVCenter | Qt::AlignLeft, name);
            x += width + kBetween;
        }
    }

private:
    static constexpr int kSwatch = 12, kGap = 5, kBetween = 16;
    static QFontMetrics metrics() { return QFontMetrics(Theme::instance().font(TextRole::kCaption)); }
    QList<std::pair<QString, int>> entries() const {
        QList<std::pair<QString, int>> list;
        if (hits_.result().reranked()) list.append({ResultsView::tr("matching head"), 0});
        list.append({ResultsView::tr("dual encoder"), 5});
        return list;
    }

    const HitListModel& hits_;
};

}  // namespace

ResultsView::ResultsView(PictureLoader& pictures, QWidget* parent) : QWidget(parent), pictures_(pictures) {
    count_ = new QLabel;
    count_->setProperty("role", "title");
    times_ = new ElidedLabel;
    times_->setProperty("role", "muted");
    times_->setFont(Theme::instance().font(TextRole::kTable));
    cancel_ = new QPushButton(tr("Cancel"));
    cancel_->setProperty("link", true);
    cancel_->setProperty("small", true);
    cancel_->setAccessibleName(tr("Cancel the search"));
    legend_ = new Legend(hits_);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 0, 12, 0);
    head->setSpacing(8);
    head->addWidget(count_);
    head->addWidget(times_, 1);
    head->addWidget(cancel_);
    head->addWidget(legend_);
    auto* head_box = new QWidget;
    head_box->setFixedHeight(kHeadHeight);
    head_box->setLayout(head);

    auto* cards = new HitCardDelegate(hits_, pictures_, this);
    grid_ = new TileView({kLeastCard, 8, {12, kRing, 12, 12}, [cards](int width) { return cards->heightFor(width); }});
    grid_->setItemDelegate(cards);
    grid_->setAccessibleName(tr("Pictures found"));
    grid_->setObjectName(QStringLiteral("hits"));
    list_ = new TileView({0, 4, {kRing, kRing, 12, 12}, [](int) { return HitRowDelegate::kHeight; }});
    list_->setItemDelegate(new HitRowDelegate(hits_, pictures_, this));
    list_->setAccessibleName(tr("Texts found"));

    query_picture_ = new PictureBox(pictures_);
    query_picture_->setFixedSize(kQueryWidth, kQueryWidth);
    query_picture_->setAccessibleName(tr("Picture searched with"));
    query_name_ = new ElidedLabel;
    query_name_->setProperty("role", "muted");
    query_name_->setFont(Theme::instance().font(TextRole::kTable));
    query_name_->setElideMode(Qt::ElideMiddle);
    query_name_->setMaximumWidth(kQueryWidth);
    auto* query = new QVBoxLayout;
    query->setContentsMargins(12, kRing, 0, 12);
    query->setSpacing(8);
    query->addWidget(query_picture_);
    query->addWidget(query_name_);
    query->addStretch(1);
    auto* texts = new QWidget;
    auto* row = new QHBoxLayout(texts);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12 - kRing);
    row->addLayout(query);
    row->addWidget(list_, 1);

    stack_ = new QStackedWidget;
    stack_->addWidget(grid_);
    stack_->addWidget(texts);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(head_box);
    column->addWidget(stack_, 1);

    for (TileView* tiles : {grid_, list_}) {
        tiles->setModel(&hits_);
        connect(tiles->selectionModel(), &QItemSelectionModel::currentChanged, this,
                [this, tiles](const QModelIndex& current) {
                    if (tiles == view()) Q_EMIT currentChanged(current.isValid() ? current.row() : -1);
                });
        connect(tiles, &TileView::chosen, this, [this](const QModelIndex& index) { Q_EMIT chosen(index.row()); });
        connect(tiles, &TileView::opened, this, [this](const QModelIndex& index) { Q_EMIT opened(index.row()); });
    }
    connect(cancel_, &QPushButton::clicked, this, &ResultsView::cancelled);
    connect(&pictures_, &PictureLoader::loaded, this, [this] {
        if (isVisible()) view()->viewport()->update();
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] { view()->viewport()->update(); });
    updateHead();
}

TileView* ResultsView::view() const {
    return stack_->currentIndex() == 0 ? grid_ : list_;
}

int ResultsView::currentRow() const {
    const QModelIndex current = view()->currentIndex();
    return current.isValid() ? current.row() : -1;
}

void ResultsView::focusHits() {
    view()->setFocus();
}

void ResultsView::setResult(const RetrievalResult& result) {
    const bool focused = view()->hasFocus();
    pictures_.forgetMissing();
    stack_->setCurrentIndex(result.query.findsTexts() ? 1 : 0);
    hits_.setResult(result);
    if (result.query.findsTexts()) {
        query_picture_->setFile(result.query.image);
        query_name_->setFullText(result.query.label());
    }
    if (focused) view()->setFocus();
    updateHead();
    if (!result.hits.isEmpty())
        view()->setCurrentIndex(hits_.index(0));
    else
        Q_EMIT currentChanged(-1);
}

void ResultsView::toggleFold(int row) {
    hits_.toggleFold(row);
    updateHead();
    Q_EMIT currentChanged(currentRow());
}

void ResultsView::setSlow(bool slow) {
    slow_ = slow;
    updateHead();
}

void ResultsView::updateHead() {
    const RetrievalResult& result = hits_.result();
    cancel_->setVisible(slow_);
    legend_->setVisible(!slow_ && !result.hits.isEmpty());
    legend_->updateGeometry();
    legend_->setToolTip(tr("The dual encoder's bars end at %1").arg(number(hits_.scale(), 2)));
    if (slow_) {
        count_->setText(tr("Searching"));
        times_->setFullText(QString());
        return;
    }
    const auto own =
        std::count_if(result.hits.begin(), result.hits.end(), [](const auto& hit) { return !hit.is_alike; });
    count_->setText(countText(result.query.findsTexts(), own));
    QString times =
        tr("of %1 in %2").arg(number(static_cast<double>(result.searched), 0), milliseconds(result.search_ms));
    if (result.query.findsTexts()) {
        times = tr("of %1 pictures in %2")
                    .arg(number(static_cast<double>(result.searched), 0), milliseconds(result.search_ms));
    }
    const auto alike = std::accumulate(result.hits.begin(), result.hits.end(), 0, [](int sum, const RetrievalHit& hit) {
        return sum + (hit.unfolded ? 0 : hit.alike_count);
    });
    if (alike > 0) times += tr(", %1 alike folded").arg(number(alike, 0));
    if (result.rerank_ms) times += tr(", re-ranked in %1").arg(milliseconds(*result.rerank_ms));
    times_->setFullText(times);
}

}  // namespace switchyard::ui
