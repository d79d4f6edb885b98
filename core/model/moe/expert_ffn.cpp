// SPDX-License-Identifier: MIT
// The experts' feed-forward over rows sorted by expert: gather, two products an expert, weighted sum back to
// tokens, as one autograd function with a hand-written backward. Memory is O(T K D + T K H); gradients of the
// experts are written straight into their slab.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <atomic>

#include "core/model/layers/activation.h"
#include "core/model/layers/compute_type.h"
#include "core/model/moe/bf16_products.h"
#include "core/model/moe/moe_layer.h"
#include "core/model/moe/rows.h"

namespace switchyard::model {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Below this many rows an expert's products are faster on one thread, one expert a thread.
constexpr std::int64_t kRowsForThreadedGemm = 256;

/// Rows that are worth a thread of their own in the activation.
constexpr std::int64_t kRowsPerTask = 16;
/// Up to so many rows, a product with a transposed weight is faster the other way round.
constexpr std::int64_t kRowsForTurnedProduct = 64;

/// Rows of one expert.
struct Slice {
    std::int64_t expert, begin, count;
};

/// Calls body(slice) for every expert: in parallel over experts when they are small, else one after another with
/// each product using all threads. Experts without rows are included.
template <typename Body>
void forEachExpert(const std::vector<std::int64_t>& offsets, const Body& body) {
    const auto experts = static_cast<std::int64_t>(offsets.size()) - 1;
    const auto slice = [&](std::int64_t e) {
        const std::int64_t begin = offsets[static_cast<std::size_t>(e)];
        return Slice{e, begin, offsets[static_cast<std::size_t>(e) + 1] - begin};
    };
    if (offsets.back() >= kRowsForThreadedGemm * experts || experts == 1) {
        for (std::int64_t e = 0; e < experts; ++e) body(slice(e));
        return;
    }
    // Loads differ, so threads take the next expert when they are done with one. What an expert computes does not
    // depend on the thread.
    std::atomic<std::int64_t> next{0};
    at::parallel_for(0, at::get_num_threads(), 1, [&](std::int64_t, std::int64_t) {
        const at::AutoDispatchBelowADInplaceOrView below_autograd;  // thread-local: the pool's threads have their own
        for (std::int64_t e = next++; e < experts; e = next++) body(slice(e));
    });
}

void activateTensor(Activation activation, at::Tensor& h, const at::Tensor& bias, at::Tensor& out, bool slope) {
    const std::int64_t hidden = out.size(1), wide = h.size(1);
    withType(h, [&](auto type) {
        using T = decltype(type);
        T *rows = h.mutable_data_ptr<T>(), *to = out.mutable_data_ptr<T>();
        const T* added = bias.defined() ? bias.const_data_ptr<T>() : nullptr;
        // Inside a thread that has its own expert this is a plain loop.
        at::parallel_for(0, h.size(0), kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
            activate<T>(activation, end - begin, hidden, rows + begin * wide, added, to + begin * hidden, slope);
        });
    });
}

void activateBackwardTensor(Activation activation, const at::Tensor& h, const at::Tensor& grad, at::Tensor& grad_h) {
    withType(h, [&](auto type) {
        using T = decltype(type);
        const std::int64_t hidden = grad.size(1), wide = h.size(1);
        const T *rows = h.const_data_ptr<T>(), *from = grad.const_data_ptr<T>();
        T* to = grad_h.mutable_data_ptr<T>();
        at::parallel_for(0, h.size(0), kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
            activateBackward<T>(activation, end - begin, hidden, rows + begin * wide, from + begin * hidden, to + begin * wide);
        });
    });
}

at::Tensor inverseRows(const Dispatch& dispatch, std::int64_t choices) {
    at::Tensor inverse = at::full({choices}, -1, at::kLong);
    auto* row_of = inverse.mutable_data_ptr<std::int64_t>();
    const auto* choice = dispatch.row_choice.const_data_ptr<std::int64_t>();
    for (std::int64_t r = 0; r < dispatch.row_choice.numel(); ++r) row_of[choice[r]] = r;
    return inverse;
}

Bf16Operand operandOf(const at::Tensor& matrix) {
    const bool turned = matrix.stride(1) != 1;
    return {matrix.const_data_ptr(), turned ? matrix.stride(1) : matrix.stride(0), turned, matrix.scalar_type() == at::kFloat};
}

