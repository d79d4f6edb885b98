// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/plan/model_replay.h"

namespace switchyard::plan {

/// Gate, dispatch and experts over `rows` tokens. Shapes: [rows, dim] -> [rows, dim].
/// @param routing what the losses look at; it is there until the pass is over
Value moeLayer(Ops& ops, const ReplayContext& context, const PassInput& input, const Value& x, double rows,
               const MoePlaces& places, std::vector<Buffer>* routing);

}  // namespace switchyard::plan
