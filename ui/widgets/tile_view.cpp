// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tile_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

namespace switchyard::ui {

TileView::TileView(TileShape shape, QWidget* parent) : QAbstractItemView(parent), shape_(std::move(shape)) {
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    // Narrower than elsewhere: a focus ring at the right edge is not cut.
    verticalScrollBar()->setStyleSheet(
        QStringLiteral("QScrollBar:vertical { width: 8px; } QScrollBar::handle:vertical { margin: 1px; }"));
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
}

void TileView::setShape(const TileShape& shape) {
    shape_ = shape;
    updateGeometries();
    viewport()->update();
}

int TileView::count() const {
    return model() == nullptr ? 0 : model()->rowCount(rootIndex());
}

// Laid out over the view's own width: a scroll bar that comes and goes changes nothing.
int TileView::columns() const {
    if (shape_.least_width <= 0) return 1;
    const int room = width() - shape_.margins.left() - shape_.margins.right();
    return std::max(1, (room + shape_.spacing) / (shape_.least_width + shape_.spacing));
}

int TileView::tileWidth() const {
    const int room = width() - shape_.margins.left() - shape_.margins.right();
    return (room + shape_.spacing) / columns() - shape_.spacing;
}

int TileView::tileHeight() const {
    return shape_.height ? shape_.height(tileWidth()) : tileWidth();
}

// All of one size; what a division leaves over goes into the gaps.
QRect TileView::tileRect(int row) const {
    const int across = columns(), column = row % across, wide = tileWidth(), tall = tileHeight();
    const int last = width() - shape_.margins.left() - shape_.margins.right() - wide;
    const int left = across > 1 ? column * last / (across - 1) : 0;
    return {shape_.margins.left() + left, shape_.margins.top() + row / across * (tall + shape_.spacing), wide, tall};
}

int TileView::contentHeight() const {
    const int tiles = count();
    return tiles == 0 ? 0 : tileRect(tiles - 1).bottom() + 1 + shape_.margins.bottom();
}

int TileView::verticalOffset() const {
    return verticalScrollBar()->value();
}

QRect TileView::visualRect(const QModelIndex& index) const {
    return index.isValid() ? tileRect(index.row()).translated(0, -verticalOffset()) : QRect();
}

QModelIndex TileView::indexAt(const QPoint& point) const {
    const QPoint place = point + QPoint(0, verticalOffset());
    const int line = (place.y() - shape_.margins.top()) / (tileHeight() + shape_.spacing);
    for (int row = std::max(0, line * columns()); row < std::min(count(), (line + 1) * columns()); ++row) {
        if (tileRect(row).contains(place)) return model()->index(row, 0, rootIndex());
    }
    return {};
}

void TileView::scrollTo(const QModelIndex& index, ScrollHint hint) {
    if (!index.isValid()) return;
    const QRect tile = tileRect(index.row());
    QScrollBar* bar = verticalScrollBar();
    const int above = index.row() < columns() ? 0 : tile.top() - shape_.spacing;
    const int below = tile.bottom() + 1 + shape_.spacing - viewport()->height();
    if (hint == PositionAtTop || bar->value() > above)
        bar->setValue(above);
    else if (hint == PositionAtBottom || bar->value() < below)
        bar->setValue(below);
    else if (hint == PositionAtCenter)
        bar->setValue(tile.center().y() - viewport()->height() / 2);
}

void TileView::setModel(QAbstractItemModel* new_model) {
    QAbstractItemView::setModel(new_model);
    connect(new_model, &QAbstractItemModel::modelReset, this, [this] {
        verticalScrollBar()->setValue(0);
        updateGeometries();
        viewport()->update();
    });
    updateGeometries();
}

QModelIndex TileView::moveCursor(CursorAction action, Qt::KeyboardModifiers) {
    if (count() == 0) return {};
    if (!currentIndex().isValid()) return model()->index(0, 0, rootIndex());
    const int now = currentIndex().row(), across = columns(), last = count() - 1;
    const int page = std::max(1, viewport()->height() / (tileHeight() + shape_.spacing)) * across;
    // Up and down keep the column: a step that would leave the grid stays.
    const auto within = [&](int row) { return row < 0 || row > last ? now : row; };
    const auto pages = [&](int row) { return std::clamp(row, now % across, std::max(now, last)); };
    int row = now;
    switch (action) {
        case MoveLeft:
        case MovePrevious:
            row = within(now - 1);
            break;
        case MoveRight:
        case MoveNext:
            row = within(now + 1);
            break;
        case MoveUp:
            row = within(now - across);
            break;
        case MoveDown:
            row = now / across < last / across ? std::min(now + across, last) : now;
            break;
        case MoveHome:
            row = 0;
            break;
        case MoveEnd:
            row = last;
            break;
        case MovePageUp:
            row = pages(now - page);
            break;
        case MovePageDown:
            row = pages(now + page);
            break;
    }
    return model()->index(row, 0, rootIndex());
}

void TileView::setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) {
    const QModelIndex index = indexAt(rect.center());
    if (index.isValid()) selectionModel()->select(index, flags);
}

