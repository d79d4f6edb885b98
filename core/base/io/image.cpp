// SPDX-License-Identifier: MIT
#include "core/base/io/image.h"

#include <cerrno>
#include <cstring>
#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/io/file_descriptor.h"
#include "core/base/io/image_header.h"
#include "core/base/io/jpeg.h"
#include "core/base/io/opencv_setup.h"
#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

/// A view; OpenCV only reads it here.
cv::Mat view(const Image& image) {
    return cv::Mat(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data()));
}

Image fromMat(const cv::Mat& rgb) {
    Image image;
    image.width = rgb.cols;
    image.height = rgb.rows;
    image.pixels.resize(static_cast<std::size_t>(rgb.cols) * static_cast<std::size_t>(rgb.rows) * 3);
    rgb.copyTo(view(image));
    return image;
}

/// Lays 8-bit BGRA on white and gives RGB.
cv::Mat onWhite(const cv::Mat& bgra) {
    cv::Mat rgb(bgra.rows, bgra.cols, CV_8UC3);
    for (int y = 0; y < bgra.rows; ++y) {
        const auto* from = bgra.ptr<std::uint8_t>(y);
        auto* to = rgb.ptr<std::uint8_t>(y);
        for (int x = 0; x < bgra.cols; ++x, from += 4, to += 3) {
            const int alpha = from[3];
            for (int c = 0; c < 3; ++c) {
                to[c] = static_cast<std::uint8_t>((from[2 - c] * alpha + 255 * (255 - alpha) + 127) / 255);
            }
        }
    }
    return rgb;
}

cv::Mat toRgb(const cv::Mat& decoded, const std::string& where) {
    cv::Mat bytes = decoded;
    if (decoded.depth() == CV_16U) decoded.convertTo(bytes, CV_8U, 1.0 / 257.0);
    if (bytes.depth() != CV_8U) throw Error(ExitCode::kBadData, "The picture has an unusual pixel type", where);
    cv::Mat rgb;
    switch (bytes.channels()) {
        case 1:
            cv::cvtColor(bytes, rgb, cv::COLOR_GRAY2RGB);
            return rgb;
        case 3:
            cv::cvtColor(bytes, rgb, cv::COLOR_BGR2RGB);
            return rgb;
        case 4:
            return onWhite(bytes);
        default:
            throw Error(ExitCode::kBadData, "The picture has an unusual number of channels", where);
    }
}

std::vector<std::uint8_t> encoded(const std::string& where, const Image& image, const char* extension, const std::vector<int>& options) {
    setUpOpenCv();
    cv::Mat bgr;
    cv::cvtColor(view(image), bgr, cv::COLOR_RGB2BGR);
    std::vector<std::uint8_t> bytes;
    if (!cv::imencode(extension, bgr, bytes, options)) {
        throw Error(ExitCode::kIo, "The picture could not be encoded", where);
    }
    return bytes;
}

void writeEncoded(const std::string& file, const Image& image, const char* extension, const std::vector<int>& options) {
    const std::vector<std::uint8_t> bytes = encoded(file, image, extension, options);
    FileDescriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    bool good = fd.valid();
    for (std::size_t done = 0; good && done < bytes.size();) {
        const ssize_t wrote = ::write(fd.get(), bytes.data() + done, bytes.size() - done);
        if (wrote >= 0) {
            done += static_cast<std::size_t>(wrote);
        } else {
            good = errno == EINTR;
        }
    }
    if (!good || !fd.close()) {
        throw Error(ExitCode::kIo, std::string("The picture could not be written: ") + std::strerror(errno), file);
    }
}

}  // namespace

ImageInfo probeImage(const std::vector<std::uint8_t>& bytes, const std::string& where) {
    const ImageHeader header = checkedHeader(bytes, where);
    return {header.format, static_cast<int>(header.width), static_cast<int>(header.height)};
}

Image decodeImage(const std::vector<std::uint8_t>& bytes, const std::string& where) {
    const ImageHeader header = checkedHeader(bytes, where);
    // OpenCV fills the missing part of a cut-off JPEG with grey and only warns.
    if (!header.complete) {
        throw Error(ExitCode::kBadData, "The picture is cut off before its end", where, "Replace it or leave it out");
    }
    if (header.format == "jpeg") {
        if (std::optional<ScaledJpeg> plain = decodeJpeg(bytes, static_cast<int>(header.width), static_cast<int>(header.height))) {
            return std::move(plain->image);
        }
    }
    setUpOpenCv();
    const std::string broken = "The picture could not be decoded";
    try {
        // Orientation (EXIF) is only applied without IMREAD_UNCHANGED, and that is only needed for transparency.
        const cv::Mat decoded =
            cv::imdecode(withoutSideChunks(bytes), header.alpha ? cv::IMREAD_UNCHANGED : cv::IMREAD_COLOR);
        if (decoded.empty()) throw Error(ExitCode::kBadData, broken, where, "Replace it or leave it out");
        return fromMat(toRgb(decoded, where));
    } catch (const cv::Exception& error) {
        throw Error(ExitCode::kBadData, broken + ": " + error.err, where, "Replace it or leave it out");
    }
}

std::vector<std::uint8_t> encodePng(const Image& image) {
    return encoded({}, image, ".png", {});
}

void writePng(const std::string& file, const Image& image) {
    writeEncoded(file, image, ".png", {cv::IMWRITE_PNG_COMPRESSION, 6});
}

void writeJpeg(const std::string& file, const Image& image, int quality) {
    writeEncoded(file, image, ".jpg", {cv::IMWRITE_JPEG_QUALITY, quality});
}

}  // namespace switchyard::io
