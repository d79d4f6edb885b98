// SPDX-License-Identifier: MIT
// What another gate would have done with logits that were written down: the gate's own code, on recorded logits.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/runs/layer_routes.h"

namespace switchyard::eval {

/// How a replay chooses.
struct ReplayGate {
    RunConfig::Moe moe;        ///< gate, top_k, score, eval_capacity_factor, min_capacity, drop, gumbel_eval
    double temperature = 1;    ///< logits are divided by it
    bool trained_bias = true;  ///< the layer's recorded selection bias counts (topk)
    std::vector<float> bias;   ///< [E] in its place, when not empty
    std::uint64_t seed = 0;    ///< of the run, for gumbel_eval
};

/// A layer's routes under the gate, in evaluation: no training noise, each sample alone. Logits that are not known are
/// guessed (LayerRoutes::tokenLogits); `rounded` then stays set. Throws: Error(kUsage) when there are fewer experts
/// than choices, the routes have no logits, or the bias has another length.
runs::LayerRoutes replay(const runs::LayerRoutes& recorded, const ReplayGate& gate);

/// The request {"op": "replay"} (core/base/launch/compute_request.h). Throws: Error.
nlohmann::json replayRequest(const nlohmann::json& request);

}  // namespace switchyard::eval
