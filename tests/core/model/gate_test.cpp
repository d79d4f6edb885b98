// SPDX-License-Identifier: MIT
// Choices, weights, drops, statistics and losses of the gates, against numbers worked out by hand.
#include <ATen/ATen.h>

#include <QtTest>
#include <algorithm>
#include <cmath>

#include "core/base/util/random.h"
#include "core/model/layers/draws.h"
#include "core/model/moe/aux_losses.h"
#include "core/model/moe/moe_layer.h"
#include "core/model/text/text_encoder.h"
#include "core/parallel/mesh.h"

using namespace switchyard;
using model::AuxLoss;
using model::RoutingRecord;

namespace {

model::MoeOptions options(GateKind gate, std::int64_t experts) {
    model::MoeOptions options;
    options.dim = 4;
    options.moe.experts = experts;
    options.moe.gate = gate;
    options.moe.min_capacity = 1;
    options.name = "layer";
    options.layer_key = 77;
    return options;
}

/// Rows are tokens; the numbers are probabilities, so that logits = log(p) has exactly these after the softmax.
at::Tensor logitsOf(std::initializer_list<std::initializer_list<double>> rows) {
    std::vector<double> flat;
    for (const auto& row : rows) flat.insert(flat.end(), row);
    return at::tensor(flat, at::kDouble).log().view({static_cast<std::int64_t>(rows.size()), -1});
}

model::TokenInfo textTokens(std::int64_t count) {
    model::TokenInfo info;
    info.modality = at::zeros({count}, at::kChar);
    info.keys = at::arange(count, at::kLong) * 1000 + 5;
    return info;
}

std::vector<std::int64_t> integers(const at::Tensor& tensor) {
    const at::Tensor flat = tensor.to(at::kLong).contiguous();
    return {flat.const_data_ptr<std::int64_t>(), flat.const_data_ptr<std::int64_t>() + flat.numel()};
}

bool near(const at::Tensor& tensor, std::initializer_list<double> expected, double tolerance = 1e-12) {
    const at::Tensor flat = tensor.to(at::kDouble).flatten();
    return flat.numel() == static_cast<std::int64_t>(expected.size()) &&
           (flat - at::tensor(std::vector<double>(expected), at::kDouble)).abs().max().item<double>() <= tolerance;
}

/// route() of plain logits.
RoutingRecord routed(const at::Tensor& logits, const model::MoeOptions& options, const model::TokenInfo& tokens, const model::ForwardContext& context) {
    return model::route({logits, {}, {}}, options, tokens, context);
}

/// One loss of a record by its name, every weight 1.
at::Tensor lossOf(model::AuxLoss loss, const RoutingRecord& record, parallel::Collectives& collectives, RunConfig::Losses losses = {}) {
    losses.importance = losses.load = losses.limoe_local = losses.limoe_global = 1;
    return model::auxLosses(record, losses, collectives)[static_cast<std::size_t>(loss)];
}

using Integers = std::vector<std::int64_t>;

}  // namespace

class GateTest : public QObject {
    Q_OBJECT
    parallel::Mesh alone_;
    model::ForwardContext evaluation() {
        model::ForwardContext context;
        context.mesh = &alone_;
        return context;
    }

private Q_SLOTS:
    void keysOfTokensAreTheDocumented() {
        const std::vector<std::uint64_t> samples = {7, 0xfedcba9876543210ULL};
        const at::Tensor numbers = at::tensor({std::int64_t{-5}, std::int64_t{0}, std::numeric_limits<std::int64_t>::max()});
        const at::Tensor mixed = model::mixed(numbers);
        for (std::int64_t i = 0; i < 3; ++i)
            QCOMPARE(static_cast<std::uint64_t>(mixed[i].item<std::int64_t>()),
                     mix64(static_cast<std::uint64_t>(numbers[i].item<std::int64_t>())));
        const auto key = [](const at::Tensor& keys, std::int64_t row) { return static_cast<std::uint64_t>(keys[row].item<std::int64_t>()); };
        const at::Tensor text = model::textTokens(samples, {2, 3}, at::kCPU).keys;
        QCOMPARE(key(text, 4), randomKey({samples[1], 0, 2}));
        const at::Tensor patches = at::tensor({0, 3, 1, 2}, at::kLong).view({2, 2});
        QCOMPARE(key(model::imageTokens(samples, 2, patches, at::kCPU).keys, 3), randomKey({samples[1], 1, 2}));
        QCOMPARE(key(model::imageTokens(samples, 4, {}, at::kCPU).keys, 6), randomKey({samples[1], 1, 2}));
    }

