// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/min_max_index.h"

namespace switchyard::ui {
namespace {

/// Takes the unaligned ends of [first, end) and leaves the part made of whole blocks.
template <typename T>
void takeEnds(const std::vector<T>& list, std::size_t fan, std::size_t& first, std::size_t& end, ValueRange& range) {
    while (first < end && first % fan != 0) range.add(list[first++]);
    while (end > first && end % fan != 0) range.add(list[--end]);
}

}  // namespace

void MinMaxIndex::clear() {
    levels_.clear();
}

void MinMaxIndex::extend(const std::vector<double>& values) {
    const auto grow = [](const auto& from, std::vector<ValueRange>& to) {
        for (std::size_t block = to.size(); (block + 1) * kFan <= from.size(); ++block) {
            ValueRange range;
            for (std::size_t i = block * kFan; i < (block + 1) * kFan; ++i) range.add(from[i]);
            to.push_back(range);
        }
    };
    if (levels_.empty()) levels_.emplace_back();
    grow(values, levels_[0]);
    for (std::size_t k = 0; levels_[k].size() >= kFan; ++k) {
        if (k + 1 == levels_.size()) levels_.emplace_back();
        grow(levels_[k], levels_[k + 1]);
    }
}

ValueRange MinMaxIndex::over(const std::vector<double>& values, std::size_t first, std::size_t end) const {
    ValueRange range;
    takeEnds(values, kFan, first, end, range);
    for (const std::vector<ValueRange>& level : levels_) {
        if (first >= end) break;
        first /= kFan;
        end /= kFan;
        takeEnds(level, kFan, first, end, range);
    }
    return range;
}

}  // namespace switchyard::ui
