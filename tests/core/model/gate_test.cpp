// SPDX-License-Identifier: MIT
// Choices, weights, drops, statistics and losses of the gates, against numbers worked out by hand.
#include <ATen/ATen.h>

#include <QtTest>
#include <cmath>

#include "core/base/util/random.h"
#include "core/model/moe/moe_layer.h"
#include "core/parallel/single_rank.h"

using namespace switchyard;
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

using Integers = std::vector<std::int64_t>;

}  // namespace

class GateTest : public QObject {
    Q_OBJECT
    parallel::SingleRank single_;
    model::ForwardContext evaluation() {
        model::ForwardContext context;
        context.collectives = &single_;
        return context;
    }

private Q_SLOTS:
    void top2TakesTheTwoBestAndRenormalises() {
        const RoutingRecord record =
            model::route(logitsOf({{0.5, 0.3, 0.2}, {0.1, 0.2, 0.7}}), options(GateKind::kTop2, 3), textTokens(2), evaluation());
        QCOMPARE(integers(record.experts), (Integers{0, 1, 2, 1}));
        // 0.5 / 0.8, 0.3 / 0.8; 0.7 / 0.9, 0.2 / 0.9
        QVERIFY(near(record.weights, {0.625, 0.375, 0.7 / 0.9, 0.2 / 0.9}));
        QVERIFY(!record.dropped.any().item<bool>());
        QVERIFY(near(record.probs, {0.5, 0.3, 0.2, 0.1, 0.2, 0.7}));
    }

    void switchTakesTheBestAndKeepsItsProbability() {
        const RoutingRecord record =
            model::route(logitsOf({{0.5, 0.3, 0.2}, {0.1, 0.2, 0.7}}), options(GateKind::kSwitch, 3), textTokens(2), evaluation());
        QCOMPARE(integers(record.experts), (Integers{0, 2}));
        QVERIFY(near(record.weights, {0.5, 0.7}));
    }

    void positionDropsWhoComesLast() {
        // Four tokens prefer expert 0. K T / E = 2 * 4 / 2 = 4 slots at factor 1, so factor 0.5 gives 2.
        auto narrow = options(GateKind::kTop2, 2);
        narrow.moe.eval_capacity_factor = 0.5;
        const at::Tensor logits = logitsOf({{0.6, 0.4}, {0.9, 0.1}, {0.7, 0.3}, {0.8, 0.2}});
        const RoutingRecord record = model::route(logits, narrow, textTokens(4), evaluation());
        // Expert 0: first choices of tokens 0, 1 fit, 2, 3 do not. Expert 1 has no first choice; second choices of 0, 1 fit.
        QCOMPARE(integers(record.dropped), (Integers{0, 0, 0, 0, 1, 1, 1, 1}));
        QVERIFY(near(record.weights, {0.6, 0.4, 0.9, 0.1, 0, 0, 0, 0}));
    }

    void priorityDropsWhoTheRouterWeighsLeast() {
        auto narrow = options(GateKind::kTop2, 2);
        narrow.moe.eval_capacity_factor = 0.5;
        narrow.moe.drop = DropOrder::kPriority;
        const at::Tensor logits = logitsOf({{0.6, 0.4}, {0.9, 0.1}, {0.7, 0.3}, {0.8, 0.2}});
        const RoutingRecord record = model::route(logits, narrow, textTokens(4), evaluation());
        // By falling first weight: tokens 1, 3, 2, 0.
        QCOMPARE(integers(record.dropped), (Integers{1, 1, 0, 0, 1, 1, 0, 0}));
    }

    void firstChoicesComeBeforeSecondOnes() {
        // Expert 1 is the second choice of tokens 0, 1 and the first of token 2; it has ceil(0.5 * 2 * 3 / 3) = 1 slot.
        auto narrow = options(GateKind::kTop2, 3);
        narrow.moe.eval_capacity_factor = 0.5;
        const RoutingRecord record =
            model::route(logitsOf({{0.6, 0.3, 0.1}, {0.3, 0.2, 0.5}, {0.1, 0.6, 0.3}}), narrow, textTokens(3), evaluation());
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
            model::route(logitsOf({{0.9, 0.1}, {0.9, 0.1}, {0.9, 0.1}, {0.9, 0.1}}), narrow, textTokens(4), evaluation());
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
        const RoutingRecord record = model::route(logits, top2, tokens, training);
        const at::Tensor order = at::randperm(64, at::kLong);
        const model::TokenInfo moved{tokens.modality.index_select(0, order), tokens.keys.index_select(0, order)};
        const RoutingRecord shuffled = model::route(logits.index_select(0, order), top2, moved, training);
        QVERIFY(at::equal(shuffled.experts, record.experts.index_select(0, order)));
        // The first choice has no noise; the second does, another one each step.
        QVERIFY(at::equal(record.experts.select(1, 0), logits.argmax(-1)));
        const RoutingRecord plain = model::route(logits, top2, tokens, evaluation());
        QVERIFY(!at::equal(record.experts, plain.experts));
        training.step = 10;
        QVERIFY(!at::equal(model::route(logits, top2, tokens, training).experts, record.experts));
    }

