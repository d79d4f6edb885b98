// SPDX-License-Identifier: MIT
// A file that grows, is cut back to what a commit knows, and is read again by blocks of rows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "core/base/io/file_descriptor.h"

namespace switchyard::retrieval {

/// Every write, sync and close is checked. Thread: one thread.
class PartFile {
public:
    /// Cut to `bytes`. Throws: Error(kIo), also when it is shorter.
    PartFile(std::filesystem::path file, std::uint64_t bytes);
    void append(const void* data, std::uint64_t bytes);
    /// Everything appended is on the disk.
    void sync();
    std::uint64_t bytes() const { return bytes_; }
    /// From `begin` on, a few MiB at a time that hold whole rows of `row_bytes`. The file is not kept in memory.
    void readRows(std::uint64_t begin, std::uint64_t row_bytes,
                  const std::function<void(const std::uint8_t*, std::uint64_t)>& take);

private:
    void flush();
    [[noreturn]] void fail(const char* what) const;

    std::filesystem::path file_;
    io::FileDescriptor fd_;
    std::uint64_t bytes_ = 0;
    std::vector<std::uint8_t> held_;
};

}  // namespace switchyard::retrieval
