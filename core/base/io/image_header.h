// SPDX-License-Identifier: MIT
// Sizes and completeness of JPEG, PNG and WebP files from their bytes alone.
// Source: ITU-T T.81 annex B (JPEG markers), PNG specification 5 (chunks), RFC 9649 (WebP container).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace switchyard::io {

struct ImageHeader {
    std::string format;                  ///< "jpeg" | "png" | "webp", "" when none of them
    std::int64_t width = 0, height = 0;  ///< 0 when the header ends before it tells
    bool complete = false;               ///< the end marker is there
    bool alpha = false;                  ///< may have transparent pixels
};

/// Never throws; looks at no byte outside `bytes`.
ImageHeader readImageHeader(const std::vector<std::uint8_t>& bytes);

/// The header of a picture that may be decoded, whole or cut off. Throws: Error(kBadData) with `where`: no picture, no
/// size, a file of more than 64 MiB or a claim of more than 64 million pixels.
ImageHeader checkedHeader(const std::vector<std::uint8_t>& bytes, const std::string& where);

/// A PNG less the chunks that say nothing about its pixels or their order: profiles and texts, which may be
/// compressed bombs and which libpng comments on stderr. Other bytes come back as given.
std::vector<std::uint8_t> withoutSideChunks(const std::vector<std::uint8_t>& bytes);

}  // namespace switchyard::io
