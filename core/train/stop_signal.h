// SPDX-License-Identifier: MIT
#pragma once

namespace switchyard::train {

/// From now on SIGINT and SIGTERM ask for a stop at the next step boundary (a second one ends at once). For ranks
/// without a supervisor; with one, the supervisor asks over its channel and its signals end the rank.
void takeStopSignals();
/// The signal that asked, or 0.
int stopSignal();

}  // namespace switchyard::train
