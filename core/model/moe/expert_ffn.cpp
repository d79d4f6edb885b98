// SPDX-License-Identifier: MIT
// The experts' feed-forward over rows sorted by expert: gather, two products an expert, weighted sum back to
// tokens, as one autograd function with a hand-written backward. Memory is O(T K D + T K H); gradients of the
// experts are written straight into their slab.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "core/model/moe/moe_layer.h"

namespace switchyard::model {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Below this many rows an expert's products are faster on one thread, one expert a thread.
constexpr std::int64_t kRowsForThreadedGemm = 128;

/// Calls body(e) for every expert: in parallel over experts when they are small, else one after another with
/// each product using all threads.
template <typename Body>
void forEachExpert(const std::vector<std::int64_t>& offsets, const Body& body) {
    const auto experts = static_cast<std::int64_t>(offsets.size()) - 1;
    const bool small = offsets.back() < kRowsForThreadedGemm * experts;
    if (!small) {
        for (std::int64_t e = 0; e < experts; ++e) body(e);
        return;
    }
    at::parallel_for(0, experts, 1, [&](std::int64_t begin, std::int64_t end) {
        const at::AutoDispatchBelowADInplaceOrView below_autograd;  // thread-local: the pool's threads have their own
        for (std::int64_t e = begin; e < end; ++e) body(e);
    });
}

/// y[t] += weight[choice] * rows[r] over the rows of each token, in a fixed order; rows of dropped choices are absent.
template <typename T, typename W>
void combineRows(const T* rows, const W* weights, const std::int64_t* row_of_choice, std::int64_t tokens,
                 std::int64_t choices, std::int64_t dim, T* y) {
    at::parallel_for(0, tokens, 16, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> sum_float(std::is_same_v<W, float> ? static_cast<std::size_t>(dim) : 0);
        std::vector<double> sum_double(std::is_same_v<W, double> ? static_cast<std::size_t>(dim) : 0);
        W* sum = nullptr;
        if constexpr (std::is_same_v<W, float>) sum = sum_float.data();
        if constexpr (std::is_same_v<W, double>) sum = sum_double.data();
        for (std::int64_t t = begin; t < end; ++t) {
            std::fill(sum, sum + dim, W{0});
            for (std::int64_t k = 0; k < choices; ++k) {
                const std::int64_t row = row_of_choice[t * choices + k];
                if (row < 0) continue;
                const W weight = weights == nullptr ? W{1} : weights[t * choices + k];
                const T* from = rows + row * dim;
                for (std::int64_t d = 0; d < dim; ++d) sum[d] += weight * static_cast<W>(from[d]);
            }
            T* to = y + t * dim;
            for (std::int64_t d = 0; d < dim; ++d) to[d] = static_cast<T>(sum[d]);
        }
    });
}

/// grad_rows[r] = weight * grad_y[token], and grad_weight[choice] = <grad_y[token], rows[r]>.
template <typename T, typename W>
void spreadRows(const T* grad_y, const T* rows, const W* weights, const std::int64_t* row_token,
                const std::int64_t* row_choice, std::int64_t count, std::int64_t dim, T* grad_rows, W* grad_weights) {
    at::parallel_for(0, count, 32, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t r = begin; r < end; ++r) {
            const W weight = weights[row_choice[r]];
            const T *from = grad_y + row_token[r] * dim, *row = rows + r * dim;
            T* to = grad_rows + r * dim;
            W dot = 0;
            for (std::int64_t d = 0; d < dim; ++d) {
                dot += static_cast<W>(from[d]) * static_cast<W>(row[d]);
                to[d] = static_cast<T>(weight * static_cast<W>(from[d]));
            }
            grad_weights[row_choice[r]] = dot;
        }
    });
}

at::Tensor inverseRows(const Dispatch& dispatch, std::int64_t choices) {
    at::Tensor inverse = at::full({choices}, -1, at::kLong);
    auto* row_of = inverse.mutable_data_ptr<std::int64_t>();
    const auto* choice = dispatch.row_choice.const_data_ptr<std::int64_t>();
    for (std::int64_t r = 0; r < dispatch.row_choice.numel(); ++r) row_of[choice[r]] = r;
    return inverse;
}

