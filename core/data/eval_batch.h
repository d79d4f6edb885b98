// SPDX-License-Identifier: MIT
// Batches without augmentation, for evaluation, retrieval and traces.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/dataset/dataset.h"
#include "core/base/io/image.h"
#include "core/base/text/tokenizer.h"
#include "core/data/batch.h"

namespace switchyard::data {

struct OrderedBatch {
    Batch batch;
    std::vector<std::int64_t> order;  ///< [B] place in the batch (rising text length) -> index in the arguments
};

/// Packs given texts and pictures. `pictures` is empty (batch.images undefined) or as long as `token_ids`;
/// `token_ids` may be empty when there are only pictures (the batch then has no tokens, lengths of 0).
/// Sample ids and global positions are the indices in the arguments. Same pixels as training without
/// augmentation: fitted to 1.15 x image_size, then shrunk to image_size.
/// Throws: Error(kRunFailed) for an empty text or lengths that differ.
OrderedBatch makeBatch(const std::vector<std::vector<std::int32_t>>& token_ids, const std::vector<io::Image>& pictures,
                       const RunConfig& config);
/// The same with token types, and for text tasks and vqa the `task` and `label` of each text's sample.
OrderedBatch makeBatch(const std::vector<text::Encoding>& texts, const std::vector<io::Image>& pictures,
                       const std::vector<const dataset::Sample*>& samples, const RunConfig& config);

}  // namespace switchyard::data
