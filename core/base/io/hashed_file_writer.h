// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/io/block_sums.h"
#include "core/base/io/sha256.h"

namespace switchyard::io {

/// Hashes the blocks of files that one thread writes in turns, two of different files at once: Sha256::updateBoth.
class BlockHasher {
public:
    /// Takes a block of kSumBlock bytes into `hash`, now or as soon as there is one of another file; then calls `then`.
    void add(Sha256& hash, const std::uint8_t* data, std::function<void()> then);
    /// What waits for another file's block is hashed alone.
    void flush();
    /// What waits for this hash is dropped.
    void forget(const Sha256& hash);

private:
    struct Waiting {
        Sha256* hash;
        const std::uint8_t* data;
        std::function<void()> then;
    };
    std::optional<Waiting> waiting_;
};

/// How someone who has more to do than to write one file wants it written.
struct WriteManner {
    /// Called after every block that was sent off, to slow a writer down that works beside something more important.
    std::function<void()> after_block;
    /// Shared with other files that the same thread writes in turns with this one; lives longer than they.
    BlockHasher* hasher = nullptr;
};

/// Writes a file from start to end and hashes it on the way: the caller's thread copies and hashes a block while the
/// disk takes the ones before. Past the page cache where the file system allows it, so that a large file costs one copy
/// and drives nothing else out of memory. Every write, fsync and close is checked; an error comes with the next call.
/// Thread: one thread.
class HashedFileWriter {
public:
    /// @param bytes that will be written; the space is taken at once
    /// Throws: Error(kIo).
    HashedFileWriter(std::string file, std::uint64_t bytes, WriteManner manner = {});
    /// Removes the file when finish() was not reached.
    ~HashedFileWriter();
    void write(const void* data, std::uint64_t bytes);
    struct Finished {
        std::uint64_t bytes = 0;
        std::string sha256;
        BlockSums block_sums;
    };
    /// fsync and close.
    Finished finish();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace switchyard::io
