// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/rank_matrix.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/models/heat_image.h"
#include "ui/models/run_words.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kLeft = 40, kRight = 14, kTop = 8, kBottom = 24;
constexpr double kLargestCell = 44, kLeastWords = 30;  // px; a narrower cell holds no percentage

double rowSum(const Exchange& exchange, int ranks, int from) {
    const auto first = exchange.tokens.begin() + static_cast<std::ptrdiff_t>(from) * ranks;
    return std::accumulate(first, first + ranks, 0.0);
}

double tokensOf(const Exchange& exchange, int ranks, int from, int to) {
    return exchange
        .tokens[static_cast<std::size_t>(from) * static_cast<std::size_t>(ranks) + static_cast<std::size_t>(to)];
}

QString rankName(int rank) {
    return QStringLiteral("R%1").arg(rank);
}

}  // namespace

RankMatrix::RankMatrix(ExpertsView& view, QWidget* parent) : FocusPlot(parent), view_(view) {
    setAccessibleName(tr("Tokens between ranks"));
    setAccessibleDescription(tr("Arrow keys choose a cell. The data table in the menu holds the values."));
    setFocusPolicy(Qt::StrongFocus);
    connect(&view.focus, &ExpertFocus::stepChanged, this, &RankMatrix::refresh);
    connect(&view.focus, &ExpertFocus::layerChanged, this, &RankMatrix::refresh);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

const Exchange* RankMatrix::exchange() const {
    return view_.layer() == nullptr ? nullptr : view_.layer()->exchange.at(view_.focus.step());
}

int RankMatrix::ranks() const {
    return view_.layer() == nullptr ? 0 : view_.layer()->exchange.ranks();
}

void RankMatrix::refresh() {
    if (from_ >= ranks() || to_ >= ranks()) from_ = to_ = -1;
    setAccessibleDescription(words() + QStringLiteral(". ") +
                             tr("Arrow keys choose a cell. The data table in the menu holds the values."));
    Q_EMIT wordsChanged();
    update();
}

QRect RankMatrix::gridRect() const {
    const QRect place = rect().adjusted(kLeft, kTop, -kRight, -kBottom);
    const int side = std::max(1, ranks());
    // Whole pixels a cell, so that all are of one size.
    const double widest = std::min(kLargestCell * 2, place.width() / static_cast<double>(side));
    const double tallest = std::min(kLargestCell, place.height() / static_cast<double>(side));
    const auto cell = [](double room) { return room >= 2 ? std::floor(room) : room; };
    return {place.left(), place.top(), static_cast<int>(cell(widest) * side), static_cast<int>(cell(tallest) * side)};
}

QRectF RankMatrix::cellRect(int from, int to) const {
    const QRectF grid = gridRect();
    const double side = std::max(1, ranks());
    return {grid.left() + to * grid.width() / side, grid.top() + from * grid.height() / side, grid.width() / side,
            grid.height() / side};
}

std::pair<int, int> RankMatrix::cellAt(QPointF place) const {
    const QRectF grid = gridRect();
    if (exchange() == nullptr || !grid.contains(place)) return {-1, -1};
    const int last = ranks() - 1;
    return {std::min(last, static_cast<int>((place.y() - grid.top()) / grid.height() * ranks())),
            std::min(last, static_cast<int>((place.x() - grid.left()) / grid.width() * ranks()))};
}

QString RankMatrix::wordsOf(int from, int to) const {
    const Exchange& now = *exchange();
    const double tokens = tokensOf(now, ranks(), from, to), all = rowSum(now, ranks(), from);
    return tr("%1 to %2: %3 tokens, %4 % of what %1 sends")
        .arg(rankName(from), rankName(to), number(tokens, 0), number(all > 0 ? 100 * tokens / all : 0, 1));
}

QString RankMatrix::words() const {
    const Exchange* now = exchange();
    if (now == nullptr) return {};
    if (from_ >= 0) return wordsOf(from_, to_);
    double all = 0, stay = 0;
    for (int r = 0; r < ranks(); ++r) {
        all += rowSum(*now, ranks(), r);
        stay += tokensOf(*now, ranks(), r, r);
    }
    return tr("%1 % leave their rank, step %2")
        .arg(number(all > 0 ? 100 * (1 - stay / all) : 0, 0), number(static_cast<double>(now->step), 0));
}

void RankMatrix::paintEvent(QPaintEvent*) {
    const Exchange* now = exchange();
    if (now == nullptr) return;
    const Palette& p = Theme::instance().palette();
    const HeatColors colors = heatColors(p.diverging, p.dead);
    QPainter painter(this);
    painter.setFont(Theme::instance().font(TextRole::kCaption));
    const QRectF grid = gridRect();
    const QRectF cell = cellRect(0, 0);
    for (int from = 0; from < ranks(); ++from) {
        const double all = rowSum(*now, ranks(), from);
        for (int to = 0; to < ranks(); ++to) {
            const double share = all > 0 ? tokensOf(*now, ranks(), from, to) / all : 0;
            const QColor color(colors[HeatLevels::levelOf(all > 0 ? share * ranks() : std::nan(""))]);
            const QRectF place = cellRect(from, to);
            painter.fillRect(place, color);
            if (place.width() < kLeastWords || place.height() < 14) continue;
            painter.setPen(color.lightnessF() > 0.55 ? Qt::black : Qt::white);
            painter.drawText(place, Qt::AlignCenter, tr("%1 %").arg(number(100 * share, 0)));
        }
    }
    painter.setPen(p.muted);
    int every = 1;
    while (every * cell.height() < 13) every *= 2;
    for (int r = 0; r < ranks(); r += every)
        painter.drawText(QRectF(0, cellRect(r, 0).center().y() - 8, kLeft - 8, 16), Qt::AlignRight | Qt::AlignVCenter,
                         rankName(r));
    every = 1;
    while (every * cell.width() < 30) every *= 2;
    for (int r = 0; r < ranks(); r += every)
        painter.drawText(QRectF(cellRect(0, r).center().x() - 20, grid.bottom() + 5, 40, 16), Qt::AlignCenter,
                         rankName(r));
    if (from_ >= 0) {
        painter.setPen(QPen(p.text, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(cellRect(from_, to_).adjusted(1, 1, -1, -1));
    }
    paintFocusRing(painter);
}

void RankMatrix::choose(int from, int to) {
    from_ = from;
    to_ = to;
    refresh();
}

void RankMatrix::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return event->ignore();
    const auto [from, to] = cellAt(event->position());
    choose(from, to);  // beside the grid: none
}

void RankMatrix::keyPressEvent(QKeyEvent* event) {
    const int last = ranks() - 1;
    if (last < 0) return event->ignore();
    const auto move = [&](int down, int right) {
        if (from_ < 0) return choose(0, 0);
        choose(std::clamp(from_ + down, 0, last), std::clamp(to_ + right, 0, last));
    };
    switch (event->key()) {
        case Qt::Key_Up:
            return move(-1, 0);
        case Qt::Key_Down:
            return move(1, 0);
        case Qt::Key_Left:
            return move(0, -1);
        case Qt::Key_Right:
            return move(0, 1);
        case Qt::Key_Escape:
            return choose(-1, -1);
        default:
            event->ignore();
    }
}

bool RankMatrix::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return FocusPlot::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const auto [from, to] = cellAt(help->pos());
    if (from < 0) {
        QToolTip::hideText();
    } else {
        QToolTip::showText(help->globalPos(), wordsOf(from, to), this);
    }
    return true;
}

}  // namespace switchyard::ui
