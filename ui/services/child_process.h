// SPDX-License-Identifier: GPL-3.0-or-later
// What the window's child processes have in common.
#pragma once

#include <sys/types.h>

class QProcess;

namespace switchyard::ui {

/// Before start(): threads of the child wait without spinning, and no end of this process leaves it behind, not even
/// SIGKILL in the middle of a long computation.
void tieToThisProcess(QProcess& process);

}  // namespace switchyard::ui
