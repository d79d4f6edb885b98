// SPDX-License-Identifier: MIT
// Internal: wall-clock times of benchmarks.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace switchyard::bench {

constexpr int kWarmUps = 2;

template <typename Body>
double millisecondsOf(const Body& body) {
    const auto begin = std::chrono::steady_clock::now();
    body();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

struct Times {
    double fastest_ms = 0, middle_ms = 0;
};

/// At least one time.
inline Times summary(std::vector<double> times) {
    std::sort(times.begin(), times.end());
    return {times.front(), times[times.size() / 2]};
}

}  // namespace switchyard::bench
