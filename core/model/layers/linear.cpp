// SPDX-License-Identifier: MIT
#include "core/model/layers/linear.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/base/util/error.h"
#include "core/base/util/random.h"
#include "core/model/layers/after_gelu.h"
#include "core/model/layers/draws.h"

namespace switchyard::model {

LinearImpl::LinearImpl(std::int64_t in, std::int64_t out, bool with_bias) {
    weight = register_parameter("weight", at::empty({out, in}));
    if (with_bias) bias = register_parameter("bias", at::empty({out}));
}

void LinearImpl::adapt(const std::string& name, std::int64_t begin, std::int64_t columns,
                       const RunConfig::Lora& options) {
    const double rank = static_cast<double>(options.rank);
    Adapter adapter{begin,
                    columns,
                    options.alpha / (options.rank_stabilized ? std::sqrt(rank) : rank),
                    options.dropout,
                    nameKey(name),
                    {},
                    {}};
    adapter.a = register_parameter("lora_" + name + "_a", at::empty({options.rank, weight.size(1)}));
    adapter.b = register_parameter("lora_" + name + "_b", at::empty({columns, options.rank}));
    adapters_.push_back(adapter);
}

at::Tensor LinearImpl::forward(const at::Tensor& x, const DropoutContext* dropout) {
    at::Tensor y = at::linear(x, weight, bias);
    if (adapters_.empty()) return y;
    // Output columns between adapters keep y as it is; y is split and joined once, and so is its gradient.
    std::vector<std::int64_t> widths;
    std::int64_t at_column = 0;
    for (const Adapter& adapter : adapters_) {
        if (adapter.begin > at_column) widths.push_back(adapter.begin - at_column);
        widths.push_back(adapter.columns);
        at_column = adapter.begin + adapter.columns;
    }
    if (at_column < weight.size(0)) widths.push_back(weight.size(0) - at_column);
    std::vector<at::Tensor> pieces = widths.size() == 1 ? std::vector<at::Tensor>{y} : y.split_with_sizes(widths, -1);
    std::size_t piece = 0;
    at_column = 0;
    for (const Adapter& adapter : adapters_) {
        if (adapter.begin > at_column) ++piece;
        at::Tensor in = x;
        if (dropout != nullptr && dropout->keys.defined()) {
            in = dropoutRows(x, dropout->keys, adapter.dropout, mix64(dropout->seed_key ^ adapter.key));
        }
        pieces[piece] = pieces[piece] + at::linear(at::linear(in, adapter.a), adapter.b) * adapter.scale;
        ++piece;
        at_column = adapter.begin + adapter.columns;
    }
    return pieces.size() == 1 ? pieces.front() : at::cat(pieces, -1);
}

at::Tensor LinearImpl::mergedWeight() const {
    const at::NoGradGuard no_grad;
    at::Tensor merged = weight.clone();
    for (const Adapter& adapter : adapters_) {
        merged.narrow(0, adapter.begin, adapter.columns).add_(at::mm(adapter.b, adapter.a), adapter.scale);
    }
    if (!at::isfinite(merged).all().item<bool>()) {
        throw Error(ExitCode::kNonFinite, "the merged weight holds a value that is not finite", "LoRA",
                    "Look for a diverged adapter; nothing was changed");
    }
    return merged;
}

LayerNormImpl::LayerNormImpl(std::int64_t dim, double eps) : eps_(eps) {
    weight = register_parameter("weight", at::empty({dim}));
    bias = register_parameter("bias", at::empty({dim}));
}

at::Tensor LayerNormImpl::forward(const at::Tensor& x) {
    return at::layer_norm(x, {weight.size(0)}, weight, bias, eps_);
}

EmbeddingImpl::EmbeddingImpl(std::int64_t rows, std::int64_t dim) {
    weight = register_parameter("weight", at::empty({rows, dim}));
}

at::Tensor EmbeddingImpl::forward(const at::Tensor& ids) {
    return at::embedding(weight, ids);
}

FeedForwardImpl::FeedForwardImpl(std::int64_t dim, std::int64_t hidden, Activation activation)
    : activation_(activation) {
    fc1 = register_module("fc1", Linear(dim, hidden));
    fc2 = register_module("fc2", Linear(hidden, dim));
}

at::Tensor FeedForwardImpl::forward(const at::Tensor& x, const DropoutContext* dropout) {
    const at::Tensor hidden = fc1(x, dropout);
    // swiglu is for experts: a dense FFN has two matrices, and gelu then.
    if (activation_ != Activation::kRelu && !fc2->adapted()) return geluLinear(hidden, fc2->weight, fc2->bias);
    return fc2(activation_ == Activation::kRelu ? at::relu(hidden) : at::gelu(hidden), dropout);
}

}  // namespace switchyard::model
