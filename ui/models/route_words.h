// SPDX-License-Identifier: GPL-3.0-or-later
// What the Routing page says of a token or patch.
#pragma once

#include <QStringList>

#include "ui/models/routed_sample.h"

namespace switchyard::ui {

/// A line for each expert chosen, best first: its weight, its probability, whether it dropped the row.
QStringList choiceLines(const RoutedLayer& layer, int row);

}  // namespace switchyard::ui
