// SPDX-License-Identifier: MIT
#include "core/base/dataset/file_dataset.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/base/util/random.h"

namespace switchyard::dataset {
void hashString(io::Sha256* hash, const std::string& text) {
    const std::string length = std::to_string(text.size()) + ":";
    hash->update(length.data(), length.size());
    hash->update(text.data(), text.size());
}

void hashSample(io::Sha256* hash, const Sample& sample) {
    hashString(hash, sample.name);
    hashString(hash, sample.image);
    for (const auto* texts : {&sample.texts, &sample.keyword_texts}) {
        hashString(hash, std::to_string(texts->size()));
        for (const std::string& text : *texts) hashString(hash, text);
    }
}

template <typename Decode>
io::Image FileDataset::decoded(const Sample& sample, const Decode& decode) const {
    const std::string where =
        io::escapeForDisplay(sample.image) + " (sample " + io::escapeForDisplay(sample.name) + ")";
    try {
        return decode(bytesOf(sample), where);
    } catch (const Error& error) {
        if (error.where() == where) throw;
        throw Error(error.code(), error.message(), where, error.fix());
    }
}

io::Image FileDataset::picture(const Sample& sample) const {
    return decoded(sample, [](const auto& bytes, const auto& where) { return io::decodeImage(bytes, where); });
}

io::Image FileDataset::fitted(const Sample& sample, int side, ImageFit fit) const {
    return decoded(sample, [&](const auto& bytes, const auto& where) {
        return io::decodeFitted(bytes, where, side, fit);
    });
}

std::uint64_t FileDataset::pictureStamp(const Sample& sample) const {
    return fileStamp(root_ / sample.image);
}

std::vector<std::uint8_t> FileDataset::bytesOf(const Sample& sample) const {
    return io::readBelow(root_, sample.image, kMaxPictureBytes);
}

void FileDataset::requireFile(const std::string& image, const std::string& where) const {
    struct stat info {};
    if (::stat((root_ / image).c_str(), &info) == 0) return;
    throw Error(ExitCode::kBadData,
                "The picture " + io::escapeForDisplay(image) + " is not below " + root_.string(), where,
                "Set data.root to the folder that image paths are relative to");
}

std::uint64_t fileStamp(const fs::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) {
        throw Error(ExitCode::kBadData, std::string("The file is gone: ") + std::strerror(errno),
                    io::escapeForDisplay(file.string()));
    }
    const std::uint64_t key =
        randomKey({static_cast<std::uint64_t>(info.st_size), static_cast<std::uint64_t>(info.st_mtim.tv_sec),
                   static_cast<std::uint64_t>(info.st_mtim.tv_nsec), static_cast<std::uint64_t>(info.st_ino)});
    return key == 0 ? 1 : key;
}

}  // namespace switchyard::dataset
