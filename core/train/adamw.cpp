// SPDX-License-Identifier: MIT
#include "core/train/adamw.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace switchyard::train {

AdamW::AdamW(const NamedTensors& parameters, const RunConfig::Optim& options) : options_(options), groups_(2) {
    groups_[0].decay = options.weight_decay;
    for (const auto& [name, parameter] : parameters) {
        if (!parameter.requires_grad()) continue;
        names_.push_back(name);
        all_.push_back(parameter);
        averages_.push_back(at::zeros_like(parameter).requires_grad_(false));
        squares_.push_back(at::zeros_like(parameter).requires_grad_(false));
        Group& group = groups_[parameter.dim() > 1 ? 0 : 1];
        group.parameters.push_back(parameter);
        group.averages.push_back(averages_.back());
        group.squares.push_back(squares_.back());
    }
}

void AdamW::step(double lr) {
    const at::NoGradGuard no_gradient;
    ++updates_;
    for (Group& group : groups_) {
        if (group.parameters.empty()) continue;
        std::vector<at::Tensor> gradients;
        for (const at::Tensor& parameter : group.parameters) {
            gradients.push_back(parameter.grad().defined() ? parameter.grad() : at::zeros_like(parameter));
        }
        // The kernel wants the update's number as a tensor beside every parameter.
        const at::Tensor number =
            at::full({}, static_cast<double>(updates_), group.parameters.front().options().dtype(at::kFloat));
        const std::vector<at::Tensor> numbers(group.parameters.size(), number);
        at::_fused_adamw_(group.parameters, gradients, group.averages, group.squares, {}, numbers, lr,
                          options_.betas[0], options_.betas[1], group.decay, options_.eps, /*amsgrad=*/false,
                          /*maximize=*/false);
    }
}

NamedTensors AdamW::state() const {
    NamedTensors state;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        state.emplace_back(names_[i] + ".exp_avg", averages_[i]);
        state.emplace_back(names_[i] + ".exp_avg_sq", squares_[i]);
    }
    return state;
}

namespace {

/// Numbers whose squares are summed together, whatever the number of threads.
constexpr std::int64_t kNormChunk = 1 << 16;

/// Sum of squares in fp64 of fp32 or fp64 numbers that lie in a row.
template <typename T>
double sumOfSquares(const T* values, std::int64_t count) {
    std::array<double, 16> sums{};
    std::int64_t i = 0;
    for (; i + 16 <= count; i += 16) {
        for (std::size_t lane = 0; lane < 16; ++lane) {
            const auto value = static_cast<double>(values[i + static_cast<std::int64_t>(lane)]);
            sums[lane] += value * value;
        }
    }
    for (; i < count; ++i) sums[0] += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double sumOfSquares(const at::Tensor& gradient) {
    const bool plain = gradient.device().is_cpu() && gradient.is_non_overlapping_and_dense() &&
                       (gradient.scalar_type() == at::kFloat || gradient.scalar_type() == at::kDouble);
    if (!plain) {
        const double norm = at::linalg_vector_norm(gradient, 2, std::nullopt, false, at::kDouble).item<double>();
        return norm * norm;
    }
    const std::int64_t count = gradient.numel(), chunks = (count + kNormChunk - 1) / kNormChunk;
    std::vector<double> sums(static_cast<std::size_t>(chunks));
    at::parallel_for(0, chunks, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t chunk = begin; chunk < end; ++chunk) {
            const std::int64_t first = chunk * kNormChunk, length = std::min(kNormChunk, count - first);
            sums[static_cast<std::size_t>(chunk)] = gradient.scalar_type() == at::kFloat
                                                        ? sumOfSquares(gradient.const_data_ptr<float>() + first, length)
                                                        : sumOfSquares(gradient.const_data_ptr<double>() + first, length);
        }
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

double gradientNorm(const std::vector<at::Tensor>& parameters) {
    double sum = 0;
    for (const at::Tensor& parameter : parameters) {
        if (parameter.grad().defined()) sum += sumOfSquares(parameter.grad());
    }
    return std::sqrt(sum);
}

void clipGradients(const std::vector<at::Tensor>& parameters, double norm, double limit) {
    if (limit <= 0.0 || norm <= limit) return;
    const at::NoGradGuard no_gradient;
    for (const at::Tensor& parameter : parameters) {
        if (parameter.grad().defined()) parameter.mutable_grad().mul_(limit / norm);
    }
}

}  // namespace switchyard::train
