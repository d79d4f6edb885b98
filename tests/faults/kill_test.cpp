// SPDX-License-Identifier: MIT
// A training is killed at every write, fsync, rename, open and removal of its saves, one after the other, and goes on
// from what is left each time: every checkpoint there is whole, none is lost, and the end is that of a run that was
// never killed, bit for bit.
#include <QSet>
#include <QTemporaryDir>
#include <QtTest>

#include "faults/faulty_run.h"

using namespace switchyard::test;

namespace {

constexpr int kSteps = 250;

QStringList saving(const QString& every, bool beside) {
    return {QString("train.steps=%1").arg(kSteps), "checkpoint.every=" + every, "checkpoint.keep=2",
            QString("checkpoint.async=%1").arg(beside ? "true" : "false")};
}

}  // namespace

class KillTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;

    /// Kills at calls 1 to `points`, each counted from the start of a run that resumes where the last one died.
    void killAtEvery(int ranks, int points) {
        const QString run = temp_.filePath(QString("killed-%1").arg(ranks));
        QSet<QString> hit;
        QString newest;
        QSet<QString> steps;
        for (int at = 1; at <= points; ++at) {
            // Every other time the whole run dies, as when the machine does; every third save is made beside the
            // training.
            const bool whole_run = at % 2 == 0, beside = at % 3 == 0;
            const Faults faults(temp_.path(), run + "/checkpoints/",
                                {{"FAULT_AT", QString::number(at)}, {"FAULT_ACTION", whole_run ? "killrun" : "kill"}});
            const Outcome outcome = cli(tinyRun(run, ranks, saving("1", beside)), 120'000, faults.environment());
            QVERIFY(ranksAreGone(run));
            const QString where = QString("kill at call %1: ").arg(at);
            QVERIFY2(outcome.code == (whole_run ? 1000 : 80),
                     qPrintable(where + QString::number(outcome.code) + outcome.err));
            const auto hits = faults.hits();
            QVERIFY2(hits.size() == 1, qPrintable(where + "not reached"));
            hit.insert(hits.front().name);
            const QString broken = brokenCheckpoint(run);
            QVERIFY2(broken.isEmpty(), qPrintable(where + hits.front().name + " " + hits.front().path + ": " + broken));
            const QStringList names = checkpointsOf(run);
            const QString now = names.isEmpty() ? QString() : names.last();
            QVERIFY2(now >= newest, qPrintable(where + newest + " is gone"));
            if (now != newest) steps.insert(now);
            newest = now;
        }
        qInfo("%d points in %d different saves; calls: %s", points, static_cast<int>(steps.size()),
              qPrintable(QStringList(hit.begin(), hit.end()).join(' ')));
        QVERIFY(steps.size() >= 3 && newest < QString("step-%1").arg(kSteps, 8, 10, QChar('0')));
        for (const char* call : {"write", "fsync", "rename"}) QVERIFY2(hit.contains(call), call);
        QVERIFY(hit.contains("unlinkat") || hit.contains("unlink"));  // while an old checkpoint was removed

        const Outcome ended = cli(tinyRun(run, ranks, saving("1", false)), 600'000);
        QVERIFY2(ended.code == 0, ended.err);
        QCOMPARE(leftovers(run), QStringList());
        const QString unharmed = temp_.filePath(QString("unharmed-%1").arg(ranks));
        const Outcome reference = cli(tinyRun(unharmed, ranks, saving("0", false)), 600'000);
        QVERIFY2(reference.code == 0, reference.err);
        const QString last = QString("/checkpoints/step-%1").arg(kSteps, 8, 10, QChar('0'));
        const auto expected = tensorFiles(unharmed + last);
        QVERIFY(expected.size() >= 2 * ranks);
        QVERIFY(tensorFiles(run + last) == expected);
    }

private Q_SLOTS:
    /// SWITCHYARD_KILL_RANKS chooses one of them, so that ctest runs both at a time.
    void oneRank() {
        if (qEnvironmentVariable("SWITCHYARD_KILL_RANKS", "1") != "1") QSKIP("an entry of its own");
        killAtEvery(1, 116);
    }
    void twoRanks() {
        if (qEnvironmentVariable("SWITCHYARD_KILL_RANKS", "2") != "2") QSKIP("an entry of its own");
        killAtEvery(2, 92);
    }
};

QTEST_GUILESS_MAIN(KillTest)
#include "kill_test.moc"
