// SPDX-License-Identifier: MIT
// Each detector on series made for it: raised at a step worked out by hand, not raised a hair below, over gaps, records
// of every tenth step and starts in the middle.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <functional>
#include <limits>

#include "core/base/health/limits.h"
#include "core/base/health/monitor.h"
#include "core/base/runs/run_db.h"
#include "core/base/util/error.h"

using namespace switchyard;
using health::Alarm;
using health::Kind;

namespace {

const std::string kLayer = "fusion.blocks.0.moe";
constexpr int kExperts = 8;

/// One record of a run that is well, for a test to make ill.
struct Row {
    double loss = 2.0, wait = 1, step_ms = 100;
    double entropy = 1.9, least = 0.8, dropped = 0.0, violation = 0.5, pull = 0.02;
    double text_in_use = 7.8, image_in_use = 7.7;
    std::vector<std::int32_t> text = std::vector<std::int32_t>(kExperts, 40),
                              image = std::vector<std::int32_t>(kExperts, 60);
    std::int64_t text_dropped = 0, image_dropped = 0;
    bool has_text = true, has_image = true;
    std::vector<int> sick;
    bool not_finite = false;
};

class Run {
public:
    explicit Run(health::Setup setup = {kExperts, 2, true, false}) : monitor(setup) {}

    /// Records steps first, first + every, ... up to last, as the trainer writes them: loads, then metrics.
    void record(std::int64_t first, std::int64_t last, const std::function<void(std::int64_t, Row&)>& ill = {},
                std::int64_t every = 1) {
        for (std::int64_t step = first; step <= last; step += every) {
            Row row;
            if (ill) ill(step, row);
            if (row.has_text) monitor.add(runs::ExpertLoad{step, kLayer, "text", row.text, row.text_dropped});
            if (row.has_image) monitor.add(runs::ExpertLoad{step, kLayer, "image", row.image, row.image_dropped});
            metric(step, "loss/total", row.loss);
            metric(step, "loss/balance", 1.0);
            const std::string moe = "moe/" + kLayer + "/";
            metric(step, moe + "balance_pull", row.pull);
            metric(step, moe + "dropped", row.dropped);
            metric(step, moe + "entropy", row.entropy);
            if (row.has_image) metric(step, moe + "experts_in_use_image", row.image_in_use);
            if (row.has_text) metric(step, moe + "experts_in_use_text", row.text_in_use);
            metric(step, moe + "least_share", row.least);
            metric(step, moe + "max_violation", row.violation);
            if (row.not_finite) metric(step, "optim/non_finite", 1);
            for (const int expert : row.sick) metric(step, moe + "non_finite_expert", expert);
            metric(step, "perf/data_wait_ms", row.wait);
            metric(step, "perf/step_ms", row.step_ms);
            metric(step, "eval/retrieval/text_to_image_r1", 0.5);
        }
        monitor.settle();
    }
    void metric(std::int64_t step, const std::string& tag, double value) {
        monitor.add(runs::Metric{step, tag, value, 1000.0 + static_cast<double>(step)});
    }
    void start(std::int64_t step) { metric(step, "perf/start_s", 0.5); }
    QStringList kinds() const {
        QStringList names;
        for (const Alarm& alarm : monitor.alarms()) names << health::kindName(alarm.kind);
        return names;
    }
    const Alarm& only() const { return monitor.alarms().front(); }

    health::Monitor monitor;
};

std::vector<std::int32_t> allTo(std::initializer_list<int> experts, std::int32_t count) {
    std::vector<std::int32_t> counts(kExperts, 0);
    for (const int e : experts) counts[static_cast<std::size_t>(e)] = count;
    return counts;
}

void collapse(Row& row) {
    row.text = allTo({3}, 160);
    row.image = allTo({3}, 240);
    for (int e = 0; e < kExperts; ++e) {  // the second choices, anywhere
        if (e == 3) continue;
        row.text[static_cast<std::size_t>(e)] = 160 / 7;
        row.image[static_cast<std::size_t>(e)] = 240 / 7;
    }
    row.text_in_use = row.image_in_use = 1.1;
    row.entropy = 0.01;
    row.least = 0.001;
}

}  // namespace

class DetectorsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aHealthyRunRaisesNothing() {
        Run run;
        run.start(0);
        run.record(1, 500);
        QCOMPARE(run.kinds(), QStringList());
    }

    void collapseIsOneAlarmWithItsExpert() {
        Run run;
        run.record(1, 40);
        run.record(41, 100, [](std::int64_t, Row& row) { collapse(row); });
        // 8 records in a row: 41 to 48. Entropy and load follow from it and are no alarms of their own.
        QCOMPARE(run.kinds(), QStringList{"collapse"});
        QCOMPARE(run.only().first_step, 41);
        QCOMPARE(run.only().raised_step, 48);
        QCOMPARE(run.only().last_step, 100);
        QCOMPARE(run.only().experts, std::vector<int>{3});
        QCOMPARE(run.only().layer, kLayer);
        QVERIFY(!run.only().ended);
        QCOMPARE(run.only().raised_at, 1048.0);
        run.record(101, 140);
        QVERIFY(run.only().ended);
    }

    void collapseNeedsEightRecordsAndBothModalities() {
        Run brief;
        brief.record(1, 40, [](std::int64_t step, Row& row) {
            if (step >= 20 && step < 27) collapse(row);  // seven
        });
        QCOMPARE(brief.kinds(), QStringList());
        Run border;  // K + 0.5 = 2.5 is still a collapse, more is none
        border.record(1, 60, [](std::int64_t, Row& row) { row.text_in_use = row.image_in_use = 2.51; });
        QCOMPARE(border.kinds(), QStringList());
        Run specialised;  // each modality has experts of its own
        specialised.record(1, 60, [](std::int64_t, Row& row) {
            row.text_in_use = row.image_in_use = 2.0;
            row.text = allTo({0, 1}, 160);
            row.image = allTo({2, 3}, 240);
        });
        QVERIFY(!specialised.kinds().contains("collapse"));
    }

    void deadExpertsAreOneAlarm() {
        Run run;
        run.record(1, 50);
        const auto ill = [](std::int64_t, Row& row) {
            row.least = 0.01;
            for (const std::size_t e : {std::size_t(2), std::size_t(5)}) row.text[e] = row.image[e] = 0;
        };
        run.record(51, 120, ill);
        // 24 steps of silence, 51 to 74; at a fair share of 100 choices that are far more than 256.
        QCOMPARE(run.kinds(), QStringList{"dead_experts"});
        QCOMPARE(run.only().experts, (std::vector<int>{2, 5}));
        QCOMPARE(run.only().first_step, 51);
        QCOMPARE(run.only().raised_step, 74);
    }

    void silentExpertsThatAreLikelyGetMoreTime() {
        // An untrained router: the expert is as likely as the others and only just never the first.
        const auto quiet = [](std::int64_t, Row& row) { row.text[2] = row.image[2] = 0; };
        Run brief;
        brief.record(1, 63, quiet);
        QCOMPARE(brief.kinds(), QStringList());
        Run longer;
        longer.record(1, 80, quiet);
        QCOMPARE(longer.kinds(), QStringList{"dead_experts"});
        QCOMPARE(longer.only().raised_step, 64);
    }

    void fewTokensAreNoSilence() {
        // 2 choices a record for 8 experts: a fair expert has 256 after 1,024 records.
        Run run;
        run.record(1, 1000, [](std::int64_t step, Row& row) {
            row.has_image = false;
            row.text = allTo({static_cast<int>(step % 2), 7}, 1);
            row.least = 0.1;
        });
        QCOMPARE(run.kinds(), QStringList());
    }

    void recordsOfEveryTenthStep() {
        Run run;
        run.record(10, 400, {}, 10);
        run.record(
            410, 600,
            [](std::int64_t, Row& row) {
                row.least = 0.01;
                row.text[1] = row.image[1] = 0;
            },
            10);
        QCOMPARE(run.kinds(), QStringList{"dead_experts"});
        QCOMPARE(run.only().raised_step, 480);  // the eighth record of silence
    }

    void oneStarvedModality() {
        Run same;
        same.record(1, 30);
        same.record(31, 80, [](std::int64_t, Row& row) {
            row.image = allTo({6, 7}, 240);
            row.image_in_use = 1.9;
            row.entropy = 0.6;
        });
        QCOMPARE(same.kinds(), QStringList{"starved_modality"});
        QCOMPARE(same.only().modality, std::string("image"));
        QCOMPARE(same.only().experts, (std::vector<int>{6, 7}));
        QCOMPARE(same.only().raised_step, 38);

        Run dropped;  // 480 choices of images, 0.9 of them are 432
        dropped.record(1, 30);
        dropped.record(31, 80, [](std::int64_t, Row& row) {
            row.image_dropped = 432;
            row.dropped = 432.0 / 800.0;
        });
        QCOMPARE(dropped.kinds(), QStringList{"starved_modality"});
        QVERIFY(health::wordsOf(dropped.only()).what.find("90 %") != std::string::npos);

        Run border;
        border.record(1, 80, [](std::int64_t, Row& row) { row.image_dropped = 431; });
        QCOMPARE(border.kinds(), QStringList());

        Run gone;
        gone.record(1, 30);
        gone.record(31, 80, [](std::int64_t, Row& row) { row.has_image = false; });
        QCOMPARE(gone.kinds(), QStringList{"starved_modality"});
        QCOMPARE(gone.only().tag, "moe/" + kLayer + "/tokens");

        Run text_only;  // a text encoder's layer never sees an image
        text_only.record(1, 80, [](std::int64_t, Row& row) { row.has_image = false; });
        QCOMPARE(text_only.kinds(), QStringList());
    }

    void dropBurst() {
        const auto burst = [](double share) {
            return [share](std::int64_t step, Row& row) {
                row.dropped = step > 40 ? share : 0.3 + 0.01 * static_cast<double>(step % 3);
            };
        };
        Run run;
        run.record(1, 60, burst(0.7));
        QCOMPARE(run.kinds(), QStringList{"drop_burst"});
        QCOMPARE(run.only().first_step, 41);
        QCOMPARE(run.only().raised_step, 43);
        Run border;  // the median 0.31 and 0.25 make 0.56
        border.record(1, 60, burst(0.56));
        QCOMPARE(border.kinds(), QStringList());
        Run small;  // no burst below a fifth, whatever it was before
        small.record(1, 60, [](std::int64_t step, Row& row) { row.dropped = step > 40 ? 0.2 : 0.0; });
        QCOMPARE(small.kinds(), QStringList());
        Run constant;  // a capacity under 1 drops always
        constant.record(1, 200, [](std::int64_t, Row& row) { row.dropped = 0.5; });
        QCOMPARE(constant.kinds(), QStringList());
    }

    void balanceLossWithoutAGradient() {
        const auto cut = [](std::int64_t step, Row& row) {
            if (step > 20) row.pull = 0;
        };
        Run run;
        run.record(1, 60, cut);
        QCOMPARE(run.kinds(), QStringList{"balance_loss_disconnected"});
        QCOMPARE(run.only().raised_step, 23);
        Run off({kExperts, 2, false, false});  // none is configured
        off.record(1, 60, cut);
        QCOMPARE(off.kinds(), QStringList());
        Run weak;
        weak.record(1, 60, [](std::int64_t, Row& row) { row.pull = 1.1e-6; });
        QCOMPARE(weak.kinds(), QStringList());
    }

    void violationThatStays() {
        QCOMPARE(health::limit::violation(8, 2), 2.7);  // 0.9 of the most there can be, 3
        QCOMPARE(health::limit::violation(64, 1), 4.0);
        const auto high = [](std::int64_t from) {
            return [from](std::int64_t step, Row& row) { row.violation = step >= from ? 2.8 : 0.5; };
        };
        Run run;
        run.record(1, 150, high(101));
        QCOMPARE(run.kinds(), QStringList{"load_violation"});
        QCOMPARE(run.only().raised_step, 124);
        Run young;  // an untrained router, balanced by step 80
        young.record(1, 150, [](std::int64_t step, Row& row) { row.violation = step < 80 ? 3.0 : 0.5; });
        QCOMPARE(young.kinds(), QStringList());
    }

    void entropyThatFalls() {
        // 5 % of ln 8 = 0.104, and 30 % = 0.62 within the last 32 records.
        Run run;
        run.record(1, 100, [](std::int64_t step, Row& row) { row.entropy = step > 60 ? 0.1 : 1.5; });
        QCOMPARE(run.kinds(), QStringList{"entropy_collapse"});
        QCOMPARE(run.only().raised_step, 68);
        Run slow;  // a router that becomes certain over a thousand steps has learned something
        slow.record(1, 1200, [](std::int64_t step, Row& row) {
            row.entropy = 2.0 * std::exp(-static_cast<double>(step) / 250.0);
        });
        QCOMPARE(slow.kinds(), QStringList());
    }

    void stalledData() {
        const auto waits = [](double share) {
            return [share](std::int64_t step, Row& row) {
                row.step_ms = 400;
                row.wait = step >= 30 ? 400 * share : 2;
            };
        };
        Run run;
        run.record(1, 60, waits(0.51));
        QCOMPARE(run.kinds(), QStringList{"stalled_data"});
        QCOMPARE(run.only().first_step, 30);
        QCOMPARE(run.only().raised_step, 34);
        Run border;
        border.record(1, 60, waits(0.5));
        QCOMPARE(border.kinds(), QStringList());
        Run quick;  // 60 of 70 ms: a tiny model is not worth an alarm
        quick.record(1, 60, [](std::int64_t, Row& row) { row.wait = 60, row.step_ms = 70; });
        QCOMPARE(quick.kinds(), QStringList());
        Run now_and_then;
        now_and_then.record(1, 200, [](std::int64_t step, Row& row) {
            row.step_ms = 400;
            row.wait = step % 5 == 0 ? 10 : 390;  // four in a row
        });
        QCOMPARE(now_and_then.kinds(), QStringList());
        Run start;
        start.start(0);
        start.record(1, 40, [](std::int64_t step, Row& row) { row.step_ms = 400, row.wait = step <= 9 ? 390 : 2; });
        QCOMPARE(start.kinds(), QStringList());
    }

    void lossSpike() {
        const auto usual = [](std::int64_t step) { return 1.0 + 0.05 * static_cast<double>(step % 4); };
        Run leap;  // the start is 1.1: a leap needs 0.75 of it above the median 1.1
        leap.record(1, 80, [&](std::int64_t step, Row& row) { row.loss = step == 50 ? 2.0 : usual(step); });
        QCOMPARE(leap.kinds(), QStringList{"loss_spike"});
        QCOMPARE(leap.only().raised_step, 50);
        QCOMPARE(leap.only().value, 2.0);
        Run border;
        border.record(1, 80, [&](std::int64_t step, Row& row) { row.loss = step == 50 ? 1.9 : usual(step); });
        QCOMPARE(border.kinds(), QStringList());
        Run rise;
        rise.record(1, 80, [&](std::int64_t step, Row& row) { row.loss = step >= 50 ? 1.6 : usual(step); });
        QCOMPARE(rise.kinds(), QStringList{"loss_spike"});
        QCOMPARE(rise.only().first_step, 50);
        QCOMPARE(rise.only().raised_step, 52);
        Run noisy;  // a small batch: between 0.2 and 2.0 all the time
        noisy.record(1, 400, [](std::int64_t step, Row& row) {
            row.loss = 1.1 + 0.9 * std::sin(static_cast<double>(step * step));
        });
        QCOMPARE(noisy.kinds(), QStringList());
        Run falling;
        falling.record(1, 400, [](std::int64_t step, Row& row) {
            row.loss = 5.0 * std::exp(-static_cast<double>(step) / 60.0) + 0.1;
        });
        QCOMPARE(falling.kinds(), QStringList());
    }

    void notFinite() {
        Run named;
        named.record(1, 20);
        named.record(21, 21, [](std::int64_t, Row& row) { row.not_finite = true, row.sick = {4, 5}; });
        QCOMPARE(named.kinds(), QStringList{"non_finite"});
        QCOMPARE(named.only().layer, kLayer);
        QCOMPARE(named.only().experts, (std::vector<int>{4, 5}));
        QVERIFY(health::wordsOf(named.only()).what.find("experts 4 and 5") != std::string::npos);
        Run loss;
        loss.record(1, 30, [](std::int64_t step, Row& row) {
            if (step == 21) row.loss = std::numeric_limits<double>::infinity();
        });
        QCOMPARE(loss.kinds(), QStringList{"non_finite"});
        QCOMPARE(loss.only().tag, std::string("loss/total"));
        QVERIFY(std::isinf(loss.only().value));
        QVERIFY(loss.only().layer.empty());
    }

    void aStartForgetsWhatWasUsual() {
        // Resumed with another batch: the loss is three times what it was, the loader fills up again.
        Run run;
        run.start(0);
        run.record(1, 50);
        run.start(50);
        run.record(51, 100, [](std::int64_t step, Row& row) {
            row.loss = 6.0;
            row.dropped = 0.6;
            row.step_ms = 400;
            row.wait = step < 56 ? 390 : 1;
        });
        QCOMPARE(run.kinds(), QStringList());
        Run without;
        without.record(1, 50);
        without.record(51, 100, [](std::int64_t, Row& row) { row.loss = 6.0, row.dropped = 0.6; });
        QCOMPARE(without.kinds(), (QStringList{"loss_spike", "drop_burst"}));
    }

    void gapsInTheRecordAreNoIllness() {
        Run run;
        run.record(1, 40);
        run.record(400, 440);
        run.record(5000, 5040);
        QCOMPARE(run.kinds(), QStringList());
    }

    void whatComesBackSoonIsOneAlarm() {
        Run run;
        run.record(1, 40);
        run.record(41, 140, [](std::int64_t step, Row& row) { row.dropped = step % 10 < 5 ? 0.8 : 0.0; });
        QCOMPARE(run.kinds(), QStringList{"drop_burst"});
        run.record(141, 180);
        run.record(181, 190, [](std::int64_t, Row& row) { row.dropped = 0.8; });
        QCOMPARE(run.kinds(), (QStringList{"drop_burst", "drop_burst"}));
    }

    void chunksAndOneByOneAreTheSame() {
        // The window reads in pieces and asks after each: the same alarms as in one go.
        const auto ill = [](std::int64_t step, Row& row) {
            if (step > 60) collapse(row);
            if (step == 40) row.loss = 9;
        };
        Run whole, pieces;
        whole.record(1, 120, ill);
        for (std::int64_t step = 1; step <= 120; ++step) pieces.record(step, step, ill);
        QCOMPARE(whole.kinds(), (QStringList{"loss_spike", "collapse"}));
        QVERIFY(whole.monitor.alarms() == pieces.monitor.alarms());
    }

    void alarmsSurviveTheirJson() {
        Run run;
        run.record(1, 30, [](std::int64_t step, Row& row) {
            if (step == 20) row.not_finite = true, row.sick = {1};
            if (step == 25) row.loss = 40;
        });
        QCOMPARE(run.kinds(), (QStringList{"non_finite", "loss_spike"}));
        const std::vector<Alarm> back = health::fromMeta(health::toMeta(run.monitor.alarms()));
        QCOMPARE(back.size(), std::size_t(2));
        QVERIFY(back[1] == run.monitor.alarms()[1]);
        QVERIFY(std::isnan(back[0].value));
        QCOMPARE(back[0].experts, std::vector<int>{1});
        QVERIFY(health::fromMeta("no json").empty());
        QVERIFY(health::fromMeta(R"([{"kind": "collapse"}])").empty());
    }

    void aTruncatedRunIsWatchedAnew() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("run.db").toStdString();
        {
            runs::RunDbWriter db(file);
            Run run;
            run.record(1, 30, [](std::int64_t step, Row& row) { row.loss = step == 25 ? 40 : 2; });
            db.setMeta(health::kMetaKey, health::toMeta(run.monitor.alarms()));
            for (std::int64_t step = 1; step <= 30; ++step)
                db.add(runs::Metric{step, "loss/total", step == 25 ? 40.0 : 2.0, 0});
            db.flush();
        }
        QCOMPARE(health::alarmsOf(folder.path().toStdString()).size(), std::size_t(1));
        QCOMPARE(health::alarmsUntil(file, 30).size(), std::size_t(1));
        QVERIFY(health::alarmsUntil(file, 24).empty());  // step 25 is done again
        runs::RunDbWriter db(file);
        db.truncateAfter(20);
        for (std::int64_t step = 21; step <= 30; ++step) db.add(runs::Metric{step, "loss/total", 2.0, 0});
        db.flush();
        QVERIFY(health::alarmsOf(folder.path().toStdString()).empty());
        QVERIFY(health::alarmsOf(folder.filePath("none").toStdString()).empty());
    }
};

QTEST_GUILESS_MAIN(DetectorsTest)
#include "detectors_test.moc"
