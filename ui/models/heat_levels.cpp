// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/heat_levels.h"

#include <algorithm>
#include <cmath>

namespace switchyard::ui {

std::uint8_t HeatLevels::levelOf(double ratio) {
    if (std::isnan(ratio)) return kFair;
    if (ratio <= 0) return 0;
    const double level = kFair + 60.0 * std::log2(ratio);
    return static_cast<std::uint8_t>(std::lround(std::clamp(level, 0.0, static_cast<double>(kHighest))));
}

void HeatLevels::clear() {
    valid_ = false;
    experts_ = columns_ = 0;
}

int HeatLevels::update(const LayerLoads& layer, LoadModality modality) {
    const LoadRing& ring = layer.ring;
    const bool anew = !valid_ || experts_ != ring.experts() || modality != modality_ ||
                      generation_ != ring.generation() || dead_version_ != layer.dead.version() ||
                      columns_ > ring.size();
    // The newest cell may have been open: it is computed again.
    const int first = anew ? 0 : std::max(0, columns_ - 1);
    if (anew) {
        experts_ = ring.experts();
        stride_ = static_cast<std::size_t>(ring.capacity());
        levels_.resize(stride_ * static_cast<std::size_t>(experts_));
    }
    columns_ = ring.size();
    valid_ = true;
    modality_ = modality;
    generation_ = ring.generation();
    dead_version_ = layer.dead.version();
    for (int column = first; column < columns_; ++column)
        for (int e = 0; e < experts_; ++e)
            levels_[static_cast<std::size_t>(e) * stride_ + static_cast<std::size_t>(column)] =
                levelOf(ring.ratio(column, modality, e));
    for (const DeadSpell& spell : layer.dead.spells()) {
        for (int column = first; column < columns_; ++column) {
            const LoadRing::Column& cell = ring.column(column);
            if (cell.first_step < spell.first_idle_step ||
                (spell.ended_step >= 0 && cell.last_step >= spell.ended_step))
                continue;
            levels_[static_cast<std::size_t>(spell.expert) * stride_ + static_cast<std::size_t>(column)] = kDead;
        }
    }
    return first;
}

}  // namespace switchyard::ui
