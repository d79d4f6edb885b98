// SPDX-License-Identifier: GPL-3.0-or-later
// Colours by OKLCH (lightness, chroma, hue in degrees) and contrast.
// Source: B. Ottosson, "A perceptual color space for image processing", 2020; WCAG 2.1 relative luminance.
#pragma once

#include <QColor>

namespace switchyard::ui {

/// Chroma is lowered until the colour lies inside sRGB; lightness and hue stay.
QColor fromOklch(double lightness, double chroma, double hue_degrees);

/// WCAG relative luminance, 0 black to 1 white.
double relativeLuminance(const QColor& color);

}  // namespace switchyard::ui
