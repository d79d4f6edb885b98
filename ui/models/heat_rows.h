// SPDX-License-Identifier: GPL-3.0-or-later
// Heights of a heatmap's rows: all alike, or a fish-eye that enlarges the rows around one.
#pragma once

#include <vector>

namespace switchyard::ui {

/// Fish-eye: 9 rows of 16 px around the focus, 3 of 8 px at each side, the rest shares what is left. At the ends
/// the enlarged rows move with the focus, so that there are always as many. Thread: any, one object in one thread.
class HeatRows {
public:
    static constexpr int kLargeRows = 9, kMiddleRows = 3;
    static constexpr double kLargeHeight = 16, kMiddleHeight = 8;
    /// `focus` = row, -1 = none. Too low a place for a fish-eye leaves all rows alike.
    void set(int rows, double height, int focus);
    int rows() const { return edges_.empty() ? 0 : static_cast<int>(edges_.size()) - 1; }
    double height() const { return edges_.empty() ? 0 : edges_.back(); }
    double top(int row) const { return edges_[static_cast<std::size_t>(row)]; }
    double bottom(int row) const { return edges_[static_cast<std::size_t>(row) + 1]; }
    /// -1 outside.
    int rowAt(double y) const;
    bool isLarge(int row) const { return row >= large_first_ && row < large_end_; }
    /// Rows of the fish-eye, middle ones included, as [first, end); empty without.
    int eyeFirst() const { return eye_first_; }
    int eyeEnd() const { return eye_end_; }

private:
    std::vector<double> edges_;
    int large_first_ = 0, large_end_ = 0, eye_first_ = 0, eye_end_ = 0;
};

}  // namespace switchyard::ui
