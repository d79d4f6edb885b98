// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/experts/layer_grid.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/models/heat_image.h"
#include "ui/models/run_words.h"
#include "ui/panels/experts/id_axis.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kRight = 14, kTop = 8, kBottom = 24;
constexpr double kTallestRow = 36;

bool isDeadAt(const LayerLoads& layer, int column, int expert) {
    const std::int64_t last = layer.ring.column(column).last_step;
    if (layer.ring.count(column, LoadModality::kAll, expert) > 0) return false;
    return std::any_of(layer.dead.spells().begin(), layer.dead.spells().end(), [&](const DeadSpell& spell) {
        return spell.expert == expert && spell.first_idle_step <= last &&
               (spell.ended_step < 0 || last < spell.ended_step);
    });
}

}  // namespace

LayerGrid::LayerGrid(ExpertsView& view, QWidget* parent) : FocusPlot(parent), view_(view) {
    setAccessibleName(tr("Layer by expert"));
    setAccessibleDescription(
        tr("Up and Down choose a layer, Left and Right an expert. The data table in the menu holds the values."));
    const auto repaint = qOverload<>(&QWidget::update);
    connect(&view.focus, &ExpertFocus::stepChanged, this, repaint);
    connect(&view.focus, &ExpertFocus::expertChanged, this, repaint);
    connect(&view.focus, &ExpertFocus::layerChanged, this, repaint);
    connect(&view.focus, &ExpertFocus::modalityChanged, this, repaint);
    connect(&Theme::instance(), &Theme::changed, this, repaint);
}

QRect LayerGrid::gridRect() const {
    int left = 0;
    QFont bold = Theme::instance().font(TextRole::kCaption);
    bold.setWeight(QFont::DemiBold);
    const QFontMetrics metrics(bold);
    const QStringList layers = view_.loads == nullptr ? QStringList() : view_.loads->layers();
    for (const QString& name : layers) left = std::max(left, metrics.horizontalAdvance(layerLabel(name, true)));
    QRect place = rect().adjusted(12 + left + 8, kTop, -kRight, -kBottom);
    const double most = kTallestRow * static_cast<double>(std::max<qsizetype>(1, layers.size()));
    if (place.height() > most) place.setHeight(static_cast<int>(most));
    return place;
}

QRectF LayerGrid::rowRect(int layer) const {
    const QRect grid = gridRect();
    const auto count = static_cast<double>(std::max<qsizetype>(1, view_.loads->layers().size()));
    const double top = std::floor(grid.top() + layer * grid.height() / count);
    const double bottom = std::floor(grid.top() + (layer + 1) * grid.height() / count);
    return {static_cast<double>(grid.left()), top, static_cast<double>(grid.width()), bottom - top};
}

int LayerGrid::layerAt(double y) const {
    const int count = view_.loads == nullptr ? 0 : static_cast<int>(view_.loads->layers().size());
    for (int i = 0; i < count; ++i)
        if (y >= rowRect(i).top() && y < rowRect(i).bottom()) return i;
    return -1;
}

int LayerGrid::expertAt(double x, int layer) const {
    const QRect grid = gridRect();
    if (layer < 0 || x < grid.left() || x > grid.right() + 1) return -1;
    const int experts = view_.loads->layer(view_.loads->layers()[layer])->ring.experts();
    return std::clamp(static_cast<int>((x - grid.left()) / grid.width() * experts), 0, experts - 1);
}

