// SPDX-License-Identifier: MIT
// Checkpoints of whole runs: written beside the training they are the same bytes, and what `bench checkpoint` tells.
#include <QTemporaryDir>
#include <QtTest>

#include "support/program.h"

using namespace switchyard::test;

class CheckpointRunTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;

    Outcome train(const QString& name, const QStringList& overrides) const {
        QStringList words = {
            "train", "--config", shippedConfig("smoke.yaml"), "--run-dir", temp_.filePath(name), "--ranks",
            "2",     "--json"};
        QStringList all = {"train.steps=8",         "optim.warmup_steps=2", "data.synthetic.samples=64",
                           "train.global_batch=32", "eval.tasks=[]",        "parallel.threads=1",
                           "parallel.shard=fsdp",   "checkpoint.every=2",   "checkpoint.keep=2"};
        for (const QString& override : all + overrides) words << "--set" << override;
        return cli(words);
    }
    QStringList checkpoints(const QString& name) const {
        return QDir(temp_.filePath(name) + "/checkpoints")
            .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    }
    QByteArray bytes(const QString& file) const {
        QFile opened(temp_.filePath(file));
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }
    static QStringList savedSteps(const Outcome& outcome) {
        QStringList steps;
        for (const QByteArray& line : outcome.out.split('\n')) {
            const QJsonObject event = QJsonDocument::fromJson(line).object();
            if (event["event"] == "checkpoint") steps << QString::number(event["step"].toInt());
        }
        return steps;
    }

private Q_SLOTS:
    void besideTrainingTheSameBytesAreSaved() {
        const Outcome plain = train("plain", {}), beside = train("beside", {"checkpoint.async=true"});
        QVERIFY2(plain.code == 0, plain.err);
        QVERIFY2(beside.code == 0, beside.err);
        QCOMPARE(savedSteps(beside), (QStringList{"2", "4", "6", "8"}));
        QCOMPARE(savedSteps(plain), savedSteps(beside));
        QCOMPARE(checkpoints("beside"), (QStringList{"step-00000006", "step-00000008"}));
        for (const QString& step : checkpoints("beside")) {
            for (const char* file :
                 {"model.r000-of-002", "model.r001-of-002", "optim.r000-of-002", "optim.r001-of-002"}) {
                const QString name = "/checkpoints/" + step + "/" + file + ".safetensors";
                QVERIFY2(!bytes("beside" + name).isEmpty(), qPrintable(name));
                QVERIFY2(bytes("plain" + name) == bytes("beside" + name), qPrintable(name));
            }
            const Outcome verified =
                cli({"ckpt", "verify", temp_.filePath("beside") + "/checkpoints/" + step, "--deep", "--json"});
            QVERIFY2(verified.code == 0 && verified.json()["ok"].toBool(), verified.out + verified.err);
        }
    }

    void benchMeasures() {
        const Outcome outcome = cli({"bench", "checkpoint", "--parameters", "100000", "--ranks", "2", "--repeats", "1",
                                     "--dir", temp_.path(), "--json"});
        QVERIFY2(outcome.code == 0, outcome.err);
        const QJsonObject row = outcome.json();
        QCOMPARE(row["bytes"].toInt(), 1'200'000);
        for (const char* key : {"raw_write_s", "save_s", "raw_read_s", "load_s", "load_warm_s"})
            QVERIFY2(row[key].toDouble() > 0, key);
        QVERIFY(row["stall_s"].toDouble() >= 0);
        QVERIFY(QDir(temp_.path()).entryList({"bench-checkpoint*"}).isEmpty());
        const Outcome nowhere = cli({"bench", "checkpoint", "--parameters", "10", "--dir", temp_.filePath("none")});
        QCOMPARE(nowhere.code, 74);
        QCOMPARE(nowhere.errorLines().size(), 1);
    }
};

QTEST_GUILESS_MAIN(CheckpointRunTest)
#include "checkpoint_test.moc"
