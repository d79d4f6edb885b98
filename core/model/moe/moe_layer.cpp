// SPDX-License-Identifier: MIT
#include "core/model/moe/moe_layer.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>

#include "core/base/util/random.h"
#include "core/model/layers/draws.h"
#include "core/model/layers/dropout.h"
#include "core/model/layers/activation.h"

namespace switchyard::model {
namespace {

/// Routers stay in full precision whatever the rest computes in.
class NoAutocast {
public:
    explicit NoAutocast(c10::DeviceType device) : device_(device), before_(at::autocast::is_autocast_enabled(device)) {
        at::autocast::set_autocast_enabled(device_, false);
    }
    ~NoAutocast() { at::autocast::set_autocast_enabled(device_, before_); }
    NoAutocast(const NoAutocast&) = delete;
    NoAutocast& operator=(const NoAutocast&) = delete;

private:
    c10::DeviceType device_;
    bool before_;
};

/// The two slabs of all experts; a module of its own so that the keys read `experts.w1`.
class ExpertsImpl : public torch::nn::Module {
public:
    explicit ExpertsImpl(const MoeOptions& options) {
        const auto [experts, dim, hidden] = std::tuple{options.moe.experts / options.share.ranks, options.dim, options.moe.hidden_dim};
        const std::int64_t wide = firstWidth(options.moe.activation, hidden);
        w1 = register_parameter("w1", at::empty({experts, dim, wide}));
        w2 = register_parameter("w2", at::empty({experts, hidden, dim}));
        if (options.moe.bias) {
            b1 = register_parameter("b1", at::empty({experts, wide}));
            b2 = register_parameter("b2", at::empty({experts, dim}));
        }
    }
    at::Tensor w1, b1, w2, b2;
};

}  // namespace

RouterImpl::RouterImpl(const MoeOptions& options) : options_(options) {
    weight = register_parameter("weight", at::empty({options.moe.experts, options.dim}));
    if (options.moe.gate == GateKind::kNoisyTopK) noise_weight = register_parameter("noise_weight", at::empty({options.moe.experts, options.dim}));
    if (options.moe.gate == GateKind::kTopK && options.moe.bias_balance > 0) bias = register_buffer("bias", at::zeros({options.moe.experts}));
}

RoutingRecord RouterImpl::forward(const at::Tensor& x, const TokenInfo& tokens, const ForwardContext& context) {
    const NoAutocast full_precision(x.device().type());
    at::Tensor in = x.to(weight.scalar_type());
    if (options_.moe.gate == GateKind::kSwitch && context.training && options_.moe.jitter > 0) {
        const std::uint64_t key = randomKey({context.seed, static_cast<std::uint64_t>(context.step), options_.layer_key,
                                             static_cast<std::uint64_t>(Stream::kGate)});
        const at::Tensor u = uniformRows(tokens.keys, in.size(1), key, in.scalar_type());
        in = in * (u * (2 * options_.moe.jitter) + (1 - options_.moe.jitter));
    }
    RouterLogits logits;
    logits.logits = at::linear(in, weight);
    // Noise is for training only.
    if (noise_weight.defined() && context.training) logits.noise = at::linear(in, noise_weight);
    logits.bias = bias;
    return route(logits, options_, tokens, context);
}

void RouterImpl::balance(const at::Tensor& load) {
    if (!bias.defined()) return;
    const at::NoGradGuard no_grad;
    const at::Tensor loads = load.to(at::kDouble);
    bias.add_((loads.mean() - loads).sign().to(bias.options()), options_.moe.bias_balance);
}

bool isExpertParameter(const std::string& name) { return name.starts_with("experts.") || name.find(".experts.") != std::string::npos; }

MoeLayerImpl::MoeLayerImpl(const MoeOptions& options) : options_(options) {
    router_ = register_module("router", Router(options));
    const auto experts = std::make_shared<ExpertsImpl>(options);
    experts_ = register_module("experts", experts);
}

void MoeLayerImpl::setGate(const RunConfig::Moe& moe) {
    options_.moe = moe;
    router_->setGate(moe);
}

MoeLayerImpl::Output MoeLayerImpl::forward(const at::Tensor& x, const TokenInfo& tokens, const ForwardContext& context) {
    Output out = compute(x, tokens, context);
    if (context.training && options_.moe.dropout > 0) {
        const DropoutContext dropout{tokens.keys, randomKey({context.seed, static_cast<std::uint64_t>(context.step),
                                                             static_cast<std::uint64_t>(Stream::kDropout), options_.layer_key})};
        out.y = dropped(out.y, dropout, options_.moe.dropout, 0);
    }
    return out;
}

MoeLayerImpl::Output MoeLayerImpl::compute(const at::Tensor& x, const TokenInfo& tokens, const ForwardContext& context) {
    Output out;
    out.routing = router_(x, tokens, context);
    // Read through the module at each call: a change of dtype or device replaces its tensors.
    const auto& experts = static_cast<const ExpertsImpl&>(*experts_);
    const ExpertFfnOptions ffn{options_.moe.activation, options_.moe.recompute};
    if (options_.share.ranks > 1) {
        out.y = exchangedExpertFfn(x, experts.w1, experts.b1, experts.w2, experts.b2, out.routing, ffn, context.mesh->experts(),
                                   options_.share.chunks);
        return out;
    }
    if (!x.device().is_cpu()) {
        const RunConfig::Moe& moe = options_.moe;
        const bool may_drop = moe.gate == GateKind::kExpertChoice || (context.training ? moe.capacity_factor : moe.eval_capacity_factor) > 0;
        out.y = groupedExpertFfn(x, experts.w1, experts.b1, experts.w2, experts.b2, out.routing, moe.activation, may_drop);
        return out;
    }
    const Dispatch dispatch = makeDispatch(out.routing);
    out.y = expertFfn(x, experts.w1, experts.b1, experts.w2, experts.b2, out.routing.weights, dispatch, ffn);
    return out;
}

}  // namespace switchyard::model