void LayerGrid::paintEvent(QPaintEvent*) {
    if (view_.layer() == nullptr) return;
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const HeatColors colors = heatColors(p.diverging, p.dead);
    const QStringList layers = view_.loads->layers();
    const QRect grid = gridRect();
    QPainter painter(this);
    QFont font = theme.font(TextRole::kCaption);
    for (int i = 0; i < static_cast<int>(layers.size()); ++i) {
        const LayerLoads& layer = *view_.loads->layer(layers[i]);
        const QRectF row = rowRect(i);
        const bool current = layers[i] == view_.focus.layer();
        const int column = layer.ring.columnAt(view_.focus.step()), experts = layer.ring.experts();
        const int pixels = std::max(1, static_cast<int>(row.width()));
        // A pixel that stands for several experts shows the one that lies farthest from fair.
        for (int x = 0; x < pixels;) {
            const int first = x * experts / pixels;
            const int end = std::max(first + 1, (x + 1) * experts / pixels);
            std::uint8_t level = HeatLevels::kFair;
            for (int e = first; e < end; ++e) {
                const std::uint8_t own = isDeadAt(layer, column, e)
                                             ? HeatLevels::kDead
                                             : HeatLevels::levelOf(layer.ring.ratio(column, view_.focus.modality(), e));
                if (HeatLevels::deviation(own) > HeatLevels::deviation(level)) level = own;
            }
            int next = x + 1;
            while (next < pixels && next * experts / pixels == first) ++next;
            painter.fillRect(QRectF(row.left() + x, row.top(), next - x, row.height()), QColor(colors[level]));
            x = next;
        }
        font.setWeight(current ? QFont::DemiBold : QFont::Normal);
        painter.setFont(font);
        painter.setPen(current ? p.text : p.muted);
        if (row.height() >= 9 || current)
            painter.drawText(QRectF(0, row.center().y() - 8, grid.left() - 8, 16), Qt::AlignRight | Qt::AlignVCenter,
                             layerLabel(layers[i], true));
    }
    const auto outline = [&](const QRectF& place) {
        painter.setPen(QPen(p.text, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(place.adjusted(-1, -1, 1, 1));
    };
    const auto current = static_cast<int>(layers.indexOf(view_.focus.layer()));
    const int experts = view_.layer()->ring.experts(), selected = view_.focus.expert();
    if (current >= 0) {
        painter.setPen(QPen(p.text, 1));
        painter.setBrush(Qt::NoBrush);
        if (layers.size() > 1) painter.drawRect(rowRect(current).adjusted(-1, -1, 0, 0));
        if (selected >= 0 && selected < experts) {
            const double step = grid.width() / static_cast<double>(experts);
            const QRectF row = rowRect(current);
            outline(QRectF(std::floor(row.left() + selected * step), row.top(), std::max(2.0, std::floor(step)),
                           row.height()));
        }
    }
    paintIdAxis(painter, QRectF(grid), experts, selected, grid.bottom() + 5, width());
    paintFocusRing(painter);
}

void LayerGrid::mousePressEvent(QMouseEvent* event) {
    const int layer = layerAt(event->position().y());
    if (event->button() != Qt::LeftButton || layer < 0) return event->ignore();
    const int expert = expertAt(event->position().x(), layer);
    view_.focus.setLayer(view_.loads->layers()[layer]);
    if (expert >= 0) view_.focus.setExpert(expert);
}

void LayerGrid::keyPressEvent(QKeyEvent* event) {
    const bool up = event->key() == Qt::Key_Up;
    if (view_.loads != nullptr && (up || event->key() == Qt::Key_Down)) {
        const QStringList layers = view_.loads->layers();
        const qsizetype next = layers.indexOf(view_.focus.layer()) + (up ? -1 : 1);
        if (next >= 0 && next < layers.size()) view_.focus.setLayer(layers[next]);
        return;
    }
    if (!moveExpert(view_, *event)) event->ignore();
}

bool LayerGrid::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return FocusPlot::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const int row = layerAt(help->pos().y()), expert = expertAt(help->pos().x(), row);
    if (expert < 0) {
        QToolTip::hideText();
        return true;
    }
    const QString name = view_.loads->layers()[row];
    const LayerLoads& layer = *view_.loads->layer(name);
    const int column = layer.ring.columnAt(view_.focus.step());
    const double ratio = layer.ring.ratio(column, view_.focus.modality(), expert);
    const QString load = isDeadAt(layer, column, expert) ? tr("dead")
                         : std::isnan(ratio)             ? tr("no tokens")
                                                         : tr("%1 × fair").arg(number(ratio, ratio < 0.1 ? 2 : 1));
    QToolTip::showText(help->globalPos(),
                       QStringLiteral("%1  %2: %3").arg(layerLabel(name, true), expertName(expert), load), this);
    return true;
}

}  // namespace switchyard::ui
