// SPDX-License-Identifier: MIT
// Which experts stay.
#pragma once

#include <cstdint>
#include <vector>

namespace switchyard::prune {

/// What a layer keeps: rising numbers of experts.
using Kept = std::vector<std::int64_t>;

/// The best of each layer; of equal scores the lower number stays.
/// @param scores [layers][experts] @param keep [layers] how many
std::vector<Kept> keepInEachLayer(const std::vector<std::vector<double>>& scores,
                                  const std::vector<std::int64_t>& keep);

/// The `keep` best of all layers together, by score over the mean of the layer, for every layer's scores have a scale
/// of their own. Of equal ones the earlier layer's, then the lower number stays.
/// @param scores [layers][experts], not negative
/// @param keep of all layers @param least that each layer keeps whatever they score
std::vector<Kept> keepOverAll(const std::vector<std::vector<double>>& scores, std::int64_t keep, std::int64_t least);

/// The experts that are not kept.
std::vector<std::int64_t> removedOf(const Kept& kept, std::int64_t experts);

}  // namespace switchyard::prune
