// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/dataset/dataset.h"

namespace switchyard::data {

/// The data set's pictures, decoded when first asked for and kept fitted as 8-bit RGB for all later steps.
/// Memory: at most pictures x 3 x side^2 bytes, side = 1.15 x image_size with random crops, else image_size: for
/// 6,000 pictures of 96 pixels 208 MiB a rank; it never shrinks and never exceeds that.
/// Thread: one thread; decoding itself uses `data.workers` threads.
class PictureCache {
public:
    PictureCache(const dataset::Dataset& dataset, const RunConfig& config);
    /// Decodes those of `samples` (indices) that are not there yet. Throws: Error(kBadData) naming the first
    /// unreadable one in the order of `samples`.
    void load(const std::vector<std::uint64_t>& samples);
    /// Must have been loaded.
    const io::Image& at(std::uint64_t sample) const { return pictures_[dataset_.samples()[sample].picture]; }

private:
    const dataset::Dataset& dataset_;
    const RunConfig& config_;
    std::vector<io::Image> pictures_;
};

}  // namespace switchyard::data
