// SPDX-License-Identifier: GPL-3.0-or-later
// Each expert's tokens at the cursor as text and image, stacked.
#pragma once

#include <optional>

#include "ui/panels/experts/experts_view.h"
#include "ui/panels/experts/focus_plot.h"

namespace switchyard::ui {

/// Thread: GUI thread.
class ModalityBars : public FocusPlot {
    Q_OBJECT
public:
    explicit ModalityBars(ExpertsView& view, QWidget* parent = nullptr);
    QRect plotRect() const;
    int expertAt(double x) const;
    QSize sizeHint() const override { return {280, 160}; }
    QSize minimumSizeHint() const override { return {180, 90}; }

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    ExpertsView& view_;
};

}  // namespace switchyard::ui
