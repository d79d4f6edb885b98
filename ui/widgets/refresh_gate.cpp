// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/refresh_gate.h"

#include <QEvent>
#include <QWidget>
#include <algorithm>
#include <utility>

namespace switchyard::ui {

RefreshGate::RefreshGate(QWidget* view, int interval_ms) : QObject(view), view_(view), interval_ms_(interval_ms) {
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &RefreshGate::fire);
    view->installEventFilter(this);
}

void RefreshGate::request(bool restart) {
    pending_ = true;
    restart_ = restart_ || restart;
    if (view_->isVisible()) arm();
}

bool RefreshGate::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::Show && pending_) arm();
    return QObject::eventFilter(object, event);
}

void RefreshGate::arm() {
    if (timer_.isActive()) return;
    const qint64 waited = since_last_.isValid() ? since_last_.elapsed() : interval_ms_;
    timer_.start(static_cast<int>(std::clamp<qint64>(interval_ms_ - waited, 0, interval_ms_)));
}

void RefreshGate::fire() {
    if (!pending_ || !view_->isVisible()) return;
    // A view that comes for the first time is drawn first: its making and its records are two turns' work.
    if (!std::exchange(drawn_, true)) return timer_.start(0);
    const bool restart = restart_;
    pending_ = restart_ = false;
    Q_EMIT due(restart);
    since_last_.start();
}

}  // namespace switchyard::ui
