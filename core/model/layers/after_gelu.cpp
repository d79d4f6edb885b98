// SPDX-License-Identifier: MIT
#include "core/model/layers/after_gelu.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <array>
#include <utility>

#include "core/model/layers/activation.h"
#include "core/model/layers/compute_type.h"

namespace switchyard::model {
namespace {

constexpr std::int64_t kPerTask = 1 << 14;  ///< numbers that are worth a thread of their own

bool byVectorCode(const at::Tensor& x) {
    return x.device().is_cpu() && x.is_contiguous() &&
           (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16 || x.scalar_type() == at::kDouble);
}

/// gelu(x) by the vector code of the experts. With `slope`, x is replaced by the derivative.
at::Tensor vectorGelu(at::Tensor x, bool slope) {
    at::Tensor out = at::empty_like(x);
    withType(x, [&](auto value) {
        using T = decltype(value);
        T *from = x.mutable_data_ptr<T>(), *to = out.mutable_data_ptr<T>();
        at::parallel_for(0, x.numel(), kPerTask, [&](std::int64_t begin, std::int64_t end) {
            activate<T>(Activation::kGelu, 1, end - begin, from + begin, nullptr, to + begin, slope);
        });
    });
    return out;
}

at::Tensor geluForward(const at::Tensor& x) { return byVectorCode(x) ? vectorGelu(x, /*slope=*/false) : at::gelu(x); }

/// gelu(x) and its derivative.
std::pair<at::Tensor, at::Tensor> geluAndSlope(const at::Tensor& x) {
    if (!byVectorCode(x)) return {at::gelu(x), at::gelu_backward(at::ones_like(x), x)};
    at::Tensor slope = x.clone();
    at::Tensor active = vectorGelu(slope, /*slope=*/true);
    return {active, slope};
}

class GeluLinear : public torch::autograd::Function<GeluLinear> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& given, const at::Tensor& weight,
                              const at::Tensor& bias) {
        const at::ScalarType type = computeType(given, weight);
        const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
        const at::Tensor x = given.to(type);
        context->save_for_backward({x, weight});
        context->saved_data["type"] = static_cast<std::int64_t>(given.scalar_type());
        return at::linear(geluForward(x), weight.to(type), bias.to(type));
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients) {
        const auto saved = context->get_saved_variables();
        const auto given_type = static_cast<at::ScalarType>(context->saved_data["type"].toInt());
        const at::Tensor& weight = saved[1];
        const auto [active, slope] = geluAndSlope(saved[0].reshape({-1, saved[0].size(-1)}));
        const at::Tensor gradient = gradients[0].reshape({-1, gradients[0].size(-1)});
        at::Tensor to_x, to_weight, to_bias;
        if (context->needs_input_grad(1)) to_weight = at::mm(gradient.t(), active).to(weight.scalar_type());
        if (context->needs_input_grad(2)) to_bias = gradient.sum(0, false, weight.scalar_type());
        if (context->needs_input_grad(0)) to_x = at::mm(gradient, weight.to(gradient.scalar_type())).mul_(slope).view(saved[0].sizes()).to(given_type);
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
    return GeluLinear::apply(x, weight, bias);
}

at::Tensor geluConvolution(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, std::int64_t stride,
                           std::int64_t padding) {
    if (at::autocast::is_autocast_enabled(x.device().type()))
        return at::conv2d(at::gelu(x), weight, bias, stride, padding);
    return GeluConvolution::apply(x, weight, bias, stride, padding);
}

}  // namespace switchyard::model
