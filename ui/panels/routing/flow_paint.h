// SPDX-License-Identifier: GPL-3.0-or-later
// A routing flow as it is drawn.
#pragma once

#include <QImage>
#include <vector>

#include "ui/models/route_focus.h"
#include "ui/panels/routing/flow_raster.h"

class QPainter;

namespace switchyard::ui {

inline constexpr double kFlowAlpha = 0.42, kFlowFaded = 0.13, kFlowLit = 0.88;

/// The colour of a node: its expert's, or that of the middle one of its group.
QColor flowColor(const FlowColumn& column, int node);
/// As they are when nothing is selected, and those of what is selected.
std::vector<TintedRibbon> flowRibbons(const RouteFlow& flow, const FlowGeometry& places);
std::vector<TintedRibbon> litRibbons(const RouteFlow& flow, const FlowGeometry& places, const RouteFlow& lit);

struct FlowImages {
    QImage ribbons, lit;
};
/// @param lit the ribbons of what is selected; empty = nothing is. In its place on the ribbons of `flow`
/// @param images of both, for a screen; null = they are drawn as paths
void paintFlow(QPainter& painter, const RouteFlow& flow, const FlowGeometry& places, const RouteFlow& lit,
               const RouteFocus& focus, const FlowImages* images = nullptr);
/// The outline of a node or ribbon under the pointer, or of the node that the keyboard is at.
void paintFlowHit(QPainter& painter, const FlowGeometry& places, const FlowHit& hit, const QColor& color);

}  // namespace switchyard::ui
