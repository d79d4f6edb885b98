// SPDX-License-Identifier: MIT
// Which experts stay.
#pragma once

#include <cstdint>
#include <vector>

namespace switchyard::prune {

/// What a layer keeps: rising numbers of experts.
using Kept = std::vector<std::int64_t>;

/// The `keep` best of each layer; of equal scores the lower number stays.
/// @param scores [layers][experts]
std::vector<Kept> keepInEachLayer(const std::vector<std::vector<double>>& scores, std::int64_t keep);

/// The experts that are not kept.
std::vector<std::int64_t> removedOf(const Kept& kept, std::int64_t experts);

}  // namespace switchyard::prune
