// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/plan/weights_replay.h"

namespace switchyard::plan {

/// parallel.shard fsdp: the making of the flat shares too, for which the whole model is there once.
std::unique_ptr<WeightsReplay> makeFlatReplay(MemoryPool& pool, const RunConfig& config, const ModelTensors& model,
                                              RankPlace place, bool gpu, Traffic& traffic);

}  // namespace switchyard::plan
