// SPDX-License-Identifier: MIT
#include "core/base/runs/config_values.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/config/config.h"

namespace switchyard::runs {
namespace {

bool isName(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

std::string unquoted(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
    // YAML's double quotes are JSON's but for escapes that toYaml does not write.
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    return json.is_string() ? json.get<std::string>() : std::string(text);
}

}  // namespace

const std::string* ConfigValues::find(std::string_view path) const {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.first == path; });
    return found == entries.end() ? nullptr : &found->second;
}

std::optional<ConfigValues> parseResolved(std::string_view yaml) {
    // A torn file ends within a line.
    if (yaml.empty() || yaml.back() != '\n') return std::nullopt;
    ConfigValues values;
    values.entries.reserve(160);
    std::string prefix;                // "model.moe."
    std::vector<std::size_t> lengths;  // of the prefix at each depth
    while (!yaml.empty()) {
        const std::size_t end = yaml.find('\n');
        std::string_view line = yaml.substr(0, end);
        yaml.remove_prefix(end + 1);
        const std::size_t indent = line.find_first_not_of(' ');
        if (indent == std::string_view::npos || indent % 2 != 0 || indent / 2 > lengths.size()) return std::nullopt;
        lengths.resize(indent / 2);
        prefix.resize(lengths.empty() ? 0 : lengths.back());
        line.remove_prefix(indent);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || !isName(line.substr(0, colon))) return std::nullopt;
        prefix += line.substr(0, colon);
        if (colon + 1 == line.size()) {
            prefix += '.';
            lengths.push_back(prefix.size());
            continue;
        }
        if (line[colon + 1] != ' ') return std::nullopt;
        values.entries.emplace_back(prefix, unquoted(line.substr(colon + 2)));
    }
    return values;
}

std::optional<ConfigValues> loadValues(std::string_view yaml, std::string* problem) {
    const config::LoadResult loaded = config::loadText(yaml);
    if (loaded.ok()) return parseResolved(config::toYaml(loaded.config));
    for (const config::Problem& one : loaded.problems) {
        if (one.warning) continue;
        *problem = (one.line > 0 ? "line " + std::to_string(one.line) + ": " : std::string()) + one.message;
        break;
    }
    return std::nullopt;
}

std::vector<std::string> listItems(std::string_view value) {
    if (value.size() < 2 || value.front() != '[' || value.back() != ']') return {std::string(value)};
    value = value.substr(1, value.size() - 2);
    std::vector<std::string> items;
    while (!value.empty()) {
        std::size_t end = 0;
        bool quoted = false;
        for (; end < value.size() && (quoted || value[end] != ','); ++end) {
            if (value[end] == '\\' && quoted)
                ++end;
            else if (value[end] == '"')
                quoted = !quoted;
        }
        std::string_view item = value.substr(0, std::min(end, value.size()));
        while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
        if (!item.empty()) items.push_back(unquoted(item));
        value.remove_prefix(std::min(end + 1, value.size()));
    }
    return items;
}

}  // namespace switchyard::runs
