// SPDX-License-Identifier: GPL-3.0-or-later
// What all plots of the curves page share: the records, the x axis and its range, the cursor.
#pragma once

#include <QObject>
#include <vector>

#include "ui/models/linked_cursor.h"
#include "ui/models/run_curves.h"

class QKeyEvent;

namespace switchyard::ui {

/// Thread: GUI thread.
class PlotGroup : public QObject {
    Q_OBJECT
public:
    struct Range {
        double low = 0, high = 1;
        double span() const { return high - low; }
    };

    explicit PlotGroup(QObject* parent = nullptr);
    RunCurves& curves() { return curves_; }
    const RunCurves& curves() const { return curves_; }
    LinkedCursor& cursor() { return cursor_; }
    const LinkedCursor& cursor() const { return cursor_; }
    const std::vector<double>& seams() const { return seams_; }
    void setSeams(std::vector<double> steps) { seams_ = std::move(steps); }

    XAxis axis() const { return axis_; }
    /// Keeps what is in sight; the range is translated.
    void setAxis(XAxis axis);
    Range range() const { return range_; }
    bool follow() const { return follow_; }
    /// On: the range is all records, now and when they grow.
    void setFollow(bool on);
    /// A range the user asked for: Follow goes off.
    void choose(Range range);
    void zoom(double factor, double around);
    void pan(double by);
    /// Records, seams or marks changed.
    void refresh();
    /// Other run: everything back to its start.
    void reset();

    /// The record nearest to x on the current axis, as a step; nullopt without records.
    std::optional<double> stepAt(double x) const;
    /// Pins the cursor and moves the range when the step lies outside.
    void show(double step);
    /// Cursor by `records`, pinned; from the newest one when there is none.
    void moveCursor(int records);
    /// Left, Right, Home, End, Escape, plus, minus, 0. @return whether the key was one of them.
    bool handleKey(QKeyEvent& event);

Q_SIGNALS:
    void rangeChanged();
    void recordsChanged();
    void followChanged(bool on);

private:
    Range whole() const;
    void setRange(Range range);

    RunCurves curves_;
    LinkedCursor cursor_;
    std::vector<double> seams_;
    XAxis axis_ = XAxis::kStep;
    Range range_;
    bool follow_ = true;
};

}  // namespace switchyard::ui
