// SPDX-License-Identifier: GPL-3.0-or-later
// What all plots of the curves page share: the records of the selected run and of those it is compared with, the
// x axis and its range, the cursor.
#pragma once

#include <QObject>
#include <memory>
#include <vector>

#include "ui/models/linked_cursor.h"
#include "ui/models/run_curves.h"

class QKeyEvent;

namespace switchyard::ui {

/// One run in the plots.
struct PlotRun {
    QString dir, name;
    int series = 0;  ///< colour and dash while runs are compared
    bool visible = true;
    RunCurves curves;
    std::vector<double> seams;  ///< steps at which it was resumed
};

/// Thread: GUI thread.
class PlotGroup : public QObject {
    Q_OBJECT
public:
    struct Range {
        double low = 0, high = 1;
        double span() const { return high - low; }
    };
    /// As many as there are series of different colours and dashes.
    static constexpr int kMostRuns = 8;

    explicit PlotGroup(QObject* parent = nullptr);
    /// Run 0 is the selected one.
    int runs() const { return static_cast<int>(runs_.size()); }
    bool comparing() const { return runs() > 1; }
    PlotRun& run(int index) { return *runs_[static_cast<std::size_t>(index)]; }
    const PlotRun& run(int index) const { return *runs_[static_cast<std::size_t>(index)]; }
    PlotRun* find(const QString& dir);
    /// The runs beside the selected one; those that stay keep colour and records.
    void setCompared(const QList<std::pair<QString, QString>>& dirs_and_names);
    void setRunVisible(int index, bool visible);

    RunCurves& curves() { return runs_.front()->curves; }
    const RunCurves& curves() const { return runs_.front()->curves; }
    LinkedCursor& cursor() { return cursor_; }
    const LinkedCursor& cursor() const { return cursor_; }
    const std::vector<double>& seams() const { return runs_.front()->seams; }
    void setSeams(std::vector<double> steps) { runs_.front()->seams = std::move(steps); }
    void setTags(const QStringList& smoothed, const QStringList& raw);
    void setSmoothing(double smoothing);

    XAxis axis() const { return axis_; }
    /// Keeps what is in sight; the range is translated.
    void setAxis(XAxis axis);
    bool xLog() const { return x_log_; }
    void setXLog(bool on);
    Range range() const { return range_; }
    bool follow() const { return follow_; }
    /// On: the range is all records, now and when they grow.
    void setFollow(bool on);
    /// A range the user asked for: Follow goes off.
    void choose(Range range);
    /// `factor` of the span stays, `around` keeps its place.
    void zoom(double factor, double around);
    /// By shares of the span.
    void pan(double share) { choose(moved(range_, share)); }
    Range moved(Range range, double share) const;
    /// Records, seams or marks changed.
    void refresh();
    /// Other run: everything back to its start; what it is compared with stays.
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
    /// Other runs, or one was shown or hidden.
    void runsChanged();
    void xLogChanged(bool on);
    void followChanged(bool on);

private:
    Range whole() const;
    void setRange(Range range);
    /// Where a value lies on the axis as it is drawn, and back.
    double toView(double x) const;
    double fromView(double view) const;
    int freeSeries() const;

    std::vector<std::unique_ptr<PlotRun>> runs_;
    QStringList smoothed_tags_, raw_tags_;
    LinkedCursor cursor_;
    XAxis axis_ = XAxis::kStep;
    bool x_log_ = false;
    Range range_;
    bool follow_ = true;
};

}  // namespace switchyard::ui
