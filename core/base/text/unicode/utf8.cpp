// SPDX-License-Identifier: MIT
#include "core/base/text/unicode/utf8.h"

#include <cstdint>
#include <cstring>

namespace switchyard::text::unicode {
namespace {

struct Range {
    unsigned char first, last;
};

/// How many bytes follow this first byte, and what the next one may be (Unicode table 3-7); -1 for none.
int following(unsigned char lead, Range* next) {
    *next = {0x80, 0xbf};
    if (lead < 0x80) return 0;
    if (lead >= 0xc2 && lead <= 0xdf) return 1;
    if (lead == 0xe0) next->first = 0xa0;
    if (lead == 0xed) next->last = 0x9f;
    if (lead >= 0xe0 && lead <= 0xef) return 2;
    if (lead == 0xf0) next->first = 0x90;
    if (lead == 0xf4) next->last = 0x8f;
    return lead >= 0xf0 && lead <= 0xf4 ? 3 : -1;
}

}  // namespace

std::size_t asciiPrefix(std::string_view text) {
    constexpr std::uint64_t kHighBits = 0x8080808080808080;
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, 8);
        if ((word & kHighBits) != 0) break;
    }
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
    return at;
}

std::string repaired(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        Range next{};
        const int count = following(static_cast<unsigned char>(text[at]), &next);
        std::size_t end = at + 1;
        int found = 0;
        for (; found < count && end < text.size(); ++found, ++end) {
            const auto byte = static_cast<unsigned char>(text[end]);
            if (byte < next.first || byte > next.last) break;
            next = {0x80, 0xbf};
        }
        if (found == count) {
            result.append(text, at, end - at);
        } else {
            result += "\xef\xbf\xbd";
        }
        at = end;
    }
    return result;
}

}  // namespace switchyard::text::unicode
