// SPDX-License-Identifier: MIT
// One pass of a micro-batch through the model and back, replayed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/plan/ops.h"
#include "core/base/plan/traffic.h"
#include "core/base/plan/weights_replay.h"
#include "core/base/plan/work.h"

namespace switchyard::plan {

/// Rows of a pass that a rank has for a layer's experts, and that its own experts get, where a recorded run tells.
struct LayerRows {
    double sent = 0, received = 0;
};

/// What a rank's pass works on.
struct PassInput {
    double samples = 0;
    std::vector<LengthRun> texts;  ///< by rising length
    std::vector<LengthRun> pairs;  ///< texts of the pairs that the fusion blocks see; empty = none
    double images = 0;
    std::map<std::string, LayerRows> rows;  ///< by layer; of others a fair share
    double other_share = 1;  ///< rows that the fullest rank gets for its experts, as a multiple of the even share
};

struct ReplayContext {
    MemoryPool& pool;
    const RunConfig& config;
    const ModelTensors& model;
    WeightsReplay& weights;
    Products& products;
    Traffic& traffic;
    Work& work;
    int ranks = 1;
    bool gpu = false;
};

/// Patches of a picture that are trained on, with the class token.
double imageTokens(const RunConfig& config);

/// Forward and backward.
void replayPass(const ReplayContext& context, const PassInput& input);

}  // namespace switchyard::plan
