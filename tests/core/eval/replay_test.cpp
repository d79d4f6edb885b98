// SPDX-License-Identifier: MIT
// Recorded logits under the trained gate give the recorded choices, and under another gate what a run of that gate
// gives.
#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <QtTest>

#include "core/base/runs/probe_codec.h"
#include "core/base/util/error.h"
#include "core/eval/replay.h"
#include "core/eval/sample_pass.h"
#include "core/model/layers/draws.h"
#include "core/model/moe/moe_layer.h"
#include "core/model/text/text_encoder.h"

using namespace switchyard;

namespace {

constexpr std::int64_t kText = 7, kPatches = 16;
constexpr const char* kLayer = "fusion.blocks.0.moe";

/// Every gate, with and without capacity, in both drop orders.
std::vector<std::pair<std::string, RunConfig::Moe>> gates(std::int64_t experts) {
    std::vector<std::pair<std::string, RunConfig::Moe>> all;
    const auto add = [&](const char* name, GateKind gate, std::int64_t top_k, const auto& change) {
        RunConfig::Moe moe;
        moe.experts = experts;
        moe.gate = gate;
        moe.top_k = top_k;
        moe.min_capacity = 1;
        change(&moe);
        for (const double factor : {0.0, 1.0}) {
            for (const DropOrder drop : {DropOrder::kPosition, DropOrder::kPriority}) {
                moe.eval_capacity_factor = factor;
                moe.drop = drop;
                all.emplace_back(std::string(name) + (factor > 0 ? ", capacity" : "") +
                                     (drop == DropOrder::kPriority ? ", priority" : ""),
                                 moe);
            }
        }
    };
    const auto plain = [](RunConfig::Moe*) {};
    add("top2", GateKind::kTop2, 2, plain);
    add("top2 with noise", GateKind::kTop2, 2, [](RunConfig::Moe* moe) { moe->gumbel_eval = true; });
    add("switch", GateKind::kSwitch, 1, plain);
    add("topk", GateKind::kTopK, 3, plain);
    add("topk of sigmoids", GateKind::kTopK, 2, [](RunConfig::Moe* moe) { moe->score = RouterScore::kSigmoid; });
    add("topk with a bias", GateKind::kTopK, 2, [](RunConfig::Moe* moe) { moe->bias_balance = 0.01; });
    add("noisy_topk", GateKind::kNoisyTopK, 2, plain);
    add("expert_choice", GateKind::kExpertChoice, 2, plain);
    return all;
}

/// What a router of this gate records of the logits, the sample alone.
runs::LayerRoutes routed(const at::Tensor& logits, const at::Tensor& bias, const RunConfig::Moe& moe,
                         std::uint64_t seed) {
    model::MoeOptions options;
    options.moe = moe;
    options.name = kLayer;
    options.layer_key = model::nameKey(kLayer);
    const model::TokenInfo text = model::textTokens({0}, {kText}, at::kCPU),
                           image = model::imageTokens({0}, kPatches, {}, at::kCPU);
    model::ForwardContext context;
    context.seed = seed;
    const model::RouterLogits router{logits, {}, moe.bias_balance > 0 ? bias : at::Tensor()};
    const model::RoutingRecord record = model::route(
        router, options, {at::cat({text.modality, image.modality}), at::cat({text.keys, image.keys})}, context);
    runs::LayerRoutes routes = eval::routesOf(record, moe);
    if (router.bias.defined())
        routes.bias.assign(bias.const_data_ptr<float>(), bias.const_data_ptr<float>() + bias.numel());
    return routes;
}

eval::ReplayGate gateOf(const RunConfig::Moe& moe, std::uint64_t seed) {
    eval::ReplayGate gate;
    gate.moe = moe;
    gate.seed = seed;
    return gate;
}

bool same(const runs::LayerRoutes& a, const runs::LayerRoutes& b) {
    return a.experts == b.experts && a.weights == b.weights && a.dropped == b.dropped &&
           a.text_tokens == b.text_tokens && a.num_choices == b.num_choices && a.entropy == b.entropy;
}

at::Tensor drawn(std::int64_t experts, std::uint64_t seed) {
    const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    return at::randn({kText + kPatches, experts}, generator, at::kFloat);
}

}  // namespace

class ReplayTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyGateOnEveryGatesLogits() {
        for (const std::int64_t experts : {4, 8, 32}) {
            const at::Tensor logits = drawn(experts, 3), bias = drawn(experts, 4)[0].contiguous() * 0.3;
            int differing = 0;
            for (const auto& [recorded_name, recorded_gate] : gates(experts)) {
                const runs::LayerRoutes recorded = routed(logits, bias, recorded_gate, 99);
                QVERIFY2(same(recorded, eval::replay(recorded, gateOf(recorded_gate, 99))), recorded_name.c_str());
                for (const auto& [name, gate] : gates(experts)) {
                    runs::LayerRoutes with_bias = recorded;
                    with_bias.bias = gate.bias_balance > 0 ? routed(logits, bias, gate, 99).bias : std::vector<float>();
                    const runs::LayerRoutes replayed = eval::replay(with_bias, gateOf(gate, 99));
                    QVERIFY2(same(replayed, routed(logits, bias, gate, 99)), (recorded_name + " -> " + name).c_str());
                    differing += same(replayed, recorded) ? 0 : 1;
                }
            }
            QVERIFY(differing > 500);  // of 32 * 32 pairs: the gates do not all choose alike
        }
    }

    void probesOfFewExpertsReplayExactly() {
        // Up to eight experts and two choices logits are kept to the bit, so every gate gives what it gave.
        const at::Tensor logits = drawn(8, 5), bias = drawn(8, 6)[0].contiguous() * 0.3;
        for (const auto& [name, gate] : gates(8)) {
            const runs::LayerRoutes recorded = routed(logits, bias, gate, 7);
            if (recorded.num_choices > 2) continue;
            runs::LayerRoutes kept = runs::decodeProbe(runs::encodeProbe(recorded, eval::weightsRule(gate)), name);
            kept.layer = recorded.layer;  // as the record gives them, beside the row
            kept.bias = recorded.bias;
            QVERIFY2(!kept.rounded, name.c_str());
            QVERIFY2(same(recorded, eval::replay(kept, gateOf(gate, 7))), name.c_str());
        }
    }

    void roundedProbesKeepTheChoicesOfTokens() {
        // 16 experts: all logits, rounded; 256: the best ones. A token's choice by its logits alone stays.
        for (const std::int64_t experts : {16, 256}) {
            const at::Tensor logits = drawn(experts, 8);
            for (const auto& [name, gate] : gates(experts)) {
                const bool by_logits = gate.gate != GateKind::kExpertChoice && gate.bias_balance == 0 &&
                                       !gate.gumbel_eval && gate.eval_capacity_factor == 0;
                if (!by_logits) continue;
                const runs::LayerRoutes recorded = routed(logits, {}, gate, 7);
                const runs::LayerRoutes kept =
                    runs::decodeProbe(runs::encodeProbe(recorded, eval::weightsRule(gate)), name);
                QVERIFY(kept.rounded);
                const runs::LayerRoutes replayed = eval::replay(kept, gateOf(gate, 7));
                QVERIFY2(replayed.experts == recorded.experts, name.c_str());
                QVERIFY(replayed.rounded);
                for (std::size_t i = 0; i < recorded.weights.size(); ++i)
                    QVERIFY2(std::abs(replayed.weights[i] - recorded.weights[i]) < 5e-3F, name.c_str());
            }
        }
    }

    void temperatureAndBias() {
        const at::Tensor logits = drawn(8, 9);
        RunConfig::Moe moe;
        moe.gate = GateKind::kTopK;
        moe.experts = 8;
        const runs::LayerRoutes recorded = routed(logits, {}, moe, 1);
        eval::ReplayGate gate = gateOf(moe, 1);
        gate.temperature = 2;
        QVERIFY(same(eval::replay(recorded, gate), routed(logits / 2, {}, moe, 1)));
        gate.temperature = 1;
        gate.bias = {10, 0, 0, 0, 0, 0, 0, 10};  // more than logits can outweigh
        const runs::LayerRoutes biased = eval::replay(recorded, gate);
        for (std::int64_t t = 0; t < biased.num_tokens; ++t) {
            const auto first = static_cast<std::size_t>(2 * t);
            QCOMPARE(std::min(biased.experts[first], biased.experts[first + 1]), 0);
            QCOMPARE(std::max(biased.experts[first], biased.experts[first + 1]), 7);
        }
        gate.bias = {1, 2};
        QVERIFY_THROWS_EXCEPTION(Error, eval::replay(recorded, gate));
        gate.bias.clear();
        gate.moe.top_k = 9;
        QVERIFY_THROWS_EXCEPTION(Error, eval::replay(recorded, gate));
    }
};

QTEST_GUILESS_MAIN(ReplayTest)
#include "replay_test.moc"
