// SPDX-License-Identifier: MIT
// Simulated ranks, links and times against numbers worked out by hand.
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "core/base/config/config.h"
#include "core/base/plan/simulate.h"
#include "core/base/util/error.h"

using namespace switchyard;
using namespace switchyard::plan;

namespace {

RunConfig loaded(const std::vector<std::string>& sets) {
    std::vector<config::Override> overrides;
    for (const std::string& set : sets) overrides.push_back(config::parseOverride(set));
    return config::loadOrThrow(SWITCHYARD_SOURCE_DIR "/tests/process/plan/base.yaml", overrides);
}

DataFacts even() {
    DataFacts facts;
    facts.lengths = {10};
    facts.samples = 256;
    return facts;
}

Simulation simulated(const std::vector<std::string>& sets, const SimulationOptions& options) {
    RunConfig config = loaded(sets);
    return simulate(config, even(), withGpus(1e15), options);
}

SimulationOptions onRanks(int ranks) {
    SimulationOptions options;
    options.ranks = ranks;
    return options;
}

bool near(double value, double expected, double share = 1e-9) {
    return std::abs(value - expected) <= share * std::abs(expected);
}

/// A GPU whose figures make round numbers.
Hardware plain() {
    Hardware hardware;
    hardware.name = "plain";
    hardware.gpu = true;
    hardware.memory_bytes = 80.0 * (1 << 30);
    hardware.products = {{"bf16", {{0.001, 1}, {0.1, 100}}}, {"fp32", {{1, 1000}}}};
    hardware.memory_gb_per_s = 1000;
    hardware.operation_us = 2;
    hardware.ranks_per_node = 4;
    hardware.node = {10, 100};
    hardware.network = {20, 10};
    return hardware;
}

}  // namespace

class SimulateUnitTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;

    std::string file(const std::string& text) {
        const std::string name = temp_.filePath("profile.yaml").toStdString();
        std::ofstream(name) << text;
        return name;
    }

