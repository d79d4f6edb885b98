// SPDX-License-Identifier: GPL-3.0-or-later
// What is known about one state of a configuration text: its values as written and as read, and its problems.
#pragma once

#include <QString>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/config/config.h"
#include "core/base/config/document.h"

namespace switchyard::ui {

/// Made by checkConfig(); plain data, so it may cross threads.
struct ConfigCheck {
    config::LoadResult result;
    bool readable = true;  ///< false: the text is not valid YAML and `written` is empty
    std::vector<config::WrittenValue> written;
    std::unordered_map<std::string, std::size_t> by_path;  ///< index into `written`

    /// nullptr when the text does not set the key.
    const config::WrittenValue* find(const std::string& path) const;
    /// The value whose key or value stands at `offset` or, failing that, on the same line.
    const config::WrittenValue* at(std::string_view text, std::size_t offset) const;
    std::size_t errors() const;
    /// Problems of one key, errors before warnings; indexes into result.problems.
    std::vector<std::size_t> problemsOf(const std::string& path) const;
};

/// Thread: any. Cost: about 0.5 ms for a text of 2 kB.
ConfigCheck checkConfig(const std::string& text);

/// Bytes of the text, and their first line from 1.
struct TextPlace {
    std::size_t begin = 0;
    std::size_t end = 0;
    int line = 1;
};

/// What of the text a problem is about: the value, a list's item, the misspelt key, or the rest of the line. A
/// problem without a line stands at its key or else at the end of the text.
TextPlace placeOf(std::string_view text, const ConfigCheck& check, const config::Problem& problem);

/// Line of a byte, from 1.
int lineAt(std::string_view text, std::size_t offset);
/// Offset of a line's first byte; the end of the text for lines beyond it.
std::size_t lineStart(std::string_view text, int line);

/// "Message. What to do." as plain text.
QString problemSentence(const config::Problem& problem);
/// The message with its final stop.
QString problemMessage(const config::Problem& problem);
QString problemFix(const config::Problem& problem);

}  // namespace switchyard::ui
