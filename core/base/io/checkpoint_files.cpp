// SPDX-License-Identifier: MIT
#include "core/base/io/checkpoint_files.h"

#include <algorithm>

#include "core/base/util/error.h"

namespace switchyard::io {

CheckpointFiles::CheckpointFiles(std::filesystem::path folder, const Manifest& manifest) : folder_(std::move(folder)) {
    for (const ManifestFile& file : manifest.files) sums_[file.name] = file.block_sums;
}

void CheckpointFiles::read(const ManifestTensor& part, std::int64_t first, std::int64_t count, void* to) {
    const auto [file, entry] = entryOf(part);
    const std::uint64_t size = dtypeBytes(entry->dtype);
    file->contents.read(file->header.placeOf(*entry) + static_cast<std::uint64_t>(first) * size,
                        static_cast<std::uint64_t>(count) * size, to);
}

std::pair<CheckpointFiles::File*, const TensorEntry*> CheckpointFiles::entryOf(const ManifestTensor& part) {
    auto& file = files_[part.file];
    const std::filesystem::path path = folder_ / part.file;
    if (!file) file = std::make_unique<File>(File{SafetensorsFile(path), CheckedFile(path, sums_[part.file])});
    const TensorEntry* entry = file->header.find(part.name);
    if (entry == nullptr || entry->shape != part.shape || dtypeName(entry->dtype) != part.dtype) {
        throw Error(ExitCode::kCorruptCheckpoint, "The tensor " + part.name + " is not as the manifest says",
                    path.string(), "The checkpoint is damaged; use another one");
    }
    return {file.get(), entry};
}

CommonRun commonRun(const ManifestTensor::Run& a, const ManifestTensor::Run& b) {
    const std::int64_t begin = std::max(a.first, b.first), end = std::min(a.first + a.count, b.first + b.count);
    return {std::max<std::int64_t>(0, end - begin), begin - a.first, begin - b.first};
}

}  // namespace switchyard::io
