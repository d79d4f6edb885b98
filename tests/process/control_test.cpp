// SPDX-License-Identifier: MIT
// What a person asks of a run that trains: pause, resume, checkpoint, stop, kill.
#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "support/training.h"

using namespace switchyard::test;

namespace {

constexpr int kSteps = 80;

QStringList steps(int count = kSteps) {
    return {"--set", "train.steps=" + QString::number(count), "--set", "log.every=1"};
}

}  // namespace

class ControlRunTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    QString run_;
    QString reference() const { return temp_.filePath("reference"); }

    Outcome runs(const QString& command) const { return cli({"runs", command, run_}); }
    QString state() const { return cli({"runs", "show", run_, "--json"}).json()["state"].toString(); }

private Q_SLOTS:
    void initTestCase() {
        const Outcome trained = cli(endlessRun(reference(), 2) + steps());
        QVERIFY2(trained.code == 0, trained.err);
        QCOMPARE(lossesOf(reference()).size(), kSteps);
        QVERIFY(!weightsOf(reference(), kSteps, 2).isEmpty());
    }
    void init() { run_ = temp_.filePath(QTest::currentTestFunction()); }

    void pauseHoldsAllRanksAndChangesNothing() {
        // A limit shorter than the pause: a paused run is no hang.
        Training training(run_, 2, steps() + QStringList{"--set", "parallel.timeout_s=2"});
        QVERIFY(training.reaches(3));
        QVERIFY2(runs("pause").code == 0, "pause");
        QTRY_COMPARE_WITH_TIMEOUT(state(), QString("paused"), 5000);
        const qint64 step = training.step();
        QVERIFY(step < kSteps);
        QTest::qWait(3500);
        QCOMPARE(state(), QString("paused"));
        QCOMPARE(training.step(), step);
        QVERIFY(alive(training.ranks()[0]) && alive(training.ranks()[1]));
        // A checkpoint is saved meanwhile, and the run stays where it is.
        QCOMPARE(runs("checkpoint").code, 0);
        const QString saved = checkpointOf(run_, step);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(saved + "/COMMIT"), 5000);
        QVERIFY(cli({"ckpt", "verify", saved, "--deep", "--json"}).json()["ok"].toBool());
        QCOMPARE(state(), QString("paused"));
        QCOMPARE(runs("resume").code, 0);
        QVERIFY(training.ends(60'000));
        QVERIFY2(training.process().exitCode() == 0, training.process().readAllStandardError());
        QCOMPARE(lossesOf(run_), lossesOf(reference()));
        QVERIFY(weightsOf(run_, kSteps, 2) == weightsOf(reference(), kSteps, 2));
    }

    void checkpointNowIsSavedOnceAndTheRunGoesOn() {
        Training training(run_, 2, steps());
        QVERIFY(training.reaches(3));
        const Outcome asked = cli({"runs", "checkpoint", run_, "--json"});
        QVERIFY2(asked.code == 0 && asked.json()["ok"].toBool(), asked.err + asked.out);
        QVERIFY(training.ends(60'000));
        QVERIFY2(training.process().exitCode() == 0, training.process().readAllStandardError());
        const QStringList saved = QDir(run_ + "/checkpoints").entryList({"step-*"});
        QCOMPARE(saved.size(), 2);  // the one asked for and the last
        QVERIFY(saved.front() < saved.back());
        QVERIFY(
            cli({"ckpt", "verify", run_ + "/checkpoints/" + saved.front(), "--deep", "--json"}).json()["ok"].toBool());
        QCOMPARE(lossesOf(run_), lossesOf(reference()));
        QVERIFY(weightsOf(run_, kSteps, 2) == weightsOf(reference(), kSteps, 2));
    }

    void aPausedRunStopsWithItsCheckpoint() {
        Training training(run_, 2, steps());
        QVERIFY(training.reaches(3));
        QCOMPARE(runs("pause").code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(state(), QString("paused"), 5000);
        const qint64 step = training.step();
        QCOMPARE(runs("stop").code, 0);
        QVERIFY(training.ends(20'000));
        QCOMPARE(training.process().exitCode(), 0);
        QCOMPARE(training.result()["state"].toString(), QString("stopped"));
        QCOMPARE(training.result()["checkpoint"].toString(), checkpointOf(run_, step));
        const Outcome resumed = cli(endlessRun(run_, 2) + steps() + QStringList{"--resume", "auto"});
        QVERIFY2(resumed.code == 0, resumed.err);
        QCOMPARE(lossesOf(run_), lossesOf(reference()));
        QVERIFY(weightsOf(run_, kSteps, 2) == weightsOf(reference(), kSteps, 2));
    }

    void whatCanNotBeDoneIsSaid() {
        Training training(run_, 1);
        QVERIFY(training.reaches(1));
        const Outcome resumed = runs("resume");
        QCOMPARE(resumed.code, 2);
        QCOMPARE(resumed.errorLines().size(), 1);
        QVERIFY2(resumed.err.contains("not paused"), resumed.err);
        QVERIFY(runs("kill").code == 0);
        QVERIFY(training.ends(5000));
        QCOMPARE(training.process().exitCode(), 137);
        for (const QString command : {"pause", "resume", "checkpoint", "stop", "kill"}) {
            const Outcome late = runs(command);
            QCOMPARE(late.code, 2);
            QVERIFY2(late.err.contains("not live"), late.err);
        }
        QVERIFY(cli({"runs", "pause", "--help"}).out.contains("switchyard runs pause demo"));
    }

    void withoutItsSocketSignalsDo() {
        Training training(run_, 1);
        QVERIFY(training.reaches(1));
        const QString socket = jsonFile(run_ + "/supervisor.json")["control"].toString();
        QVERIFY2(QFile::exists(socket), qPrintable(socket));
        QVERIFY(QFile::remove(socket));
        const Outcome paused = runs("pause");
        QVERIFY2(paused.code == 74, paused.err);
        QCOMPARE(runs("stop").code, 0);
        QVERIFY(training.ends(20'000));
        QCOMPARE(training.result()["state"].toString(), QString("stopped"));
    }
};

QTEST_GUILESS_MAIN(ControlRunTest)
#include "control_test.moc"
