// SPDX-License-Identifier: GPL-3.0-or-later
// Load of every expert of every layer at the cursor's step.
#pragma once

#include "ui/panels/experts/experts_view.h"
#include "ui/panels/experts/focus_plot.h"

namespace switchyard::ui {

/// Thread: GUI thread.
class LayerGrid : public FocusPlot {
    Q_OBJECT
public:
    explicit LayerGrid(ExpertsView& view, QWidget* parent = nullptr);
    QRect gridRect() const;
    /// Layer's row in pixels.
    QRectF rowRect(int layer) const;
    QSize sizeHint() const override { return {400, 160}; }
    QSize minimumSizeHint() const override { return {220, 90}; }

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    int layerAt(double y) const;
    int expertAt(double x, int layer) const;

    ExpertsView& view_;
};

}  // namespace switchyard::ui
