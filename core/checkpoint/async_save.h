// SPDX-License-Identifier: MIT
// Saving beside the training: a thread copies what this rank writes while the next step computes, then writes the copy.
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "core/checkpoint/checkpoint.h"

namespace switchyard::checkpoint {

/// How a save ended, on every rank in the same way.
struct SaveOutcome {
    std::int64_t step = 0;
    std::filesystem::path folder;  ///< empty when it failed
    std::exception_ptr error;
};

/// Until finish() is called the thread keeps to a small share of a core where the training computes on the CPU, so a
/// save takes its time and the training hardly notices. One save in flight. Weights and moments must not change between
/// start() and the return of waitForCopy(). Every rank makes the same calls. Thread: one thread (the trainer's); the
/// group is the saver's own.
class AsyncSaver {
public:
    /// @param ranks a group that no other thread uses (parallel::Mesh::newGroup)
    /// @param before_copy called in the saver's thread before it copies; for tests
    AsyncSaver(std::filesystem::path checkpoints_dir, std::unique_ptr<parallel::Collectives> ranks,
               std::function<void()> before_copy = {});
    /// Waits for the save in flight; but while an error ends the rank, whose peers may never come to it, it is left
    /// alone.
    ~AsyncSaver();
    AsyncSaver(const AsyncSaver&) = delete;
    AsyncSaver& operator=(const AsyncSaver&) = delete;

    /// Returns at once. No save is in flight.
    void start(const Contents& contents);
    /// Returns when the tensors are no longer read; at once when no save is in flight.
    void waitForCopy();
    bool inFlight() const { return thread_.joinable(); }
    /// Whether finish() would return at once.
    bool done() const;
    /// Waits for the save in flight and tells how it ended; nothing when there is none.
    std::optional<SaveOutcome> finish();

private:
    struct State;
    std::shared_ptr<State> state_;  ///< the thread's too
    std::thread thread_;
};

}  // namespace switchyard::checkpoint
