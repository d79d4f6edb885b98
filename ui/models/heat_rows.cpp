// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/heat_rows.h"

#include <algorithm>

namespace switchyard::ui {

void HeatRows::set(int rows, double height, int focus) {
    edges_.assign(static_cast<std::size_t>(std::max(rows, 0)) + 1, 0);
    large_first_ = large_end_ = eye_first_ = eye_end_ = 0;
    const int eye_rows = kLargeRows + 2 * kMiddleRows;
    const double eye_height = kLargeRows * kLargeHeight + 2 * kMiddleRows * kMiddleHeight;
    const bool eye = focus >= 0 && focus < rows && rows > eye_rows && height > eye_height;
    if (eye) {
        large_first_ = std::clamp(focus - kLargeRows / 2, 0, rows - kLargeRows);
        large_end_ = large_first_ + kLargeRows;
        eye_first_ = std::max(0, large_first_ - kMiddleRows);
        eye_end_ = std::min(rows, large_end_ + kMiddleRows);
    }
    const int middle = eye ? eye_end_ - eye_first_ - kLargeRows : 0;
    const int rest = eye ? rows - kLargeRows - middle : rows;
    const double left = eye ? height - kLargeRows * kLargeHeight - middle * kMiddleHeight : height;
    const double each = rest > 0 ? left / rest : 0;
    double y = 0;
    for (int row = 0; row < rows; ++row) {
        edges_[static_cast<std::size_t>(row)] = y;
        y += isLarge(row) ? kLargeHeight : row >= eye_first_ && row < eye_end_ ? kMiddleHeight : each;
    }
    edges_.back() = height;
}

int HeatRows::rowAt(double y) const {
    if (edges_.size() < 2 || y < 0 || y >= edges_.back()) return -1;
    return static_cast<int>(std::upper_bound(edges_.begin(), edges_.end(), y) - edges_.begin()) - 1;
}

}  // namespace switchyard::ui
