// SPDX-License-Identifier: MIT
// What the supervisor's process holds while it drives a run.
#pragma once

#include <signal.h>

#include <filesystem>
#include <vector>

#include "core/base/io/file_descriptor.h"

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

}  // namespace switchyard::launch
