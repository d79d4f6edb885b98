// SPDX-License-Identifier: MIT
#pragma once

#include <ctime>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace switchyard::checkpoint {

/// Keeps a thread to a share of one core: it pauses in proportion to the time that it computed. Threads that all cores
/// wait for in the next collective are slowed by whatever else runs, so a save beside the training takes its time.
/// Thread: rest() in the thread that is slowed, hurry() in any.
class Pace {
public:
    explicit Pace(double share) : rest_per_work_(1.0 / share - 1.0) {}
    void rest() {
        const double used = processorTime_s(), worked = used - used_;
        if (worked < kLeastWork_s) return;
        used_ = used;
        const double pause = std::min(worked * rest_per_work_, kLongestPause_s);
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::duration<double>(pause), [this] { return hurries_.load(); });
    }
    /// From now on nothing is slowed: someone waits.
    void hurry() {
        const std::lock_guard lock(mutex_);
        hurries_ = true;
        changed_.notify_all();
    }
    /// Before a thread begins that will be slowed.
    void start() {
        used_ = 0;  // its own clock starts at 0
        hurries_ = false;
    }

private:
    /// Of this thread.
    static double processorTime_s() {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    }
    static constexpr double kLeastWork_s = 1e-3, kLongestPause_s = 1.0;
    double rest_per_work_, used_ = 0;
    std::atomic<bool> hurries_ = false;
    std::mutex mutex_;
    std::condition_variable changed_;
};

}  // namespace switchyard::checkpoint
