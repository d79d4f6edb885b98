// SPDX-License-Identifier: GPL-3.0-or-later
// How a sample's tokens and patches move between experts from one MoE layer to the next, by their first choices.
#pragma once

#include <QSet>
#include <QString>
#include <vector>

#include "ui/models/routed_sample.h"

namespace switchyard::ui {

enum class FlowRows { kBoth, kText, kImage };

struct FlowOptions {
    FlowRows rows = FlowRows::kBoth;
    bool weighted = false;  ///< a row counts with its first choice's weight, else 1
};

/// What an expert, or experts side by side, take first.
struct FlowNode {
    double text = 0, image = 0;
    double dropped = 0;  ///< of both, where the first choice was dropped
    double value() const { return text + image; }
};

struct FlowColumn {
    QString layer;
    RoutePart part = RoutePart::kText;
    int experts = 0;
    int group = 1;                ///< experts a node
    double text = 0, image = 0;   ///< rows counted, whether or not an expert took them
    std::vector<FlowNode> nodes;  ///< in the experts' order
    double rows() const { return text + image; }
};

/// Between two nodes of neighbouring columns. Weighted rows count with the smaller of their two weights.
struct FlowRibbon {
    int from = 0, to = 0;
    double text = 0, image = 0;
    double value() const { return text + image; }
};

struct FlowStep {
    int from = 0, to = 0;             ///< columns
    std::vector<FlowRibbon> ribbons;  ///< by from, then to
};

/// Steps of texts stand before those of pictures.
struct RouteFlow {
    std::vector<FlowColumn> columns;  ///< in the model's order
    std::vector<FlowStep> steps;
    bool empty() const { return columns.empty(); }
};

/// Where a layer's rows come from: the layer before it of each kind.
/// @param only rows of `of` that are followed through all layers; every row without it
RouteFlow routeFlow(const RoutedSample& sample, const FlowOptions& options);
RouteFlow routeFlow(const RoutedSample& sample, const FlowOptions& options, const RoutedLayer& of,
                    const QSet<int>& only);
/// Neighbouring experts as one, so that a column has `most` nodes at most. O(nodes + ribbons).
RouteFlow grouped(const RouteFlow& flow, int most);
/// The largest ribbons of each step.
RouteFlow largest(const RouteFlow& flow, int most_a_step);
/// Rows of the ribbon's second layer that go along it.
QSet<int> rowsOfRibbon(const RoutedSample& sample, const RouteFlow& flow, const FlowStep& step,
                       const FlowRibbon& ribbon, FlowRows rows);
/// The node's experts by how many rows they take first, most first; those that take none are left out.
std::vector<int> expertsOfNode(const RoutedSample& sample, const FlowColumn& column, int node, FlowRows rows);
/// "E3", "E32 to E63".
QString nodeName(const FlowColumn& column, int node);

}  // namespace switchyard::ui
