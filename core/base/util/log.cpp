// SPDX-License-Identifier: MIT
#include "core/base/util/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "core/base/io/jsonl.h"

namespace switchyard {
namespace {

constexpr const char* kPattern = "%Y-%m-%d %H:%M:%S.%e %L %v";

spdlog::level::level_enum levelOf(LogLevel level) {
    switch (level) {
        case LogLevel::kWarning: return spdlog::level::warn;
        case LogLevel::kError: return spdlog::level::err;
        case LogLevel::kInfo: break;
    }
    return spdlog::level::info;
}

spdlog::logger& logger() {
    static spdlog::logger stderr_logger = [] {
        spdlog::logger made("switchyard", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made.set_pattern(kPattern);
        made.flush_on(spdlog::level::info);
        return made;
    }();
    return stderr_logger;
}

}  // namespace

void logLine(LogLevel level, const std::string& message) {
    // The text is an argument, never a format of its own: it may hold braces.
    logger().log(levelOf(level), "{}", io::escapeForDisplay(message));
}

std::string logText(LogLevel level, const std::string& message) {
    spdlog::pattern_formatter formatter(kPattern, spdlog::pattern_time_type::local, "");
    spdlog::memory_buf_t line;
    const std::string text = io::escapeForDisplay(message);
    formatter.format(spdlog::details::log_msg("switchyard", levelOf(level), text), line);
    return {line.data(), line.size()};
}

}  // namespace switchyard
