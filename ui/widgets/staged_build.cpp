// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/staged_build.h"

#include <QTimerEvent>
#include <utility>

namespace switchyard::ui {

void StagedBuild::add(std::function<void()> part) {
    parts_.push_back(std::move(part));
    if (!timer_.isActive()) timer_.start(0, this);
}

void StagedBuild::finishNow() {
    while (!parts_.empty()) makeOne();
}

void StagedBuild::makeOne() {
    // Taken out first: a part may itself ask for the rest.
    const std::function<void()> part = std::move(parts_.front());
    parts_.pop_front();
    part();
}

void StagedBuild::timerEvent(QTimerEvent* event) {
    if (event->timerId() != timer_.timerId()) return QObject::timerEvent(event);
    if (!std::exchange(drawn_, !drawn_)) return;
    if (!parts_.empty()) makeOne();
    if (!parts_.empty()) return;
    timer_.stop();
    drawn_ = false;
}

}  // namespace switchyard::ui
