// SPDX-License-Identifier: MIT
// How far apart colours are to normal, deutan and protan eyes.
#pragma once

#include <QColor>
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace switchyard::test {

using Linear = std::array<double, 3>;

inline Linear linear(const QColor& color) {
    const auto decode = [](float v) {
        const double value = static_cast<double>(v);
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return {decode(color.redF()), decode(color.greenF()), decode(color.blueF())};
}

/// Source: Machado et al. 2009, table of severity 1.0.
inline Linear seenBy(const Linear& c, char sight) {
    using Matrix = std::array<std::array<double, 3>, 3>;
    static const Matrix deutan = {
        {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};
    static const Matrix protan = {
        {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
    if (sight == 'n') return c;
    const Matrix& m = sight == 'd' ? deutan : protan;
    Linear out{};
    for (std::size_t i = 0; i < 3; ++i) out[i] = std::clamp(m[i][0] * c[0] + m[i][1] * c[1] + m[i][2] * c[2], 0.0, 1.0);
    return out;
}

/// Source: Ottosson 2020, linear sRGB to OKLab.
inline Linear oklab(const Linear& c) {
    const double l = std::cbrt(0.4122214708 * c[0] + 0.5363325363 * c[1] + 0.0514459929 * c[2]);
    const double m = std::cbrt(0.2119034982 * c[0] + 0.6806995451 * c[1] + 0.1073969566 * c[2]);
    const double s = std::cbrt(0.0883024619 * c[0] + 0.2817188376 * c[1] + 0.6299787005 * c[2]);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

/// OKLab distance, times 100. @param sight 'n' normal, 'd' deutan, 'p' protan
inline double colourDistance(const QColor& a, const QColor& b, char sight) {
    const Linear x = oklab(seenBy(linear(a), sight)), y = oklab(seenBy(linear(b), sight));
    return 100 * std::hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

/// Of the two that are closest.
inline double closestPair(const std::vector<QColor>& colors, char sight) {
    double smallest = 1e9;
    for (std::size_t a = 0; a < colors.size(); ++a)
        for (std::size_t b = 0; b < a; ++b) smallest = std::min(smallest, colourDistance(colors[a], colors[b], sight));
    return smallest;
}

}  // namespace switchyard::test
