// SPDX-License-Identifier: GPL-3.0-or-later
// The longest time for which the GUI's event loop did not turn: what a person feels as a stall.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>
#include <algorithm>
#include <fstream>
#include <vector>

namespace switchyard::test {

/// A timer of 1 ms beats in the watched loop; a gap is the time between two beats. Beside the clock's time each gap
/// has the part that is ours: working, or waiting for a file, a lock, another thread. What is left out is the time in
/// which this thread could have run and another program had the core (proc(5): schedstat).
/// Thread: the GUI's.
class EventLoopWatch : public QObject {
public:
    struct Gap {
        double wall_ms = 0, own_ms = 0;
        QString during;
    };

    EventLoopWatch() {
        timer_.setTimerType(Qt::PreciseTimer);
        connect(&timer_, &QTimer::timeout, this, [this] { beat(); });
        clock_.start();
        queued_ = queued_ms();
        timer_.start(1);
    }
    /// Names what comes next, so that a gap tells where it was.
    void during(const QString& what) {
        beat();  // what the caller itself waited or worked is no gap of the loop
        what_ = what;
    }
    /// The longest ones by our own part, longest first.
    std::vector<Gap> longest(std::size_t count) const {
        std::vector<Gap> list = gaps_;
        std::sort(list.begin(), list.end(), [](const Gap& a, const Gap& b) { return a.own_ms > b.own_ms; });
        list.resize(std::min(list.size(), count));
        return list;
    }
    Gap worst() const { return gaps_.empty() ? Gap{} : longest(1).front(); }

private:
    /// Time on the run queue so far; 0 where the kernel does not tell.
    static double queued_ms() {
        std::ifstream statistics("/proc/thread-self/schedstat");
        double ran_ns = 0, queued_ns = 0;
        statistics >> ran_ns >> queued_ns;
        return queued_ns / 1e6;
    }
    void beat() {
        const double wall = static_cast<double>(clock_.nsecsElapsed()) / 1e6, queued = queued_ms();
        if (wall > 4) gaps_.push_back({wall, std::max(0.0, wall - (queued - queued_)), what_});
        clock_.start();
        queued_ = queued;
    }

    QTimer timer_;
    QElapsedTimer clock_;
    double queued_ = 0;
    QString what_;
    std::vector<Gap> gaps_;
};

}  // namespace switchyard::test
