// SPDX-License-Identifier: MIT
// How fast one MoE layer trains, against what matrix products reach on the same machine in the same process.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>

#include "core/base/config/run_config.h"

namespace switchyard::bench {

struct MoeCase {
    std::int64_t tokens = 4096, dim = 512;
    RunConfig::Moe moe;  ///< experts, hidden_dim, gate, top_k, activation, bias, ...
    Precision precision = Precision::kFp32;
    bool bf16_weights = false;  ///< the experts' weights and gradients are kept in bf16; else in fp32, as training does
    int repeats = 5;
};

/// Highest rate of a square product of 1024 in this process, GFLOP/s.
double gemmCeiling(Precision precision);

/// Forward and backward of a layer in training, the gradients of its input and of all weights included; every repeat
/// with other tokens, so that routing and the numbers of rows differ as in training. Times are those of the fastest
/// and of the middle repeat. gflops counts 12 K D H T: two products forward, four backward; a swiglu expert's third
/// matrix counts too.
/// Returns {experts, dim, hidden, tokens, weights, ranks, ms, median_ms, tokens_per_s, gflops, share_of_ceiling,
/// ceiling_gflops, peak_rss_bytes}.
nlohmann::json benchMoe(const MoeCase& which);

}  // namespace switchyard::bench
