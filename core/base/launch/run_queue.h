// SPDX-License-Identifier: MIT
// The queue of a runs folder. A queued run is a prepared run folder, its config resolved, with a ticket in it; so what
// waits, and with which settings, is fixed when it is queued, and a restart of anything loses nothing. Order and number
// at once stand in RUNS_DIR/.queue/queue.json. A process of its own starts the runs (queue_runner.h), so neither the
// window nor a terminal has to stay open. Why: docs/adr/0011-queue.md.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/launch/supervisor.h"
#include "core/base/runs/run_status.h"

namespace switchyard::launch {

namespace fs = std::filesystem;

struct QueueSettings {
    int at_once = 1;    ///< a queued run starts while fewer runs of the folder than this are live
    bool held = false;  ///< nothing is started
    bool operator==(const QueueSettings&) const = default;
};
inline constexpr int kMostAtOnce = 64;

/// Files of a runs folder's queue.
fs::path queueFolder(const fs::path& runs_dir);
fs::path runnerLock(const fs::path& runs_dir);

/// Puts a prepared run at the end of the queue of the folder it lies in. Throws: Error(kBadConfig) when it is live,
/// Error(kIo).
void enqueue(const PreparedRun& run);

/// Folders of this machine's queued runs, next first: as they were ordered, then by when they were queued.
std::vector<fs::path> queuedRuns(const fs::path& runs_dir);
/// Sets queue_place of the queued runs of one runs folder. Reads one small file.
void placeQueued(const fs::path& runs_dir, std::vector<runs::RunStatus>* statuses);

/// Moves a queued run to a place, 1 = next. Throws: Error(kUsage) when it is not queued, Error(kIo).
void moveInQueue(const fs::path& run_dir, int place);
/// Takes the run out of the queue: its ticket goes, its folder stays as it is; one that was never started goes to the
/// trash. @return where it lies now. Throws: Error(kUsage) when it is not queued, Error(kIo).
fs::path removeFromQueue(const fs::path& run_dir);

/// Usual ones when there is no file or it can not be read.
QueueSettings queueSettings(const fs::path& runs_dir);
/// Throws: Error(kUsage) for a number out of range, Error(kIo).
void setQueueSettings(const fs::path& runs_dir, const QueueSettings& settings);

/// The queued run as it was prepared. Throws: Error(kUsage) when it is not queued, Error(kBadConfig).
PreparedRun queuedRun(const fs::path& run_dir);

/// Starts it now, whatever else is live; of several who ask for that at the same time one does.
/// Throws: Error(kUsage) when it is not queued (any more), Error(kBadConfig), Error(kIo).
void startQueued(const fs::path& run_dir);

}  // namespace switchyard::launch
