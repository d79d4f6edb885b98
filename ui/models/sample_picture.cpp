// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/sample_picture.h"

#include <filesystem>

#include "core/base/config/config.h"
#include "core/base/io/image.h"
#include "core/base/io/safe_file.h"

namespace switchyard::ui {
namespace {

constexpr int kLeastSide = 448;
constexpr std::uint64_t kLargestPicture = 64ULL << 20;

}  // namespace

std::optional<RunConfig> configOfModel(const QString& model) {
    const std::filesystem::path folder = model.toStdString();
    std::error_code error;
    for (const char* name : {"config.resolved.yaml", "config.yaml"}) {
        if (!std::filesystem::exists(folder / name, error)) continue;
        const config::LoadResult loaded = config::loadFile((folder / name).string());
        if (loaded.ok()) return loaded.config;
    }
    return std::nullopt;
}

QImage samplePicture(const QString& image, const RunConfig& config) {
    const std::filesystem::path path = image.toStdString();
    const io::Image whole =
        io::decodeImage(io::readBelow(path.parent_path(), path.filename().string(), kLargestPicture), path.string());
    const int own = static_cast<int>(config.model.vision.image_size);
    const int side = own * ((kLeastSide + own - 1) / own);
    const io::Image fitted = io::fitImage(whole, side, config.data.image.fit);
    return QImage(fitted.pixels.data(), fitted.width, fitted.height, fitted.width * 3, QImage::Format_RGB888).copy();
}

}  // namespace switchyard::ui
