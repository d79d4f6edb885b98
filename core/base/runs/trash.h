// SPDX-License-Identifier: MIT
// Runs that were thrown away lie in a hidden folder beside the others, whole, until somebody empties it: the same file
// system, so that neither direction copies anything.
#pragma once

#include <filesystem>
#include <vector>

namespace switchyard::runs {

namespace fs = std::filesystem;

/// runs_dir/.trash
fs::path trashFolder(const fs::path& runs_dir);

/// Moves a run that is not live to the trash. @return where it lies now.
/// Throws: Error(kUsage) when it is live, Error(kIo).
fs::path moveToTrash(const fs::path& run_dir);

/// Brings it back as `run_dir`, or under a name beside it when that was taken since. @return its folder.
/// Throws: Error(kIo).
fs::path restoreFromTrash(const fs::path& trashed, const fs::path& run_dir);

}  // namespace switchyard::runs