    void expertChoiceTakesTheFirstOfEquals() {
        // Four tokens alike, two places an expert: tokens 0 and 1, whatever the library's topk likes.
        model::MoeOptions two = options(GateKind::kExpertChoice, 2);
        two.moe.top_k = 1;
        const RoutingRecord record = routed(at::zeros({4, 2}, at::kDouble), two, textTokens(4), evaluation());
        QVERIFY(at::equal(record.experts.ge(0).sum(-1), at::tensor({2, 2, 0, 0}, at::kLong)));
    }

    void top2TakesTheTwoBestAndRenormalises() {
        const RoutingRecord record =
            routed(logitsOf({{0.5, 0.3, 0.2}, {0.1, 0.2, 0.7}}), options(GateKind::kTop2, 3), textTokens(2), evaluation());
        QCOMPARE(integers(record.experts), (Integers{0, 1, 2, 1}));
        // 0.5 / 0.8, 0.3 / 0.8; 0.7 / 0.9, 0.2 / 0.9
        QVERIFY(near(record.weights, {0.625, 0.375, 0.7 / 0.9, 0.2 / 0.9}));
        QVERIFY(!record.dropped.any().item<bool>());
        QVERIFY(near(record.probs, {0.5, 0.3, 0.2, 0.1, 0.2, 0.7}));
    }

    void switchTakesTheBestAndKeepsItsProbability() {
        const RoutingRecord record =
            routed(logitsOf({{0.5, 0.3, 0.2}, {0.1, 0.2, 0.7}}), options(GateKind::kSwitch, 3), textTokens(2), evaluation());
        QCOMPARE(integers(record.experts), (Integers{0, 2}));
        QVERIFY(near(record.weights, {0.5, 0.7}));
    }

    void positionDropsWhoComesLast() {
        // Four tokens prefer expert 0. K T / E = 2 * 4 / 2 = 4 slots at factor 1, so factor 0.5 gives 2.
        auto narrow = options(GateKind::kTop2, 2);
        narrow.moe.eval_capacity_factor = 0.5;
        const at::Tensor logits = logitsOf({{0.6, 0.4}, {0.9, 0.1}, {0.7, 0.3}, {0.8, 0.2}});
        const RoutingRecord record = routed(logits, narrow, textTokens(4), evaluation());
        // Expert 0: first choices of tokens 0, 1 fit, 2, 3 do not. Expert 1 has no first choice; second choices of 0, 1 fit.
        QCOMPARE(integers(record.dropped), (Integers{0, 0, 0, 0, 1, 1, 1, 1}));
        QVERIFY(near(record.weights, {0.6, 0.4, 0.9, 0.1, 0, 0, 0, 0}));
    }

    void priorityDropsWhoTheRouterWeighsLeast() {
        auto narrow = options(GateKind::kTop2, 2);
        narrow.moe.eval_capacity_factor = 0.5;
        narrow.moe.drop = DropOrder::kPriority;
        const at::Tensor logits = logitsOf({{0.6, 0.4}, {0.9, 0.1}, {0.7, 0.3}, {0.8, 0.2}});
        const RoutingRecord record = routed(logits, narrow, textTokens(4), evaluation());
        // By falling first weight: tokens 1, 3, 2, 0.
        QCOMPARE(integers(record.dropped), (Integers{1, 1, 0, 0, 1, 1, 0, 0}));
    }

    void firstChoicesComeBeforeSecondOnes() {
        // Expert 1 is the second choice of tokens 0, 1 and the first of token 2; it has ceil(0.5 * 2 * 3 / 3) = 1 slot.
        auto narrow = options(GateKind::kTop2, 3);
        narrow.moe.eval_capacity_factor = 0.5;
        const RoutingRecord record =
            routed(logitsOf({{0.6, 0.3, 0.1}, {0.3, 0.2, 0.5}, {0.1, 0.6, 0.3}}), narrow, textTokens(3), evaluation());
        QCOMPARE(integers(record.experts), (Integers{0, 1, 2, 0, 1, 2}));
        // Token 2 keeps expert 1. Token 1's second, expert 0, stands behind token 0; token 2's second behind token 1.
        QCOMPARE(integers(record.dropped), (Integers{0, 1, 0, 1, 0, 1}));
        // One survivor of two is renormalised to 1.
        QVERIFY(near(record.weights, {1, 0, 1, 0, 1, 0}));
    }

