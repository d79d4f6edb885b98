// SPDX-License-Identifier: MIT
// A RunConfig as text: resolved YAML, and the difference of two.
#include <string>
#include <string_view>
#include <vector>

#include "core/base/config/config.h"

namespace switchyard::config {
namespace {

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> parts;
    for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
        parts.push_back(path.substr(0, dot));
        path.remove_prefix(dot + 1);
    }
    parts.push_back(path);
    return parts;
}

}  // namespace

std::string toYaml(const RunConfig& config) {
    std::string out;
    std::vector<std::string_view> open;  // sections that the lines so far stand in
    for (const KeySpec& key : schema()) {
        const std::vector<std::string_view> parts = split(key.path);
        std::size_t same = 0;
        while (same < open.size() && same + 1 < parts.size() && open[same] == parts[same]) ++same;
        open.resize(same);
        while (open.size() + 1 < parts.size()) {
            out += std::string(2 * open.size(), ' ') + std::string(parts[open.size()]) + ":\n";
            open.push_back(parts[open.size()]);
        }
        out += std::string(2 * open.size(), ' ') + std::string(parts.back()) + ": " +
               formatValue(key, key.get(config)) + "\n";
    }
    return out;
}

std::vector<std::string> diff(const RunConfig& a, const RunConfig& b) {
    std::vector<std::string> paths;
    for (const KeySpec& key : schema()) {
        if (key.get(a) != key.get(b)) paths.push_back(key.path);
    }
    return paths;
}

}  // namespace switchyard::config
