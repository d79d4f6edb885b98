// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/routing/flow_geometry.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace switchyard::ui {
namespace {

constexpr double kGap = 2, kLaneGap = 10, kLabelLine = 11, kMargin = 4;

struct Lanes {
    int texts = 0, images = 0, both = 0;  ///< columns of each
    int towers() const { return std::max(texts, images); }
    bool two() const { return texts > 0 && images > 0; }
};

Lanes lanesOf(const RouteFlow& flow) {
    Lanes lanes;
    for (const FlowColumn& column : flow.columns)
        ++(column.part == RoutePart::kText     ? lanes.texts
           : column.part == RoutePart::kVision ? lanes.images
                                               : lanes.both);
    return lanes;
}

/// Nodes as high as their share of the column's rows, in a column of `height`.
void placeBars(const FlowColumn& column, const QRectF& area, std::vector<QRectF>* nodes, double* unit) {
    const auto used =
        std::count_if(column.nodes.begin(), column.nodes.end(), [](const auto& n) { return n.value() > 0; });
    const double room = area.height() - kGap * static_cast<double>(std::max<std::ptrdiff_t>(0, used - 1));
    *unit = column.rows() > 0 ? room / column.rows() : 0;
    double y = area.top();
    for (const FlowNode& node : column.nodes) {
        const double height = node.value() * *unit;
        nodes->push_back(height > 0 ? QRectF(area.left(), y, area.width(), height) : QRectF());
        if (height > 0) y += height + kGap;
    }
}

void placeCells(const FlowColumn& column, const QRectF& area, double most_share, std::vector<QRectF>* nodes,
                double* unit) {
    const double step = area.height() / static_cast<double>(column.nodes.size());
    for (std::size_t i = 0; i < column.nodes.size(); ++i)
        nodes->push_back(QRectF(area.left(), area.top() + static_cast<double>(i) * step, area.width(), step - 1));
    *unit = column.rows() > 0 && most_share > 0 ? (step - 1) / (most_share * column.rows()) : 0;
}

/// Beside the bars, moved apart; the smallest go where there is no room for all.
std::vector<QRectF> placeLabels(const FlowColumn& column, const std::vector<QRectF>& bars, const QRectF& area) {
    std::vector<QRectF> labels(bars.size());
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < bars.size(); ++i)
        if (!bars[i].isNull()) shown.push_back(i);
    const auto most = static_cast<std::size_t>(std::max(1.0, area.height() / kLabelLine));
    std::stable_sort(shown.begin(), shown.end(),
                     [&](auto a, auto b) { return column.nodes[a].value() > column.nodes[b].value(); });
    if (shown.size() > most) shown.resize(most);
    std::sort(shown.begin(), shown.end());
    double y = area.top();
    for (const std::size_t i : shown) {
        y = std::max(y, bars[i].center().y() - kLabelLine / 2);
        labels[i] = QRectF(bars[i].left() - FlowGeometry::kLabel - 2, y, FlowGeometry::kLabel, kLabelLine);
        y += kLabelLine;
    }
    // What was pushed over the lower end moves up again.
    double end = area.bottom();
    for (auto it = shown.rbegin(); it != shown.rend(); ++it) {
        if (labels[*it].bottom() <= end) break;
        labels[*it].moveBottom(end);
        end -= kLabelLine;
    }
    return labels;
}

/// The most that leaves, or comes to, one node of a column.
double fullest(const RouteFlow& flow, std::size_t column, bool leaving) {
    std::vector<double> sums(flow.columns[column].nodes.size(), 0);
    for (const FlowStep& step : flow.steps) {
        if (static_cast<std::size_t>(leaving ? step.from : step.to) != column) continue;
        for (const FlowRibbon& ribbon : step.ribbons)
            sums[static_cast<std::size_t>(leaving ? ribbon.from : ribbon.to)] += ribbon.value();
    }
    return sums.empty() ? 0 : *std::max_element(sums.begin(), sums.end());
}

