// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/patch_tiles.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "ui/models/retrieval_result.h"
#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

constexpr int kColumns = 6, kGap = 4;

int sideFor(int width) {
    return std::max(8, (width - (kColumns - 1) * kGap) / kColumns);
}

}  // namespace

PatchTiles::PatchTiles(QWidget* parent) : FocusPlot(parent) {
    setAccessibleName(tr("Top patches"));
    setAccessibleDescription(tr("Left and Right move, Enter shows the patch in its picture."));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void PatchTiles::setTiles(const QList<PatchTile>& tiles) {
    const bool other_height = (tiles.size() + kColumns - 1) / kColumns != (tiles_.size() + kColumns - 1) / kColumns;
    tiles_ = tiles;
    current_ = std::min<int>(current_, static_cast<int>(tiles.size()) - 1);
    if (other_height) updateGeometry();
    update();
}

int PatchTiles::heightForWidth(int width) const {
    const int lines = (static_cast<int>(tiles_.size()) + kColumns - 1) / kColumns;
    return lines == 0 ? 0 : lines * (sideFor(width) + kGap) - kGap;
}

QRect PatchTiles::tileRect(int tile) const {
    const int side = sideFor(width());
    return {(tile % kColumns) * (side + kGap), (tile / kColumns) * (side + kGap), side, side};
}

int PatchTiles::tileAt(const QPoint& point) const {
    for (int i = 0; i < tiles_.size(); ++i)
        if (tileRect(i).contains(point)) return i;
    return -1;
}

void PatchTiles::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const Palette& p = Theme::instance().palette();
    for (int i = 0; i < tiles_.size(); ++i) {
        const QRect place = tileRect(i);
        painter.drawImage(place, tiles_[i].picture);
        painter.setPen(p.border);
        painter.drawRect(place.adjusted(0, 0, -1, -1));
        if (i != current_ || !hasFocus()) continue;
        painter.setPen(QPen(p.text, 2));
        painter.drawRect(place.adjusted(1, 1, -1, -1));
    }
    paintFocusRing(painter);
}

void PatchTiles::mousePressEvent(QMouseEvent* event) {
    const int tile = tileAt(event->position().toPoint());
    if (tile < 0) return event->ignore();
    current_ = tile;
    update();
    Q_EMIT chosen(tile);
}

void PatchTiles::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(tiles_.size()) - 1;
    switch (event->key()) {
        case Qt::Key_Left:
            current_ = std::max(0, current_ - 1);
            return update();
        case Qt::Key_Right:
            current_ = std::min(last, current_ + 1);
            return update();
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (current_ >= 0) Q_EMIT chosen(current_);
            return;
        default:
            event->ignore();
    }
}

bool PatchTiles::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return FocusPlot::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const int tile = tileAt(help->pos());
    if (tile < 0)
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), plainToolTip(tiles_[tile].words), this);
    return true;
}

}  // namespace switchyard::ui
