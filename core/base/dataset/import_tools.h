// SPDX-License-Identifier: MIT
// What all imports share: work spread over threads, and a folder that is put in place whole or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/dataset/import.h"

namespace switchyard::dataset {

/// Calls `work(i)` for 0 .. count-1 on all cores. Every thread makes its own `work` by `makeWorker`, so that it
/// may keep things that are not shared. The first exception ends it and is thrown again.
/// Thread: `progress` is called by one thread at a time.
void parallelFor(std::size_t count, const ImportProgress& progress,
                 const std::function<std::function<void(std::size_t)>()>& makeWorker);

/// One row per picture, in the form of core/base/io/jsonl.h.
using Rows = std::vector<nlohmann::ordered_json>;

/// Collects one source's pictures beside their final place.
class ImportFolder {
public:
    /// Makes OUT and a temporary folder in it, and removes those that killed imports left.
    /// Throws: Error(kIo).
    ImportFolder(std::filesystem::path out, std::string source);
    ~ImportFolder();
    ImportFolder(const ImportFolder&) = delete;
    ImportFolder& operator=(const ImportFolder&) = delete;

    /// Where pictures are put until commit().
    std::filesystem::path pictures() const { return temporary_ / source_; }
    /// Path of a picture in the rows.
    std::string rowPath(const std::string& file_name) const { return source_ + "/" + file_name; }
    /// For files that are not kept.
    std::filesystem::path scratch() const { return temporary_ / "scratch"; }
    /// Puts OUT/SOURCE/, OUT/SOURCE-train.jsonl and (when there are rows) OUT/SOURCE-dev.jsonl in place, and
    /// last OUT/SOURCE.import.json, which says that they are whole and made from `fingerprint`.
    ImportReport commit(const Rows& train, const Rows& dev, std::int64_t skipped, const std::string& fingerprint);

private:
    std::filesystem::path out_, temporary_;
    std::string source_;
};

/// The sources that finishImport joins, in this order.
const std::vector<std::string>& importSources();

/// Fingerprints of what an import would read now. Throws: Error(kBadData) naming the package to install.
std::string emojiFingerprint();
std::string tuxpaintFingerprint();

}  // namespace switchyard::dataset
