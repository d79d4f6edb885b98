// SPDX-License-Identifier: GPL-3.0-or-later
// What the inspector shows of the curves page: every metric at the cursor, then facts of the run.
#pragma once

#include "core/base/runs/run_status.h"
#include "ui/models/run_curves.h"
#include "ui/models/run_facts.h"
#include "ui/panels/curves/plot_group.h"
#include "ui/panels/page.h"

namespace switchyard::ui {

struct InspectedCurves {
    const PlotGroup* group = nullptr;
    std::vector<std::pair<QString, int>> swatches;  ///< tag and series of the lines of the large plot
    RunFacts facts;
    const runs::RunStatus* status = nullptr;  ///< may be null
    const std::vector<runs::Event>* events = nullptr;
    const std::vector<health::Alarm>* alarms = nullptr;
};

/// At the cursor's step, else at the newest record.
Inspection inspectCurves(const InspectedCurves& curves);

}  // namespace switchyard::ui
