// SPDX-License-Identifier: MIT
// A few steps of one rank, replayed: the memory they take, what the rank exchanges with others and what it computes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/plan/data_facts.h"
#include "core/base/plan/machine.h"
#include "core/base/plan/memory_pool.h"
#include "core/base/plan/model_replay.h"
#include "core/base/plan/traffic.h"
#include "core/base/plan/weights_replay.h"
#include "core/base/plan/work.h"

namespace switchyard::plan {

constexpr double kBatchesAhead = 2;  ///< steps whose data is made ahead, core/data/batcher.cpp

/// Samples of a rank in a step, and in one of its passes.
struct Batch {
    std::int64_t local = 1, micro = 1, passes = 1;
};
Batch batchOf(const RunConfig& config, int ranks);

/// Steps of the whole training.
double stepsOf(const RunConfig& config, const DataFacts& facts);

/// Texts of the pairs of a pass: each anchor with its picture, and with the hardest other picture and text.
BatchTexts pairTexts(const RunConfig& config, const BatchTexts& texts, std::int64_t samples);

struct RehearsalOptions {
    RankPlace place;
    /// As PassInput::rows, of each step that is replayed: two at least, which may be alike; empty: not known.
    std::vector<std::map<std::string, LayerRows>> rows;
    double other_share = 1;  ///< as PassInput::other_share
    /// All batches are as most are; else they differ, and the last is the largest to be expected.
    bool usual_texts = false;
};

/// Thread: one thread.
class Rehearsal {
public:
    /// What a step exchanges and computes.
    struct Step {
        Traffic traffic;
        Work work;
    };
    /// @param config outlives it
    Rehearsal(const RunConfig& config, const DataFacts& facts, const Machine& machine, const RehearsalOptions& options);
    Rehearsal(const Rehearsal&) = delete;
    Rehearsal& operator=(const Rehearsal&) = delete;

    const Batch& batch() const { return batch_; }
    const PassInput& input() const { return input_; }
    const MemoryPool& pool() const { return pool_; }
    const Products& products() const { return products_; }
    const ModelTensors& model() const { return model_; }
    const Step& first() const { return first_; }
    const Step& later() const { return later_; }  ///< each step after the first
    std::string peakMoment() const;               ///< "backward of fusion.blocks.3"

private:
    void runStep(const RunConfig& config, int ranks, bool gpu, const std::vector<PassInput>& passes, Step* step);

    Batch batch_;
    PassInput input_;
    Traffic now_;
    MemoryPool pool_;
    ModelTensors model_;
    std::unique_ptr<WeightsReplay> weights_;
    std::vector<Buffer> batches_;
    Products products_;
    Step first_, later_;
};

}  // namespace switchyard::plan
