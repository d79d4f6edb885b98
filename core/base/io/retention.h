// SPDX-License-Identifier: MIT
// Which checkpoints of a run stay.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "core/base/io/manifest.h"

namespace switchyard::io {

struct Retention {
    std::int64_t newest = 3;  ///< so many
    std::int64_t every = 0;   ///< and those of steps that this divides; 0 = none
    std::string best;         ///< and the one with the best value of this metric in its metrics; "" = none
};

/// Whole checkpoints that stay, and why: "newest", "every", "best" or "pinned". Of two equally good ones the newer.
std::map<std::filesystem::path, std::string> keptCheckpoints(const std::filesystem::path& checkpoints_dir,
                                                             const Retention& retention);

/// Removes the others, each through a rename to `.trash-...`, so that a half-removed one is no checkpoint; what an
/// earlier removal left behind goes too. Never throws for one that can not be removed.
void retain(const std::filesystem::path& checkpoints_dir, const Retention& retention);

/// Removes what saves that were cut short left behind (`.tmp-step-...`). Only while nobody saves there. Never throws.
void removeUnfinishedSaves(const std::filesystem::path& checkpoints_dir);

/// Metrics of a checkpoint's evaluation, which comes after it was saved, in a file of their own in its folder.
/// Throws: Error(kIo).
void noteMetrics(const std::filesystem::path& checkpoint, const std::map<std::string, double>& metrics);

/// Those, and what the manifest says.
std::map<std::string, double> metricsOf(const std::filesystem::path& checkpoint, const Manifest& manifest);

/// Whether less of the metric is better: losses, ranks, perplexities.
bool lessIsBetter(const std::string& metric);

/// A pinned checkpoint is never removed. A file in its folder says so. Throws: Error(kIo).
bool isPinned(const std::filesystem::path& checkpoint);
void setPinned(const std::filesystem::path& checkpoint, bool pinned);

}  // namespace switchyard::io
