// SPDX-License-Identifier: MIT
// Internal: the nearest of some names to a misspelt one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace switchyard::config {

/// Insertions, deletions, replacements and swaps of neighbours that turn a into b (restricted
/// Damerau-Levenshtein distance).
int editDistance(std::string_view a, std::string_view b);

/// The candidate nearest to `name` within `limit` edits, or "".
std::string nearest(std::string_view name, const std::vector<std::string>& candidates, int limit);
/// The same with the limit that a word of this length may be misspelt by: a third of it, at least 1.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace switchyard::config
