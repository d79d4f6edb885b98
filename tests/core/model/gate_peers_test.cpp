// SPDX-License-Identifier: MIT
// Routing, losses and gradients of top2 against fairscale and of switch against Hugging Face, from numbers that
// tests/golden/moe_gates.py wrote.
#include <ATen/ATen.h>

#include <QtTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/model/moe/aux_losses.h"
#include "core/model/moe/moe_layer.h"
#include "core/parallel/single_rank.h"

using namespace switchyard;
using model::AuxLoss;
using nlohmann::json;

namespace {

at::Tensor tensorOf(const json& values, at::IntArrayRef sizes) {
    return at::tensor(values.get<std::vector<double>>(), at::kDouble).to(at::kFloat).view(sizes).contiguous();
}

/// [T, E] weight of every expert, from the choices.
at::Tensor perExpert(const model::RoutingRecord& record) {
    return at::zeros({record.experts.size(0), record.num_experts}, record.weights.options()).scatter_add(1, record.experts, record.weights);
}

/// Largest difference, relative to the largest value.
double difference(const at::Tensor& ours, const at::Tensor& theirs) {
    return ((ours - theirs).abs().max() / theirs.abs().max().clamp_min(1e-30)).item<double>();
}

}  // namespace

class GatePeersTest : public QObject {
    Q_OBJECT
    json golden_;
    parallel::SingleRank single_;

    model::ForwardContext training(std::uint64_t seed, std::int64_t step) {
        model::ForwardContext context;
        context.training = true;
        context.seed = seed;
        context.step = step;
        context.collectives = &single_;
        return context;
    }

private Q_SLOTS:
    void initTestCase() {
        std::ifstream file(SWITCHYARD_SOURCE_DIR "/tests/golden/moe_gates.json");
        golden_ = json::parse(file);
    }

    void top2EqualsFairscale() {
        QCOMPARE(golden_["fairscale"].size(), std::size_t{3});
        std::int64_t drops = 0;
        for (const json& one : golden_["fairscale"]) {
            const auto tokens = one["tokens"].get<std::int64_t>(), experts = one["experts"].get<std::int64_t>();
            model::MoeOptions options;
            options.moe.experts = experts;
            options.moe.gate = GateKind::kTop2;
            options.moe.capacity_factor = 1.0;
            options.moe.min_capacity = 1;
            options.layer_key = one["layer_key"].get<std::uint64_t>();
            model::TokenInfo info;
            info.modality = at::zeros({tokens}, at::kChar);
            info.keys = at::tensor(one["keys"].get<std::vector<std::int64_t>>(), at::kLong);
            const at::Tensor logits = tensorOf(one["logits"], {tokens, experts}).requires_grad_();
            const model::RoutingRecord record =
                model::route({logits, {}, {}}, options, info, training(one["seed"].get<std::uint64_t>(), one["step"].get<std::int64_t>()));
            drops += record.dropped.sum().item<std::int64_t>();
            QVERIFY(difference(perExpert(record), tensorOf(one["combine"], {tokens, experts})) < 1e-6);
            const at::Tensor balance = model::auxLosses(record, {}, single_)[static_cast<std::size_t>(AuxLoss::kBalance)];
            // fairscale's mean over experts lacks the factor E^2 of the sum times E.
            const double squared = static_cast<double>(experts * experts);
            QVERIFY(std::abs(balance.item<double>() / squared - one["l_aux"].get<double>()) < 1e-6 * one["l_aux"].get<double>());
            ((perExpert(record) * tensorOf(one["upstream"], {tokens, experts})).sum() + balance / squared * experts).backward();
            QVERIFY(difference(logits.grad(), tensorOf(one["logits_grad"], {tokens, experts})) < 2e-6);
        }
        QCOMPARE(drops, 12);  // 3 + 9 choices of the golden cases find their expert full
    }

    void switchEqualsHuggingFace() {
        QCOMPARE(golden_["switch"].size(), std::size_t{2});
        std::int64_t drops = 0;
        for (const json& one : golden_["switch"]) {
            const auto tokens = one["tokens"].get<std::int64_t>(), experts = one["experts"].get<std::int64_t>(), dim = one["dim"].get<std::int64_t>();
            model::MoeOptions options;
            options.dim = dim;
            options.moe.experts = experts;
            options.moe.gate = GateKind::kSwitch;
            options.moe.jitter = 0;
            // Slots are ceil(factor T / E).
            options.moe.capacity_factor = (one["capacity"].get<double>() - 0.5) * static_cast<double>(experts) / static_cast<double>(tokens);
            options.moe.min_capacity = 1;
            model::Router router(options);
            {
                const at::NoGradGuard no_grad;
                router->weight.copy_(tensorOf(one["weight"], {experts, dim}));
            }
            model::TokenInfo info;
            info.modality = at::zeros({tokens}, at::kChar);
            info.keys = at::arange(tokens, at::kLong);
            const at::Tensor x = tensorOf(one["x"], {tokens, dim}).requires_grad_();
            const model::RoutingRecord record = router(x, info, training(0, 0));
            drops += record.dropped.sum().item<std::int64_t>();
            QVERIFY(difference(perExpert(record), tensorOf(one["combine"], {tokens, experts})) < 1e-6);
            const model::AuxLosses losses = model::auxLosses(record, {}, single_);
            const at::Tensor balance = losses[static_cast<std::size_t>(AuxLoss::kBalance)], z = losses[static_cast<std::size_t>(AuxLoss::kZ)];
            QVERIFY(std::abs(balance.item<double>() - one["balance"].get<double>()) < 1e-6 * one["balance"].get<double>());
            QVERIFY(std::abs(z.item<double>() - one["z"].get<double>()) < 1e-6 * one["z"].get<double>());
            ((perExpert(record) * tensorOf(one["upstream"], {tokens, experts})).sum() + balance + z).backward();
            QVERIFY(difference(router->weight.grad(), tensorOf(one["weight_grad"], {experts, dim})) < 2e-6);
            QVERIFY(difference(x.grad(), tensorOf(one["x_grad"], {tokens, dim})) < 2e-6);
        }
        QCOMPARE(drops, 14);
    }
};

QTEST_GUILESS_MAIN(GatePeersTest)
#include "gate_peers_test.moc"
