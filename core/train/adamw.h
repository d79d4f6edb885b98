// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/parallel/sharding.h"

namespace switchyard::train {

/// AdamW: with g the gradient, m and v its running means with bias correction,
///   w <- w - lr * decay * w - lr * m' / (sqrt(v') + eps);
/// decay acts on parameters with more than one dimension only; lr is optim.head_lr or optim.expert_lr times that for task
/// heads (heads.*), and for experts and their routers (*.moe.*). Moments are of the weights' type, or in bf16
/// (optim.state_dtype; core/train/bf16_moments.h).
/// Source: Loshchilov and Hutter 2019 (arXiv 1711.05101), algorithm 2.
/// Thread: one thread.
class AdamW {
public:
    AdamW(const std::vector<parallel::Piece>& pieces, const RunConfig::Optim& options);
    /// One update from the gradients that are there; a piece without one counts as gradient 0.
    void step(double lr);
    /// The same in parts, in any order: begin, then every run of pieces once.
    void beginUpdate() { ++updates_; }
    void update(double lr, std::size_t first, std::size_t count);
    /// "<parameter>.exp_avg", "<parameter>.exp_avg_sq": the tensors themselves, for saving and loading.
    std::vector<parallel::Piece> state() const;
    /// Updates done so far; set after loading.
    std::int64_t updates() const { return updates_; }
    void setUpdates(std::int64_t updates) { updates_ = updates; }
    const std::vector<at::Tensor>& weights() const { return all_; }

private:
    double decayOf(std::size_t piece) const;
    double rateOf(std::size_t piece) const;
    void updateRounded(double lr, std::size_t first, std::size_t count);

    RunConfig::Optim options_;
    std::vector<parallel::Piece> pieces_;
    std::vector<at::Tensor> all_, averages_, squares_;
    std::int64_t updates_ = 0;
};

/// Divides the gradients by `scale`, and multiplies them so that their norm is at most `limit` (0 = no limit), given
/// their norm after the division.
void unscaleAndClip(const std::vector<at::Tensor>& weights, double norm, double limit, double scale);

}  // namespace switchyard::train
