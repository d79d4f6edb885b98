// SPDX-License-Identifier: MIT
// Which pairs the matching loss looks at.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "core/data/batch.h"

namespace switchyard::model {

struct MatchingPairs {
    std::vector<std::int64_t> text, image;  ///< indices into the batch
    std::vector<double> label;              ///< 1 = belongs together
    std::vector<std::uint64_t> id;          ///< key of random draws of the pair
};

/// For the first ceil(share * block) samples of every block of `block` neighbours of the global batch: the pair
/// itself, its text with the most similar other picture of the block, and its picture with the most similar other
/// text. Samples with the same picture or an equal caption are no negatives of each other. The choice depends on the
/// block alone, not on how blocks lie on ranks.
/// @param similarity [B, B] text by image, in the order of the batch
MatchingPairs choosePairs(const data::Batch& batch, const at::Tensor& similarity, std::int64_t block, double share);

}  // namespace switchyard::model
