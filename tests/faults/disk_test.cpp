// SPDX-License-Identifier: MIT
// A disk that fails, is full, or has the rests of an earlier death on it.
#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "faults/faulty_run.h"
#include "support/own_mounts.h"

using namespace switchyard::test;

class DiskTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> temp_;
    QString run() const { return temp_->filePath("run"); }
    QString checkpoints() const { return run() + "/checkpoints/"; }

    /// Three saves, after steps 2, 4 and 6.
    QStringList threeSaves(int ranks, const QStringList& more = {}) const {
        return tinyRun(run(), ranks, QStringList{"checkpoint.every=2", "checkpoint.keep=9"} + more);
    }
    /// The second save failed and said so once, whatever is there is whole, and the others are there.
    void requireSecondSaveFailed(const Outcome& outcome, const QString& what) const {
        QVERIFY2(outcome.code == 0, what.toUtf8() + ": " + outcome.err);
        const QStringList there = checkpointsOf(run());
        QVERIFY2(there.contains("step-00000002") && there.contains("step-00000006"),
                 qPrintable(what + ": " + there.join(' ')));
        const QString broken = brokenCheckpoint(run());
        QVERIFY2(broken.isEmpty(), qPrintable(what + ": " + broken));
        QCOMPARE(leftovers(run()), QStringList());
        const QStringList warnings = warningsOf(run());
        QVERIFY2(warnings.size() == 1 && warnings[0].contains("The checkpoint was not saved"),
                 qPrintable(what + ": " + warnings.join('\n')));
        QVERIFY2(!outcome.out.contains("\"step\":4,\"path\"") && !outcome.out.contains("step-00000004\",\"step\""),
                 what.toUtf8());
    }

