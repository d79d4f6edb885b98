// SPDX-License-Identifier: MIT
#include "core/data/picture_cache.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <unordered_set>

#include "core/data/picture.h"

namespace switchyard::data {

PictureCache::PictureCache(const dataset::Dataset& dataset, const RunConfig& config)
    : dataset_(dataset), config_(config), pictures_(dataset.samples().size()) {}

void PictureCache::load(const std::vector<std::uint64_t>& samples) {
    std::vector<std::uint64_t> missing;
    std::unordered_set<std::uint64_t> seen;
    for (const std::uint64_t sample : samples) {
        if (pictures_[sample].pixels.empty() && seen.insert(sample).second) missing.push_back(sample);
    }
    if (missing.empty()) return;
    const bool crops = config_.data.image.augment.crop < 1.0;
    std::vector<std::exception_ptr> failures(missing.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < missing.size(); i = next++) {
            try {
                const io::Image source =
                    dataset_.fitted(dataset_.samples()[missing[i]], cropSourceSide(config_), config_.data.image.fit);
                pictures_[missing[i]] = crops ? source : plainPicture(source, config_);  // a source is its own source
            } catch (...) {
                failures[i] = std::current_exception();
            }
        }
    };
    {
        std::vector<std::jthread> helpers;
        const std::size_t wanted =
            std::min(static_cast<std::size_t>(std::max<std::int64_t>(config_.data.workers, 1)), missing.size());
        for (std::size_t i = 1; i < wanted; ++i) helpers.emplace_back(work);
        work();
    }
    for (const std::exception_ptr& failure : failures) {
        if (failure) std::rethrow_exception(failure);
    }
}

}  // namespace switchyard::data
