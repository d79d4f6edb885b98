// SPDX-License-Identifier: MIT
#include "core/model/layers/after_gelu.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <array>

namespace switchyard::model {
namespace {

class GeluLinear : public torch::autograd::Function<GeluLinear> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                              const at::Tensor& bias) {
        context->save_for_backward({x, weight});
        return at::linear(at::gelu(x), weight, bias);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor x = saved[0].reshape({-1, saved[0].size(-1)}), weight = saved[1];
        const at::Tensor gradient = gradients[0].reshape({-1, gradients[0].size(-1)});
        at::Tensor to_x, to_weight, to_bias;
        if (context->needs_input_grad(1)) to_weight = at::mm(gradient.t(), at::gelu(x));
        if (context->needs_input_grad(2)) to_bias = gradient.sum(0);
        if (context->needs_input_grad(0)) {
            to_x = at::mm(gradient, weight);
            at::gelu_backward_out(to_x, to_x, x);
            to_x = to_x.view(saved[0].sizes());
        }
        return {to_x, to_weight, to_bias};
    }
};

class GeluConvolution : public torch::autograd::Function<GeluConvolution> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                              const at::Tensor& bias, std::int64_t stride, std::int64_t padding) {
        context->save_for_backward({x, weight});
        context->saved_data["stride"] = stride;
        context->saved_data["padding"] = padding;
        return at::conv2d(at::gelu(x), weight, bias, stride, padding);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &weight = saved[1];
        const std::int64_t stride = context->saved_data["stride"].toInt(),
                           padding = context->saved_data["padding"].toInt();
        const std::array<bool, 3> wanted = {context->needs_input_grad(0), context->needs_input_grad(1),
                                            context->needs_input_grad(2)};
        auto [to_x, to_weight, to_bias] = at::convolution_backward(gradients[0], at::gelu(x), weight, weight.size(0),
                                                                   {stride, stride}, {padding, padding}, {1, 1},
                                                                   /*transposed=*/false, {0, 0}, /*groups=*/1, wanted);
        if (wanted[0]) to_x = at::gelu_backward(to_x, x);
        return {to_x, to_weight, to_bias, at::Tensor(), at::Tensor()};
    }
};

}  // namespace

at::Tensor geluLinear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    if (at::autocast::is_autocast_enabled(x.device().type())) return at::linear(at::gelu(x), weight, bias);
    return GeluLinear::apply(x, weight, bias);
}

at::Tensor geluConvolution(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, std::int64_t stride,
                           std::int64_t padding) {
    if (at::autocast::is_autocast_enabled(x.device().type()))
        return at::conv2d(at::gelu(x), weight, bias, stride, padding);
    return GeluConvolution::apply(x, weight, bias, stride, padding);
}

}  // namespace switchyard::model
