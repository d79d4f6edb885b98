// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/base/io/checked_file.h"
#include "core/base/io/manifest.h"
#include "core/base/io/safetensors.h"

namespace switchyard::io {

/// The tensor files of a checkpoint, opened once each when they are asked for. Thread: one thread.
class CheckpointFiles {
public:
    CheckpointFiles(std::filesystem::path folder, const Manifest& manifest);
    /// Opens the part's file and checks its header, and that the part stands there as the manifest says.
    /// Throws: Error(kCorruptCheckpoint) naming the file, as all below.
    void check(const ManifestTensor& part) { entryOf(part); }
    Dtype dtypeOf(const ManifestTensor& part) { return entryOf(part).second->dtype; }
    /// Numbers [first, first + count) of the part, row by row, in its own type.
    void read(const ManifestTensor& part, std::int64_t first, std::int64_t count, void* to);

private:
    struct File {
        SafetensorsFile header;
        CheckedFile contents;
    };
    std::pair<File*, const TensorEntry*> entryOf(const ManifestTensor& part);

    std::filesystem::path folder_;
    std::map<std::string, BlockSums> sums_;
    std::map<std::string, std::unique_ptr<File>> files_;
};

/// What two runs of numbers have in common, and where it lies in each of them.
struct CommonRun {
    std::int64_t count = 0, in_a = 0, in_b = 0;
};
CommonRun commonRun(const ManifestTensor::Run& a, const ManifestTensor::Run& b);

}  // namespace switchyard::io
