// SPDX-License-Identifier: MIT
// Tar archives, read strictly: a header at a time, files by their place in the archive. Names are only names.
// Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Interchange Format"; GNU tar manual, "Basic Tar
// Format".
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/io/file_descriptor.h"

namespace switchyard::io {

struct TarEntry {
    std::string name;
    std::uint64_t offset = 0, size = 0;  ///< of its bytes in the archive
    bool regular = false;                ///< else a folder, link, device or pipe
    std::int64_t number = 0;             ///< of the entry, from 1
};

/// Thread: one thread.
class TarReader {
public:
    /// Throws: Error(kBadData): missing, empty, or no regular file.
    explicit TarReader(std::filesystem::path file);
    /// The next entry, nothing after the last. Throws: Error(kBadData): cut off (also when the closing block of zeros
    /// is not there), a wrong check sum, a size beyond the file, a broken pax header, a name of more than 4 KiB.
    std::optional<TarEntry> next();
    /// The bytes of an entry of at most `most`. Throws: Error(kBadData).
    std::vector<std::uint8_t> read(const TarEntry& entry, std::uint64_t most) const;

private:
    struct Extension {
        std::optional<std::string> name;
        std::optional<std::uint64_t> size;
    };
    [[noreturn]] void fail(const std::string& message) const;
    void readAt(void* out, std::size_t bytes, std::uint64_t at) const;
    std::string extensionText(std::uint64_t size) const;
    void takePax(const std::string& text, Extension* extension) const;

    std::filesystem::path file_;
    std::uint64_t size_ = 0, at_ = 0;  ///< before fd_: opening tells the size
    FileDescriptor fd_;
    std::int64_t number_ = 0;
};

/// `size` bytes of a regular file from `offset` on. Throws: Error(kBadData) when they are not there.
std::vector<std::uint8_t> readPart(const std::filesystem::path& file, std::uint64_t offset, std::uint64_t size);

}  // namespace switchyard::io
