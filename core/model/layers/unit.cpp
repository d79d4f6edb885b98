// SPDX-License-Identifier: MIT
#include "core/model/layers/unit.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <array>
#include <utility>

namespace switchyard::model {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// The forward's autocast, in the backward.
class Autocast {
public:
    Autocast(c10::DeviceType device, bool enabled)
        : device_(device), before_(at::autocast::is_autocast_enabled(device)) {
        at::autocast::increment_nesting();
        at::autocast::set_autocast_enabled(device_, enabled);
    }
    ~Autocast() {
        if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
        at::autocast::set_autocast_enabled(device_, before_);
    }
    Autocast(const Autocast&) = delete;
    Autocast& operator=(const Autocast&) = delete;

private:
    c10::DeviceType device_;
    bool before_;
};

/// What the second computation needs, and how outputs are laid out in a list.
struct Again : torch::CustomClassHolder {
    Again(UnitBody of, const ForwardContext& in) : body(std::move(of)), context(in) {}
    UnitBody body;
    ForwardContext context;
    std::vector<RoutingRecord> routing;  ///< only what was decided
    UnitOutput first;                    ///< of the forward; handed over once
};

/// Fields of a record that losses see, in a fixed order.
template <typename Record>
auto differentiable(Record& record) {
    return std::array{&record.logits, &record.probs, &record.gates, &record.load};
}

variable_list flat(const UnitOutput& out) {
    variable_list list = out.features;
    for (const RoutingRecord& record : out.routing) {
        for (const at::Tensor* field : differentiable(record)) {
            if (field->defined()) list.push_back(*field);
        }
    }
    return list;
}

class Recompute : public torch::autograd::Function<Recompute> {
public:
    static variable_list forward(AutogradContext* context, const at::TensorList& inputs,
                                 const c10::intrusive_ptr<Again>& again) {
        const variable_list features(inputs.begin(), inputs.end() - 1);
        again->first = again->body(features, again->context);
        for (const RoutingRecord& record : again->first.routing) {
            RoutingRecord decided;
            decided.experts = record.experts;
            decided.dropped = record.dropped;
            again->routing.push_back(std::move(decided));
        }
        context->save_for_backward(features);
        context->set_materialize_grads(false);
        const c10::DeviceType device = features.front().device().type();
        context->saved_data["autocast"] = at::autocast::is_autocast_enabled(device);
        context->saved_data["again"] = c10::IValue::make_capsule(again);
        return flat(again->first);
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto capsule = context->saved_data["again"].toCapsule();
        Again* again = static_cast<Again*>(capsule.get());
        variable_list features;
        for (const at::Tensor& saved : context->get_saved_variables())
            features.push_back(saved.detach().requires_grad_(saved.requires_grad()));
        {
            const at::AutoGradMode with_gradient(true);
            const Autocast autocast(features.front().device().type(), context->saved_data["autocast"].toBool());
            ForwardContext second = again->context;
            second.checkpointing = ActivationCheckpointing::kNone;
            second.replay = again->routing.empty() ? nullptr : &again->routing.front();
            variable_list outputs, of_outputs;
            const variable_list all = flat(again->body(features, second));
            for (std::size_t i = 0; i < all.size(); ++i) {
                if (!gradients[i].defined() || !all[i].requires_grad()) continue;
                outputs.push_back(all[i]);
                of_outputs.push_back(gradients[i]);
            }
            if (!outputs.empty()) torch::autograd::backward(outputs, of_outputs);
        }
        variable_list found;
        for (const at::Tensor& feature : features) found.push_back(feature.grad());
        found.emplace_back();  // of the token
        found.emplace_back();  // of `again`
        return found;
    }
};

}  // namespace

UnitOutput recomputed(const std::vector<at::Tensor>& features, const ForwardContext& context, const UnitBody& body) {
    if (!at::GradMode::is_enabled()) return body(features, context);
    const auto again = c10::make_intrusive<Again>(body, context);
    variable_list inputs = features;
    // Weights inside may need a gradient where no feature does.
    inputs.push_back(at::empty({0}, features.front().options().dtype(at::kFloat)).requires_grad_());
    const variable_list list = Recompute::apply(at::TensorList(inputs), again);
    UnitOutput out = std::move(again->first);
    again->first = {};
    std::size_t next = 0;
    for (at::Tensor& feature : out.features) feature = list[next++];
    for (RoutingRecord& record : out.routing) {
        for (at::Tensor* field : differentiable(record)) {
            if (field->defined()) *field = list[next++];
        }
    }
    return out;
}

UnitOutput runUnit(const std::string& name, const std::vector<at::Tensor>& features, const ForwardContext& context,
                   const UnitBody& body) {
    if (context.units != nullptr) context.units->fetch(name);
    UnitOutput out = context.checkpointing == ActivationCheckpointing::kBlock ? recomputed(features, context, body)
                                                                              : body(features, context);
    if (context.units == nullptr) return out;
    for (at::Tensor& feature : out.features) {
        if (!feature.requires_grad()) continue;
        feature.register_hook([units = context.units, name](const at::Tensor&) { units->fetchForBackward(name); });
    }
    context.units->release(name);
    return out;
}

}  // namespace switchyard::model
