// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the parts of a page that need not be there with its first picture, one a turn of the event loop, so that no
// turn is long.
#pragma once

#include <QBasicTimer>
#include <QObject>
#include <deque>
#include <functional>

namespace switchyard::ui {

/// Who needs a part at once calls finishNow() first. Between two parts the event loop turns once without one, in which
/// the last one is laid out and drawn. Parts keep what is on the screen in its place: they are hidden, or their room is
/// kept. Thread: GUI thread.
class StagedBuild : public QObject {
    Q_OBJECT
public:
    /// Parts that were not made when `page` goes are never made.
    explicit StagedBuild(QObject* page) : QObject(page) {}
    void add(std::function<void()> part);
    void finishNow();
    bool isFinished() const { return parts_.empty(); }

protected:
    void timerEvent(QTimerEvent* event) override;

private:
    void makeOne();

    std::deque<std::function<void()>> parts_;
    QBasicTimer timer_;
    bool drawn_ = false;  ///< what was made before
};

}  // namespace switchyard::ui