private Q_SLOTS:
    void init() {
        temp_ = std::make_unique<QTemporaryDir>();
        QVERIFY(temp_->isValid());
    }

    /// Every fsync of the second save, one after the other. After it failed the kernel may have dropped the pages and
    /// report success the next time: it must not be tried again.
    void fsyncThatFails() {
        const Faults whole(temp_->path(), checkpoints(), {{"FAULT_CALLS", "sync"}});
        QCOMPARE(cli(threeSaves(1), 60'000, whole.environment()).code, 0);
        QList<qint64> second;
        for (const auto& call : whole.calls()) {
            // The last one of a save is that of the folder above.
            const bool parent = call.path == run() + "/checkpoints";
            if (call.path.contains("step-00000004") ||
                (parent && second.size() > 0 && call.number == second.last() + 1))
                second << call.number;
        }
        QVERIFY2(second.size() >= 5, qPrintable(QString::number(second.size())));
        for (const qint64 at : second) {
            QVERIFY(QDir(run()).removeRecursively());
            const Faults faults(temp_->path(), checkpoints(),
                                {{"FAULT_CALLS", "sync"}, {"FAULT_AT", QString::number(at)}, {"FAULT_ACTION", "EIO"}});
            const Outcome outcome = cli(threeSaves(1), 60'000, faults.environment());
            const auto hits = faults.hits();
            QCOMPARE(hits.size(), 1);
            requireSecondSaveFailed(outcome, hits.front().path);
            if (QTest::currentTestFailed()) return;
            for (const auto& call : faults.calls()) {
                if (call.number <= at || hits.front().path == run() + "/checkpoints") continue;
                QVERIFY2(call.path != hits.front().path, qPrintable("tried again: " + call.path));
            }
        }
    }

    void noSpaceInTheMiddleOfAShard_data() {
        QTest::addColumn<int>("ranks");
        QTest::addColumn<QString>("rank");
        QTest::addColumn<QString>("beside");
        QTest::newRow("one rank") << 1 << "0"
                                  << "false";
        QTest::newRow("the other of two") << 2 << "1"
                                          << "false";
        QTest::newRow("beside the training") << 2 << "1"
                                             << "true";
    }
    void noSpaceInTheMiddleOfAShard() {
        QFETCH(int, ranks);
        QFETCH(QString, rank);
        QFETCH(QString, beside);
        const Faults faults(temp_->path(), checkpoints(),
                            {{"FAULT_CALLS", "write"},
                             {"FAULT_MATCH", ".tmp-step-00000004/optim"},
                             {"FAULT_RANK", rank},
                             {"FAULT_AT", "1"},
                             {"FAULT_TIMES", "0"},
                             {"FAULT_ACTION", "ENOSPC"}});
        const Outcome outcome = cli(threeSaves(ranks, {"checkpoint.async=" + beside}), 60'000, faults.environment());
        QVERIFY(faults.hits().size() >= 1);
        requireSecondSaveFailed(outcome, "no space");
        if (QTest::currentTestFailed()) return;
        QVERIFY2(warningsOf(run())[0].contains("No space left"), qPrintable(warningsOf(run())[0]));
        QVERIFY(!checkpointsOf(run()).contains("step-00000004"));
    }

    /// A limit on the size of files ends a process by a signal unless that is taken care of.
    void limitOnTheSizeOfFiles() {
        QProcess process;
        QStringList words = threeSaves(1);
        words.prepend(binary("switchyard"));
        words = QStringList{"-c", "ulimit -f 300; exec \"$@\"", "bash"} + words;  // 300 KiB; a shard of moments has 390
        process.start("bash", words);
        QVERIFY(process.waitForFinished(60'000));
        const QByteArray error = process.readAllStandardError();
        // No save can succeed; the last one is not allowed to fail.
        QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 74,
                 QByteArray::number(process.exitCode()) + error);
        QVERIFY2(error.contains("File too large"), error);
        QCOMPARE(checkpointsOf(run()) + leftovers(run()), QStringList());
        QCOMPARE(warningsOf(run()).size(), 2);
        QVERIFY2(process.readAllStandardOutput().contains("\"step\":6"), "training went on");
        const Outcome again = cli(threeSaves(1));
        QVERIFY2(again.code == 0, again.err);
        QCOMPARE(checkpointsOf(run()).size(), 3);
    }

    void restsOfAnEarlierDeath() {
        QCOMPARE(cli(threeSaves(1, {"train.steps=2"})).code, 0);
        for (const char* name : {".tmp-step-00000004/deep/er", ".tmp-step-00000099", ".trash-step-00000001/x"})
            QVERIFY(QDir().mkpath(checkpoints() + name));
        for (const char* name : {".tmp-step-00000004/model.r000-of-001.safetensors", ".tmp-step-00000004/manifest.json",
                                 ".tmp-step-00000004/deep/er/x"}) {
            QFile file(checkpoints() + name);
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write("rest") == 4);
        }
        const Outcome outcome = cli(threeSaves(1));
        QVERIFY2(outcome.code == 0, outcome.err);
        QVERIFY2(outcome.out.contains("step-00000004"), outcome.out);
        QCOMPARE(checkpointsOf(run()), (QStringList{"step-00000002", "step-00000004", "step-00000006"}));
        QCOMPARE(brokenCheckpoint(run()), QString());
        // Of the step that was saved again, nothing but its own files.
        QVERIFY(!QFile::exists(checkpoints() + "step-00000004/deep"));
        QCOMPARE(leftovers(run()), QStringList());
    }

    void metricsThatCanNotBeWritten() {
        const Faults faults(temp_->path(), run() + "/run.db",
                            {{"FAULT_CALLS", "write,truncate"},
                             {"FAULT_RANK", "0"},
                             {"FAULT_AT", "12"},
                             {"FAULT_TIMES", "0"},
                             {"FAULT_ACTION", "ENOSPC"}});
        const Outcome outcome =
            cli(threeSaves(1, {"train.steps=60", "checkpoint.every=30", "log.every=1"}), 60'000, faults.environment());
        QVERIFY2(outcome.code == 0, outcome.err);
        QVERIFY(faults.hits().size() > 3);
        const QStringList warnings = warningsOf(run());
        QVERIFY2(warnings.size() == 1 && warnings[0].contains("The metrics can not be written, training goes on"),
                 qPrintable(warnings.join('\n')));
        QCOMPARE(checkpointsOf(run()), (QStringList{"step-00000030", "step-00000060"}));
        QVERIFY2(outcome.out.contains("\"step\":60"), "every step was made");
    }

    /// The same for everything at once, on a file system that is really full.
    void fileSystemThatFillsUp() {
        const QStringList own = ownMounts();
        if (own.isEmpty()) QSKIP("this user may mount nothing: neither root, nor user namespaces, nor sudo");
        const QString disk = temp_->filePath("disk");
        QVERIFY(QDir().mkpath(disk));
        // After the first save nothing is left on it; after the run there is again.
        const QString script = QString(R"sh(
set -eu
mount -t tmpfs -o size=72m none '%1'
"$@" >'%2/out' 2>'%2/err' &
run=$!
until [ -d '%1/run/checkpoints/step-00000020' ] || ! kill -0 $run 2>/dev/null; do sleep 0.02; done
dd if=/dev/zero of='%1/filler' bs=1M >/dev/null 2>&1 || true
dd if=/dev/zero of='%1/filler2' bs=1 >/dev/null 2>&1 || true
code=0
wait $run || code=$?
rm '%1/filler' '%1/filler2'
again=0
"$@" --set train.steps=410 >/dev/null 2>'%2/err2' || again=$?
cp -r '%1/run' '%2/run'
echo "$code $again"
)sh")
                                   .arg(disk, temp_->path());
        QStringList words =
            own + QStringList{"sh", "-c", script, "sh", binary("switchyard")} +
            tinyRun(disk + "/run", 1, {"train.steps=400", "checkpoint.every=20", "checkpoint.keep=1", "log.every=1"});
        QProcess process;
        process.start(words.takeFirst(), words);
        QVERIFY(process.waitForFinished(280'000));
        const auto said = [&](const char* name) {
            QFile file(temp_->filePath(name));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        // The last save must not fail unseen: the run ends with it. Resumed with space, it goes on.
        QCOMPARE(process.readAllStandardOutput().trimmed(), QByteArray("74 0"));
        QVERIFY2(said("err").contains("No space left") && said("err").trimmed().split('\n').size() == 1, said("err"));
        QVERIFY2(said("out").contains("\"step\":399"), "training went on with a full disk");
        QCOMPARE(brokenCheckpoint(temp_->filePath("run")), QString());
        QVERIFY(checkpointsOf(temp_->filePath("run")).contains("step-00000410"));
    }
};

QTEST_GUILESS_MAIN(DiskTest)
#include "disk_test.moc"
