// SPDX-License-Identifier: MIT
// What happens beside training: a hook is called after every step and decides itself whether the step is one of its.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "core/train/assembly.h"
#include "core/train/step.h"

namespace switchyard::train {

/// What hooks see of a step.
struct StepReport {
    const StepResult& result;
    bool last = false;                     ///< training ends with this step, by its length or by a stop
    std::chrono::duration<double> time{};  ///< of the step, hooks not counted
    std::chrono::duration<double> wait{};  ///< of it: until its data was there
};

/// Thread: the trainer's.
class Hook {
public:
    virtual ~Hook() = default;
    /// Whether afterStep wants routing statistics of the step numbered `step` (from 1). The same on every rank.
    virtual bool wantsRouting(std::int64_t step) const {
        static_cast<void>(step);
        return false;
    }
    /// Called once before the first step, as afterStep. @param step steps done before: 0, or a checkpoint's
    virtual void atStart(Assembly& assembly, std::int64_t step) {
        static_cast<void>(assembly);
        static_cast<void>(step);
    }
    /// Called on every rank in the same order; may use collectives. Throws: Error ends the training.
    virtual void afterStep(Assembly& assembly, const StepReport& report) = 0;
};

/// Tells the supervisor ten times a second, from a thread of its own, what this rank is doing, or that it only lives: so
/// a hang has a name, and what a rank did last is known to a tenth of a second.
/// Thread: phase() and beat() from any; they only take a note.
class Heartbeat {
public:
    explicit Heartbeat(launch::WorkerChannel& channel);
    ~Heartbeat();
    Heartbeat(const Heartbeat&) = delete;
    Heartbeat& operator=(const Heartbeat&) = delete;
    /// @param name lives as long as the program
    void phase(const char* name, std::int64_t step);
    void beat(const char* collective, std::uint64_t sequence);

private:
    void run();

    launch::WorkerChannel& channel_;
    std::mutex mutex_;
    std::condition_variable changed_;
    const char* phase_ = "starting";
    std::string collective_;
    std::int64_t step_ = 0;
    std::uint64_t sequence_ = 0;
    bool news_ = false, stopping_ = false;
    std::thread thread_;
};

}  // namespace switchyard::train
