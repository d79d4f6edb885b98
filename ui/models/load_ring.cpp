// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/load_ring.h"

#include <algorithm>
#include <limits>

namespace switchyard::ui {
namespace {

constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();

std::uint32_t sum(std::uint32_t a, std::uint64_t b) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(a + b, kMost));
}

}  // namespace

bool LoadRing::add(const runs::ExpertLoad& load) {
    const bool image = load.modality == "image";
    if ((!image && load.modality != "text") || load.counts.empty()) return false;
    if (experts_ == 0) {
        experts_ = static_cast<int>(load.counts.size());
        for (auto& whole : whole_) whole.assign(load.counts.size(), 0);
    }
    if (load.counts.size() != static_cast<std::size_t>(experts_)) return false;
    if (!columns_.empty() && load.step < columns_.back().last_step) cutFrom(load.step);
    if (columns_.empty() || load.step != columns_.back().last_step) {
        if (!columns_.empty() && columns_.back().records < per_column_) {
            ++columns_.back().records;
            columns_.back().last_step = load.step;
        } else {
            if (size() == capacity_) halve();
            columns_.push_back({load.step, load.step, 1, {}, {}});
            for (auto& counts : counts_) counts.resize(columns_.size() * static_cast<std::size_t>(experts_));
        }
        ++records_;
    }
    const std::size_t m = image ? 1 : 0;
    has_image_ = has_image_ || image;
    Column& now = columns_.back();
    std::uint32_t* counts = &counts_[m][cell(size() - 1, 0)];
    for (std::size_t e = 0; e < load.counts.size(); ++e) {
        const auto count = static_cast<std::uint64_t>(std::max(load.counts[e], 0));
        counts[e] = sum(counts[e], count);
        now.total[m] += count;
        whole_[m][e] += count;
    }
    now.dropped[m] += static_cast<std::uint64_t>(std::max<std::int64_t>(load.dropped, 0));
    return true;
}

void LoadRing::halve() {
    const int half = size() / 2;
    for (int i = 0; i < half; ++i) {
        const Column &a = columns_[static_cast<std::size_t>(2 * i)], &b = columns_[static_cast<std::size_t>(2 * i + 1)];
        Column both{a.first_step, b.last_step, a.records + b.records, {}, {}};
        for (std::size_t m = 0; m < 2; ++m) {
            both.total[m] = a.total[m] + b.total[m];
            both.dropped[m] = a.dropped[m] + b.dropped[m];
            for (int e = 0; e < experts_; ++e)
                counts_[m][cell(i, e)] = sum(counts_[m][cell(2 * i, e)], counts_[m][cell(2 * i + 1, e)]);
        }
        columns_[static_cast<std::size_t>(i)] = both;
    }
    columns_.resize(static_cast<std::size_t>(half));
    for (auto& counts : counts_) counts.resize(columns_.size() * static_cast<std::size_t>(experts_));
    per_column_ *= 2;
    ++generation_;
}

void LoadRing::cutFrom(std::int64_t step) {
    ++generation_;
    while (!columns_.empty() && columns_.back().first_step >= step) {
        records_ -= columns_.back().records;
        for (std::size_t m = 0; m < 2; ++m)
            for (int e = 0; e < experts_; ++e)
                whole_[m][static_cast<std::size_t>(e)] -= counts_[m][cell(size() - 1, e)];
        columns_.pop_back();
    }
    for (auto& counts : counts_) counts.resize(columns_.size() * static_cast<std::size_t>(experts_));
    // A cell that was cut through keeps its counts: its records can not be told apart any more.
    if (!columns_.empty()) columns_.back().last_step = std::min(columns_.back().last_step, step - 1);
}

double LoadRing::stepsPerRecord() const {
    if (records_ < 2) return 1;
    return std::max(1.0, static_cast<double>(lastStep() - firstStep()) / static_cast<double>(records_ - 1));
}

int LoadRing::columnAt(double step) const {
    const auto after = std::upper_bound(columns_.begin(), columns_.end(), step, [](double at, const Column& c) {
        return at < static_cast<double>(c.first_step);
    });
    if (after == columns_.begin()) return 0;
    const int index = static_cast<int>(after - columns_.begin()) - 1;
    if (after == columns_.end()) return index;
    const double behind = step - static_cast<double>(column(index).last_step);
    const double ahead = static_cast<double>(after->first_step) - step;
    return behind > ahead ? index + 1 : index;
}

std::uint64_t LoadRing::count(int column, LoadModality modality, int expert) const {
    const std::size_t at = cell(column, expert);
    switch (modality) {
        case LoadModality::kText:
            return counts_[0][at];
        case LoadModality::kImage:
            return counts_[1][at];
        case LoadModality::kAll:
            break;
    }
    return static_cast<std::uint64_t>(counts_[0][at]) + counts_[1][at];
}

std::uint64_t LoadRing::total(int index, LoadModality modality) const {
    const Column& c = column(index);
    switch (modality) {
        case LoadModality::kText:
            return c.total[0];
        case LoadModality::kImage:
            return c.total[1];
        case LoadModality::kAll:
            break;
    }
    return c.total[0] + c.total[1];
}

double LoadRing::ratio(int column, LoadModality modality, int expert) const {
    const std::uint64_t all = total(column, modality);
    if (all == 0) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(count(column, modality, expert)) * experts_ / static_cast<double>(all);
}

std::uint64_t LoadRing::wholeCount(LoadModality modality, int expert) const {
    const auto e = static_cast<std::size_t>(expert);
    switch (modality) {
        case LoadModality::kText:
            return whole_[0][e];
        case LoadModality::kImage:
            return whole_[1][e];
        case LoadModality::kAll:
            break;
    }
    return whole_[0][e] + whole_[1][e];
}

}  // namespace switchyard::ui
