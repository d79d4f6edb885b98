// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of a YAML text for its colours: block and flow keys, numbers, other scalars, comments.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace switchyard::ui {

enum class YamlToken { kPlain, kKey, kNumber, kWord, kComment };

struct YamlSpan {
    std::size_t begin = 0;
    std::size_t end = 0;
    YamlToken token = YamlToken::kPlain;
};

/// In order, without overlaps; bytes between the spans are plain (blanks, brackets, colons). Works on any bytes, also
/// on a text that is no valid YAML. Cost: linear.
std::vector<YamlSpan> yamlSpans(std::string_view text);

}  // namespace switchyard::ui
