// SPDX-License-Identifier: MIT
#include "core/train/adamw.h"

#include <ATen/ATen.h>

#include <cmath>

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

double gradientNorm(const std::vector<at::Tensor>& parameters) {
    std::vector<at::Tensor> gradients;
    for (const at::Tensor& parameter : parameters) {
        if (parameter.grad().defined()) gradients.push_back(parameter.grad());
    }
    if (gradients.empty()) return 0.0;
    const std::vector<at::Tensor> norms = at::_foreach_norm(gradients, 2, at::kDouble);
    return at::stack(norms).norm().item<double>();
}

void clipGradients(const std::vector<at::Tensor>& parameters, double norm, double limit) {
    if (limit <= 0.0 || norm <= limit) return;
    const at::NoGradGuard no_gradient;
    for (const at::Tensor& parameter : parameters) {
        if (parameter.grad().defined()) parameter.mutable_grad().mul_(limit / norm);
    }
}

}  // namespace switchyard::train