/// Weights and sums in fp32 for fp32 and bf16 rows, in fp64 for fp64.
template <typename Body>
void withTypes(const at::Tensor& rows, const Body& body) {
    switch (rows.scalar_type()) {
        case at::kDouble: body(double{}, double{}); break;
        case at::kBFloat16: body(at::BFloat16{}, float{}); break;
        default: body(float{}, float{}); break;
    }
}

at::Tensor activate(const at::Tensor& h, Activation activation) {
    return activation == Activation::kGelu ? at::gelu(h) : at::relu(h);
}

at::Tensor activateBackward(const at::Tensor& grad, const at::Tensor& h, Activation activation) {
    return activation == Activation::kGelu ? at::gelu_backward(grad, h) : at::threshold_backward(grad, h, 0);
}

class ExpertFfn : public torch::autograd::Function<ExpertFfn> {
public:
    /// Biases are optional: autograd takes no undefined tensor for an input.
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& w1,
                              const std::optional<at::Tensor>& bias1, const at::Tensor& w2,
                              const std::optional<at::Tensor>& bias2, const at::Tensor& weights, const Dispatch& dispatch,
                              Activation activation) {
        const at::Tensor b1 = bias1.value_or(at::Tensor()), b2 = bias2.value_or(at::Tensor());
        const at::ScalarType compute =
            at::autocast::is_autocast_enabled(at::kCPU) ? at::autocast::get_autocast_dtype(at::kCPU) : w1.scalar_type();
        const at::AutoDispatchBelowADInplaceOrView below_autograd;
        const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::DispatchKey::AutocastCPU);
        const std::int64_t tokens = x.size(0), dim = x.size(1), hidden = w1.size(2), choices = weights.size(1);
        const std::int64_t rows = dispatch.row_token.numel();
        const at::Tensor in = x.to(compute), first = w1.to(compute), second = w2.to(compute);
        const at::Tensor gathered = in.index_select(0, dispatch.row_token);
        at::Tensor h = at::empty({rows, hidden}, gathered.options()), out = at::empty({rows, dim}, gathered.options());
        forEachExpert(dispatch.offsets, [&](std::int64_t e) {
            const std::int64_t begin = dispatch.offsets[static_cast<std::size_t>(e)];
            const std::int64_t count = dispatch.offsets[static_cast<std::size_t>(e) + 1] - begin;
            if (count == 0) return;
            at::Tensor h_e = h.narrow(0, begin, count), out_e = out.narrow(0, begin, count);
            at::mm_out(h_e, gathered.narrow(0, begin, count), first[e]);
            if (b1.defined()) h_e.add_(b1[e].to(compute));
            at::mm_out(out_e, activate(h_e, activation), second[e]);
            if (b2.defined()) out_e.add_(b2[e].to(compute));
        });
        const at::Tensor inverse = inverseRows(dispatch, tokens * choices);
        const at::Tensor combine = weights.contiguous();
        at::Tensor y = at::empty({tokens, dim}, gathered.options());
        withTypes(out, [&](auto row_type, auto weight_type) {
            using T = decltype(row_type);
            using W = decltype(weight_type);
            combineRows<T, W>(out.const_data_ptr<T>(), combine.const_data_ptr<W>(), inverse.const_data_ptr<std::int64_t>(), tokens,
                              choices, dim, y.mutable_data_ptr<T>());
        });
        context->save_for_backward({w1, b1, w2, b2, combine, gathered, h, out, dispatch.row_token, dispatch.row_choice, inverse});
        context->saved_data["offsets"] = dispatch.offsets;
        context->saved_data["activation"] = static_cast<std::int64_t>(activation);
        context->saved_data["x_type"] = static_cast<std::int64_t>(x.scalar_type());
        return y;
    }

    static variable_list backward(AutogradContext* context, const variable_list& grads) {
        const at::AutoDispatchBelowADInplaceOrView below_autograd;
        const variable_list saved = context->get_saved_variables();
        const at::Tensor &w1 = saved[0], &b1 = saved[1], &w2 = saved[2], &b2 = saved[3], &weights = saved[4], &gathered = saved[5],
                         &h = saved[6], &out = saved[7], &row_token = saved[8], &row_choice = saved[9], &inverse = saved[10];
        const auto offsets = context->saved_data["offsets"].toIntVector();
        const auto activation = static_cast<Activation>(context->saved_data["activation"].toInt());
        const auto x_type = static_cast<at::ScalarType>(context->saved_data["x_type"].toInt());
        const at::ScalarType compute = gathered.scalar_type();
        const std::int64_t rows = gathered.size(0), dim = gathered.size(1), choices = weights.size(1), tokens = weights.size(0);
        const at::Tensor grad_y = grads[0].to(compute).contiguous();
        const at::Tensor first = w1.to(compute), second = w2.to(compute);

        at::Tensor grad_out = at::empty({rows, dim}, gathered.options());
        at::Tensor grad_weights = at::zeros_like(weights);
        withTypes(out, [&](auto row_type, auto weight_type) {
            using T = decltype(row_type);
            using W = decltype(weight_type);
            spreadRows<T, W>(grad_y.const_data_ptr<T>(), out.const_data_ptr<T>(), weights.const_data_ptr<W>(),
                             row_token.const_data_ptr<std::int64_t>(), row_choice.const_data_ptr<std::int64_t>(), rows, dim,
                             grad_out.mutable_data_ptr<T>(), grad_weights.mutable_data_ptr<W>());
        });

        at::Tensor grad_w1 = at::empty_like(w1), grad_w2 = at::empty_like(w2), grad_b1, grad_b2;
        if (b1.defined()) grad_b1 = at::empty_like(b1);
        if (b2.defined()) grad_b2 = at::empty_like(b2);
        at::Tensor grad_rows = at::empty({rows, dim}, gathered.options());
        const bool same = compute == w1.scalar_type();
        forEachExpert(offsets, [&](std::int64_t e) {
            const std::int64_t begin = offsets[static_cast<std::size_t>(e)], count = offsets[static_cast<std::size_t>(e) + 1] - begin;
            at::Tensor gw1 = grad_w1[e], gw2 = grad_w2[e];
            if (count == 0) {
                gw1.zero_();
                gw2.zero_();
                if (b1.defined()) grad_b1[e].zero_();
                if (b2.defined()) grad_b2[e].zero_();
                return;
            }
            const at::Tensor h_e = h.narrow(0, begin, count), grad_e = grad_out.narrow(0, begin, count);
            const at::Tensor active = activate(h_e, activation);
            const at::Tensor grad_h = activateBackward(at::mm(grad_e, second[e].t()), h_e, activation);
            if (same) {
                at::mm_out(gw2, active.t(), grad_e);
                at::mm_out(gw1, gathered.narrow(0, begin, count).t(), grad_h);
            } else {
                gw2.copy_(at::mm(active.t(), grad_e));
                gw1.copy_(at::mm(gathered.narrow(0, begin, count).t(), grad_h));
            }
            if (b1.defined()) grad_b1[e].copy_(grad_h.sum(0, false, b1.scalar_type()));
            if (b2.defined()) grad_b2[e].copy_(grad_e.sum(0, false, b2.scalar_type()));
            at::Tensor grad_rows_e = grad_rows.narrow(0, begin, count);
            at::mm_out(grad_rows_e, grad_h, first[e].t());
        });

        at::Tensor grad_x = at::empty({tokens, dim}, gathered.options());
        withTypes(grad_rows, [&](auto row_type, auto weight_type) {
            using T = decltype(row_type);
            using W = decltype(weight_type);
            combineRows<T, W>(grad_rows.const_data_ptr<T>(), nullptr, inverse.const_data_ptr<std::int64_t>(), tokens, choices, dim,
                              grad_x.mutable_data_ptr<T>());
        });
        return {grad_x.to(x_type), grad_w1, grad_b1, grad_w2, grad_b2, grad_weights, at::Tensor(), at::Tensor()};
    }
};

}  // namespace

at::Tensor expertFfn(const at::Tensor& x, const at::Tensor& w1, const at::Tensor& b1, const at::Tensor& w2,
                     const at::Tensor& b2, const at::Tensor& weights, const Dispatch& dispatch, Activation activation) {
    const auto given = [](const at::Tensor& bias) { return bias.defined() ? std::optional<at::Tensor>(bias) : std::nullopt; };
    return ExpertFfn::apply(x, w1, given(b1), w2, given(b2), weights, dispatch, activation);
}

}  // namespace switchyard::model
