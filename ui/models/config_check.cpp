// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/config_check.h"

#include <algorithm>

namespace switchyard::ui {
namespace {

std::size_t lineEnd(std::string_view text, std::size_t from) {
    std::size_t end = text.find('\n', from);
    if (end == std::string_view::npos) end = text.size();
    if (end > from && text[end - 1] == '\r') --end;
    return end;
}

/// Byte of a line's n-th character, both from 1.
std::size_t offsetOf(std::string_view text, int line, int column) {
    std::size_t i = lineStart(text, line);
    for (int seen = 1; i < text.size() && text[i] != '\n'; ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && seen++ == column) break;
    }
    return i;
}

QString stopped(const std::string& sentence) {
    QString text = QString::fromStdString(sentence);
    if (!text.isEmpty() && !text.endsWith(u'.') && !text.endsWith(u'?')) text += u'.';
    return text;
}

}  // namespace

const config::WrittenValue* ConfigCheck::find(const std::string& path) const {
    const auto found = by_path.find(path);
    return found == by_path.end() ? nullptr : &written[found->second];
}

const config::WrittenValue* ConfigCheck::at(std::string_view text, std::size_t offset) const {
    for (const config::WrittenValue& value : written) {
        if (offset >= value.key_begin && offset <= value.end) return &value;
    }
    const int line = lineAt(text, offset);
    const std::size_t begin = lineStart(text, line);
    const std::size_t end = lineEnd(text, begin);
    for (const config::WrittenValue& value : written) {
        if (value.key_begin >= begin && value.key_begin < end) return &value;
    }
    return nullptr;
}

std::size_t ConfigCheck::errors() const {
    return static_cast<std::size_t>(std::count_if(result.problems.begin(), result.problems.end(),
                                                  [](const config::Problem& problem) { return !problem.warning; }));
}

std::vector<std::size_t> ConfigCheck::problemsOf(const std::string& path) const {
    std::vector<std::size_t> found;
    for (const bool warning : {false, true}) {
        for (std::size_t i = 0; i < result.problems.size(); ++i) {
            if (result.problems[i].path == path && result.problems[i].warning == warning) found.push_back(i);
        }
    }
    return found;
}

ConfigCheck checkConfig(const std::string& text) {
    ConfigCheck check;
    check.result = config::loadText(text);
    auto written = config::readWrittenValues(text);
    check.readable = written.has_value();
    if (written) check.written = std::move(*written);
    for (std::size_t i = 0; i < check.written.size(); ++i) check.by_path.emplace(check.written[i].path, i);
    return check;
}

TextPlace placeOf(std::string_view text, const ConfigCheck& check, const config::Problem& problem) {
    const config::WrittenValue* value = check.find(problem.path);
    if (problem.line == 0 && value == nullptr) return {text.size(), text.size(), lineAt(text, text.size())};
    const int line = problem.line > 0 ? problem.line : lineAt(text, value->begin);
    const std::size_t begin = problem.line > 0 ? offsetOf(text, problem.line, problem.column) : value->begin;
    std::size_t end = lineEnd(text, begin);
    const auto narrow = [&](std::size_t from, std::size_t to) {
        if (from == begin && to > from) end = std::min(end, to);
    };
    for (const config::WrittenValue& other : check.written) {
        narrow(other.key_begin, other.key_end);
        narrow(other.begin, other.end);
        for (const config::WrittenScalar& scalar : other.scalars) narrow(scalar.begin, scalar.end);
    }
    if (value == nullptr && findKey(problem.path) == nullptr && !problem.path.empty()) {
        const std::string name = problem.path.substr(problem.path.rfind('.') + 1);
        if (text.substr(begin, name.size()) == name) end = begin + name.size();
    }
    while (end > begin && (text[end - 1] == ' ' || text[end - 1] == '\t')) --end;
    return {begin, end, line};
}

int lineAt(std::string_view text, std::size_t offset) {
    offset = std::min(offset, text.size());
    return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

std::size_t lineStart(std::string_view text, int line) {
    std::size_t start = 0;
    for (int at = 1; at < line; ++at) {
        const std::size_t next = text.find('\n', start);
        if (next == std::string_view::npos) return text.size();
        start = next + 1;
    }
    return start;
}

QString problemMessage(const config::Problem& problem) {
    return stopped(problem.message);
}
QString problemFix(const config::Problem& problem) {
    return stopped(problem.fix);
}

QString problemSentence(const config::Problem& problem) {
    const QString fix = problemFix(problem);
    return problemMessage(problem) + (fix.isEmpty() ? QString() : u' ' + fix);
}

}  // namespace switchyard::ui
