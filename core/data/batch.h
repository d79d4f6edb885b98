// SPDX-License-Identifier: MIT
// A micro-batch as tensors. Text is packed: no padding exists, so none is computed.
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <vector>

namespace switchyard::data {

struct Batch {
    std::int64_t size = 0;  ///< B
    at::Tensor token_ids;   ///< [T] int64, samples one after another
    /// Samples stand in order of rising text length, so samples of equal length are neighbours.
    std::vector<std::int64_t> text_lengths;      ///< [B], rising
    at::Tensor token_positions;                  ///< [T] int64, position in its sample (before token drop: consecutive)
    at::Tensor token_types;                      ///< [T] int64: 0 first text, 1 second; undefined = all 0
    at::Tensor images;                           ///< [B, 3, S, S] fp32, normalised
    at::Tensor patches;                          ///< [B, N'] int64 kept patch numbers, rising; undefined = all
    std::vector<std::uint64_t> sample_ids;       ///< [B] for random draws
    std::vector<std::int64_t> global_positions;  ///< [B] place in the global batch
    std::vector<std::uint64_t> text_keys;        ///< [B] hash of the drawn caption: equal captions are no negatives
    std::vector<std::int64_t> tasks;             ///< [B] text tasks: which of task.names; empty elsewhere
    std::vector<double> labels;                  ///< [B] class or number; -1 = no known class; empty elsewhere
};

/// The batch with its tensors on `device`; what is there already is shared.
Batch onDevice(Batch batch, c10::Device device);

}  // namespace switchyard::data
