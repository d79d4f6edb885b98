// SPDX-License-Identifier: MIT
#include "core/base/dataset/picture_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/base/io/sha256.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::dataset {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr auto kKeptFor = std::chrono::hours(24 * 30);
constexpr std::uint64_t kWorthwhile = 64U << 20;  // less is decoded in seconds, and stays in memory
constexpr std::uint64_t kSpare = 1ULL << 30;  // of free space, beside the pictures

struct Header {
    std::array<char, 8> magic = {'S', 'W', 'P', 'I', 'C', 'T', '0', '1'};
    std::uint32_t side = 0, unused = 0;
    std::uint64_t pictures = 0, sum = 0;
};
struct Record {
    std::uint64_t stamp = 0, sum = 0, there = 0;
};
static_assert(sizeof(Header) == 32 && sizeof(Record) == 24);

Header headerOf(const PictureFile::Key& key) {
    Header header;
    header.side = static_cast<std::uint32_t>(key.side);
    header.pictures = key.pictures;
    header.sum = XXH3_64bits_withSeed(&header, offsetof(Header, sum), XXH3_64bits(key.hash.data(), key.hash.size()));
    return header;
}

std::uint64_t pixelsAt(const PictureFile::Key& key) {
    return (kPage + key.pictures * sizeof(Record) + kPage - 1) / kPage * kPage;
}

bool readAt(int fd, void* out, std::size_t bytes, std::uint64_t at) {
    auto* to = static_cast<char*>(out);
    while (bytes > 0) {
        const ssize_t got = ::pread(fd, to, bytes, static_cast<off_t>(at));
        if (got == 0 || (got < 0 && errno != EINTR)) return false;
        if (got < 0) continue;
        to += got;
        at += static_cast<std::uint64_t>(got);
        bytes -= static_cast<std::size_t>(got);
    }
    return true;
}

bool writeAt(int fd, const void* data, std::size_t bytes, std::uint64_t at) {
    const auto* from = static_cast<const char*>(data);
    while (bytes > 0) {
        const ssize_t done = ::pwrite(fd, from, bytes, static_cast<off_t>(at));
        if (done < 0 && errno != EINTR) return false;
        if (done < 0) continue;
        from += done;
        at += static_cast<std::uint64_t>(done);
        bytes -= static_cast<std::size_t>(done);
    }
    return true;
}

/// A name that only this file gives: 32 digits, as they are or hidden with the end of a temporary.
bool ownName(const std::string& name) {
    const std::size_t begin = name.starts_with('.') ? 1 : 0;
    const std::size_t digits = name.find_first_not_of("0123456789abcdef", begin);
    return digits == begin + 32 && name.ends_with(begin == 0 ? ".pictures" : ".tmp");
}

void removeForgotten(const fs::path& folder) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
        std::error_code unknown;
        const auto written = entry.last_write_time(unknown);
        if (unknown || !ownName(entry.path().filename().string())) continue;
        if (fs::file_time_type::clock::now() - written > kKeptFor) fs::remove(entry.path(), unknown);
    }
}

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
    throw Error(ExitCode::kIo, what + ": " + std::strerror(errno), path.string(),
                "Set data.cache to another folder, or to false");
}

}  // namespace

PictureFile::Key PictureFile::keyOf(const Dataset& data, int side, ImageFit fit, const std::string& made) {
    io::Sha256 hash;
    const auto add = [&hash](const std::string& text) {
        const std::string prefixed = std::to_string(text.size()) + ":" + text;
        hash.update(prefixed.data(), prefixed.size());
    };
    add("pixels 1");  // changes when decoding does
    std::error_code ignored;
    const fs::path root = fs::weakly_canonical(data.root(), ignored);
    add(root.string());
    add(std::to_string(side) + " " + std::to_string(static_cast<int>(fit)) + " " + made);
    std::uint64_t pictures = 0;
    for (const Sample& sample : data.samples()) {
        if (sample.picture < pictures) continue;  // one that was met before
        pictures = sample.picture + 1;
        add(std::to_string(sample.picture));
        add(sample.image);
    }
    return {hash.hex().substr(0, 32), pictures, side};
}

std::uint64_t PictureFile::fullSize(const Key& key) {
    const auto side = static_cast<std::uint64_t>(key.side);
    return pixelsAt(key) + key.pictures * side * side * 3;
}

