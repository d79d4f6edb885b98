// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/io/file_descriptor.h"

namespace switchyard::io {

/// Hands over one line of a text file after the other, without ever holding more than 1 MiB of one.
/// Thread: one thread.
class LineReader {
public:
    /// Throws: Error(kBadData) for a file that is missing or no regular one.
    explicit LineReader(const std::filesystem::path& file);
    /// False at the end of the file. `too_long` is set when the line was cut off at the limit. Throws: Error(kIo).
    bool next(std::string* line, bool* too_long);

private:
    bool fill();

    FileDescriptor fd_;
    std::filesystem::path file_;
    std::vector<char> buffer_ = std::vector<char>(1U << 16);
    std::size_t position_ = 0, filled_ = 0;
};

}  // namespace switchyard::io
