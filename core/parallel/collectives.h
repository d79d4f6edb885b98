// SPDX-License-Identifier: MIT
// The exchange between ranks, as one interface with a single-rank, a Gloo and an NCCL back end; chosen only
// in makeMesh (core/parallel/mesh.h). Callers never ask for the number of ranks to leave a call out.
#pragma once

#include <ATen/core/Tensor.h>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/plan/traffic.h"

namespace switchyard::parallel {

/// A collective in flight.
class Pending {
public:
    virtual ~Pending() = default;
    /// Throws: Error(kPeerLost | kHang) naming the collective and its number.
    virtual void wait() = 0;
};

/// Every rank calls the same collectives in the same order; each has a name and a sequence number, used in
/// errors, progress and traces. Tensors are contiguous and on the rank's device.
/// Thread: one thread (the trainer's).
class Collectives {
public:
    virtual ~Collectives() = default;
    virtual int rank() const = 0;
    virtual int size() const = 0;
    /// In place. Throws as Pending::wait.
    virtual void allReduceSum(at::Tensor& tensor, const char* name) = 0;
    virtual std::unique_ptr<Pending> allReduceSumAsync(at::Tensor& tensor, const char* name) = 0;
    /// [n, ...] of every rank -> [size * n, ...] in rank order; the same shape on every rank.
    virtual at::Tensor allGather(const at::Tensor& tensor, const char* name) = 0;
    /// [n] of every rank -> output [size * n] in rank order.
    virtual std::unique_ptr<Pending> allGatherAsync(at::Tensor& output, const at::Tensor& input, const char* name) = 0;
    /// [size * n] of every rank -> this rank's n numbers of their sum.
    virtual std::unique_ptr<Pending> reduceScatterSumAsync(at::Tensor& output, const at::Tensor& input,
                                                           const char* name) = 0;
    /// Rows of `input` go to the ranks in order, `sent` to each; `output` holds what came, `received` from each.
    /// Counts of 0 take part as any other; an empty list means the same number for all.
    virtual std::unique_ptr<Pending> allToAllAsync(at::Tensor& output, const at::Tensor& input,
                                                   std::vector<std::int64_t> received, std::vector<std::int64_t> sent,
                                                   const char* name) = 0;
    virtual void broadcast(at::Tensor& tensor, int root, const char* name) = 0;
    virtual void barrier(const char* name) = 0;

    std::uint64_t sequence() const { return sequence_; }
    /// Called with (name, sequence) before each collective; for heartbeats.
    void onCollective(std::function<void(const char*, std::uint64_t)> callback) { callback_ = std::move(callback); }
    /// From now on every collective is counted in `traffic`; null: in none.
    void countIn(plan::Traffic* traffic) { traffic_ = traffic; }

protected:
    using Kind = plan::CollectiveKind;
    /// @param bytes as plan::Exchanged has them
    void announce(Kind kind, const char* name, std::size_t bytes) {
        ++sequence_;
        if (traffic_ != nullptr) traffic_->add(kind, name, size(), static_cast<double>(bytes));
        if (callback_) callback_(name, sequence_);
    }
    std::uint64_t sequence_ = 0;
    std::function<void(const char*, std::uint64_t)> callback_;
    plan::Traffic* traffic_ = nullptr;
};

/// allGather with gradient: backward sums the gradients of all ranks and keeps this rank's rows.
at::Tensor allGatherWithGradient(const at::Tensor& tensor, Collectives& collectives, const char* name);

}  // namespace switchyard::parallel
