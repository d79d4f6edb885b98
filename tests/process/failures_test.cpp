// SPDX-License-Identifier: MIT
// Ranks that fail in the ways the design's fault list names: what is said first, what is left behind, how long it
// takes.
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "support/pictures.h"
#include "support/poisoned_data.h"
#include "support/training.h"

using namespace switchyard::test;

namespace {

QStringList set(const QStringList& values) {
    QStringList words;
    for (const QString& value : values) words << "--set" << value;
    return words;
}

/// A run whose ranks are tests/process/odd_rank.cpp.
QMap<QString, QString> oddRanks(const QString& role) {
    return {{"SWITCHYARD_WORKER", QStringLiteral(SWITCHYARD_BUILD_DIR "/tests/odd_rank")},
            {"SWITCHYARD_TEST_RANK", role}};
}

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class FailuresTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> temp_;
    QString run() const { return temp_->filePath("run"); }
    QJsonObject result() const { return jsonFile(run() + "/result.json"); }

private Q_SLOTS:
    void init() {
        temp_ = std::make_unique<QTemporaryDir>();
        QVERIFY(temp_->isValid());
    }

    void theCauseIsSaidBeforeWhatFollowedFromIt() {
        // One rank's share holds a picture that can not be read; the other one only sees the connection close.
        const QDir data(temp_->filePath("data"));
        QDir().mkpath(data.path());
        const QStringList words = writePoisoned(data, 16, -1);
        QFile broken(data.filePath("5.png"));
        QVERIFY(broken.open(QIODevice::ReadWrite) && broken.resize(60));
        broken.close();
        const Outcome outcome =
            cli(endlessRun(run(), 2) + words + set({"train.global_batch=8", "task.matching_block=4"}));
        QVERIFY2(outcome.code == 65, outcome.err);
        QVERIFY2(outcome.err.contains("5.png"), outcome.err);
        QVERIFY2(result()["first_cause"].toString().contains("5.png"), qPrintable(result()["first_cause"].toString()));
        QVERIFY(result()["first_cause_rank"].toInt(-1) >= 0);
    }

