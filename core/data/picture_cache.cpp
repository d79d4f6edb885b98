// SPDX-License-Identifier: MIT
#include "core/data/picture_cache.h"

#include <utility>

#include "core/base/util/error.h"
#include "core/base/util/log.h"
#include "core/base/util/paths.h"
#include "core/data/picture.h"

namespace switchyard::data {
namespace {

constexpr std::uint64_t kMostKeptBytes = 512U << 20;

}  // namespace

PictureCache::PictureCache(const dataset::Dataset& dataset, const RunConfig& config, WorkerPool& pool)
    : dataset_(dataset), config_(config), pool_(pool), crops_(config.data.image.augment.crop < 1.0) {
    if (config.task.kind == TaskKind::kText) return;
    const int side = crops_ ? cropSourceSide(config) : static_cast<int>(config.model.vision.image_size);
    const auto key = dataset::PictureFile::keyOf(dataset, side, config.data.image.fit, crops_ ? "crops" : "plain");
    std::string note;
    const fs::path folder = dataset::pictureFolder(config, dataset::PictureFile::fullSize(key), &note);
    if (!note.empty()) logLine(LogLevel::kInfo, note);
    if (folder.empty()) return;
    try {
        file_ = std::make_unique<dataset::PictureFile>(folder, key);
    } catch (const Error& error) {
        if (config.data.cache != "auto") throw;
        logLine(LogLevel::kInfo, std::string("pictures are not kept on the disk: ") + error.what());
    }
}

io::Image PictureCache::decode(const dataset::Sample& sample) const {
    io::Image source = dataset_.fitted(sample, cropSourceSide(config_), config_.data.image.fit);
    return crops_ ? source : plainPicture(source, config_);  // a fitted source is its own source
}

PictureCache::Picture PictureCache::obtain(const dataset::Sample& sample) {
    if (!file_) return std::make_shared<const io::Image>(decode(sample));
    const std::uint64_t stamp = dataset_.pictureStamp(sample);
    io::Image image;
    if (!file_->read(sample.picture, stamp, &image)) {
        image = decode(sample);
        file_->write(sample.picture, stamp, image);
    }
    return std::make_shared<const io::Image>(std::move(image));
}

void PictureCache::load(const std::vector<std::uint64_t>& samples) {
    step_.clear();
    std::vector<std::uint64_t> missing;
    for (const std::uint64_t sample : samples) {
        const std::uint64_t picture = dataset_.samples()[sample].picture;
        const auto found = kept_.find(picture);
        const bool fresh = step_.try_emplace(picture, found == kept_.end() ? nullptr : found->second).second;
        if (fresh && found == kept_.end()) missing.push_back(sample);
    }
    std::vector<Picture> pictures(missing.size());
    pool_.run(missing.size(), [&](std::size_t i) { pictures[i] = obtain(dataset_.samples()[missing[i]]); });
    for (std::size_t i = 0; i < missing.size(); ++i) {
        const std::uint64_t picture = dataset_.samples()[missing[i]].picture;
        step_[picture] = pictures[i];
        if (file_ || kept_bytes_ + pictures[i]->pixels.size() > kMostKeptBytes) continue;
        kept_bytes_ += pictures[i]->pixels.size();
        kept_.emplace(picture, pictures[i]);
    }
    if (file_ && !told_failure_ && !file_->failure().empty()) {
        told_failure_ = true;
        logLine(LogLevel::kWarning,
                "no more pictures are kept in " + file_->path().string() + ", training goes on: " + file_->failure());
    }
}

const io::Image& PictureCache::at(std::uint64_t sample) const {
    return *step_.at(dataset_.samples()[sample].picture);
}

}  // namespace switchyard::data
