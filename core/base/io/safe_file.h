// SPDX-License-Identifier: MIT
// Opening files that data names: they stay below a root, are regular files, and are bounded in size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace switchyard::io {

namespace fs = std::filesystem;

/// Bytes of `relative` below `root` (openat2 RESOLVE_BENEATH: no "..", no symbolic link out).
/// Throws: Error(kBadData) for a path outside, a missing, special or too large file.
std::vector<std::uint8_t> readBelow(const fs::path& root, const std::string& relative, std::uint64_t max_bytes);

/// A whole file. Throws: Error(kIo) with the path, also when it is larger than `max_bytes`.
std::string readText(const fs::path& file, std::uint64_t max_bytes);

/// Writes a temporary beside `file`, fsyncs it, renames it over, fsyncs the folder. Throws: Error(kIo); the
/// old file then stays as it was.
void writeAtomically(const fs::path& file, std::string_view content);

/// fsync of a file or folder. Throws: Error(kIo).
void syncPath(const fs::path& path);

/// Throws: Error(kIo) when `folder` has less than `bytes` free or can not be written.
void requireSpace(const fs::path& folder, std::uint64_t bytes);

}  // namespace switchyard::io
