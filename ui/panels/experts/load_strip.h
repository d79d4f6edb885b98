// SPDX-License-Identifier: GPL-3.0-or-later
// The strip below the heatmap: share of dropped tokens as an area, max violation as a line, their limits at one
// height.
#pragma once

#include <QPainter>
#include <functional>

#include "ui/panels/experts/experts_view.h"

namespace switchyard::ui {

struct LoadStrip {
    QRect place;
    double low = 0, high = 1;  ///< steps at its edges
    double half = 0.5;         ///< steps from a cell's left edge to its middle, where a line goes through
    const CurveSeries* dropped = nullptr;
    const CurveSeries* violation = nullptr;
    double violation_limit = 2;
    void paint(QPainter& painter) const;

private:
    /// Share of the height that a value takes, when its limit stands at `limit_share`.
    double scale() const;
};

}  // namespace switchyard::ui
