// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/parallel/collectives.h"
#include "core/parallel/squares.h"

namespace switchyard::parallel {

/// The type in which a gradient crosses ranks.
at::ScalarType reducedType(StoredType reduce_dtype, const at::Tensor& gradient);

/// Averages the gradients of whole parameters over a group's ranks while the backward still runs: they lie in buckets,
/// from the last parameter to the first as the backward comes to them, and a bucket leaves once it is full and those
/// before it have left, so that every rank sends the same ones in the same order. A gradient is a view of its bucket
/// from then on; what was there before is freed.
/// Source: Li et al. 2020 (PyTorch Distributed, arXiv 2006.15704), section 3.2.
/// Thread: one thread (the one that calls backward).
class GradientBuckets {
public:
    /// @param group outlives the buckets  @param divisor of the sums
    GradientBuckets(const std::vector<at::Tensor>& parameters, Collectives& group, int divisor, StoredType reduce_dtype,
                    std::int64_t bucket_bytes = std::int64_t{8} << 20);
    GradientBuckets(const GradientBuckets&) = delete;
    GradientBuckets& operator=(const GradientBuckets&) = delete;

    /// Forgets all gradients.
    void begin();
    /// Before each backward of a step: gradients add up until the last, in which they leave.
    void beforeBackward(bool last);
    /// Collective, after the last backward: what is still here leaves; a parameter without a gradient counts as zero.
    /// @return sum of squares of this rank's own gradients
    double sendRest();
    /// Collective: every parameter has its average.
    void finish();

private:
    struct Bucket {
        std::vector<at::Tensor> parameters;
        std::size_t ready = 0;
        at::Tensor flat;
        std::unique_ptr<Pending> pending;
    };
    void gradientReady(Bucket& bucket);
    void send(Bucket& bucket);
    void view(Bucket& bucket);

    Collectives& group_;
    int divisor_;
    StoredType reduce_dtype_;
    std::vector<std::unique_ptr<Bucket>> buckets_;
    std::size_t sent_ = 0;
    bool last_ = false;
    SumOfSquares own_;
};

}  // namespace switchyard::parallel
