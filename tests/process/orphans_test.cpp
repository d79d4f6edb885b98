// SPDX-License-Identifier: MIT
// Whichever process of a run is killed, and whenever: nothing of the run is left, and soon.
#include <QDirIterator>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <random>

#include "support/training.h"

using namespace switchyard::test;

namespace {

bool many() {
    return qEnvironmentVariableIsSet("SWITCHYARD_MANY_KILLS");
}

}  // namespace

class OrphansTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;

private Q_SLOTS:
    /// From the kill of a rank until all ranks are gone, the supervisor not counted.
    void aLostRankTakesTheOthersAlongSoon() {
        const int tries = many() ? 50 : 6;
        std::vector<qint64> times;
        for (int number = 0; number < tries; ++number) {
            Training training(temp_.filePath(QString("timed-%1").arg(number)), 2);
            QVERIFY(training.reaches(1));
            const QList<qint64> pids = training.ranks();
            QCOMPARE(pids.size(), 2);
            QElapsedTimer timer;
            timer.start();
            ::kill(static_cast<pid_t>(pids[number % 2]), SIGKILL);
            while (!allGone(pids) && timer.elapsed() < 10'000) QTest::qSleep(2);
            times.push_back(timer.elapsed());
            QVERIFY(training.ends(10'000));
            QCOMPARE(training.process().exitCode(), 80);
        }
        std::sort(times.begin(), times.end());
        const qint64 late = times[std::min(times.size() - 1, static_cast<std::size_t>(0.95 * tries))];
        qInfo("kill of a rank to all gone, %d tries: median %lld ms, 95th percentile %lld ms, longest %lld ms", tries,
              times[times.size() / 2], late, times.back());
        QVERIFY(late < 1000);
    }

    void nothingOutlivesItsRun() {
        const int tries = many() ? 200 : 20;
        const unsigned seed =
            qEnvironmentVariableIsSet("SWITCHYARD_SEED") ? qEnvironmentVariable("SWITCHYARD_SEED").toUInt() : 11;
        std::mt19937 random(seed);
        int supervisors = 0;
        for (int number = 0; number < tries; ++number) {
            const QString run = temp_.filePath(QString("run-%1").arg(number));
            const QByteArray word = run.toUtf8();
            // Starting, training, saving, ending: any moment of a run's life.
            Training training(run, 2, {"--set", "checkpoint.every=3", "--set", "train.steps=20"});
            const int wait_ms = static_cast<int>(random() % 2500);
            QElapsedTimer timer;
            timer.start();
            while (timer.elapsed() < wait_ms && training.process().state() != QProcess::NotRunning)
                training.process().waitForFinished(5);
            const QList<qint64> all = processesOf(word);
            if (!all.isEmpty()) {
                const qint64 victim = all[static_cast<qsizetype>(random() % static_cast<unsigned>(all.size()))];
                if (victim == training.process().processId()) ++supervisors;
                ::kill(static_cast<pid_t>(victim), SIGKILL);
            }
            QVERIFY2(training.ends(20'000), qPrintable(QString("try %1").arg(number)));
            // The last ranks have 2 s.
            timer.restart();
            QList<qint64> left = processesOf(word);
            while (!left.isEmpty() && timer.elapsed() < 2000) {
                QTest::qSleep(10);
                left = processesOf(word);
            }
            QVERIFY2(left.isEmpty(),
                     qPrintable(QString("try %1 of seed %2 left %3 processes").arg(number).arg(seed).arg(left.size())));
            // What is there of a checkpoint is whole.
            QDirIterator saved(run + "/checkpoints", {"step-*"}, QDir::Dirs);
            while (saved.hasNext()) {
                const QString folder = saved.next();
                const Outcome verified = cli({"ckpt", "verify", folder, "--json"});
                QVERIFY2(verified.json()["ok"].toBool(), qPrintable(folder + ": " + verified.out + verified.err));
            }
            QDir(run).removeRecursively();
        }
        qInfo("%d kills, %d of them of the supervisor: no process left", tries, supervisors);
        QVERIFY(supervisors > 0);
    }
};

QTEST_GUILESS_MAIN(OrphansTest)
#include "orphans_test.moc"
