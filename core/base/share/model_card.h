// SPDX-License-Identifier: MIT
// README.md of a model folder: a model card as model hubs read it (YAML before, Markdown behind), made from the run's
// own records. Nothing in it is claimed that was not recorded.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/dataset/dataset.h"
#include "core/base/share/model_folder.h"
#include "core/base/share/run_facts.h"

namespace switchyard::share {

struct CardRequest {
    std::filesystem::path checkpoint;
    std::filesystem::path folder;  ///< where the exported model lies, and the card goes
    std::string license;           ///< "" = left for the reader to fill in
};

/// Seals the folder (model.json) and writes its README.md. Throws: Error(kUsage) for a license that is no identifier;
/// Error(kCorruptCheckpoint | kBadConfig | kIo).
void writeModelCard(const CardRequest& request);

/// Throws: Error(kUsage). "" is fine.
void requireLicense(const std::string& license);

/// The card's text. Everything that comes from people or files is escaped.
std::string modelCard(const RunConfig& config, const RunFacts& facts, const std::vector<dataset::TaskLabels>& labels,
                      const std::vector<SealedFile>& files, const std::string& license);

}  // namespace switchyard::share