void placeRibbons(const RouteFlow& flow, FlowGeometry* out) {
    std::vector<std::vector<double>> going(flow.columns.size()), coming(flow.columns.size());
    for (std::size_t c = 0; c < flow.columns.size(); ++c) {
        going[c].assign(flow.columns[c].nodes.size(), 0);
        coming[c] = going[c];
    }
    // Of a matrix: the fullest cell of a column is filled by what leaves it, or comes; around the middle of the cells.
    out->leaving = out->coming = out->unit;
    for (std::size_t c = 0; out->matrix && c < flow.columns.size(); ++c) {
        const double height = 0.9 * out->nodes[c].front().height();
        const double leaves = fullest(flow, c, true), comes = fullest(flow, c, false);
        out->leaving[c] = leaves > 0 ? height / leaves : 0;
        out->coming[c] = comes > 0 ? height / comes : 0;
    }
    if (out->matrix) {
        for (const FlowStep& step : flow.steps) {
            const auto from = static_cast<std::size_t>(step.from), to = static_cast<std::size_t>(step.to);
            for (const FlowRibbon& ribbon : step.ribbons) {
                going[from][static_cast<std::size_t>(ribbon.from)] -= ribbon.value() * out->leaving[from] / 2;
                coming[to][static_cast<std::size_t>(ribbon.to)] -= ribbon.value() * out->coming[to] / 2;
            }
        }
        for (std::size_t c = 0; c < going.size(); ++c)
            for (std::size_t n = 0; n < going[c].size(); ++n) {
                going[c][n] += out->nodes[c][n].height() / 2;
                coming[c][n] += out->nodes[c][n].height() / 2;
            }
    }
    for (const FlowStep& step : flow.steps) {
        const auto from = static_cast<std::size_t>(step.from), to = static_cast<std::size_t>(step.to);
        std::vector<RibbonPlace> places;
        for (const FlowRibbon& ribbon : step.ribbons) {
            const auto a = static_cast<std::size_t>(ribbon.from), b = static_cast<std::size_t>(ribbon.to);
            const QRectF& begin = out->nodes[from][a];
            const QRectF& end = out->nodes[to][b];
            const RibbonPlace place{begin.right(),
                                    end.left(),
                                    begin.top() + going[from][a],
                                    ribbon.value() * out->leaving[from],
                                    end.top() + coming[to][b],
                                    ribbon.value() * out->coming[to]};
            going[from][a] += place.left_height;
            coming[to][b] += place.right_height;
            places.push_back(place);
        }
        out->ribbons.push_back(std::move(places));
    }
}

}  // namespace

QPainterPath RibbonPlace::path() const {
    const double middle = (left + right) / 2;
    QPainterPath path(QPointF(left, left_top));
    path.cubicTo(middle, left_top, middle, right_top, right, right_top);
    path.lineTo(right, right_top + right_height);
    path.cubicTo(middle, right_top + right_height, middle, left_top + left_height, left, left_top + left_height);
    path.closeSubpath();
    return path;
}

double RibbonPlace::riseAt(double along) {
    // The parameter of the curve at this x, which rises along it.
    double low = 0, high = 1;
    for (int i = 0; i < 20; ++i) {
        const double s = (low + high) / 2;
        (1.5 * s * (1 - s) + s * s * s < along ? low : high) = s;
    }
    return low * low * (3 - 2 * low);
}

bool RibbonPlace::contains(const QPointF& point) const {
    if (point.x() < left || point.x() > right || right <= left) return false;
    const double part = riseAt((point.x() - left) / (right - left));
    const double top = left_top + (right_top - left_top) * part;
    const double height = std::max(3.0, left_height + (right_height - left_height) * part);
    return point.y() >= top - 1 && point.y() <= top + height;
}

int flowSlots(const RouteFlow& flow) {
    const Lanes lanes = lanesOf(flow);
    return lanes.towers() + lanes.both;
}

FlowGeometry placeFlow(const RouteFlow& flow, const QRectF& area, bool matrix) {
    FlowGeometry out;
    out.matrix = matrix;
    const Lanes lanes = lanesOf(flow);
    const int slots_all = flowSlots(flow);
    if (slots_all == 0) return out;
    double most_share = 0;
    for (const FlowColumn& column : flow.columns)
        for (const FlowNode& node : column.nodes)
            if (column.rows() > 0) most_share = std::max(most_share, node.value() / column.rows());
    const double bar = matrix ? FlowGeometry::kCell : FlowGeometry::kBar;
    const double first = area.left() + (matrix ? 84 : FlowGeometry::kLabel + kMargin + 4);
    const double last = area.right() - bar - (matrix ? 14 : 24);
    const double pitch = slots_all > 1 ? (last - first) / (slots_all - 1) : 0;
    int text = 0, image = 0, both = 0;
    for (const FlowColumn& column : flow.columns) {
        int slot = 0;
        double top = area.top(), height = area.height();
        if (column.part == RoutePart::kFusion) {
            slot = lanes.towers() + both++;
        } else {
            const bool of_text = column.part == RoutePart::kText;
            slot = lanes.towers() - (of_text ? lanes.texts : lanes.images) + (of_text ? text++ : image++);
            if (lanes.two()) {
                height = (area.height() - kLaneGap) / 2;
                if (!of_text) top += height + kLaneGap;
            }
        }
        const double x = first + slot * pitch;
        const double name = std::max(60.0, pitch);
        out.heads.push_back(QRectF(x + bar / 2 - name / 2, top, name, FlowGeometry::kHead));
        const QRectF place(x, top + FlowGeometry::kHead, bar, height - FlowGeometry::kHead);
        std::vector<QRectF> nodes;
        double unit = 0;
        if (matrix)
            placeCells(column, place, most_share, &nodes, &unit);
        else
            placeBars(column, place, &nodes, &unit);
        out.labels.push_back(matrix ? std::vector<QRectF>(nodes.size()) : placeLabels(column, nodes, place));
        out.nodes.push_back(std::move(nodes));
        out.unit.push_back(unit);
    }
    placeRibbons(flow, &out);
    return out;
}

