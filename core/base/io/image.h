// SPDX-License-Identifier: MIT
// Bounded decoding of pictures: JPEG, PNG and WebP only, at most 64 million pixels, size checked in the
// header before a decoder sees a byte.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"

namespace switchyard::io {

/// RGB, 8 bits, rows from top to bottom, no padding: pixels[(y * width + x) * 3 + channel].
struct Image {
    int width = 0, height = 0;
    std::vector<std::uint8_t> pixels;
};

struct ImageInfo {
    std::string format;  ///< "jpeg" | "png" | "webp"
    int width = 0, height = 0;
};

/// Reads only the header. Throws: Error(kBadData) with `where`.
ImageInfo probeImage(const std::vector<std::uint8_t>& bytes, const std::string& where);

/// Decodes; transparent pixels are laid on white. Throws: Error(kBadData) with `where`: not an allowed
/// format, too large, truncated or broken.
Image decodeImage(const std::vector<std::uint8_t>& bytes, const std::string& where);

/// Makes a size x size picture: kPad keeps the shape on white, kStretch fills, kCrop cuts the middle.
/// Area interpolation when shrinking.
Image fitImage(const Image& image, int size, ImageFit fit);

/// fitImage(decodeImage(bytes)), faster for a JPEG of four times the size it has to be or more: that is decoded at the
/// smallest scale that is still twice as large as needed. Pixels then differ by less than 1.5 of 255 in the mean; those
/// of other pictures do not.
/// Throws: Error(kBadData) as decodeImage.
Image decodeFitted(const std::vector<std::uint8_t>& bytes, const std::string& where, int size, ImageFit fit);

/// A PNG file's bytes. Throws: Error(kIo).
std::vector<std::uint8_t> encodePng(const Image& image);
/// Throws: Error(kIo).
void writePng(const std::string& file, const Image& image);
void writeJpeg(const std::string& file, const Image& image, int quality);

}  // namespace switchyard::io
