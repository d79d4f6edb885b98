// SPDX-License-Identifier: GPL-3.0-or-later
// Alarms (core/base/health) in the window's words.
#pragma once

#include <QString>

#include "core/base/health/alarm.h"

namespace switchyard::ui {

/// For a narrow list, without the layer: "E41 dead, 512 records idle", "All tokens to E3", "Loss leapt to 9.31", ...
QString alarmText(const health::Alarm& alarm);
/// Where to look for it: "fusion.0", or "run".
QString alarmPlace(const health::Alarm& alarm);
/// What happened, its likely cause and what to do, on three lines; as the command line has it.
QString alarmTip(const health::Alarm& alarm);
/// "2 alarms: ..."; "" when there is none.
QString alarmsSummary(const std::vector<health::Alarm>& alarms);

}  // namespace switchyard::ui
