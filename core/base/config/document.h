// SPDX-License-Identifier: MIT
// A YAML text that can be changed one value at a time without touching any other byte.
// (yaml-cpp drops comments and layout when it emits, so edits are text splices.)
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace switchyard::config {

/// Replace text[begin, end) by `replacement`.
struct Splice {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string replacement;
};

/// The splice that gives `path` the value `value_text` (YAML flow text). A key that is absent is inserted in
/// its section, made where needed, in the file's own indentation; flow maps `{a: 1}` get the key inside
/// their braces. std::nullopt when the text is not valid YAML.
std::optional<Splice> setValueSplice(std::string_view text, std::string_view path, std::string_view value_text);

/// The splice that removes `path`'s line (block) or entry (flow), so its default holds again; nullopt when
/// absent or when the text is not valid YAML.
std::optional<Splice> removeValueSplice(std::string_view text, std::string_view path);

/// `text` with the splice applied.
std::string apply(std::string_view text, const Splice& splice);

}  // namespace switchyard::config
