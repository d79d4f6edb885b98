// SPDX-License-Identifier: MIT
// Ranks that do not behave: deaf to SIGTERM, out of memory, with children of their own, or chattering without end.
#include <signal.h>

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "faults/faulty_run.h"

using namespace switchyard::test;

class ProcessFaultsTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> temp_;
    QString run() const { return temp_->filePath("run"); }

    QList<pid_t> ranks() const {
        QList<pid_t> pids;
        QFile record(run() + "/supervisor.json");
        if (!record.open(QIODevice::ReadOnly)) return pids;
        for (const QJsonValue pid : QJsonDocument::fromJson(record.readAll()).object()["rank_pids"].toArray())
            pids << static_cast<pid_t>(pid.toInteger());
        return pids;
    }
    /// A worker that first does what `lines` of shell say.
    QString workerAfter(const QByteArray& lines) const {
        QFile script(temp_->filePath("worker"));
        const QByteArray text =
            "#!/bin/sh\n" + lines + "\nexec '" + binary("switchyard-worker").toUtf8() + "' \"$@\"\n";
        if (!script.open(QIODevice::WriteOnly) || script.write(text) != text.size()) return {};
        script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return script.fileName();
    }
    /// Whether any process has these words in a row on its command line.
    static bool anyProcess(const QByteArray& words) {
        for (const QString& name : QDir("/proc").entryList(QDir::Dirs)) {
            QFile line("/proc/" + name + "/cmdline");
            if (name[0].isDigit() && line.open(QIODevice::ReadOnly) &&
                line.readAll().replace('\0', ' ').trimmed() == words)
                return true;
        }
        return false;
    }

private Q_SLOTS:
    void init() { temp_ = std::make_unique<QTemporaryDir>(); }

    /// An ignored signal is handed on to whatever a process starts.
    void deafToSigterm() {
        QProcess process;
        process.start("sh", QStringList{"-c", "trap '' TERM; exec \"$@\"", "sh", binary("switchyard")} +
                                tinyRun(run(), 2, {"train.steps=1000000", "checkpoint.every=0"}));
        QTRY_VERIFY_WITH_TIMEOUT(cli({"runs", "show", run(), "--json"}).json()["step"].toInt() >= 2, 60'000);
        const QList<pid_t> pids = ranks();
        QCOMPARE(pids.size(), 2);
        QFile status(QString("/proc/%1/status").arg(pids[0]));
        QVERIFY(status.open(QIODevice::ReadOnly));
        const QByteArray text = status.readAll();
        const qsizetype ignored = text.indexOf("SigIgn:");
        QVERIFY((text.mid(ignored + 7, 17).trimmed().toULongLong(nullptr, 16) >> (SIGTERM - 1) & 1) == 1);
        QElapsedTimer timer;
        timer.start();
        ::kill(pids[1], SIGKILL);
        QVERIFY(process.waitForFinished(10'000));
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(process.exitCode(), 80);
        QVERIFY(ranksAreGone(run()));
    }

    void limitOnTheAddressSpace() {
        // The whole model has 17 GiB of experts; the limit is 3 GiB.
        QStringList words = tinyRun(run(), 1, {"model.moe.hidden_dim=65536", "model.moe.experts=512"});
        QProcess process;
        process.start("sh", QStringList{"-c", "ulimit -v 3145728; exec \"$@\"", "sh", binary("switchyard")} + words);
        QVERIFY(process.waitForFinished(60'000));
        const QByteArray error = process.readAllStandardError();
        QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 84,
                 QByteArray::number(process.exitCode()) + error);
        QVERIFY2(error.contains("Memory ran out") && error.trimmed().split('\n').size() == 1, error);
    }

    /// It has the rank's stdout and stderr, and outlives it if nobody ends it.
    void grandchildHoldingThePipe() {
        const QByteArray sleeper = "sleep 3141592";
        const Outcome outcome = cli(tinyRun(run(), 1), 60'000, {{"SWITCHYARD_WORKER", workerAfter(sleeper + " &")}});
        QVERIFY2(outcome.code == 0, outcome.err);
        QVERIFY(QTest::qWaitFor([&] { return !anyProcess(sleeper); }, 2000));
    }

    void gigabyteOfStderr() {
        const Outcome outcome =
            cli(tinyRun(run(), 2), 120'000,
                {{"SWITCHYARD_WORKER", workerAfter("[ $RANK = 0 ] || yes chatter | head -c 1073741824 >&2 &")}});
        QVERIFY2(outcome.code == 0, outcome.err);
        QCOMPARE(cli({"runs", "show", run(), "--json"}).json()["step"].toInt(), 6);
        // Most of it is there: it was not held back, nor cut off before the rank ended. A log that has grown too long
        // was begun anew, perhaps a moment ago.
        const QString log = run() + "/logs/rank-1.log";
        QVERIFY(QFileInfo(log).size() + QFileInfo(log + ".1").size() > (1 << 20));
    }
};

QTEST_GUILESS_MAIN(ProcessFaultsTest)
#include "process_test.moc"
