// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace switchyard::io {

/// A file's sums, one for each MiB of it: XXH3 (64 bits), fast enough to check what is read while it is read.
/// They find accidents, not forgery. Source: github.com/Cyan4973/xxHash, doc/xxhash_spec.md.
constexpr std::uint64_t kSumBlock = std::uint64_t{1} << 20;
using BlockSums = std::vector<std::uint64_t>;

std::uint64_t blockSum(const void* data, std::size_t bytes);

/// Sums that a file of so many bytes has.
constexpr std::uint64_t blocksOf(std::uint64_t bytes) {
    return (bytes + kSumBlock - 1) / kSumBlock;
}

/// 16 lower-case hex digits a sum, one after another.
std::string blockSumsText(const BlockSums& sums);
/// @return false when it is not such a text
bool parseBlockSums(const std::string& text, BlockSums* sums);

}  // namespace switchyard::io
