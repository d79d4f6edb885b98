// SPDX-License-Identifier: MIT
// Internal: what data sets that name picture files below a root have in common.
#pragma once

#include <string>

#include "core/base/dataset/dataset.h"
#include "core/base/io/sha256.h"

namespace switchyard::dataset {

/// Length-prefixed, so that moving a character from one string to the next changes the hash.
void hashString(io::Sha256* hash, const std::string& text);

class FileDataset : public Dataset {
public:
    explicit FileDataset(std::filesystem::path root) { root_ = std::move(root); }
    io::Image picture(const Sample& sample) const override;

protected:
    /// Early and cheap; what the file holds, and whether it stays below the root, is checked when it is read.
    /// Throws: Error(kBadData) when it is not there.
    void requireFile(const std::string& image, const std::string& where) const;
};

/// One table a task. Throws: Error(kBadData).
std::unique_ptr<Dataset> openTextTables(const std::vector<std::filesystem::path>& files, const RunConfig::Task& options,
                                        const std::vector<TaskLabels>& labels);

}  // namespace switchyard::dataset
