// SPDX-License-Identifier: GPL-3.0-or-later
// Which experts two samples, or the two sides of one, go to, beside each other.
#pragma once

#include <QList>
#include <QStringList>

#include "ui/models/routed_sample.h"

namespace switchyard::ui {

/// A text or a picture: the rows of one kind of a sample.
struct RoutedSide {
    RoutedSamplePtr sample;
    bool picture = false;
};

struct RouteShare {
    int expert = 0;
    double query = 0,
           hit = 0;  ///< shares of each side's choices, dropped ones left out; they sum to 1 where there are any
};

/// Layers that at least one of the two passes through, in the model's order.
QStringList layersOf(const RoutedSide& query, const RoutedSide& hit);
/// Experts that take anything, the most used of both first.
QList<RouteShare> routeShares(const RoutedSide& query, const RoutedSide& hit, const QString& layer);
/// Experts of the layer, 0 when neither side passes it.
int expertsOf(const RoutedSide& query, const RoutedSide& hit, const QString& layer);
/// What both have in common: the sum over experts of the smaller share, 0 to 1.
double overlapOf(const QList<RouteShare>& shares);

}  // namespace switchyard::ui
