// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/route_detail.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>
#include <numeric>

#include "ui/models/load_history.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/bar_rows.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kShown = 4, kLeastWords = 94, kMostWords = 150;

}  // namespace

RouteDetail::RouteDetail(RouteFocus& focus, QWidget* parent) : QWidget(parent), focus_(focus) {
    setFixedHeight(kShown * 22 + 17);
    setAccessibleName(tr("Selected token or patch"));
    auto* line = new QFrame;
    line->setProperty("line", true);
    line->setFixedHeight(1);
    hint_ = new QLabel(tr("Choose a token or a patch to see its likeliest experts."));
    hint_->setProperty("role", "caption");
    hint_->setAlignment(Qt::AlignCenter);
    hint_->setWordWrap(true);
    place_ = new QLabel;
    place_->setProperty("role", "muted");
    piece_ = new ElidedLabel;
    QFont strong = Theme::instance().font(TextRole::kBody);
    strong.setWeight(QFont::DemiBold);
    piece_->setFont(strong);
    entropy_ = new QLabel;
    id_ = new QLabel;
    for (QLabel* label : {place_, entropy_, id_}) label->setFont(Theme::instance().font(TextRole::kTable));
    for (QLabel* label : {entropy_, id_}) label->setProperty("role", "caption");
    words_ = new QWidget;
    auto* column = new QVBoxLayout(words_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(3);
    for (QWidget* part : std::initializer_list<QWidget*>{place_, piece_, entropy_, id_}) column->addWidget(part);
    column->addStretch(1);
    rows_ = new BarRows(tr("Likeliest experts"));
    rows_->setNameWidth(52);
    connect(rows_, &BarRows::expertChosen, &focus_, &RouteFocus::setExpert);
    body_ = new QWidget;
    auto* row = new QHBoxLayout(body_);
    row->setContentsMargins(12, 8, 12, 8);
    row->setSpacing(8);
    row->addWidget(words_);
    row->addWidget(rows_, 1, Qt::AlignTop);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(line);
    all->addWidget(body_, 1);
    all->addWidget(hint_, 1);
    connect(&focus_, &RouteFocus::rowChanged, this, &RouteDetail::refresh);
    connect(&focus_, &RouteFocus::layerChanged, this, &RouteDetail::refresh);
    connect(&focus_, &RouteFocus::sampleChanged, this, &RouteDetail::refresh);
    refresh();
}

void RouteDetail::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    words_->setFixedWidth(std::clamp(width() * 3 / 10, kLeastWords, kMostWords));
}

void RouteDetail::refresh() {
    const RoutedLayer* layer = focus_.layer();
    const int row = focus_.row();
    const bool there = layer != nullptr && row >= 0 && row < layer->rows();
    body_->setVisible(there);
    hint_->setVisible(!there);
    rows_->setRows({}, 1);
    if (!there) return;
    const RoutedSample& sample = *focus_.sample();
    id_->clear();
    if (row < layer->texts) {
        place_->setText(tr("Token %1").arg(row + 1));
        piece_->setFullText(sample.label(row));
        if (row < static_cast<int>(sample.token_ids.size()))
            id_->setText(
                tr("id %1").arg(number(static_cast<double>(sample.token_ids[static_cast<std::size_t>(row)]), 0)));
    } else {
        const int patch = sample.patchOfRow(*layer, row);
        place_->setText(tr("Patch"));
        piece_->setFullText(tr("row %1, column %2")
                                .arg(patch / std::max(1, sample.grid) + 1)
                                .arg(patch % std::max(1, sample.grid) + 1));
    }
    entropy_->setText(tr("entropy %1 bits").arg(number(layer->entropy(row), 2)));
    const std::vector<double> p = layer->probabilities(row);
    if (p.empty()) return;
    std::vector<int> order(p.size());
    std::iota(order.begin(), order.end(), 0);
    const auto shown = std::min<std::ptrdiff_t>(kShown, static_cast<std::ptrdiff_t>(order.size()));
    std::partial_sort(order.begin(), order.begin() + shown, order.end(),
                      [&](int a, int b) { return p[static_cast<std::size_t>(a)] > p[static_cast<std::size_t>(b)]; });
    QList<BarRow> rows;
    for (std::ptrdiff_t i = 0; i < shown; ++i) {
        const int expert = order[static_cast<std::size_t>(i)];
        const double share = p[static_cast<std::size_t>(expert)];
        rows.append({{}, expert, share, number(share, share < 0.1 ? 3 : 2), {}});
    }
    rows_->setRows(rows, layer->experts);
}

}  // namespace switchyard::ui
