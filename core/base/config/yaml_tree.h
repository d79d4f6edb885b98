// SPDX-License-Identifier: MIT
// Internal: YAML text as a small tree that knows the exact bytes of every key and value.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/config/config.h"

namespace switchyard::config {

enum class NodeKind { kNull, kScalar, kList, kMap };

struct MapEntry;

/// A value. Offsets count bytes of the text; an absent value (`key:`) is an empty range after the colon.
struct Node {
    NodeKind kind = NodeKind::kNull;
    std::string text;     ///< of a scalar, unquoted and folded
    bool quoted = false;  ///< scalar in quotes, or a block scalar
    bool flow = false;    ///< list or map in brackets
    std::size_t begin = 0;
    std::size_t end = 0;
    std::vector<Node> items;        ///< kList
    std::vector<MapEntry> entries;  ///< kMap
};

struct MapEntry {
    std::string key;
    bool plain_key = true;  ///< false: the key is no scalar
    std::size_t key_begin = 0;
    std::size_t key_end = 0;
    std::size_t colon_end = 0;  ///< one past the colon; key_end when there is none
    Node value;
};

/// Line and column of a byte, both from 1; columns count characters.
class LineIndex {
public:
    explicit LineIndex(std::string_view text);
    struct Place {
        int line = 0;
        int column = 0;
    };
    Place at(std::size_t offset) const;

private:
    std::string_view text_;
    std::vector<std::size_t> starts_;
};

constexpr std::size_t kMaxTextBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 65536;

struct Tree {
    Node root;                      ///< a map; empty for an empty text
    std::vector<Problem> problems;  ///< what makes the text unusable or is refused
    bool well_formed = true;        ///< false: `root` is meaningless
};

/// Parses at most kMaxTextBytes of UTF-8 YAML, one document, at most kMaxDepth deep. Anchors, aliases, tags and
/// duplicate keys are problems. With `any_root` the document may be any value, as after `--set key=`.
/// Never throws on bad input. Cost: linear in the text.
Tree parseTree(std::string_view text, bool any_root = false);

/// Byte offset of the first invalid UTF-8 sequence, or nullopt.
std::optional<std::size_t> findInvalidUtf8(std::string_view text);

}  // namespace switchyard::config
