// SPDX-License-Identifier: GPL-3.0-or-later
// Where the columns, nodes and ribbons of a routing flow lie.
#pragma once

#include <QPainterPath>
#include <QRectF>
#include <algorithm>
#include <vector>

#include "ui/models/route_flow.h"

namespace switchyard::ui {

/// The two ends of a ribbon: left and right edge, top and height at each.
struct RibbonPlace {
    double left = 0, right = 0;
    double left_top = 0, left_height = 0, right_top = 0, right_height = 0;
    QPainterPath path() const;
    /// How much of the way from its left to its right height a ribbon has gone at `along` (0 to 1) its width.
    static double riseAt(double along);
    double thickness() const { return std::max(left_height, right_height); }
    bool contains(const QPointF& point) const;
};

struct FlowHit {
    int column = -1, node = -1;  ///< of a node
    int step = -1, ribbon = -1;  ///< or of a ribbon
    bool onNode() const { return node >= 0; }
    bool onRibbon() const { return ribbon >= 0; }
    friend bool operator==(const FlowHit&, const FlowHit&) = default;
};

/// Texts in the upper lane and pictures in the lower one where both have layers of their own, then both together. In a
/// column nodes are as high as their share; in a matrix (many experts) they are of one height.
struct FlowGeometry {
    static constexpr double kHead = 18, kBar = 10, kLabel = 26, kCell = 46;
    static constexpr int kSlot = 84;

    bool matrix = false;
    std::vector<QRectF> heads;                      ///< of the columns' names
    std::vector<std::vector<QRectF>> nodes;         ///< [column][node]; null where nothing goes
    std::vector<std::vector<QRectF>> labels;        ///< likewise; null where there is no room
    std::vector<std::vector<RibbonPlace>> ribbons;  ///< [step][ribbon]
    std::vector<double> unit;                       ///< pixels a row, of each column's nodes
    std::vector<double> leaving, coming;            ///< likewise of the ribbons at its right and left

    /// What lies under a point; nodes before ribbons, thin ribbons before thick ones.
    FlowHit at(const QPointF& point) const;
    /// A node of the neighbouring column in the same lane, or beside it, that is nearest in height; -1 without one.
    FlowHit beside(const FlowHit& node, int direction) const;
    /// The next node of the column that is there.
    FlowHit above(const FlowHit& node, int direction) const;
    /// The first node that is there at all.
    FlowHit first() const;
};

/// Columns side by side that a flow needs.
int flowSlots(const RouteFlow& flow);
FlowGeometry placeFlow(const RouteFlow& flow, const QRectF& area, bool matrix);

}  // namespace switchyard::ui
