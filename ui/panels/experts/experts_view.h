// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of the experts page share.
#pragma once

#include <QString>
#include <algorithm>
#include <vector>

#include "ui/models/expert_focus.h"
#include "ui/models/load_history.h"
#include "ui/models/run_curves.h"

namespace switchyard::ui {

/// Owned by the page, which outlives its parts. Thread: GUI thread.
struct ExpertsView {
    const LoadHistory* loads = nullptr;
    RunCurves metrics;          ///< of the layer in focus
    std::vector<double> seams;  ///< steps at which the run was resumed
    ExpertFocus focus;
    double violation_limit = 0;  ///< of the layer in focus (core/base/health/limits.h)

    /// nullptr without records.
    const LayerLoads* layer() const { return loads == nullptr ? nullptr : loads->layer(focus.layer()); }
    /// That share out the experts of the layer in focus; 1 = each has them all.
    int ranks() const { return layer() == nullptr ? 1 : std::max(1, layer()->exchange.ranks()); }
    /// The cell at the cursor; layer() must not be null.
    int column() const { return layer()->ring.columnAt(focus.step()); }
    /// "moe/LAYER/NAME" of the layer in focus.
    QString tag(const char* name) const { return QStringLiteral("moe/%1/%2").arg(focus.layer(), QLatin1String(name)); }
};

}  // namespace switchyard::ui
