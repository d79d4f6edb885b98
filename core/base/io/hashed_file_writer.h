// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/io/block_sums.h"

namespace switchyard::io {

/// Writes a file from start to end and hashes it on the way: the caller's thread copies and hashes a block while the
/// disk takes the ones before. Past the page cache where the file system allows it, so that a large file costs one copy
/// and drives nothing else out of memory. Every write, fsync and close is checked; an error comes with the next call.
/// Thread: one thread.
class HashedFileWriter {
public:
    /// @param bytes that will be written; the space is taken at once. @param after_block called after every block that
    /// was hashed, to slow a writer down that works beside something more important
    /// Throws: Error(kIo).
    HashedFileWriter(std::string file, std::uint64_t bytes, std::function<void()> after_block = {});
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
