// SPDX-License-Identifier: MIT
// A YAML text that can be changed one value at a time without touching any other byte.
// (yaml-cpp drops comments and layout when it emits, so edits are text splices.)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/config/schema.h"

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

/// The splice that gives the entry at `path`, known to the schema or not, another name in its place; nullopt when
/// absent or when the text is not valid YAML.
std::optional<Splice> renameKeySplice(std::string_view text, std::string_view path, std::string_view new_name);

/// The bytes of the value at `path`, known to the schema or not; nullopt when absent or when the text is not valid
/// YAML.
std::optional<std::string> valueText(std::string_view text, std::string_view path);

/// One scalar as a person wrote it: quotes removed, `${a.b}` references not replaced. Offsets count bytes.
struct WrittenScalar {
    std::string text;
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// A schema key that the text sets, whether or not its value is a good one.
struct WrittenValue {
    std::string path;
    std::size_t key_begin = 0;
    std::size_t key_end = 0;
    std::size_t begin = 0;  ///< of the value
    std::size_t end = 0;
    bool list = false;
    std::vector<WrittenScalar> scalars;  ///< one, or a list's items; none where the value is left out or a section
};

/// All of them in the order of the text; nullopt when the text is not valid YAML.
std::optional<std::vector<WrittenValue>> readWrittenValues(std::string_view text);

/// YAML flow text for a key's scalars, the inverse of readWrittenValues: numbers keep their spelling, texts are
/// quoted when needed, list keys get brackets.
std::string writeScalars(const KeySpec& key, const std::vector<std::string>& scalars);

/// `text` with the splice applied.
std::string apply(std::string_view text, const Splice& splice);

}  // namespace switchyard::config
