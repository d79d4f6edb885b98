// SPDX-License-Identifier: MIT
// Fitted pictures of a data set in one file that ranks and runs share, so that each is decoded once.
// Layout (little endian): a page with "SWPICT01", side (u32), pictures (u64), XXH3 of those bytes and of the key;
// records of 24 bytes {stamp, sum, 1}, one a picture; from the next page on the pixels, side * side * 3 bytes a
// picture. A picture is there when its record says so and its sum (XXH3 of the pixels, seeded by the stamp) is right:
// one that was half written, or whose source has changed since, is as good as absent. So nothing has to be locked or
// synchronised. Pixels come by pread from the page cache rather than by a mapping: a disk that fails is then an error
// and no SIGBUS, and what the system keeps in memory is not counted as the rank's.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "core/base/dataset/dataset.h"
#include "core/base/io/file_descriptor.h"

namespace switchyard::dataset {

class PictureFile {
public:
    /// What belongs into one file: the pictures of a data set (by path) under its root, fitted to one size.
    struct Key {
        std::string hash;  ///< of all that decides about the pixels but the files' own content
        std::uint64_t pictures = 0;
        int side = 0;
    };
    /// @param made how pictures become pixels, e.g. "plain" or "crops"
    static Key keyOf(const Dataset& data, int side, ImageFit fit, const std::string& made);

    /// Opens or makes FOLDER/KEY.pictures; one that is not whole is made anew, and files that nobody has opened for 30
    /// days are removed. Throws: Error(kIo).
    PictureFile(const std::filesystem::path& folder, const Key& key);

    /// Bytes of a file that holds every picture.
    static std::uint64_t fullSize(const Key& key);

    /// False when it is not there. Thread: any.
    bool read(std::uint64_t picture, std::uint64_t stamp, io::Image* out) const;
    /// Keeps it; does nothing once the disk was full or has failed. Thread: any; also from several processes at once.
    void write(std::uint64_t picture, std::uint64_t stamp, const io::Image& image);
    /// What made writing stop, "" = nothing.
    std::string failure() const;
    const std::filesystem::path& path() const { return path_; }

private:
    bool openWhole();
    void makeNew();

    std::filesystem::path path_;
    Key key_;
    std::uint64_t picture_bytes_, pixels_at_;
    io::FileDescriptor fd_;
    std::atomic<int> write_error_ = 0;
};

/// Where data.cache puts the pictures, nothing when they are not kept on the disk. `note` tells why they are not though
/// asked for, "" = nothing to tell.
std::filesystem::path pictureFolder(const RunConfig& config, std::uint64_t bytes, std::string* note);

}  // namespace switchyard::dataset
