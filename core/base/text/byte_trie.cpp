// SPDX-License-Identifier: MIT
#include "core/base/text/byte_trie.h"

#include <algorithm>
#include <bit>

namespace switchyard::text {

ByteTrie::ByteTrie(std::size_t bytes) : values_(kRoot + 1, -1) {
    const std::size_t size = std::bit_ceil(std::max<std::size_t>(bytes * 2, 64));
    edges_.resize(size);
    mask_ = static_cast<std::uint32_t>(size - 1);
    shift_ = static_cast<std::uint32_t>(32 - std::countr_zero(size));
}

std::uint32_t ByteTrie::node(std::string_view text) {
    std::uint32_t from = kRoot;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        std::uint32_t to = step(from, byte);
        if (to == kNone) {
            const std::uint32_t key = from << 8 | byte;
            std::uint32_t at = key * kSpread >> shift_;
            while (edges_[at].key != 0) at = (at + 1) & mask_;
            to = static_cast<std::uint32_t>(values_.size());
            edges_[at] = {key, to};
            values_.push_back(-1);
        }
        from = to;
    }
    return from;
}

std::uint32_t ByteTrie::add(std::string_view text, std::int32_t value) {
    const std::uint32_t end = node(text);
    if (values_[end] < 0) values_[end] = value;
    return end;
}

}  // namespace switchyard::text
