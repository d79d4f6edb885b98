// SPDX-License-Identifier: MIT
// What a rank trains on, step by step.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/dataset/dataset.h"
#include "core/base/text/tokenizer.h"
#include "core/data/batch.h"
#include "core/data/picture_cache.h"
#include "core/data/sample_order.h"
#include "core/data/worker_pool.h"

namespace switchyard::data {

/// Makes one rank's part of any step. Every draw belongs to (seed, step, sample), so a step's content depends
/// neither on the ranks nor on the steps made before it.
/// Decoding and augmenting are shared out over data.workers threads; what comes out does not depend on their number.
/// Thread: one thread.
class StepMaker {
public:
    /// All arguments must outlive the object.
    StepMaker(const RunConfig& config, const dataset::Dataset& dataset, const text::Tokenizer& tokenizer, int rank,
              int ranks, std::int64_t rewind = 0);
    /// The rank's micro-batches, each a contiguous part of the global batch; a pass takes them from all ranks in
    /// rank order, one pass after the other. Throws: Error(kBadData).
    std::vector<Batch> make(std::int64_t step);

private:
    /// Which caption of the sample the step shows: own ones first, then those made from keywords.
    std::size_t drawCaption(std::int64_t step, std::uint64_t sample) const;
    const text::Encoding& tokensOf(std::uint64_t sample, std::size_t caption);

    const RunConfig& config_;
    const dataset::Dataset& dataset_;
    const text::Tokenizer& tokenizer_;
    int rank_, ranks_;
    SampleOrder order_;
    WorkerPool pool_;
    PictureCache pictures_;
    std::vector<std::vector<text::Encoding>> tokens_;  ///< [sample][caption], filled when drawn
};

/// Runs a StepMaker ahead of the trainer in a thread of its own, at most two steps.
/// Thread: next() from one thread.
class Batcher {
public:
    Batcher(const RunConfig& config, const dataset::Dataset& dataset, const text::Tokenizer& tokenizer, int rank,
            int ranks, std::int64_t first_step, std::int64_t end_step, std::int64_t rewind = 0);
    ~Batcher();
    Batcher(const Batcher&) = delete;
    Batcher& operator=(const Batcher&) = delete;
    /// Micro-batches of first_step, first_step + 1, ... Throws: what making the step threw.
    std::vector<Batch> next();

private:
    void run(std::int64_t first_step, std::int64_t end_step);

    StepMaker maker_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::vector<Batch>> ready_;
    std::exception_ptr failure_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace switchyard::data
