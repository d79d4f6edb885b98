// SPDX-License-Identifier: MIT
// Plain JPEG files by libjpeg-turbo itself, at full size or at a half, a quarter or an eighth of it, which leaves out
// most of the inverse transform.
// Source: ITU-T T.81; Exif 2.32, 4.6.4 (orientation).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/io/area_resize.h"
#include "core/base/io/image.h"

namespace switchyard::io {

struct ScaledJpeg {
    Image image;  ///< upright
    /// What of `image` the picture covers: its last column or row may lie partly outside at a smaller scale.
    Box extent;
};

/// The orientation that the file asks for, 1 (upright) to 8; 1 when it says nothing or nonsense. Never throws.
int exifOrientation(const std::vector<std::uint8_t>& bytes);

/// Decodes at the smallest scale whose upright picture is at least `least_width` x `least_height`; full size when none
/// is. Nothing for files that are not simply right (CMYK, any warning): OpenCV decides about those.
/// The caller has checked the header, its size and that the end is there. A full-sized picture has OpenCV's pixels.
std::optional<ScaledJpeg> decodeJpeg(const std::vector<std::uint8_t>& bytes, int least_width, int least_height);

}  // namespace switchyard::io