private Q_SLOTS:
    void bytesThatARankSends() {
        // 1,000 bytes among 4 ranks: a ring sums in 3 steps of 250 and hands round in 3 more.
        QCOMPARE(sentBytes({CollectiveKind::kAllReduce, "", 4}, {1, 1000}), 1500.0);
        QCOMPARE(sentBytes({CollectiveKind::kAllGather, "", 4}, {1, 1000}), 750.0);
        QCOMPARE(sentBytes({CollectiveKind::kReduceScatter, "", 4}, {1, 1000}), 750.0);
        QCOMPARE(sentBytes({CollectiveKind::kAllToAll, "", 4}, {1, 1000}), 750.0);
        QCOMPARE(sentBytes({CollectiveKind::kBarrier, "", 4}, {1, 0}), 0.0);
        QCOMPARE(sentBytes({CollectiveKind::kAllReduce, "", 1}, {1, 1000}), 0.0);
    }

    void whatLeavesAMachine() {
        const Layout layout{8, 4, 4};
        const auto of = [&](CollectiveKind kind, const char* name, int ranks, double bytes) {
            Traffic traffic;
            traffic.add(kind, name, ranks, bytes);
            return linkBytes(traffic, layout, 2);
        };
        // Of the ring of 8 ranks, two of its hops go to the other machine; half of it is one of the two steps.
        LinkBytes links = of(CollectiveKind::kAllReduce, "gradients", 8, 8000);
        QCOMPARE(links.other_nodes, 14000 * 2.0 / 8 / 2);
        QCOMPARE(links.same_node, 14000 * 6.0 / 8 / 2);
        // Experts are shared out over the ranks of one machine, copies of them are 4 ranks apart.
        links = of(CollectiveKind::kAllToAll, "fusion.blocks.0.moe.dispatch", 4, 4000);
        QCOMPARE(links.other_nodes, 0.0);
        QCOMPARE(links.same_node, 1500.0);
        links = of(CollectiveKind::kReduceScatter, "gradients", 2, 4000);
        QCOMPARE(links.other_nodes, 1000.0);
        QCOMPARE(links.same_node, 0.0);
    }

    void timeIsThatOfItsParts() {
        Work work;
        work.product(1000, 1000, 1000, 3);  // 2 GFLOP each at 1,000 GFLOP/s: 2 ms
        work.moved_bytes = 5e9;             // 5 ms
        work.operations = 1000;             // 2 ms
        work.updated = 1e6;                 // 48 bytes each: 0.048 ms
        Traffic traffic;
        traffic.add(CollectiveKind::kAllReduce, "gradients", 4, 4e8);  // 2 hops of 10 us, 0.6 GB at 100 GB/s
        traffic.add(CollectiveKind::kAllReduce, "step_agreement", 4, 0);
        const RunConfig config = loaded({});
        StepTime time = stepTime(plain(), config, {4, 1, 4}, work, traffic, 1);
        QVERIFY(near(time.products, 6e-3));
        QVERIFY(near(time.memory, 5e-3));
        QVERIFY(near(time.operations, 2e-3));
        QVERIFY(near(time.update, 4.8e-5));  // 16 of them for the mean and the clipping
        QVERIFY(near(time.exchange, 6e-3 + 2 * 20e-6));
        QVERIFY(near(time.hidden, 6e-3 + 20e-6));  // gradients cross beside the backward
        QVERIFY(near(time.total(), 13.048e-3 + 20e-6));
        // Two machines of two: the ring is as fast as the way between them, of which each rank has one.
        time = stepTime(plain(), config, {4, 1, 2}, work, traffic, 1);
        QVERIFY(near(time.exchange, 0.6 / 20 + 2 * 40e-6));
        // Of half the figures everything but starting an operation takes twice as long.
        Hardware half = plain();
        half.reached = 0.5;
        QVERIFY(near(stepTime(half, config, {4, 1, 4}, work, traffic, 1).computing(), 22.096e-3 + 2e-3));
        // Four ranks on the two cores of a host: half a core each, and a quarter of its memory's speed.
        Hardware host = plain();
        host.gpu = false;
        host.cores = 2;
        time = stepTime(host, config, {4, 1, 4}, work, traffic, 1);
        QVERIFY(near(time.products, 12e-3));
        // Gradients are also put one after another (three times their bytes) and the ranks' cores do the exchange.
        QVERIFY(near(time.memory, 20e-3 + 4.8e-3));
        QVERIFY(near(time.exchange, 2 * (6e-3 + 2 * 20e-6)));
        QCOMPARE(time.hidden, 0.0);
        // Messages wait longer where ranks have to be woken for them.
        host.node.crowded_latency_us = 50;
        time = stepTime(host, config, {4, 1, 4}, work, traffic, 1);
        QVERIFY(near(time.exchange, 2 * 6e-3 + 2 * 2 * 50e-6));
        // One rank has one core, which draws 100 of the memory's 1,000 GB/s and makes tensors at 50.
        host.core_memory_gb_per_s = 100;
        host.tensor_gb_per_s = {{"bf16", 40}, {"fp32", 50}};
        RunConfig one = config;
        one.parallel.threads = 1;
        time = stepTime(host, one, {1, 1, 1}, work, {}, 1);
        QVERIFY(near(time.memory, 100e-3));
        QVERIFY(near(time.update, 4e-4));  // no mean of ranks to make
    }

    void speedsBetweenFiguresLieOnTheirLine() {
        const Hardware hardware = plain();
        QVERIFY(near(hardware.speedOf(Precision::kBf16, 1e7), 10));  // between 1 at 1e6 and 100 at 1e8
        QCOMPARE(hardware.speedOf(Precision::kBf16, 1), 1.0);
        QCOMPARE(hardware.speedOf(Precision::kBf16, 1e12), 100.0);
        QCOMPARE(hardware.speedOf(Precision::kFp32, 1e7), 1000.0);
    }

    void profilesAreReadAsTheyAreWritten() {
        Hardware given = plain();
        given.name = "a \"plain\" one";
        given.core_memory_gb_per_s = 100;
        given.tensor_gb_per_s = {{"bf16", 40}, {"fp32", 50}};
        given.node.crowded_latency_us = 50;
        const Hardware read = readHardware(file(toYaml(given)));
        QCOMPARE(read.name, std::string("a plain one"));
        QCOMPARE(read.gpu, true);
        QCOMPARE(read.memory_bytes, given.memory_bytes);
        QCOMPARE(read.products.at("bf16")[1].gflops, 100.0);
        QCOMPARE(read.products.at("fp32")[0].gflop, 1.0);
        QCOMPARE(read.memory_gb_per_s, 1000.0);
        QCOMPARE(read.operation_us, 2.0);
        QCOMPARE(read.ranks_per_node, 4);
        QCOMPARE(read.node.latency_us, 10.0);
        QCOMPARE(read.network.gb_per_s, 10.0);
        QCOMPARE(read.core_memory_gb_per_s, 100.0);
        QVERIFY(read.tensor_gb_per_s == given.tensor_gb_per_s);
        QCOMPARE(read.node.crowded_latency_us, 50.0);
        QCOMPARE(read.network.crowded_latency_us, 0.0);
        for (const char* name : {"a100-80gb", "h100-sxm"}) {
            const Hardware shipped = readHardware(name);
            QVERIFY(shipped.gpu && shipped.memory_bytes == 80.0 * (1 << 30));
            QVERIFY(shipped.speedOf(Precision::kBf16, 1e12) > 10 * shipped.speedOf(Precision::kFp32, 1e12));
        }
        QVERIFY(hardwareNames().size() >= 2);
    }

    void badProfilesAreRefused_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("says");
        QTest::newRow("a word") << "memory_gb_per_s: 1000"
                                << "memory_gb_per_s: fast"
                                << "no number";
        QTest::newRow("none") << "memory_gb_per_s: 1000"
                              << "memory_gb_per_s: 0"
                              << "above 0";
        QTest::newRow("not finite") << "operation_us: 2"
                                    << "operation_us: .inf"
                                    << "no number";
        QTest::newRow("missing") << "operation_us: 2\n"
                                 << ""
                                 << "operation_us is missing";
        QTest::newRow("kind") << "kind: gpu"
                              << "kind: tpu"
                              << "kind is cpu or gpu";
        QTest::newRow("falling") << "[0.1, 100]"
                                 << "[0.0001, 100]"
                                 << "rising";
        QTest::newRow("alias") << "operation_us: 2"
                               << "operation_us: *two"
                               << "profile.yaml";
    }
    void badProfilesAreRefused() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, says);
        QString text = QString::fromStdString(toYaml(plain()));
        QVERIFY(text.contains(from));
        try {
            readHardware(file(text.replace(from, to).toStdString()));
            QFAIL("it was read");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ExitCode::kBadConfig);
            QVERIFY2(QString(error.what()).contains(says), error.what());
        }
    }

    void ranksThatAreAlikeAreOne() {
        const Simulation flat = simulated({"parallel.shard=fsdp"}, onRanks(32));
        QCOMPARE(flat.groups.size(), std::size_t{1});
        QCOMPARE(flat.groups.front().ranks.size(), std::size_t{32});
        // Every trained number has one owner.
        const Simulation owned = simulated({"parallel.shard=oss"}, onRanks(4));
        QVERIFY(owned.groups.size() > 1);
        double updated = 0;
        std::size_t ranks = 0;
        for (const RankGroup& group : owned.groups) {
            updated += group.updated * static_cast<double>(group.ranks.size());
            ranks += group.ranks.size();
        }
        QCOMPARE(ranks, std::size_t{4});
        QCOMPARE(updated, static_cast<double>(makePlan(loaded({}), even(), withGpus(1e15)).parameters.trained()));
    }

    void checkpointingComputesTheForwardTwice() {
        const Simulation kept = simulated({}, onRanks(1));
        // The model's own operations: heads and losses are left out there.
        QVERIFY(near(kept.groups.front().work.flops(), kept.model_flops, 0.05));
        const Simulation again = simulated({"train.activation_checkpointing=block"}, onRanks(1));
        QVERIFY(near(again.groups.front().work.flops(), kept.groups.front().work.flops() * 4 / 3, 0.02));
        QCOMPARE(again.model_flops, kept.model_flops);
        QVERIFY(again.fullest().peak_bytes < kept.fullest().peak_bytes);
    }

    void aRecordedRunSharesOutTheRows() {
        const RunConfig config = loaded({"parallel.expert=2", "parallel.ranks=2"});
        RecordedRouting routing;
        routing.layers["fusion.blocks.0.moe"].load = {4, 1, 1, 2, 3, 1, 2, 2};  // of a sample: 16 choices
        std::vector<MoePlaces> layers(2);
        for (std::size_t i = 0; i < 2; ++i) {
            layers[i].layer = "fusion.blocks." + std::to_string(i) + ".moe";
            layers[i].experts = 8;
        }
        auto rows = rowsOf(routing.layers, config, layers, 10, 0);
        QCOMPARE(rows.size(), std::size_t{1});
        QCOMPARE(rows["fusion.blocks.0.moe"].sent, 160.0);
        QCOMPARE(rows["fusion.blocks.0.moe"].received, 2 * 80.0);  // experts 0 to 3, of both ranks' samples
        routing.layers["fusion.blocks.0.moe"].ranks = 2;
        routing.layers["fusion.blocks.0.moe"].exchange = {10, 7, 5, 9};
        rows = rowsOf(routing.layers, config, layers, 10, 1);
        QCOMPARE(rows["fusion.blocks.0.moe"].sent, 140.0);      // 5 + 9
        QCOMPARE(rows["fusion.blocks.0.moe"].received, 160.0);  // 7 + 9
        // The rank whose experts get more takes longer, and the others wait for it.
        const Hardware hardware = plain();
        SimulationOptions options = onRanks(2);
        options.hardware = &hardware;
        for (const MoePlaces& places : layers) routing.layers[places.layer].load = {30, 30, 1, 1, 1, 1, 1, 1};
        for (auto& [name, layer] : routing.layers) layer.exchange.clear();
        options.routing = &routing;
        const Simulation uneven = simulated({"parallel.expert=2", "parallel.ranks=2"}, options);
        QCOMPARE(uneven.groups.size(), std::size_t{2});
        QVERIFY(near(uneven.worst_expert_share, 62.0 / 33));
        // In one layer it is the first rank, in the other one the second: both wait, though neither computes more.
        RecordedRouting crossed = routing;
        crossed.layers[layers[1].layer].load = {1, 1, 1, 1, 30, 30, 1, 1};
        SimulationOptions of_crossed = options;
        of_crossed.routing = &crossed;
        const Simulation waits = simulated({"parallel.expert=2", "parallel.ranks=2"}, of_crossed);
        QVERIFY(near(waits.worst_expert_share, 1) && waits.time->imbalance > 0);
        QVERIFY(near(waits.time->total(), uneven.time->total(), 0.01));
        QVERIFY(uneven.time->imbalance > 0);
        // Memory follows the step in which the first rank's experts got all, though the mean is even.
        for (const MoePlaces& places : layers) routing.layers[places.layer].load = {8, 8, 8, 8, 8, 8, 8, 8};
        const double even = simulated({"parallel.expert=2", "parallel.ranks=2"}, options).fullest().peak_bytes;
        routing.uneven = {routing.layers, routing.layers};
        for (const MoePlaces& places : layers) routing.uneven[0][places.layer].load = {16, 16, 16, 16, 0, 0, 0, 0};
        const Simulation steps = simulated({"parallel.expert=2", "parallel.ranks=2"}, options);
        QVERIFY(steps.fullest().peak_bytes > even + (1 << 20));
        QCOMPARE(steps.fullest().ranks, std::vector<int>{0});
        QVERIFY(near(steps.worst_expert_share, 1));
        routing.layers["fusion.blocks.0.moe"].load = {1, 2};
        QVERIFY_EXCEPTION_THROWN(rowsOf(routing.layers, config, layers, 10, 0), Error);
    }
};

QTEST_GUILESS_MAIN(SimulateUnitTest)
#include "simulate_test.moc"
