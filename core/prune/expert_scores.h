// SPDX-License-Identifier: MIT
// How much a model needs each of its experts, measured on data.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/eval/evaluate.h"

namespace switchyard::prune {

/// One MoE layer's experts, over all tokens of the data. E experts, D width; sums in fp64.
struct ExpertScores {
    std::string layer;
    at::Tensor counts;   ///< [2, E] int64: choices of text and of image tokens that were served
    at::Tensor norms;    ///< [E] sum over those of weight * |output|
    at::Tensor outputs;  ///< [E, D] sum over those of weight * output
    std::int64_t experts() const { return counts.size(1); }
    /// [E] int64, both modalities.
    at::Tensor usage() const { return counts.sum(0); }
    /// [E] mean over an expert's tokens of weight * |output|; 0 for one without tokens.
    /// Source: Lasby et al. 2025 (REAP, arXiv 2510.13999) eq. 9.
    at::Tensor reap() const;
    /// [E, E] cosine of the experts' mean weighted outputs; 0 for one without tokens.
    at::Tensor similarity() const;
};

/// In the order of the layers. A picture goes with its first caption, through the fusion too.
/// @param limit so many samples, evenly spread over the data; 0 = all
/// Throws: Error(kBadData) for a picture that can not be read; Error(kInterrupted) when `progress` says so.
std::vector<ExpertScores> scoreExperts(eval::LoadedModel& model, const dataset::Dataset& data, std::int64_t limit,
                                       const eval::Progress& progress);

}  // namespace switchyard::prune
