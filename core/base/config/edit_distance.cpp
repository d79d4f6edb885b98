// SPDX-License-Identifier: MIT
#include "core/base/config/edit_distance.h"

#include <algorithm>

namespace switchyard::config {

int editDistance(std::string_view a, std::string_view b) {
    std::vector<int> before(b.size() + 1);
    std::vector<int> previous(b.size() + 1);
    std::vector<int> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = static_cast<int>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({previous[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        before.swap(previous);
        previous.swap(row);
    }
    return previous[b.size()];
}

std::string nearest(std::string_view name, const std::vector<std::string>& candidates, int limit) {
    constexpr std::size_t kLongestName = 80;  // nothing longer is a misspelling of a key
    if (name.empty() || name.size() > kLongestName) return {};
    std::string best;
    int best_distance = limit + 1;
    for (const std::string& candidate : candidates) {
        const int distance = editDistance(name, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
    return nearest(name, candidates, std::max(1, static_cast<int>(name.size()) / 3));
}

}  // namespace switchyard::config
