// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/base/io/block_sums.h"
#include "core/base/io/file_descriptor.h"

namespace switchyard::io {

/// Parts of a file, each block checked against its sum while it is read; large parts by several threads, so that the
/// disk always has something to do. Thread: one thread.
class CheckedFile {
public:
    /// @param sums of the whole file; empty: nothing is checked
    /// Throws: Error(kIo) when it can not be opened; Error(kCorruptCheckpoint) when it is not of that length.
    CheckedFile(const std::filesystem::path& file, BlockSums sums);
    /// Bytes [begin, begin + bytes). Of a block that is wrong, `to` may hold something when this throws.
    /// Throws: Error(kCorruptCheckpoint) naming the file and the block, Error(kIo).
    void read(std::uint64_t begin, std::uint64_t bytes, void* to);

private:
    void readPlain(std::uint64_t begin, std::uint64_t bytes, void* to) const;
    /// Whole blocks [block, block + count).
    void readBlocks(std::uint64_t block, std::uint64_t count, std::uint8_t* to) const;
    void readPart(std::uint64_t block, std::uint64_t from, std::uint64_t bytes, std::uint8_t* to);
    std::uint64_t lengthOf(std::uint64_t block) const { return std::min(kSumBlock, size_ - block * kSumBlock); }
    void check(std::uint64_t block, const void* data, std::uint64_t bytes) const;

    std::filesystem::path file_;
    BlockSums sums_;
    FileDescriptor fd_;
    std::uint64_t size_ = 0;
    std::vector<std::uint8_t> held_;  ///< the last block of which only a part was wanted
    std::uint64_t held_block_ = UINT64_MAX;
};

}  // namespace switchyard::io
