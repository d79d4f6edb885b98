// SPDX-License-Identifier: MIT
// queue.json in a run folder: the run is prepared, its config resolved, and waits for its turn. The ticket says how its
// supervisor is to be started. The supervisor takes it away once it drives the run (core/base/launch/run_queue.h).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace switchyard::runs {

struct QueueTicket {
    double queued_at = 0;  ///< seconds since 1970
    std::string host;      ///< only this machine starts it: others may see the folder through a network
    std::string dir;       ///< where it was queued; a copy of the folder somewhere else does not wait for anything
    std::vector<std::string> command;
    std::string bind;
    std::string resume_checkpoint;  ///< "" = from the start
    bool older_too = false;
};

/// The folder's ticket; nothing when there is none, it is damaged, or it was made for another folder.
std::optional<QueueTicket> readTicket(const std::filesystem::path& run_dir);
/// Throws: Error(kIo).
void writeTicket(const std::filesystem::path& run_dir, const QueueTicket& ticket);

/// This machine's name, as tickets and supervisor records hold it.
std::string hostName();

}  // namespace switchyard::runs
