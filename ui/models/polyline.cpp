// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/polyline.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace switchyard::ui {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kFar = 1e5;                               // beyond any screen, within what painters can draw
constexpr double kDensePerPixel = 2, kAlwaysDrawn = 1500;  // records a column, and at all, up to which each is drawn
constexpr double kFlatPixels = 0.75;                       // a column that moves less than this is one point
constexpr double kUprightWidth = 1.5, kUprightLength = 2;

struct Column {
    double x;
    std::size_t first, end;
};

/// The pixel columns that hold records, as stretches of the record.
std::vector<Column> columnsOf(const std::vector<double>& x, const PixelMap& map) {
    std::vector<Column> columns;
    const int count = std::max(1, static_cast<int>(std::ceil(map.width)));
    auto at = std::lower_bound(x.begin(), x.end(), map.x_low);
    for (int i = 0; i < count && at != x.end(); ++i) {
        const double edge = map.xAt(static_cast<double>(i + 1) / count);
        const auto next = i + 1 == count ? std::upper_bound(at, x.end(), edge) : std::lower_bound(at, x.end(), edge);
        if (next != at) {
            columns.push_back({map.left + (i + 0.5) * map.width / count, static_cast<std::size_t>(at - x.begin()),
                               static_cast<std::size_t>(next - x.begin())});
        }
        at = next;
    }
    return columns;
}

void addBreak(std::vector<QPointF>& line) {
    if (!line.empty() && !std::isnan(line.back().y())) line.emplace_back(line.back().x(), kNan);
}

void addPoint(std::vector<QPointF>& line, double x, double y) {
    if (std::isnan(y)) {
        addBreak(line);
    } else {
        line.emplace_back(std::clamp(x, -kFar, kFar), y);
    }
}

/// Pixel rows of a range, top first; on a log axis what lies below every place reaches the bottom edge.
bool rowsOf(const ValueRange& range, const PixelMap& map, double* top, double* bottom) {
    if (range.empty()) return false;
    *top = map.y(range.high);
    if (std::isnan(*top)) return false;
    *bottom = map.y(range.low);
    if (std::isnan(*bottom)) *bottom = map.top + map.height;
    if (*top > *bottom) std::swap(*top, *bottom);
    return true;
}

/// A column in which the record only rises or only falls, from the record before it to the one after it: a point in
/// its middle draws a smooth slope and hides nothing.
bool isSlope(const std::vector<double>& y, const Column& column, const PixelMap& map, double high, double low) {
    // Where the record begins or ends nothing tells whether it goes on that way: there a slope may be a spike.
    if (column.first == 0 || column.end == y.size()) return false;
    const double first = map.y(y[column.first]), last = map.y(y[column.end - 1]);
    const double before = map.y(y[column.first - 1]), after = map.y(y[column.end]);
    const bool ends = std::min(first, last) <= high + 0.25 && std::max(first, last) >= low - 0.25;
    const bool one_way =
        (before <= first && first <= last && last <= after) || (before >= first && first >= last && last >= after);
    return ends && one_way;  // false with NaN among them
}

/// Few enough to draw every record.
bool isDenseCount(std::size_t count, const PixelMap& map) {
    return static_cast<double>(count) > std::max(kDensePerPixel * map.width, kAlwaysDrawn);
}

}  // namespace

double PixelMap::x(double value) const {
    if (!x_log) return left + (value - x_low) / (x_high - x_low) * width;
    return value > 0 ? left + std::log(value / x_low) / std::log(x_high / x_low) * width : -kFar;
}

double PixelMap::xAt(double share) const {
    return x_log ? x_low * std::pow(x_high / x_low, share) : x_low + (x_high - x_low) * share;
}

double PixelMap::y(double value) const {
    value *= y_scale;
    if (!std::isfinite(value) || (log && value <= 0)) return kNan;
    const double share = log ? std::log(value / y_low) / std::log(y_high / y_low) : (value - y_low) / (y_high - y_low);
    return std::clamp(top + (1.0 - share) * height, -kFar, kFar);
}

bool isDense(const std::vector<double>& x, const PixelMap& map) {
    const auto first = std::lower_bound(x.begin(), x.end(), map.x_low);
    const auto end = std::upper_bound(first, x.end(), map.x_high);
    return isDenseCount(static_cast<std::size_t>(end - first), map);
}

