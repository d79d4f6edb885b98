// SPDX-License-Identifier: MIT
// The checkpoints of a run as a list shows them: whole ones, broken ones, and what is noted beside each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace switchyard::io {

struct ListedCheckpoint {
    std::string name;  ///< "step-00001200"
    std::filesystem::path folder;
    std::string problem;  ///< why it can not be used, "" = complete by its files' sizes, and sound when last looked at
    std::int64_t step = -1;  ///< -1 where the name says none
    int ranks = 0;
    std::uint64_t bytes = 0;
    double saved_at = 0;     ///< seconds since 1970
    double verified_at = 0;  ///< when every hash agreed; 0 = never looked at
    bool pinned = false;
    std::map<std::string, double> metrics;
    std::string created_by;

    bool ok() const { return problem.empty(); }
    bool operator==(const ListedCheckpoint&) const = default;
};

/// Folders "step-..." in the order of their names; none where there is no such folder. Reads manifests and sizes, no
/// weights. Throws: Error(kIo) where the folder is there and can not be read.
std::vector<ListedCheckpoint> listCheckpoints(const std::filesystem::path& checkpoints_dir);

/// What somebody who compared every hash found.
struct VerifiedNote {
    double at = 0;        ///< seconds since 1970; 0 = nobody has
    std::string problem;  ///< "" = all agreed
};
/// Kept in the checkpoint's folder. Throws: Error(kIo).
void noteVerified(const std::filesystem::path& checkpoint, const VerifiedNote& note);
/// Nothing where there is no note, or one of a checkpoint that stood here before.
VerifiedNote verifiedNote(const std::filesystem::path& checkpoint);

}  // namespace switchyard::io
