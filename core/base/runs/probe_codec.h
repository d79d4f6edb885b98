// SPDX-License-Identifier: MIT
// The bytes of one row of run.db's `probes`: one sample's routes through one layer at one step, in at most 39 bytes a
// token (up to 8 choices) and 24 a row. docs/formats.md has the layout.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/runs/layer_routes.h"

namespace switchyard::runs {

constexpr std::size_t kProbeHeaderBytes = 24;
constexpr double kProbeTokenBytes = 39;

/// What decides how choices are weighed, so that weights may be left out where they follow from the logits.
enum class ProbeWeights : std::uint8_t {
    kStored = 0,
    kShares = 1,         ///< a chosen score over the sum of the chosen ones; 0 where dropped (topk, noisy_topk)
    kProbabilities = 2,  ///< the probability; 0 where there is no choice (expert_choice)
};

/// Cost: one pass. Throws: Error(kRunFailed) when the routes are not complete: all logits, sizes that agree.
/// @param rule how weights follow from logits; they are stored all the same where they fit
std::vector<std::uint8_t> encodeProbe(const LayerRoutes& routes, ProbeWeights rule);

/// Everything is checked before it is used. Throws: Error(kBadData) with `where`, saying what is wrong.
LayerRoutes decodeProbe(const std::vector<std::uint8_t>& bytes, const std::string& where);

/// IEEE 754 half precision, round to nearest even; beyond its range the largest finite number.
std::uint16_t toHalf(float value);
float fromHalf(std::uint16_t half);

}  // namespace switchyard::runs
