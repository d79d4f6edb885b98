// SPDX-License-Identifier: MIT
#include "core/base/launch/event_log.h"

#include "core/base/io/jsonl.h"
#include "core/base/util/clock.h"
#include "core/base/util/log.h"

namespace switchyard::launch {
namespace {

LogLevel logLevel(runs::Level level) {
    switch (level) {
        case runs::Level::kError:
            return LogLevel::kError;
        case runs::Level::kWarning:
            return LogLevel::kWarning;
        case runs::Level::kInfo:
            break;
    }
    return LogLevel::kInfo;
}

}  // namespace

void EventLog::add(runs::Level level, const std::string& source, const std::string& message, std::int64_t step) {
    db_.add(runs::Event{wallTime(), step, level, source, io::escapeForDisplay(message)});
    db_.flush();
    log_ << logText(logLevel(level), source + ": " + message) << std::endl;
}

void EventLog::steps(std::int64_t count) {
    db_.setMeta("steps", std::to_string(count));
    db_.flush();
}

void EventLog::machine(const std::string& text) {
    db_.setMeta("machine", text);
    db_.flush();
}

}  // namespace switchyard::launch
