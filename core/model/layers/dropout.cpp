// SPDX-License-Identifier: MIT
#include "core/model/layers/dropout.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

#include "core/base/util/random.h"
#include "core/model/layers/draws.h"
#include "core/model/layers/keep_loops.h"

namespace switchyard::model {
namespace {

constexpr std::int64_t kRowsPerTask = 32;

std::uint32_t thresholdOf(double p) {
    return static_cast<std::uint32_t>(std::clamp<long>(std::lround(p * 65536.0), 0, 65535));
}

/// 1 where a number stays, as bytes. Shapes: keys [R] -> [R, columns].
at::Tensor keptRows(const at::Tensor& keys, std::int64_t columns, double p, std::uint64_t stream) {
    const std::uint32_t threshold = thresholdOf(p);
    const std::int64_t rows = keys.numel();
    if (!keys.device().is_cpu()) {
        const at::Tensor row_keys = mixed(at::bitwise_xor(keys, static_cast<std::int64_t>(stream))).unsqueeze(1);
        const at::Tensor words = mixed(row_keys + at::arange((columns + 3) / 4, keys.options()).unsqueeze(0));
        const at::Tensor shift = at::arange(4, keys.options()) * 16;
        const at::Tensor draws = at::bitwise_and(at::bitwise_right_shift(words.unsqueeze(-1), shift), 0xffff);
        return draws.ge(static_cast<std::int64_t>(threshold)).flatten(1).narrow(1, 0, columns).to(at::kByte);
    }
    at::Tensor keep = at::empty({rows, columns}, keys.options().dtype(at::kByte));
    const at::Tensor in_a_row = keys.contiguous();
    const auto* key = in_a_row.const_data_ptr<std::int64_t>();
    auto* out = keep.mutable_data_ptr<std::uint8_t>();
    at::parallel_for(0, rows, kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t r = begin; r < end; ++r)
            drawKept(mix64(static_cast<std::uint64_t>(key[r]) ^ stream), threshold, columns, out + r * columns);
    });
    return keep;
}

bool byLoops(const at::Tensor& y) { return y.device().is_cpu() && y.scalar_type() == at::kFloat; }

/// y * keep * scale.
at::Tensor scaled(const at::Tensor& given, const at::Tensor& keep, double scale) {
    if (!byLoops(given)) return given * keep.view(given.sizes()).to(given.scalar_type()).mul_(scale);
    const at::Tensor y = given.contiguous();
    at::Tensor out = at::empty_like(y);
    const float* from = y.const_data_ptr<float>();
    const auto* kept = keep.const_data_ptr<std::uint8_t>();
    float* to = out.mutable_data_ptr<float>();
    const std::int64_t columns = y.size(-1);
    at::parallel_for(0, y.numel() / std::max<std::int64_t>(1, columns), kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
        scaleKept((end - begin) * columns, from + begin * columns, kept + begin * columns, static_cast<float>(scale), to + begin * columns);
    });
    return out;
}

at::Tensor sumOf(const at::Tensor& x, const at::Tensor& given, const at::Tensor& keep, double scale) {
    if (!byLoops(given) || !byLoops(x) || !x.is_contiguous()) return x + scaled(given, keep, scale);
    const at::Tensor y = given.contiguous();
    at::Tensor out = at::empty_like(y);
    const float *first = x.const_data_ptr<float>(), *second = y.const_data_ptr<float>();
    const auto* kept = keep.const_data_ptr<std::uint8_t>();
    float* to = out.mutable_data_ptr<float>();
    const std::int64_t columns = y.size(-1);
    at::parallel_for(0, y.numel() / std::max<std::int64_t>(1, columns), kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
        addKept((end - begin) * columns, first + begin * columns, second + begin * columns, kept + begin * columns,
                static_cast<float>(scale), to + begin * columns);
    });
    return out;
}

class AddDropped : public torch::autograd::Function<AddDropped> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, const at::Tensor& y,
                              const at::Tensor& keep, double scale) {
        context->save_for_backward({keep});
        context->saved_data["scale"] = scale;
        context->saved_data["type"] = static_cast<std::int64_t>(y.scalar_type());
        context->saved_data["x_type"] = static_cast<std::int64_t>(x.scalar_type());
        return sumOf(x, y, keep, scale);
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients) {
        const auto type = static_cast<at::ScalarType>(context->saved_data["type"].toInt()),
                   x_type = static_cast<at::ScalarType>(context->saved_data["x_type"].toInt());
        const at::Tensor keep = context->get_saved_variables()[0];
        at::Tensor to_x, to_y;
        if (context->needs_input_grad(0)) to_x = gradients[0].to(x_type);
        if (context->needs_input_grad(1)) to_y = scaled(gradients[0].to(type), keep, context->saved_data["scale"].toDouble());
        return {to_x, to_y, {}, {}};
    }
};

class Dropped : public torch::autograd::Function<Dropped> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& y, const at::Tensor& keep, double scale) {
        context->save_for_backward({keep});
        context->saved_data["scale"] = scale;
        return scaled(y, keep, scale);
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients) {
        return {scaled(gradients[0], context->get_saved_variables()[0], context->saved_data["scale"].toDouble()), {}, {}};
    }
};

}  // namespace

at::Tensor addDropped(const at::Tensor& x, const at::Tensor& y, const DropoutContext& context, double p,
                      std::uint64_t place) {
    if (!context.keys.defined() || thresholdOf(p) == 0) return x + y;
    const at::Tensor keep = keptRows(context.keys, y.size(-1), p, mix64(context.seed_key ^ place));
    return AddDropped::apply(x, y, keep, 65536.0 / (65536.0 - thresholdOf(p)));
}

at::Tensor dropped(const at::Tensor& y, const DropoutContext& context, double p, std::uint64_t place) {
    if (!context.keys.defined() || thresholdOf(p) == 0) return y;
    const at::Tensor keep = keptRows(context.keys, y.size(-1), p, mix64(context.seed_key ^ place));
    return Dropped::apply(y, keep, 65536.0 / (65536.0 - thresholdOf(p)));
}

}  // namespace switchyard::model
