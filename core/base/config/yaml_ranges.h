// SPDX-License-Identifier: MIT
// Internal: where keys and values end. yaml-cpp tells where they start, in order; the ends follow from the text.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/config/yaml_tree.h"

namespace switchyard::config {

/// Fills key_end, colon_end and end (and begin of absent values) of a tree whose starts are known. Gives the
/// offset of a quote that is not closed, or where values overlap for want of one: yaml-cpp lets some of these
/// pass.
std::optional<std::size_t> findRanges(Node& root, std::string_view text);

/// The first byte at or after `from` that is neither blank, line end nor inside a comment.
std::size_t skipBlanksAndComments(std::string_view text, std::size_t from);

}  // namespace switchyard::config
