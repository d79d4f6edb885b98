// SPDX-License-Identifier: MIT
// What is logged about routers, by hand.
#include <ATen/ATen.h>

#include <QtTest>
#include <cmath>

#include "core/train/log_hook.h"

using namespace switchyard;

class LogHookTest : public QObject {
    Q_OBJECT

private:
    /// Four experts, 4 text tokens and 2 image patches with two choices each.
    static model::RoutingStatistics statistics() {
        model::RoutingStatistics s;
        s.layer = "fusion.blocks.0.moe";
        s.counts = at::tensor({4, 3, 1, 0, 2, 1, 1, 0}, at::kLong).view({2, 4});
        s.dropped = at::tensor({2, 1}, at::kLong);
        s.prob_sums = at::tensor({1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0}, at::kDouble).view({2, 4});
        s.entropy_sum = at::tensor({4.0, 1.0}, at::kDouble);
        s.tokens = at::tensor({4, 2}, at::kLong);
        return s;
    }

private Q_SLOTS:
    void metricsByHand() {
        const auto values = train::routingMetrics(statistics());
        QCOMPARE(values.at("entropy"), 5.0 / 6.0);
        QCOMPARE(values.at("max_violation"), 1.0);  // loads 6 4 2 0, mean 3: 6 / 3 - 1
        QCOMPARE(values.at("dropped"), 0.25);       // 3 of 12 choices
        QCOMPARE(values.at("dead"), 1.0);
        QVERIFY(std::abs(values.at("experts_in_use_text") - 4.0) < 1e-12);   // uniform over four
        QVERIFY(std::abs(values.at("experts_in_use_image") - 2.0) < 1e-12);  // uniform over two
    }

    void leastShareByHand() {
        // Sums of probabilities over both modalities 2 2 1 1, 6 tokens, 4 experts: 4 * 1 / 6.
        QVERIFY(std::abs(train::routingMetrics(statistics()).at("least_share") - 4.0 / 6.0) < 1e-12);
    }

    void textOnlyLayerHasNoImageRow() {
        model::RoutingStatistics s = statistics();
        s.tokens[1] = 0;
        QVERIFY(!train::routingMetrics(s).contains("experts_in_use_image"));
        const auto loads = train::expertLoads(s, 7);
        QCOMPARE(loads.size(), std::size_t{1});
        QCOMPARE(loads[0].modality, std::string("text"));
        QVERIFY((loads[0].counts == std::vector<std::int32_t>{4, 3, 1, 0}));
        QCOMPARE(loads[0].dropped, std::int64_t{2});
        QCOMPARE(loads[0].step, std::int64_t{7});
    }

    void whatRanksSentEachOtherIsARow() {
        model::RoutingStatistics s = statistics();
        QVERIFY(!train::expertExchange(s, 7));
        s.exchange = at::tensor({5, 1, 2, 4}, at::kLong).view({2, 2});
        const auto exchange = train::expertExchange(s, 7);
        QVERIFY(exchange.has_value());
        QCOMPARE(exchange->step, std::int64_t{7});
        QCOMPARE(exchange->ranks, std::int64_t{2});
        QCOMPARE(exchange->layer, s.layer);
        QVERIFY((exchange->tokens == std::vector<std::int32_t>{5, 1, 2, 4}));
    }
};

QTEST_GUILESS_MAIN(LogHookTest)
#include "log_hook_test.moc"
