// SPDX-License-Identifier: MIT
// Alarms of whole trainings: eight planted illnesses, each named rightly within 30 steps and nothing else; five healthy
// trainings of other kinds in which nothing is raised, from the untrained router to the end.
#include <QFileInfo>
#include <QImage>
#include <QRandomGenerator>
#include <QtTest>

#include "support/config_trainings.h"
#include "support/training.h"

using switchyard::test::cli;
using switchyard::test::Outcome;

namespace {

constexpr int kIllAt = 24, kWithin = 30, kSteps = 56;

}  // namespace

class HealthTest : public switchyard::test::ConfigTrainings {
    Q_OBJECT

    QJsonArray alarms(const QString& run) const {
        return cli({"runs", "show", temp_.filePath(run), "--json"}).json()["alarms"].toArray();
    }
    static QString told(const QJsonArray& alarms) { return QJsonDocument(alarms).toJson(); }

    Outcome trainIll(const QString& run, const QString& illness, const QStringList& keys,
                     const QStringList& options) const {
        const QStringList words = training(run, keys) + options;
        return switchyard::test::runProgram(
            "switchyard", words, 200'000,
            {{"SWITCHYARD_WORKER", QStringLiteral(SWITCHYARD_BUILD_DIR "/tests/sick_worker")},
             {"SWITCHYARD_TEST_ILLNESS", illness},
             {"SWITCHYARD_TEST_AT", QString::number(kIllAt)}});
    }

    /// `count` pictures of the same noise, `side` pixels wide, with a caption each. @return the config's keys
    QStringList pictures(const QString& name, int count, int side) const {
        const QDir dir(temp_.filePath(name));
        if (!dir.mkpath(".")) return {};
        QRandomGenerator draw(7);
        QFile rows(dir.filePath("rows.jsonl"));
        if (!rows.open(QIODevice::WriteOnly)) return {};
        QImage picture(side, side, QImage::Format_RGB32);
        for (int y = 0; y < side; ++y) draw.fillRange(reinterpret_cast<quint32*>(picture.scanLine(y)), side);
        picture.save(dir.filePath("0.jpg"), "JPG", 95);
        for (int i = 0; i < count; ++i) {
            QFile::copy(dir.filePath("0.jpg"), dir.filePath(QString("%1.jpg").arg(i)));
            rows.write(QString("{\"id\": \"s%1\", \"image\": \"%1.jpg\", \"text\": \"picture of number %1\"}\n")
                           .arg(i)
                           .toUtf8());
        }
        return {"data.format=jsonl", "data.root=" + dir.path(), "data.train=[rows.jsonl]", "model.text.vocab_size=60"};
    }

private Q_SLOTS:
    void initTestCase() {
        writeConfig(QString(R"(run: {name: health, seed: 5}
task: {matching: 0.5, matching_share: 0.5, matching_block: 4}
model:
  text: {layers: 2, dim: 32, heads: 2, ffn_dim: 64, max_tokens: 12, vocab_size: 120, moe_every: 2}
  vision: {layers: 2, dim: 32, heads: 2, ffn_dim: 64, image_size: 16, patch_size: 4}
  fusion: {layers: 1, dim: 32, heads: 2, ffn_dim: 64, moe: true}
  moe: {experts: 8, top_k: 2, gate: top2, hidden_dim: 32, losses: {balance: 0.01, z: 0.001}}
  embed_dim: 32
data: {format: synthetic, synthetic: {samples: 128, eval_samples: 16}}
optim: {lr: 2.0e-3, warmup_steps: 5}
train: {steps: %1, global_batch: 16}
parallel: {threads: 1}
checkpoint: {every: 0}
log: {tensorboard: false}
eval: {tasks: []}
)")
                        .arg(kSteps));
    }

