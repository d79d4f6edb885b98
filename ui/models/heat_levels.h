// SPDX-License-Identifier: GPL-3.0-or-later
// log2(load / fair share) of every expert and cell as one byte, computed only for what is new.
#pragma once

#include <cstdint>
#include <vector>

#include "ui/models/load_history.h"

namespace switchyard::ui {

/// Thread: any, one object in one thread. Cost: update() O(experts) a new cell.
class HeatLevels {
public:
    static constexpr std::uint8_t kFair = 120, kHighest = 240;  ///< 0 = -2 and below, 240 = +2 and above
    static constexpr std::uint8_t kDead = 255;
    static std::uint8_t levelOf(double ratio);  ///< of a living expert; NaN (no tokens at all) = fair
    /// How far from fair; dead is farthest.
    static constexpr int deviation(std::uint8_t level) {
        return level == kDead ? 1000 : level < kFair ? kFair - level : level - kFair;
    }

    /// @return the first cell that differs from the last call, columns() when none does.
    int update(const LayerLoads& layer, LoadModality modality);
    void clear();
    int experts() const { return experts_; }
    int columns() const { return columns_; }
    /// Cells of an expert, columns() of them.
    const std::uint8_t* row(int expert) const { return &levels_[static_cast<std::size_t>(expert) * stride_]; }

private:
    std::vector<std::uint8_t> levels_;  ///< [expert][cell]
    std::size_t stride_ = 0;
    int experts_ = 0, columns_ = 0;
    std::uint64_t generation_ = 0, dead_version_ = 0;
    LoadModality modality_ = LoadModality::kAll;
    bool valid_ = false;
};

}  // namespace switchyard::ui