    void minCapacityHolds() {
        auto narrow = options(GateKind::kSwitch, 2);
        narrow.moe.eval_capacity_factor = 0.01;
        narrow.moe.min_capacity = 3;
        const RoutingRecord record =
            routed(logitsOf({{0.9, 0.1}, {0.9, 0.1}, {0.9, 0.1}, {0.9, 0.1}}), narrow, textTokens(4), evaluation());
        QCOMPARE(integers(record.dropped), (Integers{0, 0, 0, 1}));
    }

    void gumbelNoiseBelongsToTheTokenNotToItsPlace() {
        model::ForwardContext training = evaluation();
        training.training = true;
        training.seed = 3;
        training.step = 9;
        const auto top2 = options(GateKind::kTop2, 16);
        const at::Tensor logits = at::randn({64, 16}, at::kDouble);
        const model::TokenInfo tokens = textTokens(64);
        const RoutingRecord record = routed(logits, top2, tokens, training);
        const at::Tensor order = at::randperm(64, at::kLong);
        const model::TokenInfo moved{tokens.modality.index_select(0, order), tokens.keys.index_select(0, order)};
        const RoutingRecord shuffled = routed(logits.index_select(0, order), top2, moved, training);
        QVERIFY(at::equal(shuffled.experts, record.experts.index_select(0, order)));
        // The first choice has no noise; the second does, another one each step.
        QVERIFY(at::equal(record.experts.select(1, 0), logits.argmax(-1)));
        const RoutingRecord plain = routed(logits, top2, tokens, evaluation());
        QVERIFY(!at::equal(record.experts, plain.experts));
        training.step = 10;
        QVERIFY(!at::equal(routed(logits, top2, tokens, training).experts, record.experts));
    }

    void gumbelSecondChoiceFollowsItsDistribution() {
        // With e1 out, e2 is drawn from softmax of the others: here 0.3 / 0.5 and 0.2 / 0.5.
        model::ForwardContext training = evaluation();
        training.training = true;
        const std::int64_t count = 20000;
        const at::Tensor logits = logitsOf({{0.5, 0.3, 0.2}}).expand({count, 3}).contiguous();
        const RoutingRecord record = routed(logits, options(GateKind::kTop2, 3), textTokens(count), training);
        const double share = record.experts.select(1, 1).eq(1).to(at::kDouble).mean().item<double>();
        // Standard deviation sqrt(0.6 * 0.4 / 20000) = 0.0035; five of them.
        QVERIFY2(std::abs(share - 0.6) < 0.0175, qPrintable(QString::number(share)));
    }

    void balanceLossIsOneWhenUniformAndByHandOtherwise() {
        // First choices: 0, 0, 1; f = (2/3, 1/3). Mean p = ((0.9 + 0.6 + 0.3) / 3, ...) = (0.6, 0.4).
        const auto two = options(GateKind::kTop2, 2);
        const at::Tensor logits = logitsOf({{0.9, 0.1}, {0.6, 0.4}, {0.3, 0.7}});
        for (const bool global : {false, true}) {
            RunConfig::Losses losses;
            losses.global_balance = global;
            const at::Tensor loss = lossOf(AuxLoss::kBalance, routed(logits, two, textTokens(3), evaluation()), alone_.world(), losses);
            // 2 * (2/3 * 0.6 + 1/3 * 0.4) = 16 / 15
            QVERIFY(near(loss, {16.0 / 15.0}));
        }
        const at::Tensor even = logitsOf({{0.7, 0.3}, {0.3, 0.7}});
        QVERIFY(near(lossOf(AuxLoss::kBalance, routed(even, two, textTokens(2), evaluation()), alone_.world()), {1.0}));
    }

