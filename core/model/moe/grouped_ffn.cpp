// SPDX-License-Identifier: MIT
// The experts' FFN for devices that run behind the host: sort, grouped products and the sum back to tokens, with all
// counts on the device, so that the host never waits for it.
#include <ATen/ATen.h>

#include "core/model/layers/compute_type.h"
#include "core/model/moe/moe_layer.h"

namespace switchyard::model {
namespace {

/// Rows sorted by expert, dropped choices last.
struct DeviceDispatch {
    at::Tensor order;    ///< [T K] flat choice of each row
    at::Tensor place;    ///< [T K] row of each flat choice
    at::Tensor expert;   ///< [T K] the row's expert; E - 1 for a dropped choice
    at::Tensor kept;     ///< [T K, 1] bool
    at::Tensor ends;     ///< [E] int32: where each expert's rows end
};

DeviceDispatch sortByExpert(const RoutingRecord& record) {
    const at::Tensor key = record.experts.masked_fill(record.dropped, record.num_experts).flatten();
    DeviceDispatch dispatch;
    dispatch.order = at::argsort(key, /*stable=*/true, 0, /*descending=*/false);
    const at::Tensor numbers = at::arange(key.numel(), dispatch.order.options());
    dispatch.place = at::empty_like(dispatch.order).scatter_(0, dispatch.order, numbers);
    const at::Tensor sorted = key.index_select(0, dispatch.order);
    dispatch.kept = sorted.lt(record.num_experts).unsqueeze(1);
    dispatch.expert = sorted.clamp_max(record.num_experts - 1);
    dispatch.ends = at::searchsorted(sorted, at::arange(record.num_experts, sorted.options()), /*out_int32=*/true, /*right=*/true);
    return dispatch;
}

at::Tensor activated(const at::Tensor& h, Activation activation) {
    if (activation == Activation::kGelu) return at::gelu(h);
    if (activation == Activation::kRelu) return at::relu(h);
    const std::vector<at::Tensor> halves = h.chunk(2, -1);
    return at::silu(halves[0]) * halves[1];
}

/// Rows of each expert times its matrix. LibTorch's grouped product knows no fp64: there, one product an expert, and the
/// host waits for the counts; fp64 is for looking closely, not for speed.
at::Tensor groupedProduct(const at::Tensor& rows, const at::Tensor& weights, const at::Tensor& ends) {
    if (rows.scalar_type() != at::kDouble) return at::_grouped_mm(rows, weights, ends);
    const at::Tensor counted = ends.cpu();
    std::vector<at::Tensor> products;
    std::int64_t begin = 0;
    for (std::int64_t expert = 0; expert < weights.size(0); ++expert) {
        const std::int64_t end = counted[expert].item<std::int64_t>();
        products.push_back(at::mm(rows.narrow(0, begin, end - begin), weights[expert]));
        begin = end;
    }
    products.push_back(at::zeros({rows.size(0) - begin, weights.size(2)}, rows.options()));  // dropped choices
    return at::cat(products);
}

}  // namespace

at::Tensor groupedExpertFfn(const at::Tensor& x, const at::Tensor& w1, const at::Tensor& b1, const at::Tensor& w2, const at::Tensor& b2,
                            const RoutingRecord& record, Activation activation, bool may_drop) {
    const at::ScalarType type = computeType(x, w1);
    const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
    const std::int64_t choices = record.weights.size(1);
    const DeviceDispatch dispatch = sortByExpert(record);
    // Rows behind the last expert's are never written: they count as 0, and so do their gradients.
    const auto masked = [&](const at::Tensor& rows) { return may_drop ? at::where(dispatch.kept, rows, at::zeros({}, rows.options())) : rows; };
    const auto biased = [&](const at::Tensor& rows, const at::Tensor& bias) {
        return bias.defined() ? rows + bias.to(type).index_select(0, dispatch.expert) : rows;
    };
    const at::Tensor rows = masked(x.to(type).index_select(0, at::floor_divide(dispatch.order, choices)));
    const at::Tensor h = masked(biased(groupedProduct(rows, w1.to(type), dispatch.ends), b1));
    const at::Tensor out = masked(biased(groupedProduct(activated(h, activation), w2.to(type), dispatch.ends), b2));
    // A token's choices are summed in their order, in the weights' precision.
    const at::Tensor by_choice = out.index_select(0, dispatch.place).view({x.size(0), choices, x.size(1)});
    return (by_choice.to(record.weights.scalar_type()) * record.weights.unsqueeze(-1)).sum(1).to(type);
}

}  // namespace switchyard::model
