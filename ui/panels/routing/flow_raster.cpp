// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/flow_raster.h"

#include <algorithm>
#include <cmath>

namespace switchyard::ui {
namespace {

constexpr int kBlock = 32;

/// `source` (premultiplied) over `under`, two channels at a time. `left` = 255 less the source's alpha.
QRgb over(QRgb under, QRgb source, unsigned left) {
    unsigned even = (under & 0xff00ffU) * left;
    even = ((even + ((even >> 8) & 0xff00ffU) + 0x800080U) >> 8) & 0xff00ffU;
    unsigned odd = ((under >> 8) & 0xff00ffU) * left;
    odd = (odd + ((odd >> 8) & 0xff00ffU) + 0x800080U) & 0xff00ff00U;
    return source + (even | odd);
}

/// A part (0 to 1) of a premultiplied colour.
QRgb partOf(QRgb color, double part) {
    const auto by = static_cast<unsigned>(256 * part);
    return (((color & 0xff00ffU) * by >> 8) & 0xff00ffU) | ((((color >> 8) & 0xff00ffU) * by) & 0xff00ff00U);
}

/// From `top` to `bottom` in one column of pixels, by how much of each pixel is covered.
void fillColumn(QRgb* column, int height, double top, double bottom, QRgb color) {
    const int first = std::max(0, static_cast<int>(std::floor(top)));
    const int last = std::min(height - 1, static_cast<int>(std::ceil(bottom)) - 1);
    for (int y = first; y <= last; ++y) {
        const double cover = std::min<double>(bottom, y + 1) - std::max<double>(top, y);
        const QRgb ink = cover >= 1 ? color : partOf(color, std::max(0.0, cover));
        column[y] = over(column[y], ink, 255U - static_cast<unsigned>(qAlpha(ink)));
    }
}

/// Columns that lie one after another in memory into lines.
QImage turned(const std::vector<QRgb>& columns, int width, int height) {
    QImage image(width, height, QImage::Format_ARGB32_Premultiplied);
    uchar* bits = image.bits();
    const qsizetype line = image.bytesPerLine();
    for (int block_y = 0; block_y < height; block_y += kBlock)
        for (int block_x = 0; block_x < width; block_x += kBlock)
            for (int y = block_y; y < std::min(height, block_y + kBlock); ++y) {
                auto* out = reinterpret_cast<QRgb*>(bits + y * line);
                for (int x = block_x; x < std::min(width, block_x + kBlock); ++x)
                    out[x] = columns[static_cast<std::size_t>(x) * static_cast<std::size_t>(height) +
                                     static_cast<std::size_t>(y)];
            }
    return image;
}

}  // namespace

QImage rasterRibbons(const QSize& size, double scale, const std::vector<TintedRibbon>& ribbons) {
    const QSize pixels = (QSizeF(size) * scale).toSize().expandedTo({1, 1});
    const int height = pixels.height();
    std::vector<QRgb> columns(static_cast<std::size_t>(pixels.width()) * static_cast<std::size_t>(height), 0);
    // Ribbons between the same columns share the curve.
    double left = 0, right = -1;
    int begin = 0;
    std::vector<double> curve;
    for (const TintedRibbon& ribbon : ribbons) {
        const RibbonPlace& place = ribbon.place;
        if (place.left != left || place.right != right) {
            left = place.left;
            right = place.right;
            begin = std::max(0, static_cast<int>(std::round(left * scale)));
            const int end = std::min(pixels.width(), static_cast<int>(std::round(right * scale)));
            curve.clear();
            for (int x = begin; x <= end; ++x)
                curve.push_back(RibbonPlace::riseAt((x / scale - left) / (right - left)));
        }
        const QRgb plain = qPremultiply(ribbon.color.rgba());
        const auto topAt = [&](double rise) {
            return scale * (place.left_top + (place.right_top - place.left_top) * rise);
        };
        for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
            const double before = topAt(curve[i]), after = topAt(curve[i + 1]), rise = std::abs(after - before);
            const double part = (curve[i] + curve[i + 1]) / 2, top = (before + after) / 2;
            const double thick = scale * (place.left_height + (place.right_height - place.left_height) * part);
            // Where it is steep the column is covered from one edge's height to the other's, and paler in the measure.
            const bool steep = thick < 4 * rise;
            const double more = steep ? rise / 2 : 0;
            QRgb* column = columns.data() + (static_cast<std::size_t>(begin) + i) * static_cast<std::size_t>(height);
            fillColumn(column, height, top - more, top + thick + more,
                       steep ? partOf(plain, thick / (thick + rise)) : plain);
        }
    }
    QImage image = turned(columns, pixels.width(), height);
    image.setDevicePixelRatio(scale);
    return image;
}

}  // namespace switchyard::ui
