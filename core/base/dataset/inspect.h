// SPDX-License-Identifier: MIT
// Looking a JSONL data set through: everything that is wrong with it, and what it is made of.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/io/jsonl.h"

namespace switchyard::dataset {

using InspectProgress = std::function<void(std::int64_t done, std::int64_t total)>;

struct CheckReport {
    std::int64_t rows = 0, pictures = 0;
    std::vector<io::BadRow> problems;  ///< by line; a picture that can not be read stands at its first row
};
/// Reads every row and decodes every picture. root "" = the file's folder.
/// Throws: Error(kBadData) only when the file itself is missing or empty.
CheckReport checkJsonl(const std::filesystem::path& file, const std::filesystem::path& root,
                       const InspectProgress& progress);

/// Smallest, mean and largest of some count.
struct Spread {
    std::int64_t min = 0, max = 0;
    double mean = 0.0;
};
struct DatasetStats {
    std::int64_t rows = 0, pictures = 0, captions = 0, distinct_captions = 0, distinct_words = 0;
    std::int64_t picture_bytes = 0, missing_pictures = 0;
    Spread words_per_caption, captions_per_picture, width, height;
    std::map<std::string, std::int64_t> formats;  ///< pictures of each
};
/// Reads rows and picture headers. Throws: Error(kBadData) for a bad row.
DatasetStats statsOfJsonl(const std::filesystem::path& file, const std::filesystem::path& root,
                          const InspectProgress& progress);

}  // namespace switchyard::dataset
