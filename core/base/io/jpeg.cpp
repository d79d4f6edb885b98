// SPDX-License-Identifier: MIT
#include "core/base/io/jpeg.h"

#include <turbojpeg.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

namespace switchyard::io {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct DestroyHandle {
    void operator()(void* handle) const { tjDestroy(handle); }
};

/// A thread's decoder: making one costs more than decoding a small picture.
tjhandle decoder() {
    thread_local const std::unique_ptr<void, DestroyHandle> handle(tjInitDecompress());
    return handle.get();
}

/// Numbers of the TIFF part of an Exif block, in its own byte order.
class TiffReader {
public:
    TiffReader(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    bool open() {
        if (size_ < 8) return false;
        big_ = data_[0] == 'M' && data_[1] == 'M';
        const bool little = data_[0] == 'I' && data_[1] == 'I';
        return (big_ || little) && number(2, 2) == 42;
    }
    std::size_t size() const { return size_; }
    /// The caller keeps `at + count` inside.
    std::uint32_t number(std::size_t at, std::size_t count) const {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < count; ++i) value = value << 8 | data_[at + (big_ ? i : count - 1 - i)];
        return value;
    }

private:
    const std::uint8_t* data_;
    std::size_t size_;
    bool big_ = false;
};

int orientationOfTiff(const std::uint8_t* data, std::size_t size) {
    constexpr std::uint32_t kOrientationTag = 0x0112, kShort = 3;
    TiffReader tiff(data, size);
    if (!tiff.open()) return 1;
    const std::size_t folder = tiff.number(4, 4);
    if (folder > size - 2) return 1;
    const std::size_t entries = tiff.number(folder, 2);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t at = folder + 2 + i * 12;
        if (at + 12 > size) return 1;
        if (tiff.number(at, 2) != kOrientationTag) continue;
        const std::uint32_t value = tiff.number(at + 8, 2);
        return tiff.number(at + 2, 2) == kShort && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

Image transposed(const Image& image) {
    Image turned{image.height, image.width, std::vector<std::uint8_t>(image.pixels.size())};
    const auto width = static_cast<std::size_t>(image.width), height = static_cast<std::size_t>(image.height);
    for (std::size_t y = 0; y < height; ++y) {
        for (std::size_t x = 0; x < width; ++x) {
            std::memcpy(&turned.pixels[(x * height + y) * 3], &image.pixels[(y * width + x) * 3], 3);
        }
    }
    return turned;
}

void mirror(Image* image, bool columns, bool rows) {
    const auto width = static_cast<std::size_t>(image->width), height = static_cast<std::size_t>(image->height);
    for (std::size_t y = 0; columns && y < height; ++y) {
        std::uint8_t* row = &image->pixels[y * width * 3];
        for (std::size_t x = 0; x < width / 2; ++x) {
            std::swap_ranges(row + x * 3, row + x * 3 + 3, row + (width - 1 - x) * 3);
        }
    }
    for (std::size_t y = 0; rows && y < height / 2; ++y) {
        std::uint8_t* row = &image->pixels[y * width * 3];
        std::swap_ranges(row, row + width * 3, &image->pixels[(height - 1 - y) * width * 3]);
    }
}

/// Turns a picture as it is stored into the upright one.
ScaledJpeg upright(ScaledJpeg stored, int orientation) {
    if (orientation >= 5) {
        stored.image = transposed(stored.image);
        stored.extent = {stored.extent.top, stored.extent.left, stored.extent.bottom, stored.extent.right};
    }
    // Of 5 to 8 after the transposition: 6 is a quarter turn clockwise.
    const bool columns = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    const bool rows = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    mirror(&stored.image, columns, rows);
    Box& extent = stored.extent;
    if (columns)
        extent = {stored.image.width - extent.right, extent.top, stored.image.width - extent.left, extent.bottom};
    if (rows)
        extent = {extent.left, stored.image.height - extent.bottom, extent.right, stored.image.height - extent.top};
    return stored;
}

}  // namespace

int exifOrientation(const Bytes& bytes) {
    static constexpr char kExif[] = "Exif\0";  // and the closing zero: six bytes
    std::size_t at = 2;
    while (at + 4 <= bytes.size() && bytes[at] == 0xff) {
        const std::uint8_t marker = bytes[at + 1];
        if (marker == 0xff) {  // a fill byte
            ++at;
            continue;
        }
        if (marker == 0xda || marker == 0xd9) return 1;
        const std::size_t length = static_cast<std::size_t>(bytes[at + 2]) << 8 | bytes[at + 3];
        if (length < 2 || at + 2 + length > bytes.size()) return 1;
        if (marker == 0xe1 && length >= 2 + 6 && std::memcmp(&bytes[at + 4], kExif, 6) == 0) {
            return orientationOfTiff(bytes.data() + at + 10, length - 8);
        }
        at += 2 + length;
    }
    return 1;
}

std::optional<ScaledJpeg> decodeJpeg(const Bytes& bytes, int least_width, int least_height) {
    const tjhandle handle = decoder();
    int width = 0, height = 0, sampling = 0, colours = 0;
    if (handle == nullptr ||
        tjDecompressHeader3(handle, bytes.data(), bytes.size(), &width, &height, &sampling, &colours) != 0) {
        return std::nullopt;
    }
    if (colours != TJCS_RGB && colours != TJCS_YCbCr && colours != TJCS_GRAY) return std::nullopt;
    const int orientation = exifOrientation(bytes);
    if (orientation >= 5) std::swap(least_width, least_height);
    // Only these have vector code: three eighths take longer than a half, and anything above a half longer than it all.
    int parts = 8;
    for (; parts > 1; parts /= 2) {
        if ((width + parts - 1) / parts >= least_width && (height + parts - 1) / parts >= least_height &&
            width / parts >= 1 && height / parts >= 1) {
            break;
        }
    }
    ScaledJpeg scaled;
    scaled.image.width = (width + parts - 1) / parts;
    scaled.image.height = (height + parts - 1) / parts;
    scaled.extent = {0, 0, static_cast<double>(width) / parts, static_cast<double>(height) / parts};
    scaled.image.pixels.resize(static_cast<std::size_t>(scaled.image.width) *
                               static_cast<std::size_t>(scaled.image.height) * 3);
    if (tjDecompress2(handle, bytes.data(), bytes.size(), scaled.image.pixels.data(), scaled.image.width, 0,
                      scaled.image.height, TJPF_RGB, TJFLAG_STOPONWARNING) != 0) {
        return std::nullopt;
    }
    return orientation == 1 ? scaled : upright(std::move(scaled), orientation);
}

}  // namespace switchyard::io
