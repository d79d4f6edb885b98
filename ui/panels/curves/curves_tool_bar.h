// SPDX-License-Identifier: GPL-3.0-or-later
// The curves page's tool bar: x axis, loss axis, smoothing, follow, other runs, data table, export.
#pragma once

#include <QWidget>

#include "ui/models/curve_series.h"
#include "ui/widgets/chart_menu.h"

class QCheckBox;
class QLabel;
class QSlider;
class QToolButton;

namespace switchyard::ui {

class SegmentedControl;

/// Thread: GUI thread.
class CurvesToolBar : public QWidget {
    Q_OBJECT
public:
    explicit CurvesToolBar(QWidget* parent = nullptr);
    double smoothing() const;
    void setFollow(bool on);
    void setLossLog(bool on);
    SegmentedControl& xAxisControl() const { return *x_axis_; }
    SegmentedControl& lossAxisControl() const { return *loss_axis_; }
    QSlider& smoothingSlider() const { return *slider_; }
    QCheckBox& followBox() const { return *follow_; }
    QToolButton& exportButton() const { return *export_; }
    QToolButton& tableButton() const { return *table_; }
    QToolButton& compareButton() const { return *compare_; }
    /// Axes that the selected run has no record for are off.
    void setAxisThere(XAxis axis, bool there);

Q_SIGNALS:
    void xAxisChosen(switchyard::ui::XAxis axis);
    void lossLogChosen(bool on);
    void smoothingChosen(double smoothing);
    void followChosen(bool on);
    void compareAsked();
    void tableAsked();
    void exportAsked(switchyard::ui::ChartExport kind);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void recolor();

    SegmentedControl *x_axis_, *loss_axis_;
    QLabel *x_label_, *loss_label_, *smoothing_label_, *value_;
    QSlider* slider_;
    QCheckBox* follow_;
    QToolButton *compare_, *table_, *export_;
};

/// Slider 0 to 100 as smoothing 0 to 0.999: each third of the way brings a nine.
double smoothingOf(int slider);

}  // namespace switchyard::ui
