// SPDX-License-Identifier: MIT
// Keeps a rank's log bounded while the rank writes it.
#pragma once

#include <cstdint>
#include <filesystem>

namespace switchyard::launch {

inline constexpr std::uint64_t kLargestLogBytes = 64ULL << 20;

/// When `log` is larger than `limit`: its last quarter of the limit becomes `log`.1 and the log begins anew, with a
/// line that says so. Whoever writes to it (with O_APPEND) is never held up and notices nothing. What it writes between
/// the copy and the cut, which is moments, stays on ext4 and xfs and is lost on others.
/// @return whether it was cut. Never throws: a log that can not be cut grows on.
/// Cost: a stat, or a copy of a quarter of the limit.
bool cutLog(const std::filesystem::path& log, std::uint64_t limit = kLargestLogBytes);

}  // namespace switchyard::launch