    void anIllnessIsNamed_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QList<int>>("experts");
        QTest::addColumn<QStringList>("keys");
        QTest::addColumn<QStringList>("options");
        const QStringList plain, none;
        QTest::newRow("collapse") << "collapse" << QList<int>{3} << plain << none;
        QTest::newRow("dead") << "dead_experts" << QList<int>{2, 5} << plain << none;
        QTest::newRow("starved") << "starved_modality" << QList<int>{6} << plain << none;
        QTest::newRow("drops") << "drop_burst" << QList<int>{}
                               << QStringList{"model.moe.gate=topk", "model.moe.capacity_factor=2"} << none;
        QTest::newRow("balance") << "balance_loss_disconnected" << QList<int>{} << plain << none;
        QTest::newRow("nan") << "non_finite" << QList<int>{4} << plain << none;
        QTest::newRow("nan-fsdp") << "non_finite" << QList<int>{4} << QStringList{"parallel.shard=fsdp"}
                                  << QStringList{"--ranks", "2"};
        QTest::newRow("nan-shared-out") << "non_finite" << QList<int>{4} << QStringList{"parallel.expert=2"}
                                        << QStringList{"--ranks", "2"};
        QTest::newRow("spike") << "loss_spike" << QList<int>{} << plain << none;
    }

    void anIllnessIsNamed() {
        QFETCH(const QString, kind);
        QFETCH(const QList<int>, experts);
        QFETCH(const QStringList, keys);
        QFETCH(const QStringList, options);
        const QString run = QTest::currentDataTag(), illness = run.section('-', 0, 0);
        const Outcome outcome = trainIll(run, illness, keys, options);
        QCOMPARE(outcome.code, illness == "nan" ? 82 : 0);
        const QJsonArray raised = alarms(run);
        QVERIFY2(!raised.isEmpty(), outcome.err.constData());
        const bool router = kind != "non_finite" && kind != "loss_spike";
        for (const QJsonValue alarm : raised) {
            QVERIFY2(alarm["kind"].toString() == kind, qPrintable(told(raised)));
            const int step = alarm["raised_step"].toInt();
            QVERIFY2(step > kIllAt && step <= kIllAt + kWithin, qPrintable(told(raised)));
            QVERIFY2(alarm["first_step"].toInt() > kIllAt && alarm["first_step"].toInt() <= step,
                     qPrintable(told(raised)));
            for (const char* words : {"what", "cause", "advice"}) QVERIFY(!alarm[words].toString().isEmpty());
        }
        const QJsonValue first = raised.first();
        if (router || kind == "non_finite") {
            QStringList layers;
            for (const QJsonValue alarm : raised) layers << alarm["layer"].toString();
            QVERIFY2(layers.contains("fusion.blocks.0.moe"), qPrintable(told(raised)));
            if (kind != "balance_loss_disconnected") QCOMPARE(layers.size(), 1);
        }
        QList<int> named;
        for (const QJsonValue expert : first["experts"].toArray()) named << expert.toInt();
        if (!experts.isEmpty()) QCOMPARE(named, experts);
        if (kind == "starved_modality") QCOMPARE(first["modality"].toString(), QString("image"));
        // Rank 0 said so while it trained: on stderr once, in the events, and in the list of runs. Figures grow later.
        const QString cause = first["cause"].toString();
        QCOMPARE(outcome.err.count(cause.toUtf8()), raised.size());
        QCOMPARE(switchyard::test::eventsOf(temp_.filePath(run)).filter(cause).size(), raised.size());
        const QJsonArray listed = cli({"runs", "list", "--runs-dir", temp_.path(), "--json"}).jsonArray();
        for (const QJsonValue one : listed) {
            if (one["name"].toString() != run) continue;
            QCOMPARE(one["alarms"].toArray().size(), raised.size());
            QCOMPARE(one["alarms"].toArray().first()["raised_step"], first["raised_step"]);
        }
        const Outcome text = cli({"runs", "show", temp_.filePath(run)});
        QVERIFY2(text.out.contains("alarm         " + kind.toUtf8() + " at step "), text.out.constData());
    }

    /// Large pictures: decoding them takes longer than the step.
    void aStalledLoaderIsNamed() {
        const QStringList keys = pictures("large", 64, 3000) + QStringList{"train.steps=16", "train.global_batch=4",
                                                                           "data.cache=false", "data.workers=1"};
        const Outcome outcome = train("stalled", keys);
        QCOMPARE(outcome.code, 0);
        const QJsonArray raised = alarms("stalled");
        QVERIFY2(raised.size() == 1, qPrintable(told(raised)));
        QCOMPARE(raised.first()["kind"].toString(), QString("stalled_data"));
        QVERIFY(raised.first()["raised_step"].toInt() <= kWithin);
    }

    void healthyTrainingsRaiseNothing_data() {
        QTest::addColumn<QStringList>("keys");
        QTest::addColumn<QStringList>("options");
        const QStringList saves = {"checkpoint.every=20", "eval.tasks=[retrieval]", "eval.every=25"};
        QTest::newRow("demo-like") << QStringList{"train.steps=160"} + saves << QStringList();
        QTest::newRow("capacity") << QStringList{"train.steps=160", "model.moe.gate=topk",
                                                 "model.moe.capacity_factor=1.25"}
                                  << QStringList();
        QTest::newRow("switch") << QStringList{"train.steps=160", "model.moe.gate=switch", "model.moe.top_k=1",
                                               "model.moe.capacity_factor=1.25"}
                                << QStringList();
        QTest::newRow("two-ranks") << QStringList{"train.steps=120", "parallel.expert=2", "parallel.shard=fsdp",
                                                  "model.moe.experts=32", "log.every=2"} +
                                          saves
                                   << QStringList{"--ranks", "2"};
    }

    void healthyTrainingsRaiseNothing() {
        QFETCH(const QStringList, keys);
        QFETCH(const QStringList, options);
        const QString run = QStringLiteral("healthy-") + QTest::currentDataTag();
        const Outcome outcome = train(run, keys, options);
        QCOMPARE(outcome.code, 0);
        const QJsonArray raised = alarms(run);
        QVERIFY2(raised.isEmpty(), qPrintable(told(raised)));
        QVERIFY2(!outcome.err.contains("warning:"), outcome.err.constData());
    }

    /// Stopped and resumed from a checkpoint: the steps in between are recorded anew.
    void aResumedTrainingRaisesNothing() {
        const QStringList keys = {"train.steps=90", "checkpoint.every=35", "checkpoint.keep=9"};
        QCOMPARE(train("resumed", keys).code, 0);
        QDir(temp_.filePath("resumed/checkpoints/step-00000090")).removeRecursively();
        QCOMPARE(train("resumed", keys, {"--resume", "auto"}).code, 0);
        QCOMPARE(metric("resumed", "perf/start_s") > 0, true);
        const QJsonArray raised = alarms("resumed");
        QVERIFY2(raised.isEmpty(), qPrintable(told(raised)));
    }

    void aHealthyTextTaskRaisesNothing() {
        QRandomGenerator draw(1);
        QFile table(temp_.filePath("mood.tsv"));
        QVERIFY(table.open(QIODevice::WriteOnly));
        table.write("sentence\tlabel\n");
        const QStringList things = {"film", "book", "song", "meal", "trip"}, good = {"great", "lovely", "fine"},
                          bad = {"awful", "dull", "poor"};
        for (int i = 0; i < 240; ++i) {
            const bool positive = draw.bounded(2) == 1;
            table.write(QString("the %1 was %2\t%3\n")
                            .arg(things[draw.bounded(5)], (positive ? good : bad)[draw.bounded(3)])
                            .arg(positive ? 1 : 0)
                            .toUtf8());
        }
        table.close();
        const Outcome outcome =
            train("text", {"task.kind=text", "task.names=[sst2]", "data.format=tsv", "data.root=" + temp_.path(),
                           "data.train=[mood.tsv]", "model.text.vocab_size=60", "model.moe.gate=topk",
                           "model.fusion.moe=false", "train.steps=200"});
        QCOMPARE(outcome.code, 0);
        const QJsonArray raised = alarms("text");
        QVERIFY2(raised.isEmpty(), qPrintable(told(raised)));
    }

    void aHealthyVqaTrainingRaisesNothing() {
        const QStringList keys = pictures("small", 32, 16);
        QFile rows(temp_.filePath("small/questions.jsonl"));
        QVERIFY(rows.open(QIODevice::WriteOnly));
        for (int i = 0; i < 96; ++i) {
            rows.write(QString("{\"id\": \"q%1\", \"image\": \"%2.jpg\", \"question\": \"is this number %3\", "
                               "\"answer\": \"%4\"}\n")
                           .arg(i)
                           .arg(i % 32)
                           .arg(i % 3)
                           .arg(i % 3 == 0 ? "yes" : "no")
                           .toUtf8());
        }
        rows.close();
        const Outcome outcome =
            train("vqa", keys + QStringList{"data.train=[questions.jsonl]", "task.kind=vqa", "task.answers=2",
                                            "model.moe.gate=topk", "train.steps=160"});
        QCOMPARE(outcome.code, 0);
        const QJsonArray raised = alarms("vqa");
        QVERIFY2(raised.isEmpty(), qPrintable(told(raised)));
    }
};

QTEST_GUILESS_MAIN(HealthTest)
#include "health_test.moc"
