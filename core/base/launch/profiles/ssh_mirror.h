// SPDX-License-Identifier: MIT
// The run folder of an ssh profile, here and on its first host.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/launch/process.h"
#include "core/base/launch/profiles/profile.h"
#include "core/base/launch/supervisor.h"

namespace switchyard::launch {

/// Where the sockets of shared connections lie, and how the names of this process's begin.
std::filesystem::path sshSocketFolder();
std::string sshSocketPrefix();

/// ssh with a profile's options, up to and with the host. One connection is shared by all that is asked of a host.
std::vector<std::string> sshWords(const SshSettings& settings, const std::string& host);

/// Brings over what is new. Records as rows (core/base/runs/record_changes.h), logs and the like by rsync, checkpoints
/// by an rsync beside it that leaves their COMMIT for the last, so that one that is not whole here does not look so.
/// Thread: one thread.
class SshMirror {
public:
    SshMirror(const Profile& profile, runs::RunPaths paths, std::string there);
    /// Makes the folder there and puts in what ranks need: configuration, tokenizer, the checkpoint they start from,
    /// the records so far. Throws: Error.
    void send(const PreparedRun& run);
    /// Once. @return what went wrong, "" = nothing
    std::string fetch();
    /// Everything, checkpoints too, however long it takes.
    std::string fetchAll();

private:
    std::string fetchRecords();
    std::string fetchFiles();
    std::vector<std::string> rsync(const std::vector<std::string>& words) const;
    std::string from(const std::string& below) const;
    void copyCheckpoints();

    const Profile& profile_;
    runs::RunPaths paths_;
    std::string there_;
    std::optional<ChildProcess> checkpoints_;  ///< at work
};

}  // namespace switchyard::launch
