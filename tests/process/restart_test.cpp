// SPDX-License-Identifier: MIT
// Runs that go on by themselves: after a lost rank from the newest checkpoint, after a loss that is not finite with the
// samples in another order; and those that must not.
#include <QTemporaryDir>
#include <QtTest>

#include "support/poisoned_data.h"
#include "support/training.h"

using namespace switchyard::test;

namespace {

constexpr int kSteps = 90;
const QMap<QString, QString> kSoon = {{"SWITCHYARD_RESTART_DELAY_MS", "50"}};

QStringList set(const QStringList& values) {
    QStringList words;
    for (const QString& value : values) words << "--set" << value;
    return words;
}

QString text(const QStringList& lines) {
    return lines.join("\n");
}

}  // namespace

class RestartTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    QString run_;
    QString reference() const { return temp_.filePath("reference"); }
    QStringList training() const { return set({"train.steps=" + QString::number(kSteps), "log.every=1"}); }

private Q_SLOTS:
    void initTestCase() {
        const Outcome trained = cli(endlessRun(reference(), 2) + training());
        QVERIFY2(trained.code == 0, trained.err);
        QCOMPARE(jsonFile(reference() + "/result.json")["restarts"].toInt(-1), 0);
        QVERIFY(!QDir(reference() + "/crash").exists());
    }
    void init() { run_ = temp_.filePath(QTest::currentTestFunction()); }

    void aDamagedCheckpointIsPassedOver() {
        const QStringList training = set({"train.steps=40", "checkpoint.every=10", "checkpoint.keep=3"});
        const Outcome first = cli(endlessRun(run_, 2) + training);
        QVERIFY2(first.code == 0, first.err);
        const auto saved = [&](int step) { return QString("%1/checkpoints/step-%2").arg(run_).arg(step, 8, 10, QChar('0')); };
        for (const int step : {40, 30}) {
            QFile file(saved(step) + "/model.r001-of-002.safetensors");
            QVERIFY(file.open(QIODevice::ReadWrite));
            QVERIFY(file.seek(file.size() - 9));
            char byte = 0;
            QVERIFY(file.peek(&byte, 1) == 1);
            byte = static_cast<char>(byte ^ 1);
            QVERIFY(file.write(&byte, 1) == 1);
        }
        const QStringList longer = set({"train.steps=50", "checkpoint.every=10", "checkpoint.keep=3"});
        // Named, it is what was meant.
        const Outcome named = cli(endlessRun(run_, 2) + longer + QStringList{"--resume", saved(40)});
        QVERIFY2(named.code == 83 && named.err.contains("step-00000040"), named.err);
        const Outcome again = cli(endlessRun(run_, 2) + longer + QStringList{"--resume", "auto"});
        QVERIFY2(again.code == 0, again.err);
        const QString events = text(eventsOf(run_));
        QVERIFY2(events.contains("The checkpoint is damaged: starting from step-00000020"), qPrintable(events));
        QVERIFY2(events.contains("model.r001-of-002.safetensors"), qPrintable(events));
        QCOMPARE(cli({"ckpt", "verify", saved(50), "--deep"}).code, 0);
    }

    void aKilledRankCostsNothingButTime() {
        Training run(run_, 2, training() + set({"run.restarts=2", "checkpoint.every=10"}), kSoon);
        QVERIFY(run.reaches(12));
        ::kill(static_cast<pid_t>(run.ranks()[1]), SIGKILL);
        QVERIFY(run.ends(60'000));
        QVERIFY2(run.process().exitCode() == 0, run.process().readAllStandardError());
        const QJsonObject result = run.result();
        QCOMPARE(result["state"].toString(), QString("finished"));
        QCOMPARE(result["restarts"].toInt(), 1);
        QCOMPARE(lossesOf(run_), lossesOf(reference()));
        QVERIFY(weightsOf(run_, kSteps, 2) == weightsOf(reference(), kSteps, 2));
        const QString events = text(eventsOf(run_));
        QVERIFY2(events.contains(QRegularExpression(
                     "Restart 1 of 2 in 0\\.1 s, from step-000000[1-8]0, after: rank 1 was ended by signal 9")),
                 qPrintable(events));
        QFile log(run_ + "/logs/supervisor.log");
        QVERIFY(log.open(QIODevice::ReadOnly) && log.readAll().contains("Restart 1 of 2"));
        // The start that failed has its report, though the run did well in the end.
        QFile report(run_ + "/crash/failure-1.txt");
        QVERIFY(report.open(QIODevice::ReadOnly));
        const QByteArray said = report.readAll();
        for (const char* part :
             {"rank 1 was ended by signal 9 (SIGKILL)", "exit code  80", "switchyard 0.", "step ", "train:"})
            QVERIFY2(said.contains(part), part);
    }

    void theRecordReachesAsFarAsTheCheckpoint() {
        // Rank 0 dies with what it has not written yet, right behind a save: the steps before it are not run again.
        Training run(run_, 1, training() + set({"run.restarts=9", "checkpoint.every=1"}), kSoon);
        for (const int step : {12, 30, 50}) {
            QVERIFY(run.reaches(step));
            const auto rank = static_cast<pid_t>(run.ranks()[0]);
            const QDir saved(run_ + "/checkpoints");
            const QStringList before = saved.entryList({"step-*"});
            QElapsedTimer waited;
            waited.start();
            while (saved.entryList({"step-*"}) == before && waited.elapsed() < 30'000) QThread::usleep(200);
            ::kill(rank, SIGKILL);
            QTRY_VERIFY_WITH_TIMEOUT(jsonFile(run_ + "/supervisor.json")["phase"].toString() != "running", 10'000);
        }
        QVERIFY(run.ends(60'000));
        QVERIFY2(run.process().exitCode() == 0, run.process().readAllStandardError());
        QCOMPARE(run.result()["restarts"].toInt(), 3);
        QCOMPARE(lossesOf(run_).size(), kSteps);
    }

    void withoutACheckpointItBeginsAnew() {
        Training run(run_, 2, training() + set({"run.restarts=1"}), kSoon);
        QVERIFY(run.reaches(2));
        ::kill(static_cast<pid_t>(run.ranks()[0]), SIGSEGV);
        QVERIFY(run.ends(60'000));
        QVERIFY2(run.process().exitCode() == 0, run.process().readAllStandardError());
        QCOMPARE(run.result()["restarts"].toInt(), 1);
        QVERIFY2(text(eventsOf(run_)).contains("from the start, after: rank 0 was ended by signal 11"),
                 qPrintable(text(eventsOf(run_))));
        QCOMPARE(lossesOf(run_), lossesOf(reference()));
        QVERIFY(weightsOf(run_, kSteps, 2) == weightsOf(reference(), kSteps, 2));
    }

    void afterSoManyItFails() {
        Training run(run_, 1, set({"run.restarts=1"}), kSoon);
        for (int start = 0; start < 2; ++start) {
            QTRY_VERIFY_WITH_TIMEOUT(
                jsonFile(run_ + "/supervisor.json")["phase"].toString() == "running" && run.ranks().size() == 1,
                30'000);
            ::kill(static_cast<pid_t>(run.ranks()[0]), SIGKILL);
            if (start == 0)
                QTRY_VERIFY_WITH_TIMEOUT(jsonFile(run_ + "/supervisor.json")["phase"].toString() != "running", 10'000);
        }
        QVERIFY(run.ends(10'000));
        QCOMPARE(run.process().exitCode(), 80);
        QCOMPARE(run.result()["restarts"].toInt(), 1);
        QCOMPARE(run.result()["state"].toString(), QString("failed"));
        QVERIFY(run.result()["report"].toString().endsWith("crash/failure-2.txt"));
        const Outcome shown = cli({"runs", "show", run_});
        QVERIFY2(shown.out.contains("failure-2.txt"), shown.out);
    }

    void aPausedRunIsPausedAgainAfterARestart() {
        Training run(run_, 1, set({"run.restarts=1"}), kSoon);
        QVERIFY(run.reaches(1));
        QCOMPARE(cli({"runs", "pause", run_}).code, 0);
        const auto phase = [&] { return jsonFile(run_ + "/supervisor.json")["phase"].toString(); };
        QTRY_COMPARE_WITH_TIMEOUT(phase(), QString("paused"), 10'000);
        const qint64 first = run.ranks()[0];
        ::kill(static_cast<pid_t>(first), SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(phase() == "paused" && run.ranks() != QList<qint64>{first}, 30'000);
        QCOMPARE(cli({"runs", "stop", run_}).code, 0);
        QVERIFY(run.ends(10'000));
        QCOMPARE(run.process().exitCode(), 0);
        QCOMPARE(run.result()["restarts"].toInt(), 1);
    }

    void aStopWhileItWaitsEndsIt() {
        Training run(run_, 1, set({"run.restarts=5"}), {{"SWITCHYARD_RESTART_DELAY_MS", "60000"}});
        QVERIFY(run.reaches(1));
        ::kill(static_cast<pid_t>(run.ranks()[0]), SIGKILL);
        QTRY_COMPARE_WITH_TIMEOUT(jsonFile(run_ + "/supervisor.json")["phase"].toString(), QString("restarting"), 5000);
        QCOMPARE(cli({"runs", "show", run_, "--json"}).json()["state"].toString(), QString("starting"));
        QCOMPARE(cli({"runs", "checkpoint", run_}).code, 2);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(cli({"runs", "stop", run_}).code, 0);
        QVERIFY(run.ends(5000));
        QCOMPARE(run.process().exitCode(), 0);
        QCOMPARE(run.result()["state"].toString(), QString("stopped"));
    }

    void aLossThatIsNotFiniteIsNoReasonToRestart() {
        const QDir data(temp_.filePath("poison-all"));
        QDir().mkpath(data.path());
        const QStringList words = writePoisoned(data, 16, 3);
        const Outcome outcome =
            cli(endlessRun(run_, 1) + words + set({"run.restarts=3", "train.global_batch=16", "task.matching_block=8"}),
                60'000, kSoon);
        QVERIFY2(outcome.code == 82, outcome.err);
        QCOMPARE(jsonFile(run_ + "/result.json")["restarts"].toInt(-1), 0);
    }

    void rewindGoesOnWithTheSamplesInAnotherOrder() {
        // 8 steps of 8 see the whole set; 5 are run, with a checkpoint after the second and fourth. In the seed's own
        // order the bad sample comes in the fourth step, with the first rewind in the third or fourth, with the second
        // after the end.
        constexpr int kSamples = 64, kBatch = 8, kEnd = 5;
        int poison = -1, seed = 0;
        while (poison < 0) {
            ++seed;
            for (int sample = 0; sample < kSamples; ++sample) {
                const auto step = [&](std::uint64_t rewind) {
                    return placeOf(static_cast<std::uint64_t>(sample), kSamples, static_cast<std::uint64_t>(seed),
                                   rewind) /
                           kBatch;
                };
                if (step(0) == 3 && (step(1) == 2 || step(1) == 3) && step(2) >= kEnd) poison = sample;
            }
        }
        const QDir data(temp_.filePath("poison-one"));
        QDir().mkpath(data.path());
        const QStringList words =
            writePoisoned(data, kSamples, poison) +
            set({QString("run.seed=%1").arg(seed), QString("train.steps=%1").arg(kEnd),
                 QString("train.global_batch=%1").arg(kBatch), "task.matching_block=4", "checkpoint.every=2",
                 "checkpoint.keep=9", "train.non_finite=rewind", "log.every=1"});
        const Outcome outcome = cli(endlessRun(run_, 2) + words, 60'000, kSoon);
        QVERIFY2(outcome.code == 0, outcome.err);
        const QJsonObject result = jsonFile(run_ + "/result.json");
        QCOMPARE(result["rewinds"].toInt(), 2);
        QCOMPARE(result["restarts"].toInt(), 0);
        const QString events = text(eventsOf(run_));
        QVERIFY2(events.contains("Rewind 2 of 5, with the samples in another order, from step-00000002"),
                 qPrintable(events));
        // The order belongs to the checkpoint: going on from one saved after the rewind gives the same weights.
        const QString again = run_ + "-again";
        const Outcome resumed = cli(endlessRun(again, 2) + words + QStringList{"--resume", checkpointOf(run_, 4)});
        QVERIFY2(resumed.code == 0, resumed.err);
        QVERIFY(!weightsOf(run_, kEnd, 2).isEmpty());
        QVERIFY(weightsOf(again, kEnd, 2) == weightsOf(run_, kEnd, 2));
        // At most train.non_finite_limit times.
        const Outcome limited = cli(endlessRun(run_ + "-limited", 2) + words + set({"train.non_finite_limit=1"}));
        QVERIFY2(limited.code == 82, limited.err);
        QCOMPARE(jsonFile(run_ + "-limited/result.json")["rewinds"].toInt(), 1);
    }
};

QTEST_GUILESS_MAIN(RestartTest)
#include "restart_test.moc"
