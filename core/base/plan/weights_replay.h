// SPDX-License-Identifier: MIT
// Weights, gradients and optimizer state of one rank, as core/parallel shares them out over the ranks.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/plan/parameters.h"
#include "core/base/plan/replay.h"
#include "core/base/plan/traffic.h"

namespace switchyard::plan {

/// Thread: one thread.
class WeightsReplay {
public:
    virtual ~WeightsReplay() = default;

    // Of a model whose blocks share their weights out; nothing for others.
    virtual void fetch(int unit) { static_cast<void>(unit); }
    virtual void release(int unit) { static_cast<void>(unit); }
    virtual void fetchForBackward(int unit) { static_cast<void>(unit); }

    virtual void begin() = 0;                    ///< a step
    virtual void beforeBackward(bool last) = 0;  ///< of the step's passes
    virtual void gradientReady(int parameter, Buffer gradient) = 0;
    virtual void finish() = 0;  ///< the sum over the ranks, the update, and what is sent round after it
    /// Bytes that a checkpoint written beside the training copies.
    virtual double checkpointBytes() const = 0;
    /// Numbers whose moments this rank has.
    virtual double updated() const = 0;
};

/// Which rank's weights are replayed.
struct RankPlace {
    int ranks = 1;  ///< of the run, whatever config.parallel.ranks says
    int rank = -1;  ///< -1: of ranks that hold different shares, the one that holds most
};

/// Of oss and zero2: numbers of dense and of expert parameters that each rank owns, by core/parallel/sharding.cpp.
std::array<std::vector<std::int64_t>, 2> ownedNumbers(const ModelTensors& model, const RunConfig& config, int ranks);

/// Takes weights and both moments. @param traffic what is exchanged is added to it; outlives the replay
std::unique_ptr<WeightsReplay> makeWeightsReplay(MemoryPool& pool, const RunConfig& config, const ModelTensors& model,
                                                 RankPlace place, bool gpu, Traffic& traffic);

}  // namespace switchyard::plan