QRegion TileView::visualRegionForSelection(const QItemSelection& selection) const {
    QRegion region;
    for (const QModelIndex& index : selection.indexes()) region += visualRect(index);
    return region;
}

void TileView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QAbstractItemView::currentChanged(current, previous);
    viewport()->update();  // focus rings reach beyond their tiles
}

void TileView::updateGeometries() {
    QScrollBar* bar = verticalScrollBar();
    bar->setPageStep(viewport()->height());
    bar->setSingleStep(std::max(16, (tileHeight() + shape_.spacing) / 4));
    bar->setRange(0, std::max(0, contentHeight() - viewport()->height()));
    QAbstractItemView::updateGeometries();
}

void TileView::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    QStyleOptionViewItem option;
    initViewItemOption(&option);
    const QModelIndex selected = selectionModel() != nullptr ? currentIndex() : QModelIndex();
    for (int row = 0; row < count(); ++row) {
        const QModelIndex index = model()->index(row, 0, rootIndex());
        const QRect tile = visualRect(index);
        if (!tile.adjusted(-4, -4, 4, 4).intersects(event->rect())) continue;
        QStyleOptionViewItem tile_option = option;
        tile_option.rect = tile;
        tile_option.state.setFlag(QStyle::State_Selected, index == selected);
        tile_option.state.setFlag(QStyle::State_MouseOver, index == hover_);
        tile_option.state.setFlag(QStyle::State_HasFocus, index == selected && hasFocus());
        itemDelegateForIndex(index)->paint(&painter, tile_option, index);
    }
}

void TileView::keyPressEvent(QKeyEvent* event) {
    const bool plain = (event->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
    if (plain && currentIndex().isValid()) {
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return Q_EMIT chosen(currentIndex());
        if (event->key() == Qt::Key_Space) return Q_EMIT opened(currentIndex());
    }
    QAbstractItemView::keyPressEvent(event);
}

void TileView::mouseDoubleClickEvent(QMouseEvent* event) {
    const QModelIndex index = indexAt(event->position().toPoint());
    if (index.isValid() && event->button() == Qt::LeftButton) Q_EMIT opened(index);
}

void TileView::mouseMoveEvent(QMouseEvent* event) {
    setHover(indexAt(event->position().toPoint()));
    QAbstractItemView::mouseMoveEvent(event);
}

bool TileView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave) setHover({});
    return QAbstractItemView::viewportEvent(event);
}

void TileView::setHover(const QModelIndex& index) {
    if (hover_ == index) return;
    viewport()->update(visualRect(hover_));
    hover_ = index;
    viewport()->update(visualRect(hover_));
}

void TileView::focusInEvent(QFocusEvent* event) {
    QAbstractItemView::focusInEvent(event);
    if (!currentIndex().isValid() && count() > 0) setCurrentIndex(model()->index(0, 0, rootIndex()));
    viewport()->update();
}

void TileView::focusOutEvent(QFocusEvent* event) {
    QAbstractItemView::focusOutEvent(event);
    viewport()->update();
}

}  // namespace switchyard::ui
