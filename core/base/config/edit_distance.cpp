// SPDX-License-Identifier: MIT
#include "core/base/config/edit_distance.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace switchyard::config {

namespace {

/// The last three rows of the table that a distance is found by; kept from one to the next.
struct Rows {
    std::vector<int> before, previous, row;
};

/// The distance, or `enough` as soon as it can not be less.
int distanceBelow(std::string_view a, std::string_view b, int enough, Rows* rows) {
    if (std::abs(static_cast<int>(a.size()) - static_cast<int>(b.size())) >= enough) return enough;
    auto& [before, previous, row] = *rows;
    for (std::vector<int>* numbers : {&before, &previous, &row}) numbers->resize(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = static_cast<int>(j);
    int least_before = 0;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = static_cast<int>(i);
        int least = row[0];
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({previous[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
            least = std::min(least, row[j]);
        }
        // Every later number comes from one of the last two rows.
        if (least >= enough && least_before >= enough) return enough;
        least_before = least;
        before.swap(previous);
        previous.swap(row);
    }
    return std::min(previous[b.size()], enough);
}

}  // namespace

int editDistance(std::string_view a, std::string_view b) {
    Rows rows;
    return distanceBelow(a, b, std::numeric_limits<int>::max(), &rows);
}

std::string nearest(std::string_view name, const std::vector<std::string>& candidates, int limit) {
    constexpr std::size_t kLongestName = 80;  // nothing longer is a misspelling of a key
    if (name.empty() || name.size() > kLongestName) return {};
    std::string best;
    int best_distance = limit + 1;
    Rows rows;
    for (const std::string& candidate : candidates) {
        const int distance = distanceBelow(name, candidate, best_distance, &rows);
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
