// SPDX-License-Identifier: MIT
// Expert parallelism: rows travel to the ranks that hold their experts.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <numeric>

#include "core/model/layers/compute_type.h"
#include "core/model/moe/moe_layer.h"
#include "core/parallel/collectives.h"

namespace switchyard::model {
namespace {

using Counts = std::vector<std::int64_t>;

std::int64_t total(const Counts& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

/// Rows to other ranks; in the backward their gradients come back.
class Exchange : public torch::autograd::Function<Exchange> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& rows, const Counts& sent,
                              const Counts& received, std::int64_t experts, const std::string& name) {
        context->saved_data["sent"] = sent;
        context->saved_data["received"] = received;
        context->saved_data["experts"] = experts;
        context->saved_data["name"] = name;
        return exchange(rows, sent, received, experts, name);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients) {
        const at::Tensor to_rows = exchange(
            gradients[0], context->saved_data["received"].toIntVector(), context->saved_data["sent"].toIntVector(),
            context->saved_data["experts"].toInt(), context->saved_data["name"].toStringRef() + ".backward");
        return {to_rows, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
    }

private:
    static at::Tensor exchange(const at::Tensor& rows, const Counts& sent, const Counts& received, std::int64_t experts,
                               const std::string& name) {
        at::Tensor out = at::empty({total(received), rows.size(1)}, rows.options());
        reinterpret_cast<parallel::Collectives*>(experts)
            ->allToAllAsync(out, rows.contiguous(), received, sent, name.c_str())
            ->wait();
        return out;
    }
};

/// Rows that came, by source rank and expert, in the order by expert.
Dispatch sortReceived(const at::Tensor& counts) {  // [ranks, own experts]
    const std::int64_t ranks = counts.size(0), own = counts.size(1);
    const auto* count = counts.const_data_ptr<std::int64_t>();
    Dispatch dispatch;
    dispatch.offsets.assign(static_cast<std::size_t>(own) + 1, 0);
    const std::int64_t rows = std::accumulate(count, count + ranks * own, std::int64_t{0});
    dispatch.row_token = at::empty({rows}, at::kLong);
    auto* row = dispatch.row_token.mutable_data_ptr<std::int64_t>();
    std::int64_t next = 0;
    for (std::int64_t e = 0; e < own; ++e) {
        std::int64_t came = 0;  // rows before this rank's share for this expert
        for (std::int64_t r = 0; r < ranks; ++r) {
            const auto* of_rank = count + r * own;
            const std::int64_t first = came + std::accumulate(of_rank, of_rank + e, std::int64_t{0});
            for (std::int64_t i = 0; i < of_rank[e]; ++i) row[next++] = first + i;
            came += std::accumulate(of_rank, of_rank + own, std::int64_t{0});
        }
        dispatch.offsets[static_cast<std::size_t>(e) + 1] = next;
    }
    dispatch.row_choice = dispatch.row_token;  // one choice a row
    return dispatch;
}

Counts sumsOfRows(const at::Tensor& counts) {
    const at::Tensor sums = counts.sum(1);
    return {sums.const_data_ptr<std::int64_t>(), sums.const_data_ptr<std::int64_t>() + sums.numel()};
}

}  // namespace

at::Tensor exchangedExpertFfn(const at::Tensor& x, const at::Tensor& w1, const at::Tensor& b1, const at::Tensor& w2,
                              const at::Tensor& b2, const RoutingRecord& record, const ExpertFfnOptions& options,
                              parallel::Collectives& experts) {
    const at::ScalarType type = computeType(x, w1);
    const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
    const std::int64_t ranks = experts.size(), own = record.num_experts / ranks;
    const Dispatch dispatch = makeDispatch(record);
    const auto group = reinterpret_cast<std::int64_t>(&experts);

    at::Tensor sent = at::empty({ranks, own}, at::kLong), received = at::empty({ranks, own}, at::kLong);
    for (std::int64_t e = 0; e < record.num_experts; ++e) {
        sent.mutable_data_ptr<std::int64_t>()[e] =
            dispatch.offsets[static_cast<std::size_t>(e) + 1] - dispatch.offsets[static_cast<std::size_t>(e)];
    }
    sent = sent.to(x.device());
    received = received.to(x.device());
    const std::string name = record.layer;
    experts.allToAllAsync(received, sent, {}, {}, (name + ".counts").c_str())->wait();
    received = received.cpu();
    const Counts to = sumsOfRows(sent.cpu()), from = sumsOfRows(received);

    const at::Tensor token = dispatch.row_token.to(x.device()), choice = dispatch.row_choice.to(x.device());
    const at::Tensor rows = Exchange::apply(x.to(type).index_select(0, token), to, from, group, name + ".dispatch");
    const Dispatch local = sortReceived(received);
    at::Tensor out;
    if (x.device().is_cpu()) {
        const at::Tensor ones = at::ones({rows.size(0), 1}, record.weights.options().requires_grad(false));
        out = expertFfn(rows, w1, b1, w2, b2, ones, local, options);
    } else {
        RoutingRecord one;  // each row has its one expert
        one.num_experts = own;
        const at::Tensor numbers = at::arange(own, at::kLong).repeat({ranks});
        one.experts = at::repeat_interleave(numbers, received.flatten()).unsqueeze(1).to(x.device());
        one.dropped = at::zeros_like(one.experts, at::kBool);
        one.weights = at::ones(one.experts.sizes(), record.weights.options().requires_grad(false));
        out = groupedExpertFfn(rows, w1, b1, w2, b2, one, options.activation, /*may_drop=*/false);
    }
    const at::Tensor back = Exchange::apply(out, from, to, group, name + ".combine");
    const at::Tensor weight = record.weights.reshape({-1}).index_select(0, choice).unsqueeze(1);
    const at::Tensor y = at::zeros({x.size(0), x.size(1)}, weight.options().requires_grad(false));
    return y.index_add(0, token, back.to(weight.scalar_type()) * weight).to(type);
}

}  // namespace switchyard::model
