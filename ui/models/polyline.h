// SPDX-License-Identifier: GPL-3.0-or-later
// From records to what a painter draws: every pixel column shows the smallest and the largest of its records, so
// that no spike is lost however many records share a column.
#pragma once

#include <QLineF>
#include <QList>
#include <QPointF>
#include <vector>

#include "ui/models/curve_series.h"

namespace switchyard::ui {

/// Where a plot's values lie on the screen; y grows downwards.
struct PixelMap {
    double x_low = 0, x_high = 1, y_low = 0, y_high = 1;
    double left = 0, top = 0, width = 1, height = 1;
    bool log = false;    ///< y; values <= 0 have no place
    bool x_log = false;  ///< values <= 0 lie far to the left
    double y_scale = 1;  ///< records are multiplied by this first
    double x(double value) const;
    double xAt(double share) const;  ///< of the way from left to right
    double y(double value) const;    ///< NaN for what has no place
};

/// One pixel column of a dense record: from top to bottom.
struct ColumnSpan {
    double x = 0, top = 0, bottom = 0;
};

/// True when several records share a pixel column, so that spans say more than a line.
bool isDense(const std::vector<double>& x, const PixelMap& map);

/// The line through the records in sight and one neighbour at each side. A point with y = NaN breaks the line.
std::vector<QPointF> lineOf(const std::vector<double>& x, const std::vector<double>& y, const MinMaxIndex& index,
                            const PixelMap& map);

/// Of a dense record: each column's extent, touching its left neighbour.
std::vector<ColumnSpan> spansOf(const std::vector<double>& x, const std::vector<double>& y, const MinMaxIndex& index,
                                const PixelMap& map);

/// The line as single strokes, which painters draw many times faster than one long path. `dashes` in pixels, on and
/// off by turns; empty = solid. What stands upright within a pixel column is always whole: there a dash's gap could
/// hide a spike. A record alone between two breaks becomes a dot.
QList<QLineF> strokesOf(const std::vector<QPointF>& line, const QList<double>& dashes);

}  // namespace switchyard::ui
