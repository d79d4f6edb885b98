// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/flow_raster.h"

#include <algorithm>
#include <cmath>

namespace switchyard::ui {
namespace {

struct Ink {
    double red = 0, green = 0, blue = 0, alpha = 0;  ///< 0 to 255, alpha 0 to 1
};

void blend(QRgb* pixel, const Ink& ink, double cover) {
    const auto a = static_cast<unsigned>(255 * ink.alpha * cover + 0.5);
    const auto part = [a](double of) { return (static_cast<unsigned>(of) * a + 127) / 255; };
    const auto left = [a](int of) { return (static_cast<unsigned>(of) * (255 - a) + 127) / 255; };
    const QRgb under = *pixel;
    *pixel = (std::min(255U, a + left(qAlpha(under))) << 24) |
             (std::min(255U, part(ink.red) + left(qRed(under))) << 16) |
             (std::min(255U, part(ink.green) + left(qGreen(under))) << 8) |
             std::min(255U, part(ink.blue) + left(qBlue(under)));
}

/// From `top` to `bottom` in one column of pixels, by how much of each pixel is covered.
void fillColumn(uchar* column, qsizetype line, int height, double top, double bottom, const Ink& ink) {
    const int first = std::max(0, static_cast<int>(std::floor(top)));
    const int last = std::min(height - 1, static_cast<int>(std::ceil(bottom)) - 1);
    for (int y = first; y <= last; ++y) {
        const double cover = std::min<double>(bottom, y + 1) - std::max<double>(top, y);
        if (cover > 0) blend(reinterpret_cast<QRgb*>(column + y * line), ink, std::min(1.0, cover));
    }
}

}  // namespace

QImage rasterRibbons(const QSize& size, double scale, const std::vector<TintedRibbon>& ribbons) {
    QImage image((QSizeF(size) * scale).toSize().expandedTo({1, 1}), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    image.fill(Qt::transparent);
    uchar* bits = image.bits();
    const qsizetype line = image.bytesPerLine();
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
            const int end = std::min(image.width(), static_cast<int>(std::round(right * scale)));
            curve.clear();
            for (int x = begin; x <= end; ++x)
                curve.push_back(RibbonPlace::riseAt((x / scale - left) / (right - left)));
        }
        const Ink ink{255.0 * static_cast<double>(ribbon.color.redF()),
                      255.0 * static_cast<double>(ribbon.color.greenF()),
                      255.0 * static_cast<double>(ribbon.color.blueF()), static_cast<double>(ribbon.color.alphaF())};
        for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
            const auto topAt = [&](double rise) {
                return scale * (place.left_top + (place.right_top - place.left_top) * rise);
            };
            const double before = topAt(curve[i]), after = topAt(curve[i + 1]), rise = std::abs(after - before);
            const double part = (curve[i] + curve[i + 1]) / 2;
            const double height = scale * (place.left_height + (place.right_height - place.left_height) * part);
            // Where it is steep the column is covered from one edge's height to the other's, and paler in the measure.
            Ink steep = ink;
            if (height < 4 * rise) steep.alpha *= height / (height + rise);
            const double more = height < 4 * rise ? rise / 2 : 0, top = (before + after) / 2;
            fillColumn(bits + (begin + static_cast<int>(i)) * 4, line, image.height(), top - more, top + height + more,
                       steep);
        }
    }
    return image;
}

}  // namespace switchyard::ui
