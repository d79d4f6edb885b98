// SPDX-License-Identifier: GPL-3.0-or-later
// Heat levels as a picture of any size. A pixel that stands for several rows or cells shows the one that lies
// farthest from fair; a dead one wins.
#pragma once

#include <QColor>
#include <QImage>
#include <array>
#include <vector>

#include "ui/models/heat_levels.h"
#include "ui/models/heat_rows.h"

namespace switchyard::ui {

using HeatColors = std::array<QRgb, 256>;
/// A level's colour: `stops` evenly from -2 to +2, and `dead`.
HeatColors heatColors(const std::vector<QColor>& stops, const QColor& dead);

struct HeatPicture {
    const HeatLevels* levels = nullptr;
    const std::vector<int>* order = nullptr;  ///< expert of each row
    const HeatRows* rows = nullptr;           ///< in logical pixels
    std::vector<double> edges;                ///< of the cells in logical pixels, columns() + 1
    double width = 0, scale = 1;              ///< logical; device pixels a logical pixel
};

/// Thread: any. Cost: O(pixels + experts * cells); 512 x 1,200 cells take 1 to 2 ms.
QImage drawHeat(const HeatPicture& picture, const HeatColors& colors);

}  // namespace switchyard::ui
