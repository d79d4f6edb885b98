// SPDX-License-Identifier: MIT
// Shrinking by area: every pixel becomes the mean colour of what it covers. Two passes of vector code, five to ten
// times as fast as OpenCV's INTER_AREA at ratios that are no whole number.
#pragma once

#include <cstddef>
#include <cstdint>

namespace switchyard::io {

/// Part of a picture in pixels of its own grid; may begin and end inside a pixel.
struct Box {
    double left = 0, top = 0, right = 0, bottom = 0;
    double width() const { return right - left; }
    double height() const { return bottom - top; }
};

/// RGB rows of 8 bits, `stride` bytes apart.
struct ConstRows {
    const std::uint8_t* pixels = nullptr;
    std::size_t stride = 0;
    int width = 0, height = 0;
};
struct MutableRows {
    std::uint8_t* pixels = nullptr;
    std::size_t stride = 0;
    int width = 0, height = 0;
};

/// Fills `to` with the part `box` of `from`. The box lies inside the picture and is at least as large as `to` both
/// ways. The same bytes on every x86-64 machine.
/// Cost: about 0.2 ms from 512 x 512 to 224 x 224.
void areaResize(const ConstRows& from, const Box& box, const MutableRows& to);

}  // namespace switchyard::io
