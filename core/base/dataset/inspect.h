// SPDX-License-Identifier: MIT
// Looking a data set through: everything that is wrong with it, and what it is made of.
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
    /// By line (coco, vqa2: entry; tar: sample); a picture that can not be read stands at its first row.
    std::vector<io::BadRow> problems;
    std::vector<io::BadRow> notes;  ///< what may be as it should, such as a quote that is never closed
};

enum class FileFormat { kJsonl, kCoco, kVqa2, kTar, kTsv };
/// Of jsonl, coco, vqa2, tar, tsv; "auto" looks at the file's name, and into a .json. Throws: Error(kUsage | kBadData).
FileFormat fileFormat(const std::string& name, const std::filesystem::path& file);

/// Every row, entry or sample of the files, and every picture decoded. root "" = the first file's folder. A tsv has as
/// many columns everywhere as in its first line, in UTF-8 without zeros.
/// Throws: Error(kBadData) only when a file itself is missing or empty.
CheckReport checkFiles(const std::vector<std::filesystem::path>& files, FileFormat format,
                       const std::filesystem::path& root, const InspectProgress& progress);

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
