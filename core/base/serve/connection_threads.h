// SPDX-License-Identifier: MIT
// Threads of connections: a connection holds one for as long as it is open, so there are as many as connections may be,
// made when they are needed.
#pragma once

#include <httplib.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace switchyard::serve {

class ConnectionThreads : public httplib::TaskQueue {
public:
    explicit ConnectionThreads(std::size_t most) : most_(most) {}

    /// Beyond the limit the connection is served by the caller, which accepts connections: HttpServer refuses it there.
    void enqueue(std::function<void()> task) override {
        std::unique_lock lock(mutex_);
        if (busy_ + tasks_.size() >= most_ || !haveThread()) {
            lock.unlock();
            task();
            return;
        }
        tasks_.push_back(std::move(task));
        changed_.notify_one();
    }

    void shutdown() override {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
        }
        changed_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }

private:
    /// One that is not needed for what waits already. False: the system gives no more.
    bool haveThread() {
        if (busy_ + tasks_.size() < threads_.size()) return true;
        try {
            threads_.emplace_back([this] { work(); });
            return true;
        } catch (const std::system_error&) {
            return false;
        }
    }

    void work() {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
            if (tasks_.empty()) return;
            const std::function<void()> task = std::move(tasks_.front());
            tasks_.pop_front();
            ++busy_;
            lock.unlock();
            task();
            lock.lock();
            --busy_;
        }
    }

    const std::size_t most_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> tasks_;
    std::vector<std::thread> threads_;
    std::size_t busy_ = 0;
    bool ending_ = false;
};

}  // namespace switchyard::serve
