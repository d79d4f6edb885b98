// SPDX-License-Identifier: MIT
// A training step replayed with tensors that have a size and no numbers: the forward takes and keeps what the model's
// own forward takes and keeps, the backward goes through it as autograd does. What is asked of the memory pool in which
// order then decides the peak, as it does in a worker.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/plan/memory_pool.h"

namespace switchyard::plan {

/// A tensor's memory; it goes back to the pool with the last handle, as at::Tensor's does.
class Buffer {
public:
    Buffer() = default;
    Buffer(MemoryPool& pool, double bytes, Part part = Part::kActivations);
    double bytes() const { return block_ ? block_->bytes : 0; }
    explicit operator bool() const { return block_ != nullptr; }
    bool unique() const { return block_.use_count() == 1; }
    void turnInto(Part part) const;
    void reset() { block_.reset(); }

private:
    struct Block {
        MemoryPool& pool;
        std::uint32_t number;
        double bytes;
        Block(MemoryPool& of, std::uint32_t n, double b) : pool(of), number(n), bytes(b) {}
        ~Block() { pool.give(number); }
        Block(const Block&) = delete;
        Block& operator=(const Block&) = delete;
    };
    std::shared_ptr<Block> block_;
};

/// What the forward computes with: memory, numbers in it, and the step whose backward wants its gradient (-1 = none).
struct Value {
    Buffer data;
    double numbers = 0;
    double width = 4;  ///< bytes of a number
    int step = -1;
    int slot = 0;  ///< which of that step's outputs this is
    double bytes() const { return numbers * width; }
};

/// A parameter's gradient, in bytes as it is computed and as it is stored; where these differ both are there for a
/// while.
struct ParameterGradient {
    int parameter = -1;
    double computed = 0, stored = 0;
    bool inside = false;  ///< turned into the stored type before what the node holds is given up
};

/// One node of the graph.
struct Step {
    std::vector<Buffer> saved;
    std::vector<double> scratch;  ///< bytes taken one after another in its backward, all there until its end
    std::vector<ParameterGradient> parameters;
    struct To {
        int step = -1, slot = 0;
        double bytes = 0;  ///< of a gradient of its own; 0: the one that arrived is handed on
        Part part = Part::kActivations;
        To(const Value& of, double own, Part what = Part::kActivations)
            : step(of.step), slot(of.slot), bytes(own), part(what) {}
    };
    std::vector<To> to;
    std::function<void()> exchanges;  ///< told when its backward runs: what goes between ranks then
    std::function<void(std::vector<Buffer>& gradient)> instead;  ///< does all of it itself
};

/// Takes a parameter's gradient as it is ready.
using GradientReady = std::function<void(int parameter, Buffer gradient)>;

/// Thread: one thread.
class Graph {
public:
    Graph(MemoryPool& pool, GradientReady ready) : pool_(pool), ready_(std::move(ready)) {}

    /// Whether what is computed now keeps something for the backward.
    bool recording = true;

    MemoryPool& pool() { return pool_; }
    const GradientReady& ready() const { return ready_; }
    Buffer take(double bytes, Part part = Part::kActivations) { return {pool_, bytes, part}; }
    /// Adds a node unless nothing records or nothing before it wants a gradient. @return its number, or -1
    int add(Step step);
    /// A new value of its own, made by the node `step`.
    Value made(double numbers, double width, int step, Part part = Part::kActivations);
    /// The same memory, seen in another way by the node `step`.
    static Value seen(const Value& of, double numbers, int step, int slot = 0);

    /// From the newest node to the oldest. `gradient` arrives at `from`.
    void backward(int from, Buffer gradient);
    void deliver(int step, int slot, Buffer gradient);

private:
    void run(Step& step, std::vector<Buffer>& gradient);

    MemoryPool& pool_;
    GradientReady ready_;
    std::vector<Step> steps_;
    std::vector<std::vector<Buffer>> gradients_;  ///< arrived, for each node and slot
};

}  // namespace switchyard::plan
