// SPDX-License-Identifier: MIT
#pragma once

#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <functional>
#include <memory>
#include <utility>

namespace switchyard::parallel {

/// From now on `call` runs in each backward, once the parameter has its gradient of it.
inline void afterGradient(const at::Tensor& parameter, std::function<void()> call) {
    class Hook final : public torch::autograd::PostAccumulateGradHook {
    public:
        explicit Hook(std::function<void()> call) : call_(std::move(call)) {}
        void operator()(const torch::autograd::Variable&) override { call_(); }

    private:
        std::function<void()> call_;
    };
    torch::autograd::impl::set_post_acc_grad_hooks(parameter, std::make_unique<Hook>(std::move(call)));
}

}  // namespace switchyard::parallel
