// SPDX-License-Identifier: MIT
#include "core/base/io/image_header.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::int64_t kMaxPixels = 64'000'000;
constexpr std::size_t kMaxFileBytes = 64U << 20;

std::uint32_t bigEndian(const Bytes& bytes, std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = (value << 8) | bytes[at + i];
    return value;
}

std::uint32_t littleEndian(const Bytes& bytes, std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = (value << 8) | bytes[at + i];
    return value;
}

bool hasText(const Bytes& bytes, std::size_t at, std::string_view text) {
    return at + text.size() <= bytes.size() && std::memcmp(bytes.data() + at, text.data(), text.size()) == 0;
}

/// Marker after marker up to the end of the image; the compressed data between them is stepped over.
ImageHeader readJpeg(const Bytes& bytes) {
    ImageHeader header;
    header.format = "jpeg";
    std::size_t at = 2;
    while (at < bytes.size()) {
        const void* found = std::memchr(bytes.data() + at, 0xff, bytes.size() - at);
        if (found == nullptr) return header;
        at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes.data());
        while (at < bytes.size() && bytes[at] == 0xff) ++at;  // fill bytes
        if (at >= bytes.size()) return header;
        const std::uint8_t marker = bytes[at++];
        // A stuffed zero, restart markers and TEM stand alone.
        if (marker == 0x00 || marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue;
        if (marker == 0xd9) {
            header.complete = true;
            return header;
        }
        if (at + 2 > bytes.size()) return header;
        const std::uint32_t length = bigEndian(bytes, at, 2);
        const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame && header.width == 0 && at + 7 <= bytes.size()) {
            header.height = bigEndian(bytes, at + 3, 2);
            header.width = bigEndian(bytes, at + 5, 2);
        }
        if (length < 2) return header;
        at += length;
    }
    return header;
}

ImageHeader readPng(const Bytes& bytes) {
    ImageHeader header;
    header.format = "png";
    constexpr std::size_t kFirstChunk = 8;
    if (!hasText(bytes, kFirstChunk + 4, "IHDR") || bytes.size() < kFirstChunk + 8 + 13) return header;
    header.width = bigEndian(bytes, kFirstChunk + 8, 4);
    header.height = bigEndian(bytes, kFirstChunk + 12, 4);
    header.alpha = (bytes[kFirstChunk + 17] & 4) != 0;
    std::size_t at = kFirstChunk;
    while (at + 12 <= bytes.size()) {
        const std::uint64_t length = bigEndian(bytes, at, 4);
        if (hasText(bytes, at + 4, "tRNS")) header.alpha = true;
        if (length > bytes.size() - at - 12) return header;
        if (hasText(bytes, at + 4, "IEND")) {
            header.complete = true;
            return header;
        }
        at += static_cast<std::size_t>(length) + 12;
    }
    return header;
}

ImageHeader readWebp(const Bytes& bytes) {
    ImageHeader header;
    header.format = "webp";
    if (bytes.size() < 30) return header;
    header.complete = static_cast<std::uint64_t>(littleEndian(bytes, 4, 4)) + 8 <= bytes.size();
    constexpr std::size_t kChunk = 20;  // contents of the first chunk
    if (hasText(bytes, 12, "VP8X")) {
        header.alpha = (bytes[kChunk] & 0x10) != 0;
        header.width = littleEndian(bytes, kChunk + 4, 3) + 1;
        header.height = littleEndian(bytes, kChunk + 7, 3) + 1;
    } else if (hasText(bytes, 12, "VP8L") && bytes[kChunk] == 0x2f) {
        const std::uint32_t bits = littleEndian(bytes, kChunk + 1, 4);
        header.width = (bits & 0x3fff) + 1;
        header.height = ((bits >> 14) & 0x3fff) + 1;
        header.alpha = ((bits >> 28) & 1) != 0;
    } else if (hasText(bytes, 12, "VP8 ") && hasText(bytes, kChunk + 3, "\x9d\x01\x2a")) {
        header.width = littleEndian(bytes, kChunk + 6, 2) & 0x3fff;
        header.height = littleEndian(bytes, kChunk + 8, 2) & 0x3fff;
    }
    return header;
}

}  // namespace

ImageHeader readImageHeader(const Bytes& bytes) {
    static constexpr std::array<std::uint8_t, 8> kPng = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    if (bytes.size() >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff) return readJpeg(bytes);
    if (bytes.size() >= kPng.size() && std::memcmp(bytes.data(), kPng.data(), kPng.size()) == 0) return readPng(bytes);
    if (hasText(bytes, 0, "RIFF") && hasText(bytes, 8, "WEBP")) return readWebp(bytes);
    return {};
}

ImageHeader checkedHeader(const std::vector<std::uint8_t>& bytes, const std::string& where) {
    if (bytes.size() > kMaxFileBytes) throw Error(ExitCode::kBadData, "The picture file is larger than 64 MiB", where);
    ImageHeader header = readImageHeader(bytes);
    if (header.format.empty()) {
        throw Error(ExitCode::kBadData, bytes.empty() ? "The picture file is empty" : "Not a JPEG, PNG or WebP picture",
                    where, "Convert it or leave it out");
    }
    if (header.width <= 0 || header.height <= 0) {
        throw Error(ExitCode::kBadData, "The picture's header is broken or cut off", where);
    }
    const std::string size = std::to_string(header.width) + "x" + std::to_string(header.height);
    if (header.width > kMaxPixels / header.height) {
        throw Error(ExitCode::kBadData, "The picture claims " + size + " pixels; at most 64 million are read", where,
                    "Shrink it or leave it out");
    }
    return header;
}

Bytes withoutSideChunks(const Bytes& bytes) {
    if (readImageHeader(bytes).format != "png") return bytes;
    constexpr std::size_t kFirstChunk = 8;
    Bytes kept(bytes.begin(), bytes.begin() + kFirstChunk);
    kept.reserve(bytes.size());
    for (std::size_t at = kFirstChunk; at + 12 <= bytes.size();) {
        const std::uint64_t length = std::uint64_t{bigEndian(bytes, at, 4)} + 12;
        const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        const std::uint64_t present = std::min<std::uint64_t>(length, bytes.size() - at);
        const bool side = (bytes[at + 4] & 0x20) != 0;  // the letter's case tells what a reader may ignore
        if (!side || hasText(bytes, at + 4, "tRNS") || hasText(bytes, at + 4, "eXIf")) {
            kept.insert(kept.end(), begin, begin + static_cast<std::ptrdiff_t>(present));
        }
        at += static_cast<std::size_t>(present);
    }
    return kept;
}

}  // namespace switchyard::io
