// SPDX-License-Identifier: MIT
// One pass of a micro-batch through the model and back, replayed.
#pragma once

#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/plan/ops.h"
#include "core/base/plan/weights_replay.h"

namespace switchyard::plan {

/// What a rank's pass works on.
struct PassInput {
    double samples = 0;
    std::vector<LengthRun> texts;  ///< by rising length
    std::vector<LengthRun> pairs;  ///< texts of the pairs that the fusion blocks see; empty = none
    double images = 0;
    double other_share = 1;  ///< rows that the fullest rank gets for its experts, as a multiple of the even share
};

struct ReplayContext {
    MemoryPool& pool;
    const RunConfig& config;
    const ModelTensors& model;
    WeightsReplay& weights;
    Products& products;
    int ranks = 1;
    bool gpu = false;
};

/// Patches of a picture that are trained on, with the class token.
double imageTokens(const RunConfig& config);

/// Forward and backward.
void replayPass(const ReplayContext& context, const PassInput& input);

}  // namespace switchyard::plan
