// SPDX-License-Identifier: MIT
// How long one update of a whole model takes: losses, backward, clipping and optimizer, on random data.
#pragma once

#include <nlohmann/json.hpp>

#include "core/base/config/run_config.h"
#include "core/base/launch/worker_protocol.h"

namespace switchyard::bench {

/// The model of `switchyard bench step`: text encoder 4 x 256 with 64 tokens, vision encoder 4 x 256 with 64 patches
/// and LoRA of rank 8, two fusion blocks of 16 experts (top-2), contrastive and matching loss (33 pairs), 32 samples.
/// As overrides "KEY": "VALUE" of the defaults.
nlohmann::json stepBenchKeys();

/// This rank's part of it; every repeat with other texts and pictures of full length. Times are those of the fastest
/// and of the middle repeat; the peak is the largest of any rank. Returns {mode, ranks, expert,
/// activation_checkpointing, ms, median_ms, samples_per_s, parameters, loss, peak_rss_bytes}.
nlohmann::json benchStep(const RunConfig& config, int repeats, const launch::RankEnvironment& environment);

}  // namespace switchyard::bench