    void zLossByHand() {
        // logsumexp(log p + c) = c for probabilities p: rows shifted by 1 and 3 give (1 + 9) / 2.
        const at::Tensor logits = logitsOf({{0.5, 0.5}, {0.2, 0.8}}) + at::tensor({1.0, 3.0}, at::kDouble).view({2, 1});
        QVERIFY(near(lossOf(AuxLoss::kZ, routed(logits, options(GateKind::kSwitch, 2), textTokens(2), evaluation()), alone_.world()), {5.0}));
    }

    void lossesAndWeightsGiveTheRouterAGradient() {
        at::manual_seed(3);  // tokens that happen to be spread evenly would give the balance loss no gradient
        for (const GateKind gate : {GateKind::kTop2, GateKind::kSwitch}) {
            for (int which = 0; which < 3; ++which) {
                const at::Tensor logits = at::randn({12, 4}, at::kDouble).requires_grad_();
                const RoutingRecord record = routed(logits, options(gate, 4), textTokens(12), evaluation());
                const at::Tensor loss = which == 0   ? lossOf(AuxLoss::kBalance, record, alone_.world())
                                        : which == 1 ? lossOf(AuxLoss::kZ, record, alone_.world())
                                                     : (record.weights * at::arange(record.weights.numel(), at::kDouble).view_as(record.weights)).sum();
                loss.backward();
                QVERIFY(logits.grad().defined() && logits.grad().abs().max().item<double>() > 1e-6);
            }
        }
    }

    void topkTakesTheKBestOfEitherScore() {
        auto three = options(GateKind::kTopK, 4);
        three.moe.top_k = 3;
        const at::Tensor logits = logitsOf({{0.4, 0.1, 0.3, 0.2}});
        const RoutingRecord soft = routed(logits, three, textTokens(1), evaluation());
        QCOMPARE(integers(soft.experts), (Integers{0, 2, 3}));
        QVERIFY(near(soft.weights, {0.4 / 0.9, 0.3 / 0.9, 0.2 / 0.9}));
        three.moe.score = RouterScore::kSigmoid;
        // logits = log p, so sigmoid = p / (1 + p).
        const double a = 0.4 / 1.4, b = 0.1 / 1.1, c = 0.3 / 1.3, d = 0.2 / 1.2;
        const RoutingRecord sigmoid = routed(logits, three, textTokens(1), evaluation());
        QCOMPARE(integers(sigmoid.experts), (Integers{0, 2, 3}));
        QVERIFY(near(sigmoid.weights, {a / (a + c + d), c / (a + c + d), d / (a + c + d)}));
        const double all = a + b + c + d;
        QVERIFY(near(sigmoid.probs, {a / all, b / all, c / all, d / all}));
    }

    void theBiasChoosesAndDoesNotWeigh() {
        auto one = options(GateKind::kTopK, 3);
        one.moe.score = RouterScore::kSigmoid;
        const at::Tensor logits = at::tensor({1.0, 0.9, -2.0}, at::kDouble).view({1, 3});
        const at::Tensor bias = at::tensor({0.0, 0.5, 0.0}, at::kDouble);
        one.moe.top_k = 2;
        const RoutingRecord record = model::route({logits, {}, bias}, one, textTokens(1), evaluation());
        QCOMPARE(integers(record.experts), (Integers{1, 0}));
        const double s0 = 1 / (1 + std::exp(-1.0)), s1 = 1 / (1 + std::exp(-0.9));
        QVERIFY(near(record.weights, {s1 / (s0 + s1), s0 / (s0 + s1)}));
    }

    void theBiasFollowsTheLoad() {
        auto balanced = options(GateKind::kTopK, 3);
        balanced.moe.bias_balance = 0.25;
        model::Router router(balanced);
        router->balance(at::tensor({9, 3, 6}, at::kLong));  // mean 6
        QVERIFY(near(router->bias, {-0.25, 0.25, 0.0}));
        router->balance(at::tensor({6, 6, 6}, at::kLong));
        QVERIFY(near(router->bias, {-0.25, 0.25, 0.0}));
        QCOMPARE(router->named_parameters().size(), std::size_t{1});  // saved, but not trained
        QVERIFY(router->named_buffers().contains("bias"));
    }

