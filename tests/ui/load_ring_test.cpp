// SPDX-License-Identifier: GPL-3.0-or-later
// Loads in bounded memory and experts that fall silent; expected numbers are worked out by hand.
#include <QtTest>
#include <map>

#include "ui/models/load_history.h"

using namespace switchyard;
using namespace switchyard::ui;

namespace {

runs::ExpertLoad load(std::int64_t step, const char* modality, std::vector<std::int32_t> counts,
                      std::int64_t dropped = 0) {
    return {step, "fusion.blocks.0.moe", modality, std::move(counts), dropped};
}

}  // namespace

class LoadRingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void oneCellARecordAtFirst() {
        LoadRing ring(4);
        QVERIFY(ring.add(load(10, "text", {3, 1}, 1)));
        QVERIFY(ring.add(load(10, "image", {0, 4}, 2)));
        QVERIFY(ring.add(load(20, "text", {2, 2})));
        QCOMPARE(ring.size(), 2);
        QCOMPARE(ring.experts(), 2);
        QCOMPARE(ring.records(), 2);
        QCOMPARE(ring.count(0, LoadModality::kAll, 1), 5u);
        QCOMPARE(ring.count(0, LoadModality::kText, 1), 1u);
        QCOMPARE(ring.count(0, LoadModality::kImage, 0), 0u);
        QCOMPARE(ring.total(0, LoadModality::kAll), 8u);
        QCOMPARE(ring.column(0).dropped[0], 1u);
        QCOMPARE(ring.column(0).dropped[1], 2u);
        QCOMPARE(ring.ratio(0, LoadModality::kAll, 0), 3.0 * 2 / 8);
        QCOMPARE(ring.ratio(0, LoadModality::kText, 0), 3.0 * 2 / 4);
        QVERIFY(std::isnan(ring.ratio(1, LoadModality::kImage, 0)));
        QCOMPARE(ring.wholeCount(LoadModality::kText, 0), 5u);
        QCOMPARE(ring.stepsPerRecord(), 10.0);
    }

    void halvesItsResolutionWhenFull() {
        LoadRing ring(4);
        // Expert 0 gets its step's number, expert 1 gets 100.
        for (int step = 1; step <= 4; ++step) ring.add(load(step, "text", {step, 100}));
        QCOMPARE(ring.size(), 4);
        const auto before = ring.generation();
        ring.add(load(5, "text", {5, 100}));
        QVERIFY(ring.generation() != before);
        QCOMPARE(ring.recordsPerColumn(), 2);
        QCOMPARE(ring.size(), 3);  // 1+2, 3+4, 5
        QCOMPARE(ring.count(0, LoadModality::kAll, 0), 3u);
        QCOMPARE(ring.count(1, LoadModality::kAll, 0), 7u);
        QCOMPARE(ring.count(2, LoadModality::kAll, 0), 5u);
        QCOMPARE(ring.count(1, LoadModality::kAll, 1), 200u);
        QCOMPARE(ring.column(1).first_step, 3);
        QCOMPARE(ring.column(1).last_step, 4);
        ring.add(load(6, "text", {6, 100}));
        QCOMPARE(ring.size(), 3);  // 5+6
        QCOMPARE(ring.count(2, LoadModality::kAll, 0), 11u);
        for (int step = 7; step <= 9; ++step) ring.add(load(step, "text", {step, 100}));
        QCOMPARE(ring.recordsPerColumn(), 4);
        QCOMPARE(ring.size(), 3);  // 1..4, 5..8, 9
        QCOMPARE(ring.count(0, LoadModality::kAll, 0), 10u);
        QCOMPARE(ring.count(1, LoadModality::kAll, 0), 26u);
        QCOMPARE(ring.count(2, LoadModality::kAll, 0), 9u);
        QCOMPARE(ring.wholeCount(LoadModality::kAll, 0), 45u);
        QCOMPARE(ring.records(), 9);
    }

    void aMillionStepsStayWithinItsSize() {
        LoadRing ring;
        std::vector<std::int32_t> counts = {1, 2, 0, 5};
        for (int step = 1; step <= 1'000'000; ++step) ring.add(load(step, "text", counts));
        QVERIFY(ring.size() <= LoadRing::kColumns);
        QVERIFY(ring.size() > LoadRing::kColumns / 2 - 1);
        QCOMPARE(ring.recordsPerColumn(), 1024);  // 1,000,000 / 1,200 is more than 512
        QCOMPARE(ring.lastStep(), 1'000'000);
        QCOMPARE(ring.wholeCount(LoadModality::kAll, 3), 5'000'000u);
        std::uint64_t sum = 0;
        for (int column = 0; column < ring.size(); ++column) sum += ring.count(column, LoadModality::kAll, 3);
        QCOMPARE(sum, 5'000'000u);
        QCOMPARE(ring.ratio(5, LoadModality::kAll, 1), 1.0);
    }

    void findsCellsBySteps() {
        LoadRing ring(4);
        for (const int step : {10, 20, 30, 40, 50}) ring.add(load(step, "text", {1}));  // 10-20, 30-40, 50
        QCOMPARE(ring.columnAt(0), 0);
        QCOMPARE(ring.columnAt(15), 0);
        QCOMPARE(ring.columnAt(24), 0);
        QCOMPARE(ring.columnAt(26), 1);
        QCOMPARE(ring.columnAt(44), 1);
        QCOMPARE(ring.columnAt(46), 2);
        QCOMPARE(ring.columnAt(1000), 2);
    }

    void stepsThatAreRepeatedReplaceEarlierOnes() {
        LoadRing ring(8);
        for (int step = 1; step <= 5; ++step) ring.add(load(step, "text", {10 * step}));
        ring.add(load(3, "text", {1}));
        QCOMPARE(ring.size(), 3);
        QCOMPARE(ring.count(2, LoadModality::kAll, 0), 1u);
        QCOMPARE(ring.wholeCount(LoadModality::kAll, 0), 31u);
        QCOMPARE(ring.records(), 3);
    }

    void whatDoesNotFitIsRefused() {
        LoadRing ring;
        QVERIFY(!ring.add(load(1, "sound", {1, 2})));
        QVERIFY(!ring.add(load(1, "text", {})));
        QVERIFY(ring.add(load(1, "text", {1, -5})));
        QCOMPARE(ring.count(0, LoadModality::kAll, 1), 0u);
        QVERIFY(!ring.add(load(2, "text", {1, 2, 3})));
        QCOMPARE(ring.records(), 1);
    }

    void patienceGrowsWithTheRun() {
        DeadWatch watch, few;
        std::map<int, std::int64_t> patience;
        for (int step = 1; step <= 3000; ++step) {
            watch.add(step, {50, 50});
            few.add(step, {1, 1});
            patience[step] = watch.patience();
        }
        QCOMPARE(patience[10], 64);
        QCOMPARE(patience[400], 100);
        QCOMPARE(patience[2048], 512);
        QCOMPARE(patience[3000], 512);
        QCOMPARE(few.patience(), 512);
        DeadWatch young;
        for (int step = 1; step <= 40; ++step) young.add(step, {1, 1});
        QCOMPARE(young.patience(), 256);  // one choice a record: 256 of them are no chance
    }

    void unlikelyExpertsAreDeadSooner() {
        for (const double share : {0.24, 0.25}) {
            DeadWatch watch;
            for (int step = 1; step <= 40; ++step) {
                watch.leastShare(step, share);
                watch.add(step, {50, step <= 10 ? 50 : 0});
                watch.settle();
                QCOMPARE(watch.isDead(1), share < 0.25 && step >= 34);  // 24 steps of silence from 11 on
            }
        }
    }

    void silentExpertsAreFound() {
        DeadWatch watch;
        // Expert 1 falls silent after step 200: after n records it is idle for n - 200, which reaches n / 4 at 266.
        for (int step = 1; step <= 300; ++step) {
            watch.add(step, {50, step <= 200 ? 50 : 0, 0});
            watch.add(step, {0, 0, 10});  // the image's tokens count too
            watch.settle();
            QCOMPARE(watch.isDead(1), step >= 266);
            QVERIFY(!watch.isDead(0));
            QVERIFY(!watch.isDead(2));
        }
        QCOMPARE(watch.spells().size(), std::size_t(1));
        const DeadSpell& spell = watch.spells().front();
        QCOMPARE(spell.expert, 1);
        QCOMPARE(spell.last_token_step, 200);
        QCOMPARE(spell.first_idle_step, 201);
        QCOMPARE(spell.raised_step, 266);
        QCOMPARE(spell.raised_idle, 66);
        QCOMPARE(spell.ended_step, -1);
        QCOMPARE(watch.dead(), std::vector<int>({1}));
        QCOMPARE(watch.idleRecords(1), 100);
        const auto version = watch.version();
        watch.add(301, {5, 1, 1});
        QVERIFY(!watch.isDead(1));
        QCOMPARE(watch.spells().front().ended_step, 301);
        QVERIFY(watch.version() != version);
    }

    void neverUsedExpertsAreDeadAfterSixtyFourRecords() {
        DeadWatch watch;
        for (int step = 1; step <= 64; ++step) watch.add(10 * step, {10, 0});
        QVERIFY(!watch.isDead(1));  // the newest record may still get more
        watch.settle();
        QVERIFY(watch.isDead(1));
        QCOMPARE(watch.spellOf(1)->last_token_step, -1);
        QCOMPARE(watch.spellOf(1)->first_idle_step, 10);
        QCOMPARE(watch.spellOf(1)->raised_step, 640);
        QCOMPARE(watch.spellOf(0), nullptr);
        // The rest of the same record arrives: it was no silence.
        watch.add(640, {0, 3});
        QVERIFY(!watch.isDead(1));
        QVERIFY(watch.spells().empty());
    }

    void layersStandInTheModelsOrder() {
        LoadHistory history;
        for (const char* name :
             {"fusion.blocks.10.moe", "vision.blocks.1.moe", "fusion.blocks.2.moe", "text.blocks.3.moe"})
            history.add({1, name, "text", {1, 1}, 0});
        QCOMPARE(history.layers(), (QStringList{"text.blocks.3.moe", "vision.blocks.1.moe", "fusion.blocks.2.moe",
                                                "fusion.blocks.10.moe"}));
        QVERIFY(history.layer(QStringLiteral("vision.blocks.1.moe")) != nullptr);
        QVERIFY(history.layer(QStringLiteral("none")) == nullptr);
        QCOMPARE(layerLabel(QStringLiteral("fusion.blocks.2.moe"), false), QStringLiteral("fusion.2.moe"));
        QCOMPARE(layerLabel(QStringLiteral("fusion.blocks.2.moe"), true), QStringLiteral("fusion.2"));
    }
};

QTEST_GUILESS_MAIN(LoadRingTest)
#include "load_ring_test.moc"
