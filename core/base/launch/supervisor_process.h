// SPDX-License-Identifier: MIT
// What the supervisor's process holds while it drives a run.
#pragma once

#include <signal.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/io/file_descriptor.h"
#include "core/base/launch/event_log.h"
#include "core/base/runs/run_folder.h"

namespace switchyard::launch {

/// One supervisor a run folder.
class FolderLock {
public:
    /// Throws: Error(kIo), Error(kBadConfig) when another process has it.
    explicit FolderLock(const std::filesystem::path& file);

private:
    io::FileDescriptor fd_;
};

/// SIGINT, SIGTERM, SIGUSR1 and SIGHUP arrive through a descriptor while this lives.
class Signals {
public:
    Signals();
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    int fd() const { return fd_.get(); }
    std::vector<int> take() const;

private:
    io::FileDescriptor fd_;
    sigset_t before_{};
};

/// From now on processes whose parent ends become this process's children.
void adoptOrphans();
/// Ends every child of this process, adopted ones too, and reaps it: for when all ranks have ended.
void endChildren();

/// This process as the one that drives a run.
runs::SupervisorRecord ownRecord(const std::vector<std::string>& command);
/// The run's last event, and its record.
nlohmann::json endEvent(const runs::RunPaths& paths, const runs::RunResult& result);
void logEnd(const runs::RunResult& result, EventLog* events);

}  // namespace switchyard::launch
