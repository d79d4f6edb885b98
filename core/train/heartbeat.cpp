// SPDX-License-Identifier: MIT
#include <pthread.h>
#include <signal.h>

#include "core/train/hook.h"

namespace switchyard::train {
namespace {

constexpr auto kBetweenBeats = std::chrono::milliseconds(100);

}  // namespace

Heartbeat::Heartbeat(launch::WorkerChannel& channel) : channel_(channel), thread_([this] { run(); }) {}

Heartbeat::~Heartbeat() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Heartbeat::phase(const char* name, std::int64_t step) {
    const std::lock_guard lock(mutex_);
    phase_ = name;
    step_ = step;
    collective_.clear();
    news_ = true;
}

void Heartbeat::beat(const char* collective, std::uint64_t sequence) {
    const std::lock_guard lock(mutex_);
    collective_ = collective;
    sequence_ = sequence;
    news_ = true;
}

void Heartbeat::run() {
    // Signals are the trainer's business.
    sigset_t all;
    sigfillset(&all);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigdelset(&all, fault);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, kBetweenBeats, [&] { return stopping_; })) {
        nlohmann::json message = {{"event", "alive"}};
        if (news_) {
            message = {{"event", "progress"}, {"step", step_}, {"phase", phase_}};
            if (!collective_.empty()) {
                message["collective"] = collective_;
                message["sequence"] = sequence_;
            }
            news_ = false;
        }
        lock.unlock();
        channel_.send(message);
        lock.lock();
    }
}

}  // namespace switchyard::train
