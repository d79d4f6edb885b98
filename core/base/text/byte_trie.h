// SPDX-License-Identifier: MIT
// A tree of strings, byte by byte, whose edges are kept in one hash table: building it takes a time and room that no
// set of strings can blow up.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace switchyard::text {

/// Thread: read-only once built.
class ByteTrie {
public:
    static constexpr std::uint32_t kRoot = 1;
    static constexpr std::uint32_t kNone = 0xffffffff;
    static constexpr std::size_t kMaxBytes = 1U << 23;  ///< of all strings together: a node's number must fit 24 bits

    /// @param bytes  of all strings that will be added, less than kMaxBytes
    explicit ByteTrie(std::size_t bytes = 0);

    /// A string that is there already keeps its value. @return the node where it ends
    std::uint32_t add(std::string_view text, std::int32_t value);
    /// The node where it ends, made when there is none.
    std::uint32_t node(std::string_view text);

    /// Where the byte leads to from the node, kNone when nothing goes on with it.
    std::uint32_t step(std::uint32_t from, unsigned char byte) const {
        const std::uint32_t key = from << 8 | byte;
        for (std::uint32_t at = key * kSpread >> shift_;; at = (at + 1) & mask_) {
            if (edges_[at].key == key) return edges_[at].to;
            if (edges_[at].key == 0) return kNone;
        }
    }
    /// Of the string that ends here, -1 for none.
    std::int32_t valueAt(std::uint32_t node) const { return values_[node]; }
    /// The longest string that stands at the start of `text`: its value and, in `length`, its size; -1 for none.
    std::int32_t longest(std::uint32_t from, std::string_view text, std::size_t* length) const {
        std::int32_t found = -1;
        for (std::size_t at = 0; at < text.size();) {
            from = step(from, static_cast<unsigned char>(text[at++]));
            if (from == kNone) break;
            if (values_[from] < 0) continue;
            found = values_[from];
            *length = at;
        }
        return found;
    }

private:
    struct Edge {
        std::uint32_t key = 0;  ///< node << 8 | byte; nodes count from 1, so 0 is none
        std::uint32_t to = 0;
    };
    static constexpr std::uint32_t kSpread = 0x9e3779b1;  // golden ratio: neighbouring keys fall far apart

    std::vector<Edge> edges_;
    std::uint32_t mask_ = 0, shift_ = 0;
    std::vector<std::int32_t> values_;
};

}  // namespace switchyard::text