PictureFile::PictureFile(const fs::path& folder, const Key& key)
    : path_(folder / (key.hash + ".pictures")),
      key_(key),
      picture_bytes_(static_cast<std::uint64_t>(key.side) * static_cast<std::uint64_t>(key.side) * 3),
      pixels_at_(pixelsAt(key)) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed)
        throw Error(ExitCode::kIo, "The folder of pictures can not be made: " + failed.message(), folder.string(),
                    "Set data.cache to another folder, or to false");
    if (!openWhole()) {
        removeForgotten(folder);
        makeNew();
    }
    ::futimens(fd_.get(), nullptr);  // used today
}

bool PictureFile::openWhole() {
    fd_ = io::FileDescriptor(::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat info {};
    if (!fd_.valid() || ::fstat(fd_.get(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
    Header header;
    const Header expected = headerOf(key_);
    return static_cast<std::uint64_t>(info.st_size) == fullSize(key_) &&
           readAt(fd_.get(), &header, sizeof(header), 0) && std::memcmp(&header, &expected, sizeof(header)) == 0;
}

void PictureFile::makeNew() {
    static std::atomic<unsigned> serial{0};
    const fs::path temporary = path_.parent_path() / ("." + path_.stem().string() + "." + std::to_string(::getpid()) +
                                                      "-" + std::to_string(serial++) + ".tmp");
    io::FileDescriptor fd(::open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666));
    const Header header = headerOf(key_);
    const bool made = fd.valid() && writeAt(fd.get(), &header, sizeof(header), 0) &&
                      ::ftruncate(fd.get(), static_cast<off_t>(fullSize(key_))) == 0;
    if (!made) {
        const int error = errno;
        ::unlink(temporary.c_str());
        errno = error;
        fail("The file of pictures can not be made", path_);
    }
    // A file that is there but not whole goes; one that another rank has made in this moment stays.
    if (fd_.valid()) ::unlink(path_.c_str());
    const bool put = ::link(temporary.c_str(), path_.c_str()) == 0;
    const int error = errno;
    ::unlink(temporary.c_str());
    if (!put && error != EEXIST) {
        errno = error;
        fail("The file of pictures can not be put in its place", path_);
    }
    // Another rank's may be of a moment ago; ours without a name does as well.
    if (put || !openWhole()) fd_ = std::move(fd);
}

bool PictureFile::read(std::uint64_t picture, std::uint64_t stamp, io::Image* out) const {
    Record record;
    if (picture >= key_.pictures) return false;
    if (!readAt(fd_.get(), &record, sizeof(record), kPage + picture * sizeof(Record))) return false;
    if (record.there != 1 || record.stamp != stamp) return false;
    out->width = out->height = key_.side;
    out->pixels.resize(picture_bytes_);
    return readAt(fd_.get(), out->pixels.data(), picture_bytes_, pixels_at_ + picture * picture_bytes_) &&
           XXH3_64bits_withSeed(out->pixels.data(), picture_bytes_, stamp ^ picture) == record.sum;
}

void PictureFile::write(std::uint64_t picture, std::uint64_t stamp, const io::Image& image) {
    if (write_error_ != 0 || picture >= key_.pictures || image.pixels.size() != picture_bytes_) return;
    const Record record{stamp, XXH3_64bits_withSeed(image.pixels.data(), picture_bytes_, stamp ^ picture), 1};
    if (!writeAt(fd_.get(), image.pixels.data(), picture_bytes_, pixels_at_ + picture * picture_bytes_) ||
        !writeAt(fd_.get(), &record, sizeof(record), kPage + picture * sizeof(Record))) {
        write_error_ = errno;
    }
}

std::string PictureFile::failure() const {
    return write_error_ == 0 ? std::string() : std::strerror(write_error_);
}

fs::path pictureFolder(const RunConfig& config, std::uint64_t bytes, std::string* note) {
    const std::string& wish = config.data.cache;
    const DataFormat format = config.data.format;
    const bool automatic = wish == "auto";
    if (wish == "false" || wish.empty() || format == DataFormat::kSynthetic) return {};
    if (automatic && (format == DataFormat::kTar || bytes < kWorthwhile)) return {};
    const fs::path folder = automatic || wish == "true" ? cacheHome() / "pictures" : expandPath(wish);
    std::error_code failed;
    fs::create_directories(folder, failed);
    const fs::space_info space = fs::space(folder, failed);
    if (failed) {
        *note = "pictures are not kept on the disk: " + folder.string() + ": " + failed.message();
        return {};
    }
    const bool room = automatic ? bytes <= space.available / 4 : bytes + kSpare <= space.available;
    if (room) return folder;
    *note = "pictures are not kept on the disk: they would take " + std::to_string(bytes >> 20) + " MiB, " +
            std::to_string(space.available >> 20) + " MiB are free in " + folder.string();
    return {};
}

}  // namespace switchyard::dataset
