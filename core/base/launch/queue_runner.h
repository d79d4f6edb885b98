// SPDX-License-Identifier: MIT
// The process that starts the queued runs of a folder, each by a supervisor of its own.
#pragma once

#include "core/base/launch/run_queue.h"

namespace switchyard::launch {

/// Starts queued runs as others end, and returns when none is left, the queue is held, or another process does this
/// already. A run that can not be started is marked failed, with the reason, and the next one has its turn.
void runQueue(const fs::path& runs_dir);

/// Starts that process (`switchyard queue run RUNS_DIR`) in a session of its own, unless it is there, the queue is held
/// or empty. Returns at once. Throws: Error(kIo).
void startQueueRunner(const fs::path& runs_dir);

}  // namespace switchyard::launch
