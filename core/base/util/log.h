// SPDX-License-Identifier: MIT
// Lines for a person who looks at a process's log: "2026-11-24 19:02:39.834 I rank 0: step 12 ...".
#pragma once

#include <string>

namespace switchyard {

enum class LogLevel { kInfo, kWarning, kError };

/// One line on stderr, written at once. Bytes that a terminal would obey are escaped.
/// Thread: any.
void logLine(LogLevel level, const std::string& message);

/// The same line without its end, for a file that is not stderr.
std::string logText(LogLevel level, const std::string& message);

}  // namespace switchyard