FlowHit FlowGeometry::at(const QPointF& point) const {
    FlowHit hit;
    for (std::size_t c = 0; c < nodes.size(); ++c) {
        for (std::size_t n = 0; n < nodes[c].size(); ++n) {
            if (nodes[c][n].isNull()) continue;
            if (!nodes[c][n].adjusted(-1, -1, 1, 1).contains(point) && !labels[c][n].contains(point)) continue;
            hit.column = static_cast<int>(c);
            hit.node = static_cast<int>(n);
            return hit;
        }
    }
    double least = std::numeric_limits<double>::max();
    for (std::size_t s = 0; s < ribbons.size(); ++s) {
        for (std::size_t r = 0; r < ribbons[s].size(); ++r) {
            if (ribbons[s][r].thickness() >= least || !ribbons[s][r].contains(point)) continue;
            least = ribbons[s][r].thickness();
            hit.step = static_cast<int>(s);
            hit.ribbon = static_cast<int>(r);
        }
    }
    return hit;
}

FlowHit FlowGeometry::first() const {
    for (std::size_t c = 0; c < nodes.size(); ++c)
        for (std::size_t n = 0; n < nodes[c].size(); ++n)
            if (!nodes[c][n].isNull()) return {static_cast<int>(c), static_cast<int>(n), -1, -1};
    return {};
}

FlowHit FlowGeometry::beside(const FlowHit& node, int direction) const {
    const QRectF& from = nodes[static_cast<std::size_t>(node.column)][static_cast<std::size_t>(node.node)];
    FlowHit best = node;
    double nearest_x = std::numeric_limits<double>::max(), nearest_y = nearest_x;
    for (std::size_t c = 0; c < nodes.size(); ++c) {
        for (std::size_t n = 0; n < nodes[c].size(); ++n) {
            if (nodes[c][n].isNull()) continue;
            const double x = (nodes[c][n].left() - from.left()) * direction;
            const double y = std::abs(nodes[c][n].center().y() - from.center().y());
            if (x < 1 || x > nearest_x + 1 || (x > nearest_x - 1 && y >= nearest_y)) continue;
            nearest_x = x;
            nearest_y = y;
            best = {static_cast<int>(c), static_cast<int>(n), -1, -1};
        }
    }
    return best;
}

FlowHit FlowGeometry::above(const FlowHit& node, int direction) const {
    const auto& column = nodes[static_cast<std::size_t>(node.column)];
    FlowHit next = node;
    for (int n = node.node + direction; n >= 0 && n < static_cast<int>(column.size()); n += direction) {
        if (column[static_cast<std::size_t>(n)].isNull()) continue;
        next.node = n;
        return next;
    }
    // Over the end of a lane into the other one, where there is one in the same place.
    const double x = column[static_cast<std::size_t>(node.node)].left();
    const double y = column[static_cast<std::size_t>(node.node)].center().y();
    double nearest = std::numeric_limits<double>::max();
    for (std::size_t c = 0; c < nodes.size(); ++c) {
        for (std::size_t n = 0; n < nodes[c].size(); ++n) {
            const double off = (nodes[c][n].center().y() - y) * direction;
            if (static_cast<int>(c) == node.column || nodes[c][n].isNull() || std::abs(nodes[c][n].left() - x) > 1 ||
                off <= 0 || off >= nearest)
                continue;
            nearest = off;
            next = {static_cast<int>(c), static_cast<int>(n), -1, -1};
        }
    }
    return next;
}

}  // namespace switchyard::ui