    void noisyTopkIsShazeers() {
        // Against the formulas, written token by token: H, top k, softmax over the kept, P(x, i).
        auto noisy = options(GateKind::kNoisyTopK, 5);
        noisy.moe.top_k = 2;
        model::ForwardContext training = evaluation();
        training.training = true;
        training.seed = 11;
        at::manual_seed(5);
        const std::int64_t count = 40;
        const at::Tensor clean = at::randn({count, 5}, at::kDouble), raw = at::randn({count, 5}, at::kDouble);
        const model::TokenInfo tokens = textTokens(count);
        const RoutingRecord record = model::route({clean, raw, {}}, noisy, tokens, training);
        const std::uint64_t key = randomKey({11, 0, noisy.layer_key, static_cast<std::uint64_t>(Stream::kGate)});
        const at::Tensor normal = model::normalRows(tokens.keys, 5, key, at::kDouble);
        const auto phi = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
        for (std::int64_t t = 0; t < count; ++t) {
            std::vector<double> h(5), scale(5);
            for (int e = 0; e < 5; ++e) {
                scale[e] = std::log1p(std::exp(raw[t][e].item<double>())) + 1e-2;
                h[e] = clean[t][e].item<double>() + normal[t][e].item<double>() * scale[e];
            }
            std::vector<int> order = {0, 1, 2, 3, 4};
            std::sort(order.begin(), order.end(), [&](int a, int b) { return h[a] > h[b]; });
            QCOMPARE(record.experts[t][0].item<std::int64_t>(), order[0]);
            QCOMPARE(record.experts[t][1].item<std::int64_t>(), order[1]);
            const double first = 1 / (1 + std::exp(h[order[1]] - h[order[0]]));
            QVERIFY(near(record.weights[t], {first, 1 - first}));
            for (int e = 0; e < 5; ++e) {
                // The k-th largest of the others: the third of all for one of the best two, the second for the rest.
                const double threshold = e == order[0] || e == order[1] ? h[order[2]] : h[order[1]];
                QVERIFY(std::abs(record.load[t][e].item<double>() - phi((clean[t][e].item<double>() - threshold) / scale[e])) < 1e-12);
            }
        }
        const RoutingRecord plain = model::route({clean, {}, {}}, noisy, tokens, evaluation());
        QVERIFY(at::equal(plain.experts, std::get<1>(clean.topk(2, -1))));
        QVERIFY(!plain.load.defined());
    }

    void normalDrawsAreNormal() {
        const at::Tensor draws = model::normalRows(at::arange(20000, at::kLong), 3, 9, at::kDouble);
        // 60,000 draws: standard errors 0.004 of the mean, 0.006 of the variance.
        QVERIFY(std::abs(draws.mean().item<double>()) < 0.02);
        QVERIFY(std::abs(draws.var().item<double>() - 1) < 0.03);
        QVERIFY(std::abs(draws.abs().gt(1.959964).to(at::kDouble).mean().item<double>() - 0.05) < 0.005);
    }

    void expertsChooseTheirBestTokens() {
        // Two slots each: ceil(1 * 1 * 4 / 2).
        auto choice = options(GateKind::kExpertChoice, 2);
        choice.moe.top_k = 1;
        const RoutingRecord record =
            routed(logitsOf({{0.9, 0.1}, {0.8, 0.2}, {0.3, 0.7}, {0.45, 0.55}}), choice, textTokens(4), evaluation());
        QCOMPARE(integers(record.experts), (Integers{0, 0, 1, 1}));
        QVERIFY(near(record.weights, {0.9, 0.8, 0.7, 0.55}));
        // Now token 0 is the best of both experts and token 3 of none.
        choice = options(GateKind::kExpertChoice, 3);
        choice.moe.top_k = 1;
        choice.moe.eval_capacity_factor = 1.0;
        const RoutingRecord uneven =
            routed(logitsOf({{0.6, 0.3, 0.1}, {0.2, 0.1, 0.7}, {0.1, 0.2, 0.7}}), choice, textTokens(3), evaluation());
        QCOMPARE(integers(uneven.experts), (Integers{0, 1, 2, -1, -1, -1}));
        QVERIFY(near(uneven.weights, {0.6, 0.3, 0.7, 0, 0, 0}));
        QCOMPARE(integers(uneven.dropped), (Integers{0, 0, 0, 1, 1, 1}));
        const model::RoutingStatistics statistics = model::statisticsOf(uneven);
        QCOMPARE(integers(statistics.counts[0]), (Integers{1, 1, 1}));
        QVERIFY(!lossOf(AuxLoss::kBalance, uneven, alone_.world()).defined());
        QCOMPARE(model::makeDispatch(uneven).offsets, (std::vector<std::int64_t>{0, 1, 2, 3}));
    }

