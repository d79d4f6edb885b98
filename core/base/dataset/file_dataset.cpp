// SPDX-License-Identifier: MIT
#include "core/base/dataset/file_dataset.h"

#include <sys/stat.h>

#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::dataset {
namespace {

constexpr std::uint64_t kMaxPictureBytes = 64U << 20;

}  // namespace

void hashString(io::Sha256* hash, const std::string& text) {
    const std::string length = std::to_string(text.size()) + ":";
    hash->update(length.data(), length.size());
    hash->update(text.data(), text.size());
}

io::Image FileDataset::picture(const Sample& sample) const {
    const std::string where =
        io::escapeForDisplay(sample.image) + " (sample " + io::escapeForDisplay(sample.name) + ")";
    try {
        return io::decodeImage(io::readBelow(root_, sample.image, kMaxPictureBytes), where);
    } catch (const Error& error) {
        if (error.where() == where) throw;
        throw Error(error.code(), error.message(), where, error.fix());
    }
}

void FileDataset::requireFile(const std::string& image, const std::string& where) const {
    struct stat info {};
    if (::stat((root_ / image).c_str(), &info) == 0) return;
    throw Error(ExitCode::kBadData,
                "The picture " + io::escapeForDisplay(image) + " is not below " + root_.string(), where,
                "Set data.root to the folder that image paths are relative to");
}

}  // namespace switchyard::dataset
