// SPDX-License-Identifier: MIT
// What happens beside training: a hook is called after every step and decides itself whether the step is one of its.
#pragma once

#include <chrono>
#include <string>

#include "core/train/assembly.h"
#include "core/train/step.h"

namespace switchyard::train {

/// What hooks see of a step.
struct StepReport {
    const StepResult& result;
    bool last = false;                     ///< training ends with this step, by its length or by a stop
    std::chrono::duration<double> time{};  ///< of the step, hooks not counted
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
    /// Called on every rank in the same order; may use collectives. Throws: Error ends the training.
    virtual void afterStep(Assembly& assembly, const StepReport& report) = 0;
};

/// Tells the supervisor what this rank is doing, at most ten times a second, so that a hang has a name.
/// Thread: one thread.
class Heartbeat {
public:
    explicit Heartbeat(launch::WorkerChannel& channel) : channel_(channel) {}
    void phase(const std::string& name, std::int64_t step);
    void beat(const std::string& collective, std::uint64_t sequence);

private:
    void send(const std::string& collective, std::uint64_t sequence);

    launch::WorkerChannel& channel_;
    std::string phase_ = "starting";
    std::int64_t step_ = 0;
    std::chrono::steady_clock::time_point sent_{};
};

}  // namespace switchyard::train