std::vector<QPointF> lineOf(const std::vector<double>& x, const std::vector<double>& y, const MinMaxIndex& index,
                            const PixelMap& map) {
    std::vector<QPointF> line;
    if (x.empty()) return line;
    const auto inside = std::lower_bound(x.begin(), x.end(), map.x_low);
    const auto beyond = std::upper_bound(inside, x.end(), map.x_high);
    const auto first = static_cast<std::size_t>(inside - x.begin());
    const auto end = static_cast<std::size_t>(beyond - x.begin());
    const bool dense = isDenseCount(end - first, map);
    if (first > 0) addPoint(line, map.x(x[first - 1]), map.y(y[first - 1]));
    if (dense) {
        for (const Column& column : columnsOf(x, map)) {
            double high = 0, low = 0;
            if (!rowsOf(index.over(y, column.first, column.end), map, &high, &low)) {
                addBreak(line);
                continue;
            }
            if (low - high < kFlatPixels) {
                addPoint(line, column.x, (low + high) / 2);
                continue;
            }
            if (isSlope(y, column, map, high, low)) {
                addPoint(line, column.x, (low + high) / 2);
                continue;
            }
            // From the end that is nearer to where the line comes from.
            const double from = line.empty() || std::isnan(line.back().y()) ? map.y(y[column.first]) : line.back().y();
            const bool high_first = !std::isnan(from) && std::abs(from - high) < std::abs(from - low);
            addPoint(line, column.x, high_first ? high : low);
            addPoint(line, column.x, high_first ? low : high);
        }
    } else {
        for (std::size_t i = first; i < end; ++i) addPoint(line, map.x(x[i]), map.y(y[i]));
    }
    if (end < x.size()) addPoint(line, map.x(x[end]), map.y(y[end]));
    return line;
}

std::vector<ColumnSpan> spansOf(const std::vector<double>& x, const std::vector<double>& y, const MinMaxIndex& index,
                                const PixelMap& map) {
    std::vector<ColumnSpan> spans;
    double last_end = kNan;
    for (const Column& column : columnsOf(x, map)) {
        ColumnSpan span{column.x, 0, 0};
        if (!rowsOf(index.over(y, column.first, column.end), map, &span.top, &span.bottom)) {
            last_end = kNan;
            continue;
        }
        const double begin = last_end;
        last_end = map.y(y[column.end - 1]);
        if (!std::isnan(begin)) {
            span.top = std::min(span.top, begin);
            span.bottom = std::max(span.bottom, begin);
        }
        spans.push_back(span);
    }
    return spans;
}

QList<QLineF> strokesOf(const std::vector<QPointF>& line, const QList<double>& dashes) {
    QList<QLineF> strokes;
    strokes.reserve(static_cast<qsizetype>(line.size()));
    qsizetype part = 0;  // of the dashes; even = on
    double left = dashes.isEmpty() ? 0 : dashes[0];
    const auto restart = [&] {
        part = 0;
        left = dashes.isEmpty() ? 0 : dashes[0];
    };
    const auto add = [&](QPointF from, const QPointF& to) {
        double length = std::hypot(to.x() - from.x(), to.y() - from.y());
        const bool upright = std::abs(to.x() - from.x()) < kUprightWidth && length > kUprightLength;
        if (dashes.isEmpty() || upright) {
            strokes.append(QLineF(from, to));
            return restart();
        }
        while (length > 0) {
            const double step = std::min(left, length);
            const QPointF next = from + (to - from) * (step / length);
            if (part % 2 == 0) strokes.append(QLineF(from, next));
            from = next;
            length -= step;
            left -= step;
            if (left > 0) continue;
            part = (part + 1) % dashes.size();
            left = dashes[part];
        }
    };
    const auto isBreak = [&line](std::size_t i) { return i >= line.size() || std::isnan(line[i].y()); };
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (isBreak(i)) {
            restart();
        } else if (!isBreak(i + 1)) {
            add(line[i], line[i + 1]);
        } else if (i == 0 || isBreak(i - 1)) {
            strokes.append(QLineF(line[i] - QPointF(0.5, 0), line[i] + QPointF(0.5, 0)));
        }
    }
    return strokes;
}

}  // namespace switchyard::ui
