// SPDX-License-Identifier: GPL-3.0-or-later
// What is marked in a plot beside its lines: where the run was resumed, and values that are not finite.
#pragma once

#include "ui/panels/curves/qcp.h"

namespace switchyard::ui {

/// Thread: GUI thread.
class PlotMarks : public QCPLayerable {
public:
    struct Mark {
        double x = 0;
        QString label;  ///< drawn beside the line where labels are wanted; "" = none
    };
    PlotMarks(QCustomPlot* plot, const QString& layer) : QCPLayerable(plot, layer) {}

    bool labels = false;      ///< with words; without, a seam has only its arrow
    std::vector<Mark> seams;  ///< on the x axis in use
    std::vector<Mark> non_finite;

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(false); }
    QRect clipRect() const override { return mParentPlot->viewport(); }
    void draw(QCPPainter* painter) override;

private:
    void drawLabel(QCPPainter* painter, double x, const Mark& mark, const QColor& ground, const QColor& color,
                   std::vector<QRectF>& taken) const;
};

}  // namespace switchyard::ui
