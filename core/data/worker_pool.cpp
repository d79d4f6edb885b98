// SPDX-License-Identifier: MIT
#include "core/data/worker_pool.h"

#include <algorithm>
#include <utility>

namespace switchyard::data {

WorkerPool::WorkerPool(std::size_t threads) {
    for (std::size_t i = 1; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
}

void WorkerPool::run(std::size_t count, const std::function<void(std::size_t)>& work) {
    std::unique_lock lock(mutex_);
    work_ = &work;
    count_ = count;
    next_ = done_ = 0;
    changed_.notify_all();
    help(lock);
    changed_.wait(lock, [this] { return done_ == count_; });
    work_ = nullptr;
    count_ = next_ = 0;
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void WorkerPool::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || next_ < count_; });
        if (stopping_) return;
        help(lock);
    }
}

void WorkerPool::help(std::unique_lock<std::mutex>& lock) {
    while (next_ < count_) {
        const std::size_t piece = next_++;
        const auto* work = work_;
        lock.unlock();
        std::exception_ptr failure;
        try {
            (*work)(piece);
        } catch (...) {
            failure = std::current_exception();
        }
        lock.lock();
        if (failure && (!failure_ || piece < failed_at_)) {
            failure_ = failure;
            failed_at_ = piece;
        }
        if (++done_ == count_) changed_.notify_all();
    }
}

}  // namespace switchyard::data
