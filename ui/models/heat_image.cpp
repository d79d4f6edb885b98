// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/heat_image.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace switchyard::ui {
namespace {

/// Order of two levels that share a pixel: the farther from fair wins, of equals the higher; a table, because this is
/// asked for every cell.
constexpr std::array<std::uint8_t, 256> makeWeights() {
    std::array<std::uint8_t, 256> weights{};
    for (int level = 0; level <= HeatLevels::kHighest; ++level) {
        const int deviation = HeatLevels::deviation(static_cast<std::uint8_t>(level));
        weights[static_cast<std::size_t>(level)] =
            static_cast<std::uint8_t>(2 * deviation + (level > HeatLevels::kFair ? 1 : 0));
    }
    weights[HeatLevels::kDead] = 255;
    return weights;
}

constexpr std::array<std::uint8_t, 256> kWeights = makeWeights();

void takeFarther(std::uint8_t& into, std::uint8_t level) {
    if (kWeights[level] > kWeights[into]) into = level;
}

struct Span {
    int first = 0, end = 0;
};

/// Which of the parts between `edges` each device pixel shows: all that begin in it, or the one it lies in.
template <typename EdgeOf>
std::vector<Span> spansOf(int pixels, int parts, double scale, const EdgeOf& edge) {
    std::vector<Span> spans(static_cast<std::size_t>(pixels));
    int part = 0;
    for (int pixel = 0; pixel < pixels; ++pixel) {
        const double low = pixel / scale, high = (pixel + 1) / scale, middle = (pixel + 0.5) / scale;
        while (part + 1 < parts && edge(part + 1) <= low + 1e-9) ++part;
        int first = part, end = part + 1;
        while (end < parts && edge(end) < high - 1e-9) ++end;
        if (end - first == 2 && edge(first + 1) - edge(first) >= 1 / scale) {
            // Two that are each at least a pixel: the pixel belongs to the one that covers its middle.
            if (edge(first + 1) <= middle) first = end - 1;
            end = first + 1;
        }
        spans[static_cast<std::size_t>(pixel)] = {first, end};
    }
    return spans;
}

}  // namespace

HeatColors heatColors(const std::vector<QColor>& stops, const QColor& dead) {
    HeatColors colors{};
    const double last = static_cast<double>(stops.size()) - 1;
    for (int level = 0; level < 255; ++level) {
        const double at = std::min(level, static_cast<int>(HeatLevels::kHighest)) * last / HeatLevels::kHighest;
        const auto low = std::min(static_cast<std::size_t>(at), stops.size() - 2);
        const double share = at - static_cast<double>(low);
        const QColor &a = stops[low], &b = stops[low + 1];
        const auto mix = [share](int from, int to) {
            return static_cast<int>(std::lround(from + (to - from) * share));
        };
        colors[static_cast<std::size_t>(level)] =
            qRgb(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
    }
    colors[HeatLevels::kDead] = dead.rgb();
    return colors;
}

QImage drawHeat(const HeatPicture& picture, const HeatColors& colors) {
    const HeatLevels& levels = *picture.levels;
    const int width = static_cast<int>(std::lround(picture.width * picture.scale));
    const int height = static_cast<int>(std::lround(picture.rows->height() * picture.scale));
    QImage image(std::max(width, 1), std::max(height, 1), QImage::Format_RGB32);
    image.setDevicePixelRatio(picture.scale);
    if (levels.columns() == 0 || levels.experts() == 0 || width < 1 || height < 1) {
        image.fill(colors[HeatLevels::kFair]);
        return image;
    }
    const std::vector<Span> across = spansOf(width, levels.columns(), picture.scale,
                                             [&](int i) { return picture.edges[static_cast<std::size_t>(i)]; });
    const std::vector<Span> down = spansOf(height, levels.experts(), picture.scale,
                                           [&](int i) { return i == 0 ? 0.0 : picture.rows->bottom(i - 1); });
    std::vector<std::uint8_t> joined(static_cast<std::size_t>(levels.columns()));
    Span last{-1, -1};
    for (int y = 0; y < height; ++y) {
        const Span rows = down[static_cast<std::size_t>(y)];
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        if (rows.first == last.first && rows.end == last.end) {
            std::memcpy(line, image.constScanLine(y - 1), static_cast<std::size_t>(width) * sizeof(QRgb));
            continue;
        }
        last = rows;
        const std::uint8_t* row = levels.row((*picture.order)[static_cast<std::size_t>(rows.first)]);
        if (rows.end - rows.first > 1) {
            std::copy(row, row + levels.columns(), joined.begin());
            for (int r = rows.first + 1; r < rows.end; ++r) {
                const std::uint8_t* other = levels.row((*picture.order)[static_cast<std::size_t>(r)]);
                for (std::size_t c = 0; c < joined.size(); ++c) takeFarther(joined[c], other[c]);
            }
            row = joined.data();
        }
        for (int x = 0; x < width; ++x) {
            const Span cells = across[static_cast<std::size_t>(x)];
            std::uint8_t level = row[cells.first];
            for (int c = cells.first + 1; c < cells.end; ++c) takeFarther(level, row[c]);
            line[x] = colors[level];
        }
    }
    return image;
}

}  // namespace switchyard::ui
