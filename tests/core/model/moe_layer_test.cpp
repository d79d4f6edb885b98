// SPDX-License-Identifier: MIT
// A whole MoE layer with its losses: every gradient against central differences in fp64, for every gate.
#include <ATen/ATen.h>

#include <QtTest>

#include "core/model/layers/init.h"
#include "core/model/moe/aux_losses.h"
#include "core/model/moe/moe_layer.h"
#include "core/parallel/mesh.h"

using namespace switchyard;

namespace {

constexpr std::int64_t kTokens = 13, kDim = 6;

struct Setting {
    const char* name;
    GateKind gate;
    std::int64_t top_k;
    double capacity;
    Activation activation;
};

const Setting kSettings[] = {
    {"top2", GateKind::kTop2, 2, 0.0, Activation::kGelu},
    {"top2, capacity by priority", GateKind::kTop2, 2, 1.0, Activation::kGelu},
    {"switch", GateKind::kSwitch, 1, 0.0, Activation::kGelu},
    {"switch, capacity", GateKind::kSwitch, 1, 1.0, Activation::kSwiGlu},
    {"topk, sigmoid and bias", GateKind::kTopK, 3, 0.0, Activation::kSwiGlu},
    {"noisy top-k", GateKind::kNoisyTopK, 2, 0.0, Activation::kGelu},
    {"expert choice", GateKind::kExpertChoice, 2, 0.0, Activation::kGelu},
};

model::MoeLayer makeLayer(const Setting& setting) {
    model::MoeOptions options;
    options.dim = kDim;
    options.name = "moe";
    options.layer_key = 5;
    options.moe.experts = 5;
    options.moe.hidden_dim = 7;
    options.moe.gate = setting.gate;
    options.moe.top_k = setting.top_k;
    options.moe.capacity_factor = setting.capacity;
    options.moe.min_capacity = 1;
    options.moe.drop = DropOrder::kPriority;
    options.moe.activation = setting.activation;
    if (setting.gate == GateKind::kTopK) {
        options.moe.score = RouterScore::kSigmoid;
        options.moe.bias_balance = 0.01;
    }
    model::MoeLayer layer(options);
    model::initialise(*layer, 3);
    layer->to(at::kDouble);
    const at::NoGradGuard no_grad;
    // Far from the start's small numbers, so that every path counts.
    for (at::Tensor& parameter : layer->parameters()) parameter.copy_(at::randn_like(parameter) * 0.5);
    if (layer->router()->bias.defined()) layer->router()->bias.copy_(at::randn({5}, at::kDouble) * 0.1);
    return layer;
}

}  // namespace

class MoeLayerTest : public QObject {
    Q_OBJECT
    parallel::Mesh alone_;
    at::Tensor x_, upstream_;
    model::TokenInfo tokens_;
    model::ForwardContext context_;
    RunConfig::Losses losses_;

    /// What is differentiated: every output and every loss, each with a weight of its own.
    at::Tensor objective(model::MoeLayer& layer) {
        const model::MoeLayerImpl::Output out = layer(x_, tokens_, context_);
        at::Tensor sum = (out.y * upstream_).sum();
        const model::AuxLosses aux = model::auxLosses(out.routing, losses_, alone_.world());
        for (std::size_t i = 0; i < aux.size(); ++i) {
            if (aux[i].defined()) sum = sum + aux[i] * (0.3 + 0.2 * static_cast<double>(i));
        }
        return sum;
    }

private Q_SLOTS:
    void init() {
        at::manual_seed(17);
        x_ = at::randn({kTokens, kDim}, at::kDouble);
        upstream_ = at::randn({kTokens, kDim}, at::kDouble);
        tokens_.modality = (at::arange(kTokens, at::kLong) % 2).to(at::kChar);
        tokens_.keys = at::arange(kTokens, at::kLong);
        context_.training = true;
        context_.seed = 9;
        context_.step = 4;
        context_.mesh = &alone_;
        losses_.importance = losses_.load = losses_.limoe_local = losses_.limoe_global = 1;
        losses_.limoe_local_on = losses_.limoe_global_on = {"text", "image"};
    }

    void everyGradientIsTheDifferences_data() {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(std::size(kSettings)); ++i) QTest::newRow(kSettings[i].name) << i;
    }

    void everyGradientIsTheDifferences() {
        QFETCH(int, index);
        model::MoeLayer layer = makeLayer(kSettings[index]);
        std::vector<std::pair<std::string, at::Tensor>> leaves;
        for (const auto& item : layer->named_parameters()) leaves.emplace_back(item.key(), item.value());
        x_.requires_grad_();
        leaves.emplace_back("x", x_);
        objective(layer).backward();
        constexpr double kStep = 1e-5;
        for (auto& [name, leaf] : leaves) {
            QVERIFY2(leaf.grad().defined() && leaf.grad().abs().max().item<double>() > 1e-3, name.c_str());
            const at::Tensor gradient = leaf.grad().contiguous();
            const at::NoGradGuard no_grad;
            auto* value = leaf.mutable_data_ptr<double>();
            for (std::int64_t i = 0; i < leaf.numel(); i += leaf.numel() > 60 ? 3 : 1) {
                const double before = value[i];
                value[i] = before + kStep;
                const double above = objective(layer).item<double>();
                value[i] = before - kStep;
                const double below = objective(layer).item<double>();
                value[i] = before;
                const double found = gradient.const_data_ptr<double>()[i], expected = (above - below) / (2 * kStep);
                QVERIFY2(std::abs(found - expected) < 1e-7 * (1 + std::abs(expected)),
                         (name + "[" + std::to_string(i) + "]: " + std::to_string(found) + ", by differences " + std::to_string(expected)).c_str());
            }
        }
    }

    /// The same seed and step give the same bits; another step other draws.
    void drawsBelongToSeedAndStep() {
        model::MoeLayer layer = makeLayer(kSettings[5]);
        const at::Tensor first = layer(x_, tokens_, context_).y;
        QVERIFY(first.equal(layer(x_, tokens_, context_).y));
        ++context_.step;
        QVERIFY(!first.equal(layer(x_, tokens_, context_).y));
    }
};

QTEST_GUILESS_MAIN(MoeLayerTest)
#include "moe_layer_test.moc"