    void aLostConnectionIsNoCauseWhenABetterOneFollows() {
        const Outcome outcome = cli(endlessRun(run(), 2), 60'000, oddRanks("late_cause"));
        QVERIFY2(outcome.code == 65, outcome.err);
        QCOMPARE(result()["first_cause_rank"].toInt(), 0);
        QVERIFY2(outcome.err.contains("sample 7 can not be read. Mend it"), outcome.err);
    }

    void aRankThatIgnoresSigtermIsKilled() {
        Training training(run(), 4, set({"task.matching_block=8"}), oddRanks("deaf"));
        QTRY_COMPARE_WITH_TIMEOUT(training.ranks().size(), 4, 10'000);
        const QList<qint64> pids = training.ranks();
        QTRY_VERIFY_WITH_TIMEOUT(!alive(pids[0]), 10'000);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(training.ends(10'000));
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(training.process().exitCode(), 65);
        QVERIFY(allGone(pids));
    }

    void aGrandchildIsNotLeftBehind() {
        const Outcome outcome = cli(endlessRun(run(), 2), 20'000, oddRanks("grandchild"));
        QVERIFY2(outcome.code == 0, outcome.err);
        QVERIFY2(outcome.elapsed_ms < 10'000, qPrintable(QString::number(outcome.elapsed_ms)));
        QVERIFY(processesOf(run().toUtf8()).isEmpty());
    }

    void aStoppedRankIsNamedInTime() {
        Training training(run(), 2, {"--set", "parallel.timeout_s=3"});
        QVERIFY(training.reaches(20));
        const QList<qint64> pids = training.ranks();
        ::kill(static_cast<pid_t>(pids[1]), SIGSTOP);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(training.ends(30'000));
        const qint64 took = timer.elapsed();
        qInfo("found after %lld ms", took);
        QVERIFY2(took >= 2500 && took < 4000, qPrintable(QString::number(took)));  // the limit and 1 s
        QCOMPARE(training.process().exitCode(), 81);
        QVERIFY(allGone(pids));
        QCOMPARE(training.result()["first_cause_rank"].toInt(), 1);
        const QString error = training.result()["error"].toString();
        // "rank 1 gives no sign of life for 3 s, last seen in NAME 12; rank 0 waits in NAME 12"
        QVERIFY2(error.contains(QRegularExpression("^rank 1 gives no sign of life.*last seen in [a-z_.]+")),
                 qPrintable(error));
        QVERIFY2(error.contains(QRegularExpression("rank 0.*[a-z_]+ \\d+|rank 0.*[a-z_]+")), qPrintable(error));
    }

    void memoryThatRunsOutIs84() {
        // The limit is on address space, as `ulimit -v` sets it; one weight of the experts needs 17 GB.
        const QStringList words = endlessRun(run(), 1) + set({"model.moe.experts=1024", "model.moe.hidden_dim=65536"});
        QProcess process;
        process.start("sh", QStringList{"-c", "ulimit -v 6000000; exec \"$0\" \"$@\"", binary("switchyard")} + words);
        QVERIFY(process.waitForFinished(120'000));
        const QByteArray said = process.readAllStandardError();
        QVERIFY2(process.exitCode() == 84, said);
        QVERIFY2(said.contains("Memory ran out"), said);
        QCOMPARE(result()["exit_code"].toInt(), 84);
        // What LibTorch said stands in full in the rank's crash file.
        const QByteArray crash = contentOf(run() + "/crash/rank-0.txt");
        QVERIFY2(crash.contains("ended with an exception") && crash.contains("alloc"), crash);
    }

    void notANumberOnOneRankEndsAllAndIsNotSaved() {
        constexpr int kSamples = 16, kBatch = 8;
        constexpr std::uint64_t kSeed = 1234;
        // In the second step, in the second rank's half.
        int poison = -1;
        for (int sample = 0; sample < kSamples; ++sample) {
            const std::int64_t place = placeOf(static_cast<std::uint64_t>(sample), kSamples, kSeed, 0);
            if (place / kBatch == 1 && place % kBatch >= kBatch / 2) poison = sample;
        }
        const QDir data(temp_->filePath("data"));
        QDir().mkpath(data.path());
        const QStringList words = writePoisoned(data, kSamples, poison);
        const Outcome outcome =
            cli(endlessRun(run(), 2) + words +
                set({"train.global_batch=8", "task.matching_block=4", "checkpoint.every=1", "log.every=1"}));
        QVERIFY2(outcome.code == 82, outcome.err);
        QVERIFY2(outcome.err.contains("not finite in step 2"), outcome.err);
        QCOMPARE(QDir(run() + "/checkpoints").entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
                 QStringList{"step-00000001"});
        for (const char* rank : {"0", "1"}) {
            const QByteArray log = contentOf(run() + "/logs/rank-" + rank + ".log");
            QVERIFY2(log.contains("not finite in step 2"), log);
        }
    }

    void aCrashLeavesABacktraceAndAReport() {
        Training training(run(), 2);
        QVERIFY(training.reaches(2));
        // Paused, its main thread is in our own code, not in a library without unwind tables.
        QCOMPARE(cli({"runs", "pause", run()}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(cli({"runs", "show", run(), "--json"}).json()["state"].toString(), QString("paused"),
                                  10'000);
        const qint64 pid = training.ranks()[1];
        ::kill(static_cast<pid_t>(pid), SIGSEGV);
        QVERIFY(training.ends(20'000));
        QCOMPARE(training.process().exitCode(), 80);
        QCOMPARE(training.result()["signal"].toInt(), 11);
        const QByteArray trace = contentOf(run() + "/crash/rank-1.txt");
        QVERIFY2(trace.contains("rank 1 got signal 11 (SIGSEGV)"), trace);
        QVERIFY2(trace.contains(QByteArray("process ") + QByteArray::number(pid)), trace);
        QVERIFY2(trace.contains("switchyard-worker(") && trace.contains("[0x"),
                 trace);                                  // the part that is safe in a handler
        QVERIFY2(trace.contains("in holdRanks"), trace);  // the part with names
        QVERIFY2(trace.contains("pause.cpp"), trace);
        QVERIFY(!QFile::exists(run() + "/crash/rank-0.txt"));
        const QString report = training.result()["report"].toString();
        QCOMPARE(report, run() + "/crash/failure-1.txt");
        const QByteArray text = contentOf(report);
        for (const char* part : {"rank 1 was ended by signal 11 (SIGSEGV)", "exit code  80", "switchyard 0.", "GCC ",
                                 "== Rank 0", "== Rank 1", "rank 1 got signal 11", "rank 0 of 2", "global_batch: 32"})
            QVERIFY2(text.contains(part), (QByteArray(part) + " is missing in\n" + text));
        QVERIFY(cli({"runs", "show", run(), "--json"}).json()["report"].toString() == report);
    }

    void aFloodOfMessagesHoldsNobodyUp() {
        QMap<QString, QString> environment = oddRanks("flood");
        environment["SWITCHYARD_TEST_BYTES"] = "1000000000";
        const Outcome outcome = cli(endlessRun(run(), 1), 110'000, environment);
        QVERIFY2(outcome.code == 0, outcome.err);
        qInfo("1 GB of stderr in %lld ms", outcome.elapsed_ms);
        const QFileInfo log(run() + "/logs/rank-0.log"), kept(run() + "/logs/rank-0.log.1");
        qInfo("log %lld, kept %lld bytes", log.size(), kept.size());
        QVERIFY((contentOf(kept.filePath()) + contentOf(log.filePath())).contains("\nthe last line\n"));
        QVERIFY(log.size() <= 64 << 20);
        QVERIFY(kept.size() > 1'000'000 && kept.size() <= 200 << 20);  // a quarter of the limit and what came meanwhile
        QVERIFY(!QFile::exists(kept.filePath() + ".tmp"));
        const QStringList events = eventsOf(run());
        const auto longest = std::find_if(events.begin(), events.end(),
                                          [](const QString& event) { return event.startsWith("longest write"); });
        QVERIFY(longest != events.end());
        qInfo("%s", qPrintable(*longest));
    }
};

QTEST_GUILESS_MAIN(FailuresTest)
#include "failures_test.moc"
