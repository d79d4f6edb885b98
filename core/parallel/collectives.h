// SPDX-License-Identifier: MIT
// The exchange between ranks, as one interface with a single-rank, a Gloo and an NCCL back end; chosen only
// in makeCollectives. Callers never ask for the number of ranks to leave a call out.
#pragma once

#include <ATen/core/Tensor.h>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/launch/worker_protocol.h"

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
    virtual void broadcast(at::Tensor& tensor, int root, const char* name) = 0;
    virtual void barrier(const char* name) = 0;

    std::uint64_t sequence() const { return sequence_; }
    /// Called with (name, sequence) before each collective; for heartbeats.
    void onCollective(std::function<void(const char*, std::uint64_t)> callback) { callback_ = std::move(callback); }

protected:
    void announce(const char* name) {
        ++sequence_;
        if (callback_) callback_(name, sequence_);
    }
    std::uint64_t sequence_ = 0;
    std::function<void(const char*, std::uint64_t)> callback_;
};

/// world_size 1 gives the single-rank back end; else Gloo on CPUs, NCCL (plug-in loaded by dlopen) on GPUs.
/// Throws: Error(kBadConfig) when NCCL or CUDA is asked for and not there, Error(kPeerLost) when a rank does
/// not join within the timeout.
std::unique_ptr<Collectives> makeCollectives(const RunConfig::Parallel& config,
                                             const launch::RankEnvironment& environment);

/// allGather with gradient: backward sums the gradients of all ranks and keeps this rank's rows.
at::Tensor allGatherWithGradient(const at::Tensor& tensor, Collectives& collectives, const char* name);

/// Averages the gradients of `parameters` over all ranks, in buckets of about `bucket_bytes`, in a fixed
/// order. Parameters without a gradient count as zero.
void averageGradients(const std::vector<at::Tensor>& parameters, Collectives& collectives,
                      std::int64_t bucket_bytes = 8 << 20);

}  // namespace switchyard::parallel
