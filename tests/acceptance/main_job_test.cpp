// SPDX-License-Identifier: MIT
// The main job with the real programs: train, watch, resume, evaluate, index, search, trace; and bad input.
#include <QTemporaryDir>
#include <QtTest>

#include "support/pictures.h"
#include "support/program.h"

using switchyard::test::Outcome;
using switchyard::test::importedData;
using switchyard::test::shippedConfig;
using switchyard::test::writePictures;
using switchyard::test::cli;

namespace {

/// A small run that still passes through every part: experts in text and fusion, LoRA, matching.
QStringList smallRun(const QString& run_dir, int steps) {
    return {"train", "--config", shippedConfig("smoke.yaml"), "--run-dir", run_dir,
            "--set", QString("train.steps=%1").arg(steps), "--set", "optim.warmup_steps=2",
            "--set", "data.synthetic.samples=96", "--set", "data.synthetic.eval_samples=32",
            "--set", "train.global_batch=32"};
}

QList<double> series(const QString& run_dir, const QString& tag) {
    QList<double> values;
    for (const QJsonValue row : cli({"runs", "metrics", run_dir, "--tag", tag, "--json"}).jsonArray()) {
        values.append(row["value"].toDouble());
    }
    return values;
}

}  // namespace

class MainJobTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    QString run_;

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(temp_.isValid());
        run_ = temp_.filePath("run");
    }

    void trainWritesACompleteRun() {
        const Outcome train = cli(smallRun(run_, 12));
        QVERIFY2(train.code == 0, train.err);
        for (const char* name : {"config.yaml", "config.resolved.yaml", "run.db", "tokenizer.model", "logs/rank-0.log", "tb",
                                 "checkpoints/step-00000012/COMMIT", "checkpoints/step-00000012/manifest.json"}) {
            QVERIFY2(QFile::exists(run_ + "/" + name), name);
        }
        QCOMPARE(series(run_, "loss/total").size(), 12);
        const QJsonObject show = cli({"runs", "show", run_, "--json"}).json();
        QCOMPARE(show["state"].toString(), QString("finished"));
        QCOMPARE(show["step"].toInt(), 12);
        QVERIFY(!series(run_, "eval/retrieval/text_to_image_r1").isEmpty());
        QVERIFY(!series(run_, "moe/fusion.blocks.0.moe/entropy").isEmpty());
    }

    void configIsKeptByteForByte() {
        QFile given(shippedConfig("smoke.yaml")), kept(run_ + "/config.yaml");
        QVERIFY(given.open(QIODevice::ReadOnly) && kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), given.readAll());
    }

    void resumeEqualsNeverStopped() {
        // The same 12 steps, stopped at 5 by a shorter schedule-free run: the checkpoint at 5 is taken on the way.
        const QString whole = temp_.filePath("whole"), parts = temp_.filePath("parts");
        const QStringList constant = {"--set", "optim.schedule=constant", "--set", "checkpoint.every=5", "--set", "eval.tasks=[]"};
        QVERIFY(cli(smallRun(whole, 10) + constant).code == 0);
        QVERIFY(cli(smallRun(parts, 5) + constant).code == 0);
        const Outcome resumed = cli(smallRun(parts, 10) + constant + QStringList{"--resume", "auto"});
        QVERIFY2(resumed.code == 0, resumed.err);
        QCOMPARE(series(parts, "loss/total"), series(whole, "loss/total"));
        QCOMPARE(series(parts, "loss/total").size(), 10);
    }

    void evaluateIndexSearchAndTrace() {
        const QString data = writePictures(QDir(temp_.path()));
        QVERIFY(!data.isEmpty());
        const Outcome eval = cli({"eval", "--checkpoint", run_, "--task", "retrieval", "--data", data, "--json"});
        QVERIFY2(eval.code == 0, eval.err);
        QCOMPARE(eval.json()["task"].toString(), QString("retrieval"));
        QVERIFY(eval.json()["metrics"].toObject().contains("text_to_image_r10"));

        const QString index = temp_.filePath("index");
        const Outcome built = cli({"index", "--checkpoint", run_, "--data", data, "--out", index, "--json"});
        QVERIFY2(built.code == 0, built.err);
        const Outcome found = cli({"retrieve", "--index", index, "--text", "a red circle", "--k", "3", "--rerank", "--json"});
        QVERIFY2(found.code == 0, found.err);
        const QJsonArray results = found.json()["results"].toArray();
        QCOMPARE(results.size(), 3);
        QVERIFY(QFile::exists(results[0].toObject()["image"].toString()));
        QVERIFY(results[0].toObject().contains("match_score"));

        // A picture that went away since stays a hit, without a judgement, after all that have one.
        const QString moved = results[0].toObject()["image"].toString();
        QVERIFY(QFile::rename(moved, moved + ".away"));
        const QJsonArray fewer =
            cli({"retrieve", "--index", index, "--text", "a red circle", "--k", "12", "--rerank", "--json"}).json()["results"].toArray();
        QVERIFY(QFile::rename(moved + ".away", moved));
        QCOMPARE(fewer.size(), 12);
        for (int i = 0; i < 12; ++i) QCOMPARE(fewer[i].toObject().contains("match_score"), i < 11);
        QCOMPARE(fewer[11].toObject()["image"].toString(), moved);

        const QString trace = temp_.filePath("trace.safetensors");
        const Outcome traced = cli({"trace", "--checkpoint", run_, "--text", "a red circle", "--image",
                                           results[0].toObject()["image"].toString(), "--out", trace, "--json"});
        QVERIFY2(traced.code == 0, traced.err);
        QVERIFY(QFileInfo(trace).size() > 1000);
    }

    void verifyFindsATamperedCheckpoint() {
        const QString checkpoint = run_ + "/checkpoints/step-00000012";
        QVERIFY(cli({"ckpt", "verify", checkpoint, "--deep", "--json"}).json()["ok"].toBool());
        const QString file = checkpoint + "/model.r000-of-001.safetensors";
        QFile weights(file);
        QVERIFY(weights.open(QIODevice::ReadWrite));
        weights.seek(weights.size() / 2);
        const char byte = weights.peek(1)[0];
        weights.write(QByteArray(1, static_cast<char>(byte ^ 1)));
        weights.close();
        const Outcome verify = cli({"ckpt", "verify", checkpoint, "--deep", "--json"});
        QCOMPARE(verify.code, 83);
        QVERIFY(!verify.json()["ok"].toBool());
        const Outcome load = cli({"retrieve", "--index", temp_.filePath("index"), "--text", "x"});
        QCOMPARE(load.code, 83);
        QVERIFY2(load.err.contains("model.r000-of-001.safetensors"), load.err);
    }

    void badInput_data() {
        QTest::addColumn<QByteArray>("config");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("unknown key") << QByteArray("train: {stepz: 5}\n") << 78 << QByteArray("steps");
        QTest::newRow("wrong type") << QByteArray("train:\n  steps: many\n") << 78 << QByteArray(":2:");
        QTest::newRow("missing data file") << QByteArray("data: {format: jsonl, root: /nonexistent, train: [a.jsonl]}\ntrain: {steps: 1}\n")
                                           << 65 << QByteArray("a.jsonl");
        QTest::newRow("nccl without gpu") << QByteArray("parallel: {backend: nccl, device: cuda}\ntrain: {steps: 1}\n") << 78
                                          << QByteArray("GPU");
    }
    void badInput() {
        QFETCH(QByteArray, config);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        const QString file = temp_.filePath("bad.yaml"), run = temp_.filePath("bad-run");
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly | QIODevice::Truncate));
        out.write(config);
        out.close();
        const Outcome outcome = cli({"train", "--config", file, "--run-dir", run});
        QVERIFY2(outcome.code == code, outcome.err);
        QVERIFY2(outcome.errorLines().size() == 1, outcome.err);
        QVERIFY2(outcome.err.contains(says), outcome.err);
        QVERIFY(!QFile::exists(run));
        QVERIFY(outcome.elapsed_ms < 1000);
    }

    void missingConfigFile() {
        const Outcome outcome = cli({"train", "--config", "/nonexistent/x.yaml"});
        QCOMPARE(outcome.code, 78);
        QCOMPARE(outcome.errorLines().size(), 1);
    }

    void brokenPictureIsNamed() {
        QTemporaryDir dir;
        QFile rows(dir.filePath("rows.jsonl"));
        QVERIFY(rows.open(QIODevice::WriteOnly));
        for (int i = 0; i < 32; ++i) {
            QFile picture(dir.filePath(QString("broken-%1.png").arg(i)));
            QVERIFY(picture.open(QIODevice::WriteOnly));
            picture.write("this is no picture");
            rows.write(QString("{\"id\": \"s%1\", \"image\": \"broken-%1.png\", \"text\": \"number %1 of the broken ones\"}\n").arg(i).toUtf8());
        }
        rows.close();
        const Outcome check = cli({"data", "check", dir.filePath("rows.jsonl"), "--json"});
        QCOMPARE(check.code, 65);
        const Outcome train = cli(smallRun(dir.filePath("run"), 2) +
                                         QStringList{"--set", "data.format=jsonl", "--set", "data.root=" + dir.path(), "--set",
                                                     "data.train=[rows.jsonl]"});
        QVERIFY2(train.code == 65, train.err);
        QCOMPARE(train.errorLines().size(), 1);
        QVERIFY2(train.err.contains("broken-"), train.err);
    }

    void emptyJsonl() {
        QTemporaryDir dir;
        QFile rows(dir.filePath("rows.jsonl"));
        QVERIFY(rows.open(QIODevice::WriteOnly));
        rows.close();
        const Outcome train = cli(smallRun(dir.filePath("run"), 2) +
                                         QStringList{"--set", "data.format=jsonl", "--set", "data.root=" + dir.path(), "--set",
                                                     "data.train=[rows.jsonl]"});
        QVERIFY2(train.code == 65, train.err);
        QVERIFY(!QFile::exists(dir.filePath("run")));
    }

    /// The demo config in earnest, three steps: memory and start-up as promised in configs/demo.yaml.
    void demoFitsAndStartsFast() {
        QVERIFY2(QFile::exists(importedData() + "/train.jsonl"), "run: switchyard data import emoji tuxpaint");
        const QString run = temp_.filePath("demo");
        const Outcome train = cli({"train", "--config", shippedConfig("demo.yaml"), "--run-dir", run, "--json", "--set",
                                          "train.epochs=0", "--set", "train.steps=3", "--set", "optim.warmup_steps=1", "--set",
                                          "eval.tasks=[]"});
        QVERIFY2(train.code == 0, train.err);
        const QList<double> peak = series(run, "memory/peak_bytes");
        QVERIFY(!peak.isEmpty());
        qInfo("peak memory of a demo rank: %.0f MiB", peak.last() / 1048576.0);
        QVERIFY(peak.last() < 1.5 * 1024 * 1024 * 1024);
        const QList<double> start = series(run, "perf/start_s");
        QVERIFY(!start.isEmpty());
        qInfo("worker start to first step: %.2f s", start.first());
    }
};

QTEST_GUILESS_MAIN(MainJobTest)
#include "main_job_test.moc"
