// SPDX-License-Identifier: MIT
#include "core/base/share/markdown.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/io/jsonl.h"

namespace switchyard::share {
namespace {

std::size_t longestRun(const std::string& text, char of) {
    std::size_t longest = 0, run = 0;
    for (const char c : text) {
        run = c == of ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

}  // namespace

std::string inMarkdown(const std::string& text) {
    std::string out;
    for (const char c : io::escapeForDisplay(text)) {
        if (std::string_view("\\`*_[]<>|~&$#!").find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

std::string codeSpan(const std::string& text) {
    const std::string shown = io::escapeForDisplay(text), fence(longestRun(shown, '`') + 1, '`');
    std::string inside;
    for (const char c : shown) {
        if (c == '|') inside += '\\';  // a table's cells are cut before code is looked for
        inside += c;
    }
    const bool apart = inside.empty() || inside.front() == '`' || inside.back() == '`';
    return apart ? fence + " " + inside + " " + fence : fence + inside + fence;
}

std::string codeBlock(const std::string& text) {
    const std::string fence(std::max<std::size_t>(3, longestRun(text, '`') + 1), '`');
    std::string out = fence + "\n", line;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        line = io::escapeForDisplay(text.substr(at, end - at));
        if (at < text.size()) out += line + "\n";
        at = end + 1;
    }
    return out + fence + "\n";
}

std::string inYaml(const std::string& text) {
    return nlohmann::json(io::escapeForDisplay(text)).dump();
}

}  // namespace switchyard::share
