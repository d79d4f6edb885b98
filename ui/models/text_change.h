// SPDX-License-Identifier: GPL-3.0-or-later
// The difference of two texts as one run of bytes that became another.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace switchyard::ui {

/// text[begin, begin + before.size()) == before becomes after.
struct TextChange {
    std::size_t begin = 0;
    std::string before, after;
};

/// The shortest change that leads from one text to the other, on whole UTF-8 characters.
TextChange changeBetween(std::string_view from, std::string_view to);

}  // namespace switchyard::ui
