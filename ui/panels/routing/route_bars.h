// SPDX-License-Identifier: GPL-3.0-or-later
// Load of each expert over its fair share, for the samples shown.
#pragma once

#include "ui/models/route_focus.h"
#include "ui/models/route_stats.h"
#include "ui/panels/experts/focus_plot.h"

namespace switchyard::ui {

/// Left and Right choose an expert, Escape lets it go. Where experts share a pixel, the highest load stands there.
/// Thread: GUI thread.
class RouteBars : public FocusPlot {
    Q_OBJECT
public:
    explicit RouteBars(RouteFocus& focus, QWidget* parent = nullptr);
    void setLoad(const RouteLoad& load);
    const RouteLoad& load() const { return load_; }
    /// What the bars are held against: a line across each. Empty = none.
    void setReference(const RouteLoad& reference);
    const RouteLoad& reference() const { return reference_; }
    QRect plotRect() const;
    int expertAt(double x) const;
    void paintAll(QPainter& painter) const;
    QSize sizeHint() const override { return {420, 160}; }
    QSize minimumSizeHint() const override { return {200, 100}; }

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void measureTop();
    void paintBar(QPainter& painter, int first, int end) const;
    void paintReference(QPainter& painter, int first, int end) const;

    RouteFocus& focus_;
    RouteLoad load_, reference_;
    double top_ = 1.5;  ///< highest value of the axis
};

}  // namespace switchyard::ui
