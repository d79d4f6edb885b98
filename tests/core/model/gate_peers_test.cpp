// SPDX-License-Identifier: MIT
// Routing, losses and gradients of top2 against fairscale, of switch against Hugging Face, of noisy_topk and
// expert_choice against their papers' formulas written out, from numbers that tests/golden/moe_gates.py wrote.
#include <ATen/ATen.h>

#include <QtTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/model/moe/aux_losses.h"
#include "core/model/moe/moe_layer.h"
#include "core/parallel/mesh.h"

using namespace switchyard;
using model::AuxLoss;
using nlohmann::json;

namespace {

at::Tensor tensorOf(const json& values, at::IntArrayRef sizes) {
    return at::tensor(values.get<std::vector<double>>(), at::kDouble).to(at::kFloat).view(sizes).contiguous();
}

/// [T, E] weight of every expert, from the choices; a choice that is absent weighs 0.
at::Tensor perExpert(const model::RoutingRecord& record) {
    return at::zeros({record.experts.size(0), record.num_experts}, record.weights.options())
        .scatter_add(1, record.experts.clamp_min(0), record.weights);
}

/// Largest difference, relative to the largest value.
double difference(const at::Tensor& ours, const at::Tensor& theirs) {
    return ((ours - theirs).abs().max() / theirs.abs().max().clamp_min(1e-30)).item<double>();
}

}  // namespace

class GatePeersTest : public QObject {
    Q_OBJECT
    json golden_;
    parallel::Mesh alone_;

    model::ForwardContext training(std::uint64_t seed, std::int64_t step) {
        model::ForwardContext context;
        context.training = true;
        context.seed = seed;
        context.step = step;
        context.mesh = &alone_;
        return context;
    }

    /// A router in fp32 with the golden case's weights.
    static model::Router routerOf(const json& one, const model::MoeOptions& options) {
        model::Router router(options);
        const at::NoGradGuard no_grad;
        router->weight.copy_(tensorOf(one["weight"], router->weight.sizes()));
        if (router->noise_weight.defined())
            router->noise_weight.copy_(tensorOf(one["noise_weight"], router->weight.sizes()));
        return router;
    }

    static model::MoeOptions optionsOf(const json& one, GateKind gate) {
        model::MoeOptions options;
        options.dim = one["dim"].get<std::int64_t>();
        options.moe.experts = one["experts"].get<std::int64_t>();
        options.moe.gate = gate;
        options.moe.jitter = 0;
        options.moe.min_capacity = 1;
        return options;
    }

    struct Routed {
        at::Tensor x;  ///< with its gradient
        model::RoutingRecord record;
        model::AuxLosses losses;
        double loss(AuxLoss which) const { return losses[static_cast<std::size_t>(which)].item<double>(); }
    };

    /// Routes the case's tokens, and the gradient of its weighted weights and of `added` losses back.
    Routed routed(const json& one, model::Router& router, const std::vector<AuxLoss>& added,
                  const model::ForwardContext& context) {
        const auto tokens = one["tokens"].get<std::int64_t>(), experts = one["experts"].get<std::int64_t>(),
                   dim = one["dim"].get<std::int64_t>();
        model::TokenInfo info;
        info.modality = at::zeros({tokens}, at::kChar);
        info.keys = one.contains("keys") ? at::tensor(one["keys"].get<std::vector<std::int64_t>>(), at::kLong)
                                         : at::arange(tokens, at::kLong);
        Routed out;
        out.x = tensorOf(one["x"], {tokens, dim}).requires_grad_();
        out.record = router(out.x, info, context);
        RunConfig::Losses weights;
        weights.importance = weights.load = 1;
        out.losses = model::auxLosses(out.record, weights, alone_.world());
        at::Tensor sum = (perExpert(out.record) * tensorOf(one["upstream"], {tokens, experts})).sum();
        for (const AuxLoss loss : added) sum = sum + out.losses[static_cast<std::size_t>(loss)];
        sum.backward();
        return out;
    }

