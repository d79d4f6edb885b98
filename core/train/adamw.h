// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/config/run_config.h"

namespace switchyard::train {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// AdamW: with g the gradient, m and v its running means with bias correction,
///   w <- w - lr * decay * w - lr * m' / (sqrt(v') + eps);
/// decay acts on parameters with more than one dimension only. Moments are of the parameter's type.
/// Source: Loshchilov and Hutter 2019 (arXiv 1711.05101), algorithm 2.
/// Thread: one thread.
class AdamW {
public:
    /// Takes the parameters that require a gradient, in order.
    AdamW(const NamedTensors& parameters, const RunConfig::Optim& options);
    /// One update from the gradients that are there; a parameter without one counts as gradient 0.
    void step(double lr);
    /// "<parameter>.exp_avg", "<parameter>.exp_avg_sq": the tensors themselves, for saving and loading.
    NamedTensors state() const;
    /// Updates done so far; set after loading.
    std::int64_t updates() const { return updates_; }
    void setUpdates(std::int64_t updates) { updates_ = updates; }
    const std::vector<at::Tensor>& parameters() const { return all_; }

private:
    struct Group {
        double decay = 0;
        std::vector<at::Tensor> parameters, averages, squares;
    };
    RunConfig::Optim options_;
    std::vector<std::string> names_;
    std::vector<at::Tensor> all_, averages_, squares_;
    std::vector<Group> groups_;
    std::int64_t updates_ = 0;
};

/// Euclidean norm of all gradients together, as if they were one vector; sums in fp64. 0 without gradients.
double gradientNorm(const std::vector<at::Tensor>& parameters);

/// Multiplies the gradients so that their norm is at most `limit` (0 = no limit), given their norm.
void clipGradients(const std::vector<at::Tensor>& parameters, double norm, double limit);

}  // namespace switchyard::train
