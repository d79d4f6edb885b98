// SPDX-License-Identifier: MIT
// A worker process and the thread that feeds it: takes batches from the queue, sends them, hands answers to the jobs; a
// worker that died or hangs is replaced, each time a while later.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "core/base/io/file_descriptor.h"
#include "core/base/launch/process.h"
#include "core/base/serve/job_queue.h"
#include "core/base/serve/metrics.h"
#include "core/base/util/error.h"

namespace switchyard::serve {

struct WorkerOptions {
    std::string checkpoint, index;  ///< absolute; index "" = none
    int threads = 1;
    std::chrono::milliseconds answer_limit{30'000};  ///< for one batch
};

/// Thread: the worker process belongs to the lane's thread, as the kernel ends a child with the thread that made it.
class WorkerLane {
public:
    WorkerLane(int number, WorkerOptions options, JobQueue& queue, Metrics& metrics);
    /// Ends thread and process. The queue must have been closed, or the process ends in the middle of its work.
    ~WorkerLane();

    /// Until the worker has loaded its model. False when it has not within `wait`.
    /// Throws: the Error for which the first start failed; the lane does nothing then.
    bool ready(std::chrono::milliseconds wait);
    const ServedSpec& served() const { return *served_; }
    bool serving() const { return serving_; }
    /// No more batches; one that is being computed is cut off by the destructor.
    void stop() { stopping_ = true; }

private:
    void run();
    /// Throws: Error.
    ServedSpec start();
    void restart();
    void exchange(const std::vector<JobPtr>& batch);
    void fail(const std::vector<JobPtr>& batch, int status, const std::string& why);
    void lost(const std::string& why);

    const int number_;
    const WorkerOptions options_;
    JobQueue& queue_;
    Metrics& metrics_;
    io::FileDescriptor socket_;
    std::unique_ptr<launch::ChildProcess> process_;
    std::promise<ServedSpec> first_;
    std::future<ServedSpec> first_ready_;
    std::optional<ServedSpec> served_;  ///< of whoever calls ready()
    std::string identity_;
    std::atomic<bool> serving_{false}, stopping_{false};
    std::chrono::milliseconds backoff_{0};
    Clock::time_point last_start_{};
    std::thread thread_;
};

}  // namespace switchyard::serve