    static bool sameRouting(const json& one, const Routed& found, const model::Router& router) {
        return difference(perExpert(found.record), tensorOf(one["combine"], {one["tokens"].get<std::int64_t>(),
                                                                             router->weight.size(0)})) < 1e-6 &&
               difference(router->weight.grad(), tensorOf(one["weight_grad"], router->weight.sizes())) < 2e-6 &&
               difference(found.x.grad(), tensorOf(one["x_grad"], found.x.sizes())) < 2e-6;
    }

    static bool near(double found, const json& expected) {
        return std::abs(found - expected.get<double>()) < 1e-6 * expected.get<double>();
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
                model::route({logits, {}, {}}, options, info,
                             training(one["seed"].get<std::uint64_t>(), one["step"].get<std::int64_t>()));
            drops += record.dropped.sum().item<std::int64_t>();
            QVERIFY(difference(perExpert(record), tensorOf(one["combine"], {tokens, experts})) < 1e-6);
            const at::Tensor balance =
                model::auxLosses(record, {}, alone_.world())[static_cast<std::size_t>(AuxLoss::kBalance)];
            // fairscale's mean over experts lacks the factor E^2 of the sum times E.
            const double squared = static_cast<double>(experts * experts);
            QVERIFY(std::abs(balance.item<double>() / squared - one["l_aux"].get<double>()) <
                    1e-6 * one["l_aux"].get<double>());
            ((perExpert(record) * tensorOf(one["upstream"], {tokens, experts})).sum() + balance / squared * experts)
                .backward();
            QVERIFY(difference(logits.grad(), tensorOf(one["logits_grad"], {tokens, experts})) < 2e-6);
        }
        QCOMPARE(drops, 12);  // 3 + 9 choices of the golden cases find their expert full
    }

    void switchEqualsHuggingFace() {
        QCOMPARE(golden_["switch"].size(), std::size_t{2});
        std::int64_t drops = 0;
        for (const json& one : golden_["switch"]) {
            model::MoeOptions options = optionsOf(one, GateKind::kSwitch);
            // Slots are ceil(factor T / E).
            options.moe.capacity_factor =
                (one["capacity"].get<double>() - 0.5) * one["experts"].get<double>() / one["tokens"].get<double>();
            model::Router router = routerOf(one, options);
            const Routed found = routed(one, router, {AuxLoss::kBalance, AuxLoss::kZ}, training(0, 0));
            drops += found.record.dropped.sum().item<std::int64_t>();
            QVERIFY(sameRouting(one, found, router));
            QVERIFY(near(found.loss(AuxLoss::kBalance), one["balance"]));
            QVERIFY(near(found.loss(AuxLoss::kZ), one["z"]));
        }
        QCOMPARE(drops, 14);
    }

    void noisyTopkEqualsItsFormulas() {
        QCOMPARE(golden_["noisy_topk"].size(), std::size_t{2});
        for (const json& one : golden_["noisy_topk"]) {
            model::MoeOptions options = optionsOf(one, GateKind::kNoisyTopK);
            options.moe.top_k = one["top_k"].get<std::int64_t>();
            options.layer_key = one["layer_key"].get<std::uint64_t>();
            model::Router router = routerOf(one, options);
            const Routed found = routed(one, router, {AuxLoss::kImportance, AuxLoss::kLoad},
                                        training(one["seed"].get<std::uint64_t>(), one["step"].get<std::int64_t>()));
            QVERIFY(sameRouting(one, found, router));
            QVERIFY(near(found.loss(AuxLoss::kImportance), one["importance"]));
            QVERIFY(near(found.loss(AuxLoss::kLoad), one["load"]));
            QVERIFY(difference(router->noise_weight.grad(),
                               tensorOf(one["noise_weight_grad"], router->weight.sizes())) < 2e-6);
        }
    }

    void expertChoiceEqualsItsFormulas() {
        QCOMPARE(golden_["expert_choice"].size(), std::size_t{2});
        for (const json& one : golden_["expert_choice"]) {
            model::MoeOptions options = optionsOf(one, GateKind::kExpertChoice);
            options.moe.top_k = one["factor"].get<std::int64_t>();
            model::Router router = routerOf(one, options);
            QVERIFY(sameRouting(one, routed(one, router, {}, training(0, 0)), router));
        }
    }
};

QTEST_GUILESS_MAIN(GatePeersTest)
#include "gate_peers_test.moc"