    void importanceLossByHand() {
        // Kept weights 0.625, 0.375 and 0.7 / 0.9, 0.2 / 0.9 of experts 0, 1 and 2, 1.
        const RoutingRecord record = routed(logitsOf({{0.5, 0.3, 0.2}, {0.1, 0.2, 0.7}}), options(GateKind::kTop2, 3), textTokens(2), evaluation());
        // Gate values before the renormalisation: sums 0.5, 0.3 + 0.2, 0.7.
        const double mean = (0.5 + 0.5 + 0.7) / 3, variance = (2 * std::pow(0.5 - mean, 2) + std::pow(0.7 - mean, 2)) / 2;
        QVERIFY(near(lossOf(AuxLoss::kImportance, record, alone_.world()), {variance / (mean * mean + 1e-10)}));
    }

    void loadLossByHand() {
        RoutingRecord record = routed(logitsOf({{0.5, 0.3, 0.2}, {0.1, 0.2, 0.7}}), options(GateKind::kTop2, 3), textTokens(2), evaluation());
        record.load = at::tensor({0.9, 0.5, 0.1, 0.3, 0.4, 0.8}, at::kDouble).view({2, 3});
        // Sums 1.2, 0.9, 0.9: mean 1, variance (0.04 + 0.01 + 0.01) / 2.
        QVERIFY(near(lossOf(AuxLoss::kLoad, record, alone_.world()), {0.03 / (1 + 1e-10)}));
    }

    void limoeLossesByHand() {
        model::TokenInfo tokens = textTokens(3);
        tokens.modality[2] = 1;
        const RoutingRecord record = routed(logitsOf({{0.5, 0.5}, {0.9, 0.1}, {0.2, 0.8}}), options(GateKind::kTop2, 2), tokens, evaluation());
        const auto h = [](double p) { return -p * std::log(p) - (1 - p) * std::log(1 - p); };
        RunConfig::Losses losses;
        losses.limoe_text_experts = 2;
        losses.limoe_image_experts = 4;
        // Local: text only by default.
        QVERIFY(near(lossOf(AuxLoss::kLimoeLocal, record, alone_.world(), losses), {(h(0.5) + h(0.9)) / 2}));
        // Global: log 2 - H(0.7, 0.3) for text, log 4 - H(0.2, 0.8) for images.
        QVERIFY(near(lossOf(AuxLoss::kLimoeGlobal, record, alone_.world(), losses), {std::log(2.0) - h(0.7) + std::log(4.0) - h(0.2)}));
        losses.limoe_text_experts = 1.2;  // satisfied
        losses.limoe_global_on = {"text"};
        QVERIFY(near(lossOf(AuxLoss::kLimoeGlobal, record, alone_.world(), losses), {0.0}));
        losses.limoe_local_on = {"text", "image"};
        QVERIFY(near(lossOf(AuxLoss::kLimoeLocal, record, alone_.world(), losses), {(h(0.5) + h(0.9)) / 2 + h(0.2)}));
    }

    void everyLossMovesTheRouter() {
        for (const AuxLoss loss : {AuxLoss::kBalance, AuxLoss::kZ, AuxLoss::kImportance, AuxLoss::kLoad, AuxLoss::kLimoeLocal, AuxLoss::kLimoeGlobal}) {
            model::ForwardContext training = evaluation();
            training.training = true;
            at::manual_seed(4);
            const at::Tensor logits = at::randn({12, 4}, at::kDouble).requires_grad_(), noise = at::randn({12, 4}, at::kDouble).requires_grad_();
            auto noisy = options(GateKind::kNoisyTopK, 4);
            noisy.moe.top_k = 2;
            model::TokenInfo tokens = textTokens(12);
            tokens.modality.narrow(0, 6, 6).fill_(1);
            lossOf(loss, model::route({logits, noise, {}}, noisy, tokens, training), alone_.world()).backward();
            QVERIFY2(logits.grad().defined() && logits.grad().abs().max().item<double>() > 1e-6, model::auxLossName(loss));
            if (loss == AuxLoss::kImportance || loss == AuxLoss::kLoad) QVERIFY(noise.grad().defined() && noise.grad().abs().max().item<double>() > 1e-6);
        }
    }

