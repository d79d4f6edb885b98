// SPDX-License-Identifier: GPL-3.0-or-later
// The runs that are compared: the legend of all plots, and what is shown of them, curves or differences.
#pragma once

#include <QWidget>

namespace switchyard::ui {

class FlowLayout;
class LegendEntry;
class PlotGroup;
class SegmentedControl;

/// Hidden while nothing is compared. Thread: GUI thread.
class CompareBar : public QWidget {
    Q_OBJECT
public:
    explicit CompareBar(PlotGroup& group, QWidget* parent = nullptr);
    /// 0 curves, 1 differences.
    SegmentedControl& viewControl() const { return *view_; }
    LegendEntry* entry(int run) const;

Q_SIGNALS:
    void removeAsked(const QString& dir);
    void viewChosen(int view);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void rebuild();
    void recolor();
    void fit();

    PlotGroup& group_;
    QWidget* runs_;
    FlowLayout* flow_;
    SegmentedControl* view_;
};

}  // namespace switchyard::ui
