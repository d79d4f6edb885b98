// SPDX-License-Identifier: MIT
// UTF-8, code point by code point.
#pragma once

#include <string>
#include <string_view>

namespace switchyard::text::unicode {

/// The code point at `at`, which is moved behind it. The text must be UTF-8 and `at` the start of a character.
inline char32_t nextPoint(std::string_view text, std::size_t* at) {
    const auto byte = [&](std::size_t i) -> char32_t { return static_cast<unsigned char>(text[i]); };
    const std::size_t i = *at;
    const char32_t lead = byte(i);
    if (lead < 0x80) {
        *at = i + 1;
        return lead;
    }
    if (lead < 0xe0) {
        *at = i + 2;
        return (lead & 0x1f) << 6 | (byte(i + 1) & 0x3f);
    }
    if (lead < 0xf0) {
        *at = i + 3;
        return (lead & 0x0f) << 12 | (byte(i + 1) & 0x3f) << 6 | (byte(i + 2) & 0x3f);
    }
    *at = i + 4;
    return (lead & 0x07) << 18 | (byte(i + 1) & 0x3f) << 12 | (byte(i + 2) & 0x3f) << 6 | (byte(i + 3) & 0x3f);
}

inline void append(char32_t point, std::string* text) {
    const auto add = [&](char32_t byte) { text->push_back(static_cast<char>(byte)); };
    if (point < 0x80) {
        add(point);
    } else if (point < 0x800) {
        add(0xc0 | point >> 6);
        add(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        add(0xe0 | point >> 12);
        add(0x80 | (point >> 6 & 0x3f));
        add(0x80 | (point & 0x3f));
    } else {
        add(0xf0 | point >> 18);
        add(0x80 | (point >> 12 & 0x3f));
        add(0x80 | (point >> 6 & 0x3f));
        add(0x80 | (point & 0x3f));
    }
}

/// Where the first byte that is not ASCII stands, text.size() when there is none.
std::size_t asciiPrefix(std::string_view text);

/// What is no UTF-8 in it replaced, each longest start of a character by one U+FFFD (The Unicode Standard 3.9).
std::string repaired(std::string_view text);

}  // namespace switchyard::text::unicode
