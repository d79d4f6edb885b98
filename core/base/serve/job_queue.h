// SPDX-License-Identifier: MIT
// Requests that wait for a worker: bounded, and given out in batches of those that can pass the model together.
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/serve/frame.h"
#include "core/base/serve/infer_request.h"

namespace switchyard::serve {

struct JobAnswer {
    int status = 200;
    std::string error;  ///< one sentence, when the status is not 200
    std::vector<OutputTensor> tensors;
    double queue_s = 0, compute_s = 0;  ///< of the batch it was in
};

struct Job {
    Job(std::string of_model, InferRequest of_request, Clock::time_point until);
    const std::string model;
    const InferRequest request;
    const std::string group;  ///< jobs of one group may be one batch: same model, inputs and parameters
    const Clock::time_point arrival = Clock::now(), deadline;
    std::promise<JobAnswer> answer;  ///< set once, by the queue or by a worker's thread
};
using JobPtr = std::shared_ptr<Job>;

/// Thread: any.
class JobQueue {
public:
    /// @param most_rows that wait at once   @param batch_rows of a batch, at least those of a job
    JobQueue(std::int64_t most_rows, std::int64_t batch_rows, std::chrono::microseconds window)
        : most_rows_(most_rows), batch_rows_(batch_rows), window_(window) {}

    /// False: full, or closed.
    bool push(const JobPtr& job);
    /// The oldest job with others of its group, once they are a whole batch or the oldest has waited for the window.
    /// Nothing by `until`: an empty batch. No jobs any more after close(): no batch. Jobs past their deadline are
    /// answered with 504 on the way.
    std::optional<std::vector<JobPtr>> take(Clock::time_point until);
    /// Takes no more; what waits is still given out.
    void close();
    std::int64_t waitingRows() const;

private:
    void dropLate();
    std::vector<JobPtr> takeGroup(const std::string& group);

    const std::int64_t most_rows_, batch_rows_;
    const std::chrono::microseconds window_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<JobPtr> jobs_;
    std::int64_t rows_ = 0;
    bool closed_ = false;
};

}  // namespace switchyard::serve
