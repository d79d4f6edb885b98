// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers, times and states of runs in the window's words.
#pragma once

#include <QColor>
#include <QString>

#include "core/base/runs/run_status.h"

namespace switchyard::ui {

QString number(double value, int decimals);      ///< "12,400", true minus
QString shortNumber(double value);               ///< four figures: "1.842", "477,102", "1.35e−4"
QString duration(double seconds);                ///< "18 min", "9 h 40 min"
QString bytes(double count);                     ///< "21.4 GiB"
QString stateWord(runs::RunState state);         ///< "Running"
QString stateIcon(runs::RunState state);         ///< icon name
QColor stateColor(runs::RunState state);         ///< in the current theme
QString progressText(const runs::RunStatus& run);  ///< "12,400 / 20,000", "20,000 steps", a place, or what is wrong
QString queuePlaceText(const runs::RunStatus& run);  ///< "Next in the queue"
QString outcomeText(const runs::RunStatus& run);   ///< "18 min left", "exit 80", "stopped by you"
QString lossText(const runs::RunStatus& run);      ///< "1.842" or "–"
/// Step of the newest checkpoint that the run's result names, 0 when none.
qint64 checkpointStep(const runs::RunStatus& run);
/// The recorded command as one shell line, "" when it was not recorded.
QString commandText(const runs::RunStatus& run);

}  // namespace switchyard::ui
