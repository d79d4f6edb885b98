// SPDX-License-Identifier: MIT
// Weights, gradients and optimizer state of one rank, as core/parallel shares them out over the ranks.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/plan/parameters.h"
#include "core/base/plan/replay.h"

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
};

/// Takes weights and both moments. Of ranks that hold different shares, the one that holds most.
/// @param ranks of the run, whatever config.parallel.ranks says
std::unique_ptr<WeightsReplay> makeWeightsReplay(MemoryPool& pool, const RunConfig& config, const ModelTensors& model,
                                                 int ranks, bool gpu);

}  // namespace switchyard::plan
