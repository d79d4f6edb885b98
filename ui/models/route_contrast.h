// SPDX-License-Identifier: GPL-3.0-or-later
// Two routings of the same tokens beside each other: recorded and replayed, or of two steps or checkpoints.
#pragma once

#include <QHash>
#include <QString>

#include <vector>

#include "ui/models/routed_sample.h"

namespace switchyard::ui {

/// For each row of `in_a` the row of `in_b` with the same token or patch, -1 = none. Tokens of different texts are the
/// same where their pieces are, in their order; patches are those of the same place, of one picture only
/// (`same_sample`).
std::vector<int> matchedRows(const RoutedSample& a, const RoutedLayer& in_a, const RoutedSample& b,
                             const RoutedLayer& in_b, bool same_sample);

/// Rows whose experts or drops differ, with what the other one has: "E3, E5 dropped".
QHash<int, QString> changedRows(const RoutedLayer& shown, const RoutedLayer& other, const std::vector<int>& match);
/// Of layers with the same rows; empty when they are not of as many.
QHash<int, QString> changedRows(const RoutedLayer& shown, const RoutedLayer& other);
/// Share of the matched rows with the same set of experts, NaN without any.
double agreement(const RoutedLayer& a, const RoutedLayer& b, const std::vector<int>& match);
/// "E3, E5 dropped"; "no expert".
QString choiceWords(const RoutedLayer& layer, int row);
/// `sample` with another layer of the same name in it; everything else is shared.
RoutedSamplePtr withLayer(const RoutedSample& sample, RoutedLayer layer);

}  // namespace switchyard::ui
