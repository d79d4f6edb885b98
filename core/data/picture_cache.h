// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/dataset/dataset.h"
#include "core/base/dataset/picture_file.h"
#include "core/data/worker_pool.h"

namespace switchyard::data {

/// A step's pictures, decoded and fitted to 8-bit RGB: from the file that data.cache names, where there is one; else
/// from memory, up to a limit; else from their own files. The pixels are the same whichever it is.
/// Memory: the pictures of a step, 3 x side^2 bytes each, side = 1.15 x image_size with random crops, else image_size;
/// without a file up to 512 MiB a rank more.
/// Thread: one thread; the work is shared out over the pool's.
class PictureCache {
public:
    /// All arguments must outlive the object.
    PictureCache(const dataset::Dataset& dataset, const RunConfig& config, WorkerPool& pool);
    /// Brings the pictures of `samples` (indices). Throws: Error(kBadData) naming the first unreadable one in the order
    /// of `samples`.
    void load(const std::vector<std::uint64_t>& samples);
    /// One of those of the last load().
    const io::Image& at(std::uint64_t sample) const;

private:
    using Picture = std::shared_ptr<const io::Image>;
    Picture obtain(const dataset::Sample& sample);
    io::Image decode(const dataset::Sample& sample) const;

    const dataset::Dataset& dataset_;
    const RunConfig& config_;
    WorkerPool& pool_;
    bool crops_;
    std::unique_ptr<dataset::PictureFile> file_;
    bool told_failure_ = false;
    std::uint64_t kept_bytes_ = 0;
    std::unordered_map<std::uint64_t, Picture> kept_, step_;  ///< by number of the picture
};

}  // namespace switchyard::data