    void everyGateTakesNoTokensOneTokenAndAllExperts() {
        for (const GateKind gate : {GateKind::kTop2, GateKind::kSwitch, GateKind::kTopK, GateKind::kNoisyTopK, GateKind::kExpertChoice}) {
            for (const std::int64_t count : {0, 1, 5}) {
                for (const double capacity : {0.0, 1.0}) {
                    auto all = options(gate, 2);
                    all.moe.top_k = gate == GateKind::kSwitch ? 1 : 2;  // K = E
                    all.moe.capacity_factor = capacity;
                    model::ForwardContext training = evaluation();
                    training.training = true;
                    const at::Tensor logits = at::randn({count, 2}, at::kDouble), noise = at::randn({count, 2}, at::kDouble);
                    const RoutingRecord record = model::route({logits, noise, {}}, all, textTokens(count), training);
                    QCOMPARE(record.weights.size(0), count);
                    const model::AuxLosses losses = model::auxLosses(record, {}, alone_.world());
                    QVERIFY(std::isfinite(losses[1].item<double>()));
                    QVERIFY(model::makeDispatch(record).offsets.back() <= record.experts.numel());
                }
            }
        }
    }

    void statisticsCountByModality() {
        auto narrow = options(GateKind::kTop2, 2);
        narrow.moe.eval_capacity_factor = 0.5;
        model::TokenInfo tokens = textTokens(4);
        tokens.modality[3] = 1;
        const RoutingRecord record = routed(logitsOf({{0.6, 0.4}, {0.9, 0.1}, {0.7, 0.3}, {0.8, 0.2}}), narrow, tokens, evaluation());
        model::RoutingStatistics statistics = model::statisticsOf(record);
        QCOMPARE(integers(statistics.tokens), (Integers{3, 1}));
        QCOMPARE(integers(statistics.counts), (Integers{3, 3, 1, 1}));  // before dropping
        QCOMPARE(integers(statistics.dropped), (Integers{2, 2}));
        QCOMPARE(integers(statistics.kept), (Integers{2, 2}));
        QVERIFY(near(statistics.prob_sums, {2.2, 0.8, 0.8, 0.2}));
        const double h = -(0.8 * std::log(0.8) + 0.2 * std::log(0.2));
        QVERIFY(std::abs(statistics.entropy_sum[1].item<double>() - h) < 1e-12);
        model::add(statistics, model::statisticsOf(record));
        QCOMPARE(integers(statistics.counts), (Integers{6, 6, 2, 2}));
    }

    /// The gradient that w * balance puts on expert e's mean probability is w E f_e.
    void balancePullIsWhatTheLossDoes() {
        constexpr std::int64_t kExperts = 4, kRows = 9;
        constexpr double kWeight = 0.01;
        const at::Tensor logits = at::randn({kRows, kExperts}, at::kDouble).requires_grad_();
        const auto record = [&](double weight) {
            RoutingRecord routing = routed(logits, options(GateKind::kTop2, kExperts), textTokens(kRows), evaluation());
            routing.balance_pull = std::make_shared<at::Tensor>();
            const model::AuxLosses losses = model::auxLosses(routing, {}, alone_.world());
            // z goes on: a loss that is there without the balance loss pulls at nothing.
            at::Tensor total = losses[static_cast<std::size_t>(model::AuxLoss::kZ)];
            if (weight > 0) total = total + weight * losses[static_cast<std::size_t>(model::AuxLoss::kBalance)];
            total.backward();
            return routing;
        };
        const RoutingRecord routing = record(kWeight);
        double squares = 0;
        for (std::int64_t e = 0; e < kExperts; ++e) {
            double first = 0;
            for (std::int64_t t = 0; t < kRows; ++t) first += routing.experts[t][0].item<std::int64_t>() == e ? 1 : 0;
            squares += std::pow(kWeight * kExperts * first / kRows, 2);
        }
        QVERIFY(std::abs(model::statisticsOf(routing).balance_pull - std::sqrt(squares)) < 1e-14);
        QCOMPARE(model::statisticsOf(record(0)).balance_pull, 0.0);
    }
};

QTEST_GUILESS_MAIN(GateTest)
#include "gate_test.moc"
