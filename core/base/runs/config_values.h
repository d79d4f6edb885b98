// SPDX-License-Identifier: MIT
// The keys and values of a config.resolved.yaml as text: what lists search and filter by. Reading a thousand of them
// through the loader would take seconds; this takes the regular shape that config::toYaml writes, and nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchyard::runs {

struct ConfigValues {
    /// Dotted path and value, in the order of the text. Quotes of a quoted text are taken away; a list stays "[a, b]".
    std::vector<std::pair<std::string, std::string>> entries;

    /// nullptr when there is no such key.
    const std::string* find(std::string_view path) const;
    bool operator==(const ConfigValues&) const = default;
};

/// Nothing when a line is not of the shape that toYaml writes (a torn, edited or foreign file).
std::optional<ConfigValues> parseResolved(std::string_view yaml);

/// The same of any valid text, by the loader: whole, but some milliseconds. Nothing when it is not valid; `problem`
/// then holds the first thing that is wrong.
std::optional<ConfigValues> loadValues(std::string_view yaml, std::string* problem);

/// Items of "[a, b]", unquoted; a value that is no list is its one item.
std::vector<std::string> listItems(std::string_view value);

}  // namespace switchyard::runs
