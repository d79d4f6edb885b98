// SPDX-License-Identifier: MIT
// What is usual among a few values, whatever the odd one out.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace switchyard::health {

/// @param values not empty
inline double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Median distance from `middle`, scaled to be the standard deviation of a normal distribution.
inline double deviation(const std::vector<double>& values, double middle) {
    std::vector<double> distances;
    for (const double value : values) distances.push_back(std::abs(value - middle));
    return 1.4826 * median(std::move(distances));
}

}  // namespace switchyard::health