    void gumbelSecondChoiceFollowsItsDistribution() {
        // With e1 out, e2 is drawn from softmax of the others: here 0.3 / 0.5 and 0.2 / 0.5.
        model::ForwardContext training = evaluation();
        training.training = true;
        const std::int64_t count = 20000;
        const at::Tensor logits = logitsOf({{0.5, 0.3, 0.2}}).expand({count, 3}).contiguous();
        const RoutingRecord record = model::route(logits, options(GateKind::kTop2, 3), textTokens(count), training);
        const double share = record.experts.select(1, 1).eq(1).to(at::kDouble).mean().item<double>();
        // Standard deviation sqrt(0.6 * 0.4 / 20000) = 0.0035; five of them.
        QVERIFY2(std::abs(share - 0.6) < 0.0175, qPrintable(QString::number(share)));
    }

    void balanceLossIsOneWhenUniformAndByHandOtherwise() {
        // First choices: 0, 0, 1; f = (2/3, 1/3). Mean p = ((0.9 + 0.6 + 0.3) / 3, ...) = (0.6, 0.4).
        const auto two = options(GateKind::kTop2, 2);
        const at::Tensor logits = logitsOf({{0.9, 0.1}, {0.6, 0.4}, {0.3, 0.7}});
        for (const bool global : {false, true}) {
            const at::Tensor loss = model::balanceLoss(model::route(logits, two, textTokens(3), evaluation()), global, single_);
            // 2 * (2/3 * 0.6 + 1/3 * 0.4) = 16 / 15
            QVERIFY(near(loss, {16.0 / 15.0}));
        }
        const at::Tensor even = logitsOf({{0.7, 0.3}, {0.3, 0.7}});
        QVERIFY(near(model::balanceLoss(model::route(even, two, textTokens(2), evaluation()), true, single_), {1.0}));
    }

    void zLossByHand() {
        // logsumexp(log p + c) = c for probabilities p: rows shifted by 1 and 3 give (1 + 9) / 2.
        const at::Tensor logits = logitsOf({{0.5, 0.5}, {0.2, 0.8}}) + at::tensor({1.0, 3.0}, at::kDouble).view({2, 1});
        QVERIFY(near(model::zLoss(model::route(logits, options(GateKind::kSwitch, 2), textTokens(2), evaluation()), single_), {5.0}));
    }

    void lossesAndWeightsGiveTheRouterAGradient() {
        for (const GateKind gate : {GateKind::kTop2, GateKind::kSwitch}) {
            for (int which = 0; which < 3; ++which) {
                const at::Tensor logits = at::randn({12, 4}, at::kDouble).requires_grad_();
                const RoutingRecord record = model::route(logits, options(gate, 4), textTokens(12), evaluation());
                const at::Tensor loss = which == 0   ? model::balanceLoss(record, true, single_)
                                        : which == 1 ? model::zLoss(record, single_)
                                                     : (record.weights * at::arange(record.weights.numel(), at::kDouble).view_as(record.weights)).sum();
                loss.backward();
                QVERIFY(logits.grad().defined() && logits.grad().abs().max().item<double>() > 1e-6);
            }
        }
    }

    void statisticsCountByModality() {
        auto narrow = options(GateKind::kTop2, 2);
        narrow.moe.eval_capacity_factor = 0.5;
        model::TokenInfo tokens = textTokens(4);
        tokens.modality[3] = 1;
        const RoutingRecord record = model::route(logitsOf({{0.6, 0.4}, {0.9, 0.1}, {0.7, 0.3}, {0.8, 0.2}}), narrow, tokens, evaluation());
        model::RoutingStatistics statistics = model::statisticsOf(record);
        QCOMPARE(integers(statistics.tokens), (Integers{3, 1}));
        QCOMPARE(integers(statistics.counts), (Integers{3, 3, 1, 1}));  // before dropping
        QCOMPARE(integers(statistics.dropped), (Integers{2, 2}));
        QVERIFY(near(statistics.prob_sums, {2.2, 0.8, 0.8, 0.2}));
        const double h = -(0.8 * std::log(0.8) + 0.2 * std::log(0.2));
        QVERIFY(std::abs(statistics.entropy_sum[1].item<double>() - h) < 1e-12);
        model::add(statistics, model::statisticsOf(record));
        QCOMPARE(integers(statistics.counts), (Integers{6, 6, 2, 2}));
    }
};

QTEST_GUILESS_MAIN(GateTest)
#include "gate_test.moc"
