// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/oklch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace switchyard::ui {
namespace {

std::array<double, 3> linearFromOklch(double lightness, double chroma, double hue_degrees) {
    const double hue = hue_degrees * std::numbers::pi / 180.0;
    const double a = chroma * std::cos(hue), b = chroma * std::sin(hue);
    const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
    const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
    const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
    return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

bool inGamut(const std::array<double, 3>& rgb) {
    return std::all_of(rgb.begin(), rgb.end(), [](double v) { return v >= -1e-6 && v <= 1.0 + 1e-6; });
}

double encode(double linear) {
    const double v = std::clamp(linear, 0.0, 1.0);
    return v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1.0 / 2.4) - 0.055;
}

double decode(double value) { return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); }

}  // namespace

QColor fromOklch(double lightness, double chroma, double hue_degrees) {
    double inside = 0, outside = chroma;
    if (inGamut(linearFromOklch(lightness, chroma, hue_degrees))) inside = chroma;
    for (int i = 0; i < 24 && inside < chroma; ++i) {
        const double middle = (inside + outside) / 2;
        (inGamut(linearFromOklch(lightness, middle, hue_degrees)) ? inside : outside) = middle;
    }
    const auto rgb = linearFromOklch(lightness, inside, hue_degrees);
    const auto byte = [](double linear) { return static_cast<int>(std::lround(encode(linear) * 255.0)); };
    return QColor(byte(rgb[0]), byte(rgb[1]), byte(rgb[2]));
}

double relativeLuminance(const QColor& color) {
    return 0.2126 * decode(color.redF()) + 0.7152 * decode(color.greenF()) + 0.0722 * decode(color.blueF());
}

}  // namespace switchyard::ui
