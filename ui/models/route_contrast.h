// SPDX-License-Identifier: GPL-3.0-or-later
// Two routings of the same tokens beside each other: recorded and replayed, or of two steps or checkpoints.
#pragma once

#include <QHash>
#include <QString>

#include "ui/models/routed_sample.h"

namespace switchyard::ui {

/// Rows whose experts or drops differ, with what the other one has: "E3, E5 dropped". Empty when the layers are not of
/// as many rows.
QHash<int, QString> changedRows(const RoutedLayer& shown, const RoutedLayer& other);
/// Share of the rows with the same set of experts, NaN without rows that can be compared.
double agreement(const RoutedLayer& a, const RoutedLayer& b);
/// "E3, E5 dropped"; "no expert".
QString choiceWords(const RoutedLayer& layer, int row);
/// `sample` with another layer of the same name in it; everything else is shared.
RoutedSamplePtr withLayer(const RoutedSample& sample, RoutedLayer layer);

}  // namespace switchyard::ui
