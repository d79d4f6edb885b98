// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/linked_cursor.h"

namespace switchyard::ui {

void LinkedCursor::hover(std::optional<double> step) {
    if (!pinned_) set(step, false);
}

void LinkedCursor::pin(double step) {
    set(step, true);
}
void LinkedCursor::unpin() {
    set(std::nullopt, false);
}

void LinkedCursor::set(std::optional<double> step, bool pinned) {
    if (step == step_ && pinned == pinned_) return;
    step_ = step;
    pinned_ = pinned;
    Q_EMIT changed();
}

}  // namespace switchyard::ui
