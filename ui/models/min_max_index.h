// SPDX-License-Identifier: GPL-3.0-or-later
// Smallest and largest value of any stretch of a growing record, in a time that hardly grows with its length.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace switchyard::ui {

/// Finite values only; empty until one was added.
struct ValueRange {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();
    bool empty() const { return low > high; }
    void add(double value) {
        if (!std::isfinite(value)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    void add(const ValueRange& other) {
        low = std::min(low, other.low);
        high = std::max(high, other.high);
    }
};

/// A tree of ranges over 16, 256, ... values. The values stay with their owner and are only appended to.
/// Cost: extend() O(new values), over() O(log n). Thread: any, one object in one thread.
class MinMaxIndex {
public:
    void clear();
    /// Takes in what `values` has beyond the last call.
    void extend(const std::vector<double>& values);
    /// Over values[first, end); `values` as at the last extend().
    ValueRange over(const std::vector<double>& values, std::size_t first, std::size_t end) const;

private:
    static constexpr std::size_t kFan = 16;
    std::vector<std::vector<ValueRange>> levels_;  ///< levels_[k][i]: values [i, i + 1) * 16^(k + 1)
};

}  // namespace switchyard::ui
