// SPDX-License-Identifier: GPL-3.0-or-later
// Alarms, shares, heat levels and pictures of experts; expected numbers are worked out by hand.
#include <QElapsedTimer>
#include <QtTest>

#include "support/timing.h"
#include "ui/models/alarm_words.h"
#include "ui/models/expert_shares.h"
#include "ui/models/heat_image.h"
#include "ui/models/load_history.h"
#include "ui/models/run_words.h"

using namespace switchyard;
using namespace switchyard::ui;

namespace {

const QString kLayer = QStringLiteral("fusion.blocks.0.moe");

runs::ExpertLoad load(std::int64_t step, const char* modality, std::vector<std::int32_t> counts) {
    return {step, kLayer.toStdString(), modality, std::move(counts), 0};
}

std::vector<QColor> stops() {
    std::vector<QColor> list;
    for (const char* name : {"#000000", "#202020", "#404040", "#606060", "#808080", "#a0a0a0", "#c0c0c0"})
        list.emplace_back(QLatin1String(name));
    return list;
}

}  // namespace

class ExpertModelsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void alarmsTellWhatAndWhere() {
        health::Alarm alarm;
        alarm.kind = health::Kind::kDead;
        alarm.layer = kLayer.toStdString();
        alarm.value = 512;
        alarm.experts = {1, 2, 3, 4};
        QCOMPARE(alarmText(alarm), QStringLiteral("4 experts dead, 512 records idle"));
        alarm.experts = {41};
        QCOMPARE(alarmText(alarm), QStringLiteral("E41 dead, 512 records idle"));
        QCOMPARE(alarmPlace(alarm), QStringLiteral("fusion.0"));
        alarm.kind = health::Kind::kNonFinite;
        QCOMPARE(alarmText(alarm), QStringLiteral("Weights of E41 not finite"));
        alarm.kind = health::Kind::kStarved;
        alarm.modality = "image";
        QCOMPARE(alarmText(alarm), QStringLiteral("Images starved, all to E41"));
        alarm.tag = "moe/x/dropped";
        alarm.value = 0.95;
        QCOMPARE(alarmText(alarm), QStringLiteral("95 % of image choices dropped"));
        health::Alarm loss;
        loss.kind = health::Kind::kLossSpike;
        loss.value = 9.5;
        loss.raised_step = 1200;
        QCOMPARE(alarmPlace(loss), QStringLiteral("run"));
        QCOMPARE(alarmsSummary({loss}),
                 QStringLiteral("1 alarm: Loss leapt to %1 (run, step 1,200)").arg(shortNumber(9.5)));
        QVERIFY(alarmsSummary({loss, loss, loss, loss}).startsWith(QStringLiteral("4 alarms: ")));
        QCOMPARE(alarmTip(loss).count(u'\n'), 2);
        // Every kind has words.
        for (int kind = 0; kind < health::kKinds; ++kind) {
            loss.kind = static_cast<health::Kind>(kind);
            QVERIFY(!alarmText(loss).isEmpty());
        }
    }

    void sharesAndTheirOrder() {
        LoadHistory loads;
        loads.add(load(1, "text", {6, 0, 2, 0}));
        loads.add(load(1, "image", {2, 0, 4, 2}));
        const LayerLoads& layer = *loads.layer(kLayer);
        const auto shares = expertShares(layer, 0, LoadModality::kAll);
        QCOMPARE(shares[0].ratio, 8.0 * 4 / 16);
        QCOMPARE(shares[0].share, 0.5);
        QCOMPARE(*shares[0].textShare(), 0.75);
        QVERIFY(!shares[1].textShare().has_value());
        const auto ids = [](const std::vector<ExpertShare>& list) {
            std::vector<int> experts;
            for (const ExpertShare& share : list) experts.push_back(share.expert);
            return experts;
        };
        QCOMPARE(ids(hottest(shares, 2)), std::vector<int>({0, 2}));
        QCOMPARE(ids(coldest(shares, 3)), std::vector<int>({1, 3, 2}));
        QCOMPARE(ids(hottest(expertShares(layer, 0, LoadModality::kImage), 4)), std::vector<int>({2, 0, 3, 1}));
        QCOMPARE(expertOrder(layer.ring, LoadModality::kAll, ExpertOrder::kByLoad), std::vector<int>({0, 2, 3, 1}));
        QCOMPARE(expertOrder(layer.ring, LoadModality::kAll, ExpertOrder::kById), std::vector<int>({0, 1, 2, 3}));
    }

    void deadExpertsAreNotCold() {
        LoadHistory loads;
        for (int step = 1; step <= 64; ++step) {
            loads.leastShare(kLayer.toStdString(), step, 0.1);
            loads.add(load(step, "text", {40, step < 20 ? 10 : 0, 20}));
        }
        loads.settle();
        const auto shares = expertShares(*loads.layer(kLayer), 63, LoadModality::kAll);
        QVERIFY(shares[1].dead);
        QCOMPARE(coldest(shares, 10).size(), std::size_t(2));
        QVERIFY(!expertShares(*loads.layer(kLayer), 10, LoadModality::kAll)[1].dead);
    }

    void levels() {
        QCOMPARE(HeatLevels::levelOf(1), HeatLevels::kFair);
        QCOMPARE(int(HeatLevels::levelOf(2)), 180);
        QCOMPARE(int(HeatLevels::levelOf(0.5)), 60);
        QCOMPARE(int(HeatLevels::levelOf(4)), 240);
        QCOMPARE(int(HeatLevels::levelOf(100)), 240);
        QCOMPARE(int(HeatLevels::levelOf(0)), 0);
        LoadHistory loads;
        for (int step = 1; step <= 40; ++step) {
            loads.leastShare(kLayer.toStdString(), step, 0.1);
            loads.add(load(step, "text", {40, step < 5 ? 40 : 0, 80, 40}));
        }
        loads.settle();
        HeatLevels heat;
        QCOMPARE(heat.update(*loads.layer(kLayer), LoadModality::kAll), 0);
        QCOMPARE(heat.columns(), 40);
        // 40 of 200 over 4 experts: 0.8 of the fair share, log2 = -0.322, 120 - 19.3.
        QCOMPARE(int(heat.row(0)[0]), 101);
        QCOMPARE(heat.row(1)[3], heat.row(0)[0]);
        QCOMPARE(heat.row(1)[4], HeatLevels::kDead);
        QCOMPARE(heat.row(1)[39], HeatLevels::kDead);
        QCOMPARE(heat.row(0)[39], HeatLevels::kFair);  // 40 of 160
        // Only the newest cell and what follows is computed.
        loads.add(load(41, "text", {40, 0, 80, 40}));
        loads.settle();
        QCOMPARE(heat.update(*loads.layer(kLayer), LoadModality::kAll), 39);
        QCOMPARE(heat.row(1)[40], HeatLevels::kDead);
    }

    void fishEyeRows() {
        HeatRows rows;
        rows.set(64, 320, -1);
        QCOMPARE(rows.rowAt(0), 0);
        QCOMPARE(rows.rowAt(319), 63);
        QCOMPARE(rows.rowAt(320), -1);
        QCOMPARE(rows.top(10), 50.0);
        rows.set(512, 192 + 497, 100);  // 9 * 16 + 6 * 8 = 192 for 15 rows, the other 497 get 1 px each
        QCOMPARE(rows.eyeFirst(), 93);
        QCOMPARE(rows.eyeEnd(), 108);
        QCOMPARE(rows.top(93), 93.0);
        QCOMPARE(rows.top(96), 93.0 + 24);
        QCOMPARE(rows.top(100), 117.0 + 64);
        QCOMPARE(rows.bottom(104), 117.0 + 144);
        QCOMPARE(rows.bottom(107), 117.0 + 144 + 24);
        QCOMPARE(rows.top(109), 286.0);
        QVERIFY(rows.isLarge(96) && rows.isLarge(104) && !rows.isLarge(95) && !rows.isLarge(105));
        QCOMPARE(rows.rowAt(181), 100);
        rows.set(512, 600, 0);  // at the end: nine rows from the first, three of 8 px after them
        QVERIFY(rows.isLarge(0) && rows.isLarge(8) && !rows.isLarge(9));
        QCOMPARE(rows.bottom(11), 144.0 + 24);
        QCOMPARE(rows.bottom(511), 600.0);
    }

    void coloursMeetTheirStops() {
        const HeatColors colors = heatColors(stops(), Qt::red);
        QCOMPARE(QColor(colors[0]).name(), QStringLiteral("#000000"));
        QCOMPARE(QColor(colors[40]).name(), QStringLiteral("#202020"));
        QCOMPARE(QColor(colors[HeatLevels::kFair]).name(), QStringLiteral("#606060"));
        QCOMPARE(QColor(colors[60]).name(), QStringLiteral("#303030"));
        QCOMPARE(QColor(colors[240]).name(), QStringLiteral("#c0c0c0"));
        QCOMPARE(QColor(colors[HeatLevels::kDead]).name(), QStringLiteral("#ff0000"));
    }

    void compressedRowsShowTheLargestDeviationAndDeadWins() {
        LoadHistory loads;
        // Eight experts; 3 is hot, 5 is dead at the end.
        for (int step = 1; step <= 64; ++step) {
            std::vector<std::int32_t> counts(8, 10);
            counts[3] = 40;
            counts[5] = step < 10 ? 10 : 0;
            loads.leastShare(kLayer.toStdString(), step, 0.1);
            loads.add(load(step, "text", counts));
        }
        loads.settle();
        HeatLevels levels;
        levels.update(*loads.layer(kLayer), LoadModality::kAll);
        const std::vector<int> order = expertOrder(loads.layer(kLayer)->ring, LoadModality::kAll, ExpertOrder::kById);
        HeatRows rows;
        rows.set(8, 2, -1);  // four experts a pixel
        HeatPicture picture{&levels, &order, &rows, {}, 64, 1};
        for (int i = 0; i <= 64; ++i) picture.edges.push_back(i);
        const HeatColors colors = heatColors(stops(), Qt::red);
        const QImage image = drawHeat(picture, colors);
        QCOMPARE(image.size(), QSize(64, 2));
        QCOMPARE(image.pixel(0, 0), colors[levels.row(3)[0]]);
        QCOMPARE(image.pixel(63, 1), qRgb(255, 0, 0));
        QCOMPARE(image.pixel(0, 1), colors[levels.row(4)[0]]);
        // Eight rows of 10 px each, at twice the resolution: every row its own colour.
        rows.set(8, 80, -1);
        picture.scale = 2;
        const QImage large = drawHeat(picture, colors);
        QCOMPARE(large.size(), QSize(128, 160));
        for (int e = 0; e < 8; ++e) QCOMPARE(large.pixel(127, 20 * e + 10), colors[levels.row(e)[63]]);
        // More cells than pixels: the hot one of four is seen.
        picture.scale = 1;
        picture.width = 16;
        for (double& edge : picture.edges) edge /= 4;
        QCOMPARE(drawHeat(picture, colors).pixel(2, 55), qRgb(255, 0, 0));  // cells 8 to 11, expert 5 falls silent at 9
    }

    void speedOfAPictureOf512Experts() {
        LoadHistory loads;
        quint32 state = 1;
        for (int step = 1; step <= 1200; ++step) {
            std::vector<std::int32_t> counts(512);
            for (auto& count : counts)
                count = static_cast<std::int32_t>((state = state * 1664525u + 1013904223u) >> 26);
            loads.add(load(step, "text", counts));
        }
        loads.settle();
        HeatLevels levels;
        QElapsedTimer clock;
        clock.start();
        levels.update(*loads.layer(kLayer), LoadModality::kAll);
        const double all_ms = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        const std::vector<int> order = expertOrder(loads.layer(kLayer)->ring, LoadModality::kAll, ExpertOrder::kByLoad);
        HeatRows rows;
        rows.set(512, 512, 100);
        HeatPicture picture{&levels, &order, &rows, {}, 1200, 1};
        for (int i = 0; i <= 1200; ++i) picture.edges.push_back(i);
        const HeatColors colors = heatColors(stops(), Qt::red);
        double best = 1e9;
        for (int i = 0; i < 20; ++i) {
            clock.start();
            drawHeat(picture, colors);
            best = std::min(best, static_cast<double>(clock.nsecsElapsed()) / 1e6);
        }
        clock.start();
        levels.update(*loads.layer(kLayer), LoadModality::kAll);
        const double one_ms = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        qInfo("512 x 1200: all levels %.1f ms, the newest cell %.3f ms, picture %.2f ms", all_ms, one_ms, best);
        SKIP_UNLESS_TIMES_COUNT();
        QVERIFY2(best < 4, "a picture takes longer than 4 ms");
    }
};

QTEST_GUILESS_MAIN(ExpertModelsTest)
#include "expert_models_test.moc"
