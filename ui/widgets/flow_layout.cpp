// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/flow_layout.h"

#include <algorithm>

namespace switchyard::ui {

FlowLayout::FlowLayout(int spacing, QWidget* parent) : QLayout(parent) {
    setSpacing(spacing);
}

FlowLayout::~FlowLayout() {
    qDeleteAll(items_);
}

QLayoutItem* FlowLayout::takeAt(int index) {
    return index >= 0 && index < items_.size() ? items_.takeAt(index) : nullptr;
}

QSize FlowLayout::minimumSize() const {
    QSize largest;
    for (const QLayoutItem* item : items_) largest = largest.expandedTo(item->minimumSize());
    const QMargins margins = contentsMargins();
    return largest + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

QSize FlowLayout::sizeHint() const {
    QSize line(-spacing(), 0);
    for (const QLayoutItem* item : items_) {
        const QSize hint = item->sizeHint();
        line = QSize(line.width() + spacing() + hint.width(), std::max(line.height(), hint.height()));
    }
    const QMargins margins = contentsMargins();
    return line + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    place(rect, true);
}

int FlowLayout::place(const QRect& rect, bool move) const {
    const QMargins margins = contentsMargins();
    const QRect room = rect.marginsRemoved(margins);
    int x = room.left(), y = room.top(), line_height = 0;
    for (QLayoutItem* item : items_) {
        const QSize size = item->sizeHint();
        if (x > room.left() && x + size.width() > room.left() + room.width()) {
            x = room.left();
            y += line_height + spacing();
            line_height = 0;
        }
        if (move) item->setGeometry({{x, y}, size});
        x += size.width() + spacing();
        line_height = std::max(line_height, size.height());
    }
    return y + line_height - rect.top() + margins.bottom();
}

}  // namespace switchyard::ui
