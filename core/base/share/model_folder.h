// SPDX-License-Identifier: MIT
// A model folder as it is passed on: model.safetensors, config.yaml, the tokenizer, labels.json, README.md, and
// model.json, which holds the size and SHA-256 of the others but README.md (people edit that).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace switchyard::share {

struct SealedFile {
    std::string name;
    std::uint64_t bytes = 0;
    std::string sha256;
};

/// Writes model.json over what lies in the folder. Throws: Error(kIo).
std::vector<SealedFile> sealModelFolder(const std::filesystem::path& folder, std::int64_t step);

/// Compares every file with model.json; a folder without one passes. @return the step of its training, 0 = not told
/// Throws: Error(kCorruptCheckpoint) naming the file that is missing or differs, or model.json.
std::int64_t verifyModelFolder(const std::filesystem::path& folder);

}  // namespace switchyard::share
