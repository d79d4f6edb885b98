// SPDX-License-Identifier: MIT
#include "core/model/moe/moe_layer.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>

#include <limits>

#include "core/base/util/error.h"
#include "core/base/util/random.h"
#include "core/model/layers/activation.h"
#include "core/model/layers/draws.h"
#include "core/model/layers/dropout.h"

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
    if (kept_.defined()) return amongKept(in, tokens, context);
    RouterLogits logits;
    logits.logits = at::linear(in, weight);
    // Noise is for training only.
    if (noise_weight.defined() && context.training) logits.noise = at::linear(in, noise_weight);
    logits.bias = bias;
    return route(logits, options_, tokens, context);
}

void RouterImpl::mask(const std::vector<std::int64_t>& kept) {
    kept_ = kept.empty() ? at::Tensor() : at::tensor(kept, at::kLong);
}

/// Masked logits are not computed and then hidden, for a product and a softmax over other sizes are rounded in another
/// order: so it equals a router without those rows to the last bit.
RoutingRecord RouterImpl::amongKept(const at::Tensor& in, const TokenInfo& tokens, const ForwardContext& context) {
    if (context.training) throw Error(ExitCode::kRunFailed, "Experts can be masked in evaluation only", options_.name);
    const at::Tensor kept = kept_.to(in.device());
    MoeOptions options = options_;
    options.moe.experts = kept.numel();
    RouterLogits router;
    router.logits = at::linear(in, weight.index_select(0, kept));
    if (bias.defined()) router.bias = bias.index_select(0, kept);
    RoutingRecord record = route(router, options, tokens, context);
    // The same with the numbers and columns of all experts.
    const auto spread = [&](const at::Tensor& values, double elsewhere) {
        return at::full({values.size(0), options_.moe.experts}, elsewhere, values.options())
            .index_copy(1, kept, values);
    };
    record.logits = spread(record.logits, -std::numeric_limits<double>::infinity());
    record.probs = spread(record.probs, 0);
    const at::Tensor numbers = kept.index_select(0, record.experts.clamp_min(0).flatten()).view_as(record.experts);
    record.experts = at::where(record.experts.lt(0), record.experts, numbers);
    record.num_experts = options_.moe.experts;
    return record;
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
    if (watch_ != nullptr) {
        watch_->see(out.routing, [&](std::int64_t k) {
            RoutingRecord one = out.routing;
            one.experts = one.experts.narrow(1, k, 1).contiguous();
            one.dropped = one.dropped.narrow(1, k, 1).contiguous();
            const at::Tensor unweighted = at::ones_like(one.experts, one.weights.options());
            return expertFfn(x, experts.w1, experts.b1, experts.w2, experts.b2, unweighted, makeDispatch(one), ffn);
        });
    }
    const Dispatch dispatch = makeDispatch(out.routing);
    out.y = expertFfn(x, experts.w1, experts.b1, experts.w2, experts.b2, out.routing.weights, dispatch, ffn);
    return out;
}

std::vector<MoeLayerImpl*> moeLayersOf(const torch::nn::Module& model) {
    std::vector<MoeLayerImpl*> layers;
    for (const auto& item : model.named_modules()) {
        if (auto* layer = item.value()->as<MoeLayerImpl>()) layers.push_back(layer);
    }
    return layers;
}

}  // namespace switchyard::model
