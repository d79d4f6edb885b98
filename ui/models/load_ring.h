// SPDX-License-Identifier: GPL-3.0-or-later
// Load of one layer's experts over the whole run in bounded memory.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/runs/run_db.h"

namespace switchyard::ui {

enum class LoadModality { kAll, kText, kImage };

/// At most `columns` cells in time: when they are full, neighbours are added up in pairs and every later cell takes
/// twice as many records. 512 experts take 5 MB, however long the run is. A step that goes back removes what it
/// repeats. Thread: any, one object in one thread.
class LoadRing {
public:
    static constexpr int kColumns = 1200;
    struct Column {
        std::int64_t first_step = 0, last_step = 0, records = 0;
        std::array<std::uint64_t, 2> total{};    ///< choices of text, image
        std::array<std::uint64_t, 2> dropped{};  ///< of these
    };

    /// `columns` is even.
    explicit LoadRing(int columns = kColumns) : capacity_(columns) {}
    /// Text and image of one step come one after the other. @return false for what does not fit this layer.
    bool add(const runs::ExpertLoad& load);

    int experts() const { return experts_; }
    int size() const { return static_cast<int>(columns_.size()); }
    int capacity() const { return capacity_; }
    std::int64_t records() const { return records_; }
    std::int64_t recordsPerColumn() const { return per_column_; }
    const Column& column(int index) const { return columns_[static_cast<std::size_t>(index)]; }
    std::int64_t firstStep() const { return columns_.front().first_step; }
    std::int64_t lastStep() const { return columns_.back().last_step; }
    /// Steps from one record to the next, on average; 1 with less than two.
    double stepsPerRecord() const;
    /// The cell of a step, or the nearest one; size() must not be 0.
    int columnAt(double step) const;

    std::uint64_t count(int column, LoadModality modality, int expert) const;
    std::uint64_t total(int column, LoadModality modality) const;
    /// Load over fair share: 1 = as much as every expert would get; NaN for a cell without tokens.
    double ratio(int column, LoadModality modality, int expert) const;
    /// Over the whole run.
    std::uint64_t wholeCount(LoadModality modality, int expert) const;
    bool hasImage() const { return has_image_; }
    /// Changes when cells that were there have become others.
    std::uint64_t generation() const { return generation_; }

private:
    std::size_t cell(int column, int expert) const {
        return static_cast<std::size_t>(column) * static_cast<std::size_t>(experts_) + static_cast<std::size_t>(expert);
    }
    void halve();
    void cutFrom(std::int64_t step);

    int capacity_, experts_ = 0;
    std::int64_t records_ = 0, per_column_ = 1;
    bool has_image_ = false;
    std::uint64_t generation_ = 0;
    std::vector<Column> columns_;
    std::array<std::vector<std::uint32_t>, 2> counts_;  ///< [column][expert]; a sum that is too large stays at the top
    std::array<std::vector<std::uint64_t>, 2> whole_;
};

}  // namespace switchyard::ui
