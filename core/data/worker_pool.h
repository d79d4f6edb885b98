// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace switchyard::data {

/// Threads that share out independent pieces of work.
/// Thread: run() from one thread at a time, which works too.
class WorkerPool {
public:
    /// @param threads in all, the caller's included; at least 1
    explicit WorkerPool(std::size_t threads);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;
    /// Calls work(0) ... work(count - 1), each once, and returns when all are done.
    /// Throws: what the first failing piece by number threw, after all were tried.
    void run(std::size_t count, const std::function<void(std::size_t)>& work);

private:
    void serve();
    /// Takes pieces until none is left.
    void help(std::unique_lock<std::mutex>& lock);

    std::mutex mutex_;
    std::condition_variable changed_;
    const std::function<void(std::size_t)>* work_ = nullptr;
    std::size_t count_ = 0, next_ = 0, done_ = 0, failed_at_ = 0;
    std::exception_ptr failure_;
    bool stopping_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace switchyard::data
