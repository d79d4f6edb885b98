// SPDX-License-Identifier: MIT
// Pictures made square, from all their pixels or from a JPEG that was decoded small.
#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "core/base/io/area_resize.h"
#include "core/base/io/image.h"
#include "core/base/io/image_header.h"
#include "core/base/io/jpeg.h"
#include "core/base/io/opencv_setup.h"

namespace switchyard::io {
namespace {

constexpr double kMargin = 2;

/// Which part of a picture goes where in the square.
struct Placement {
    cv::Rect part, place;
};

Placement placementOf(int width, int height, int size, ImageFit fit) {
    const cv::Rect whole(0, 0, width, height), square(0, 0, size, size);
    if (fit == ImageFit::kStretch) return {whole, square};
    if (fit == ImageFit::kCrop) {
        const int side = std::min(width, height);
        return {cv::Rect((width - side) / 2, (height - side) / 2, side, side), square};
    }
    const double scale = static_cast<double>(size) / std::max(width, height);
    const int wide = std::clamp(static_cast<int>(std::lround(width * scale)), 1, size);
    const int high = std::clamp(static_cast<int>(std::lround(height * scale)), 1, size);
    return {whole, cv::Rect((size - wide) / 2, (size - high) / 2, wide, high)};
}

/// White where the picture does not reach.
Image square(int size, const Placement& placement) {
    const auto side = static_cast<std::size_t>(size);
    const bool covered = placement.place.size() == cv::Size(size, size);
    return {size, size, std::vector<std::uint8_t>(side * side * 3, covered ? 0 : 255)};
}

/// A view; OpenCV only reads it when the picture is constant.
cv::Mat view(const Image& image) {
    return cv::Mat(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data()));
}

void shrink(const Image& image, const Box& box, const cv::Rect& place, Image* out) {
    const auto stride = static_cast<std::size_t>(out->width) * 3;
    std::uint8_t* corner =
        out->pixels.data() + static_cast<std::size_t>(place.y) * stride + static_cast<std::size_t>(place.x) * 3;
    areaResize({image.pixels.data(), static_cast<std::size_t>(image.width) * 3, image.width, image.height}, box,
               {corner, stride, place.width, place.height});
}

/// By area where it shrinks, linear where it grows, each direction by itself.
void resizeByOpenCv(const cv::Mat& part, cv::Mat out) {
    cv::Mat shrunk = part;
    const cv::Size smaller(std::min(out.cols, part.cols), std::min(out.rows, part.rows));
    if (smaller != part.size()) cv::resize(part, shrunk, smaller, 0, 0, cv::INTER_AREA);
    if (shrunk.size() == out.size()) {
        shrunk.copyTo(out);
    } else {
        cv::resize(shrunk, out, out.size(), 0, 0, cv::INTER_LINEAR);
    }
}

}  // namespace

Image fitImage(const Image& image, int size, ImageFit fit) {
    setUpOpenCv();
    const Placement placement = placementOf(image.width, image.height, size, fit);
    const cv::Rect &part = placement.part, &place = placement.place;
    Image out = square(size, placement);
    // OpenCV is the faster one where the ratio is a whole number.
    const bool whole = part.width % place.width == 0 && part.height % place.height == 0;
    if (!whole && part.width >= place.width && part.height >= place.height) {
        const Box box{double(part.x), double(part.y), double(part.x + part.width), double(part.y + part.height)};
        shrink(image, box, place, &out);
    } else {
        resizeByOpenCv(view(image)(part), view(out)(place));
    }
    return out;
}

Image decodeFitted(const std::vector<std::uint8_t>& bytes, const std::string& where, int size, ImageFit fit) {
    const ImageInfo info = probeImage(bytes, where);
    if (info.format != "jpeg" || !readImageHeader(bytes).complete)
        return fitImage(decodeImage(bytes, where), size, fit);
    int width = info.width, height = info.height;
    if (exifOrientation(bytes) >= 5) std::swap(width, height);
    const Placement placement = placementOf(width, height, size, fit);
    const cv::Rect& part = placement.part;
    // Twice as large as its place: a scale below that costs detail for little time (measured on photographs: a mean
    // difference of 2 of 255 then, of 1 with the margin), the inverse transform being the smaller part of decoding.
    const auto least = [](int whole, int place, int of_part) {
        return static_cast<int>(std::ceil(kMargin * whole * place / of_part));
    };
    const std::optional<ScaledJpeg> scaled = decodeJpeg(bytes, least(width, placement.place.width, part.width),
                                                        least(height, placement.place.height, part.height));
    if (!scaled) return fitImage(decodeImage(bytes, where), size, fit);
    if (scaled->image.width == width && scaled->image.height == height) return fitImage(scaled->image, size, fit);
    const double across = scaled->extent.width() / width, down = scaled->extent.height() / height;
    const Box box{scaled->extent.left + part.x * across, scaled->extent.top + part.y * down,
                  scaled->extent.left + (part.x + part.width) * across,
                  scaled->extent.top + (part.y + part.height) * down};
    Image out = square(size, placement);
    shrink(scaled->image, box, placement.place, &out);
    return out;
}

}  // namespace switchyard::io
