// SPDX-License-Identifier: MIT
// JSON from files that are not to be trusted: UTF-8, no duplicate keys, bounded depth.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace switchyard::io {

/// On failure false, and `problem` says in a few words why ("a key stands twice: x").
/// @param max_values of all kinds: a number of two bytes takes sixteen once it is read
bool parseStrictJson(std::string_view text, int max_depth, nlohmann::json* value, std::string* problem,
                     std::size_t max_values = SIZE_MAX);

}  // namespace switchyard::io