/// out = a b, in the type of a; a weight b may be wider, and so may a gradient's `out`.
void product(at::Tensor out, const at::Tensor& a, const at::Tensor& b) {
    const at::ScalarType type = a.scalar_type();
    if (type == at::kBFloat16 && bf16ProductsAvailable()) {
        bf16Product(out.size(0), out.size(1), a.size(1), operandOf(a), operandOf(b), out.mutable_data_ptr(), out.stride(0),
                    out.scalar_type() == at::kFloat);
    } else if (out.scalar_type() != type || b.scalar_type() != type) {
        out.copy_(at::mm(a, b.to(type)));
    } else if (type != at::kBFloat16 && b.stride(1) != 1 && a.size(0) <= kRowsForTurnedProduct) {
        // MKL reads a transposed weight at a third of the machine's rate when there are few rows; as (w a^T)^T the
        // weight is read in order, and only the small result is turned.
        out.copy_(at::mm(b.t(), a.t()).t());
    } else {
        at::mm_out(out, a, b);
    }
}

class ExpertFfn : public torch::autograd::Function<ExpertFfn> {
public:
    /// Biases are optional: autograd takes no undefined tensor for an input.
    /// @param keep what the activation makes is kept for the backward
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& w1,
                              const std::optional<at::Tensor>& bias1, const at::Tensor& w2,
                              const std::optional<at::Tensor>& bias2, const at::Tensor& weights, const Dispatch& dispatch,
                              const ExpertFfnOptions& options, bool keep) {
        const at::Tensor b1 = bias1.value_or(at::Tensor()), b2 = bias2.value_or(at::Tensor());
        const at::ScalarType compute = computeType(x, w1);
        const at::AutoDispatchBelowADInplaceOrView below_autograd;
        const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::DispatchKey::AutocastCPU);
        const std::int64_t tokens = x.size(0), dim = x.size(1), hidden = w2.size(1), choices = weights.size(1);
        const std::int64_t rows = dispatch.row_token.numel(), wide = firstWidth(options.activation, hidden);
        const at::Tensor in = x.to(compute).contiguous();
        const auto type = in.options();
        const at::Tensor gathered = at::empty({rows, dim}, type), out = at::empty({rows, dim}, type);
        const at::Tensor h = at::empty({rows, wide}, type), active = keep ? at::empty({rows, hidden}, type) : at::Tensor();
        withType(in, [&](auto value) {
            using T = decltype(value);
            gatherRows<T>(in.const_data_ptr<T>(), dispatch.row_token.const_data_ptr<std::int64_t>(), rows, dim, gathered.mutable_data_ptr<T>());
        });
        forEachExpert(dispatch.offsets, [&](const Slice& slice) {
            if (slice.count == 0) return;
            at::Tensor h_e = h.narrow(0, slice.begin, slice.count), out_e = out.narrow(0, slice.begin, slice.count);
            at::Tensor active_e = keep ? active.narrow(0, slice.begin, slice.count) : at::empty({slice.count, hidden}, type);
            product(h_e, gathered.narrow(0, slice.begin, slice.count), w1[slice.expert]);
            activateTensor(options.activation, h_e, b1.defined() ? b1[slice.expert].to(compute) : b1, active_e, keep);
            product(out_e, active_e, w2[slice.expert]);
            if (b2.defined()) out_e.add_(b2[slice.expert]);
        });
        const at::Tensor inverse = inverseRows(dispatch, tokens * choices), combine = weights.contiguous();
        at::Tensor y = at::empty({tokens, dim}, type);
        withType(out, [&](auto value) {
            using T = decltype(value);
            combineRows<T>(out.const_data_ptr<T>(), combine.const_data_ptr<RowWeight<T>>(), inverse.const_data_ptr<std::int64_t>(), tokens,
                           choices, dim, y.mutable_data_ptr<T>());
        });
        context->save_for_backward({w1, b1, w2, b2, combine, gathered, h, active, out, dispatch.row_token, dispatch.row_choice, inverse});
        context->saved_data["offsets"] = dispatch.offsets;
        context->saved_data["activation"] = static_cast<std::int64_t>(options.activation);
        context->saved_data["x_type"] = static_cast<std::int64_t>(x.scalar_type());
        return y;
    }

    static variable_list backward(AutogradContext* context, const variable_list& grads) {
        const at::AutoDispatchBelowADInplaceOrView below_autograd;
        const variable_list saved = context->get_saved_variables();
        const at::Tensor &w1 = saved[0], &b1 = saved[1], &w2 = saved[2], &b2 = saved[3], &weights = saved[4], &gathered = saved[5],
                         &h = saved[6], &kept = saved[7], &out = saved[8], &row_token = saved[9], &row_choice = saved[10],
                         &inverse = saved[11];
        const auto offsets = context->saved_data["offsets"].toIntVector();
        const auto activation = static_cast<Activation>(context->saved_data["activation"].toInt());
        const auto x_type = static_cast<at::ScalarType>(context->saved_data["x_type"].toInt());
        const auto type = gathered.options();
        const std::int64_t rows = gathered.size(0), dim = gathered.size(1), hidden = w2.size(1), wide = h.size(1);
        const std::int64_t choices = weights.size(1), tokens = weights.size(0);
        const at::Tensor grad_y = grads[0].to(gathered.scalar_type()).contiguous();

        const at::Tensor grad_out = at::empty({rows, dim}, type), grad_weights = at::zeros_like(weights);
        withType(out, [&](auto value) {
            using T = decltype(value);
            spreadRows<T>(grad_y.const_data_ptr<T>(), out.const_data_ptr<T>(), weights.const_data_ptr<RowWeight<T>>(),
                          row_token.const_data_ptr<std::int64_t>(), row_choice.const_data_ptr<std::int64_t>(), rows, dim,
                          grad_out.mutable_data_ptr<T>(), grad_weights.mutable_data_ptr<RowWeight<T>>());
        });

        const at::Tensor grad_w1 = at::empty(w1.sizes(), w1.options()), grad_w2 = at::empty(w2.sizes(), w2.options());
        const at::Tensor grad_b1 = b1.defined() ? at::empty_like(b1) : at::Tensor();
        const at::Tensor grad_b2 = b2.defined() ? at::empty_like(b2) : at::Tensor();
        const at::Tensor grad_rows = at::empty({rows, dim}, type);
        forEachExpert(offsets, [&](const Slice& slice) {
            const std::int64_t e = slice.expert;
            if (slice.count == 0) {
                grad_w1[e].zero_();
                grad_w2[e].zero_();
                if (b1.defined()) grad_b1[e].zero_();
                if (b2.defined()) grad_b2[e].zero_();
                return;
            }
            const at::Tensor grad_e = grad_out.narrow(0, slice.begin, slice.count);
            at::Tensor h_e = h.narrow(0, slice.begin, slice.count), active;
            if (kept.defined()) {
                active = kept.narrow(0, slice.begin, slice.count);
            } else {
                h_e = h_e.clone();
                active = at::empty({slice.count, hidden}, type);
                activateTensor(activation, h_e, at::Tensor(), active, /*slope=*/true);  // h has its bias already
            }
            product(grad_w2[e], active.t(), grad_e);
            at::Tensor grad_active = at::empty({slice.count, hidden}, type);
            product(grad_active, grad_e, w2[e].t());
            at::Tensor grad_h = wide == hidden ? grad_active : at::empty({slice.count, wide}, type);
            activateBackwardTensor(activation, h_e, grad_active, grad_h);
            product(grad_w1[e], gathered.narrow(0, slice.begin, slice.count).t(), grad_h);
            if (b1.defined()) grad_b1[e].copy_(grad_h.sum(0, false, b1.scalar_type()));
            if (b2.defined()) grad_b2[e].copy_(grad_e.sum(0, false, b2.scalar_type()));
            const at::Tensor grad_rows_e = grad_rows.narrow(0, slice.begin, slice.count);
            product(grad_rows_e, grad_h, w1[e].t());
        });

        const at::Tensor grad_x = at::empty({tokens, dim}, type);
        withType(grad_rows, [&](auto value) {
            using T = decltype(value);
            combineRows<T>(grad_rows.const_data_ptr<T>(), nullptr, inverse.const_data_ptr<std::int64_t>(), tokens, choices, dim,
                           grad_x.mutable_data_ptr<T>());
        });
        return {grad_x.to(x_type), grad_w1, grad_b1, grad_w2, grad_b2, grad_weights, at::Tensor(), at::Tensor(), at::Tensor()};
    }
};

}  // namespace

at::Tensor expertFfn(const at::Tensor& x, const at::Tensor& w1, const at::Tensor& b1, const at::Tensor& w2,
                     const at::Tensor& b2, const at::Tensor& weights, const Dispatch& dispatch, const ExpertFfnOptions& options) {
    const auto given = [](const at::Tensor& bias) { return bias.defined() ? std::optional<at::Tensor>(bias) : std::nullopt; };
    // Asked here: inside an autograd function gradients are always off.
    const bool backward = at::GradMode::is_enabled() && (x.requires_grad() || w1.requires_grad() || w2.requires_grad() || weights.requires_grad());
    return ExpertFfn::apply(x, w1, given(b1), w2, given(b2), weights, dispatch, options, backward && !options.recompute);
}

}  // namespace switchyard::model
