// SPDX-License-Identifier: MIT
// Text tasks by the command line: several at once, on several ranks, resumed, ended early, measured.
#include <QFileInfo>
#include <QRandomGenerator>
#include <QtTest>

#include "support/config_trainings.h"

using switchyard::test::cli;
using switchyard::test::Outcome;

class TextTasksTest : public switchyard::test::ConfigTrainings {
    Q_OBJECT

    /// Sentences whose mood one word decides, and pairs that agree or not, and how much.
    void writeTables(const QString& part, int rows, quint32 seed) {
        QRandomGenerator draw(seed);
        const QStringList things = {"film", "book", "song", "meal", "trip"}, good = {"great", "lovely", "fine"}, bad = {"awful", "dull", "poor"};
        QFile mood(temp_.filePath(part + "-mood.tsv")), same(temp_.filePath(part + "-same.tsv")), score(temp_.filePath(part + "-score.tsv"));
        QVERIFY(mood.open(QIODevice::WriteOnly) && same.open(QIODevice::WriteOnly) && score.open(QIODevice::WriteOnly));
        mood.write("sentence\tlabel\n");
        same.write("index\tsentence1\tsentence2\tlabel\n");
        score.write("index\tsentence1\tsentence2\tscore\n");
        for (int i = 0; i < rows; ++i) {
            const auto pick = [&](const QStringList& of) { return of[draw.bounded(static_cast<int>(of.size()))]; };
            const bool positive = draw.bounded(2) == 1;
            mood.write(QString("the %1 was %2\t%3\n").arg(pick(things), pick(positive ? good : bad)).arg(positive ? 1 : 0).toUtf8());
            const QString a = pick(things), b = draw.bounded(2) == 1 ? a : pick(things);
            same.write(QString("%1\tone %2\tthis %3\t%4\n").arg(i).arg(a, b, a == b ? "entailment" : "not_entailment").toUtf8());
            score.write(QString("%1\tone %2\tthis %3\t%4\n").arg(i).arg(a, b).arg(a == b ? 4.5 : 1.0).toUtf8());
        }
    }

private Q_SLOTS:
    void initTestCase() {
        writeTables("train", 240, 1);
        writeTables("dev", 80, 2);
        writeConfig(QString(R"(run: {name: text, seed: 3}
task: {kind: text, names: [sst2, rte, stsb], weights: [1, 1, 0.2], head_dropout: 0.1}
model:
  text: {layers: 2, dim: 32, heads: 2, ffn_dim: 64, max_tokens: 24, vocab_size: 120, moe_every: 2, position: learned,
         norm: post, token_types: 2, dropout: 0.05}
  moe: {experts: 4, top_k: 2, gate: topk, hidden_dim: 32, dropout: 0.05}
data: {format: tsv, root: %1, train: [train-mood.tsv, train-same.tsv, train-score.tsv], eval: [dev-mood.tsv, dev-same.tsv, dev-score.tsv]}
optim: {lr: 4.0e-3, warmup_steps: 10, weight_decay: 0.01, head_lr: 2, expert_lr: 0.5}
train: {steps: 120, global_batch: 48}
eval: {every: 60}
)").arg(temp_.path()));
    }

    void severalTasksAreLearned() {
        QVERIFY(train("one").code == 0);
        QVERIFY2(metric("one", "eval/sst2/accuracy") > 0.95, qPrintable(QString::number(metric("one", "eval/sst2/accuracy"))));
        QVERIFY2(metric("one", "eval/rte/accuracy") > 0.9, qPrintable(QString::number(metric("one", "eval/rte/accuracy"))));
        QVERIFY2(metric("one", "eval/stsb/pearson") > 0.9, qPrintable(QString::number(metric("one", "eval/stsb/pearson"))));
        const double mean = (metric("one", "eval/sst2/accuracy") + metric("one", "eval/rte/accuracy") + metric("one", "eval/stsb/pearson")) / 3;
        QVERIFY(std::abs(metric("one", "eval/mean") - mean) < 1e-12);
        // The command measures what the training did, and an export the same.
        const Outcome measured = cli({"eval", "--checkpoint", temp_.filePath("one"), "--task", "stsb", "--data", temp_.filePath("dev-score.tsv"), "--json"});
        QCOMPARE(measured.code, 0);
        QCOMPARE(measured.json()["samples"].toInt(), 80);
        QVERIFY(std::abs(measured.json()["metrics"].toObject()["pearson"].toDouble() - metric("one", "eval/stsb/pearson")) < 1e-6);
        QCOMPARE(cli({"ckpt", "export", temp_.filePath("one"), "--out", temp_.filePath("exported")}).code, 0);
        const Outcome again = cli({"eval", "--checkpoint", temp_.filePath("exported"), "--task", "sst2", "--data", temp_.filePath("dev-mood.tsv"), "--json"});
        QCOMPARE(again.json()["metrics"].toObject()["accuracy"].toDouble(), metric("one", "eval/sst2/accuracy"));
        const Outcome traced = cli({"trace", "--checkpoint", temp_.filePath("exported"), "--text", "the meal was lovely", "--out", temp_.filePath("t.safetensors"), "--json"});
        const QJsonObject sample = traced.json()["samples"].toArray().first().toObject();
        QCOMPARE(sample["tasks"].toObject()["sst2"].toObject()["class"].toString(), QString("1"));
        QVERIFY(!sample["tasks"].toObject().contains("rte"));  // takes two texts
        QCOMPARE(sample["layers"].toObject().keys(), QStringList("text.blocks.1.moe"));
        const Outcome unknown = cli({"eval", "--checkpoint", temp_.filePath("exported"), "--task", "mrpc", "--data", temp_.filePath("dev-mood.tsv")});
        QCOMPARE(unknown.code, 2);
        QVERIFY2(unknown.err.contains("sst2, rte, stsb"), unknown.err.constData());
    }

    void ranksGiveTheSameTraining_data() {
        QTest::addColumn<QStringList>("layout");
        QTest::newRow("2 ranks") << QStringList{"parallel.ranks=2"};
        QTest::newRow("2 ranks, fsdp, experts shared out") << QStringList{"parallel.ranks=2", "parallel.shard=fsdp", "parallel.expert=2"};
        QTest::newRow("2 ranks, oss, micro batches") << QStringList{"parallel.ranks=2", "parallel.shard=oss", "train.micro_batch=8"};
    }
    void ranksGiveTheSameTraining() {
        QFETCH(QStringList, layout);
        const QStringList shape = {"train.precision=fp64", "train.steps=12", "eval.every=0"};
        const QString alone = "alone" + QString(layout.size() == 3 && layout[2].startsWith("train") ? "-micro" : "");
        // Micro batches have routing statistics of their own, so the single rank has as many of the same size.
        const QStringList more = alone == "alone" ? QStringList() : QStringList{"train.micro_batch=16"};
        if (!QFileInfo::exists(temp_.filePath(alone))) QVERIFY(train(alone, shape + more).code == 0);
        const QString run = QString("ranks-%1").arg(qHash(layout.join(',')), 0, 16);
        QVERIFY(train(run, shape + layout).code == 0);
        const QJsonArray a = switchyard::test::lossesOf(temp_.filePath(alone)), b = switchyard::test::lossesOf(temp_.filePath(run));
        QCOMPARE(a.size(), 12);
        QCOMPARE(b.size(), 12);
        double worst = 0;
        for (int i = 0; i < 12; ++i) worst = std::max(worst, std::abs(a[i][1].toDouble() - b[i][1].toDouble()) / a[i][1].toDouble());
        QVERIFY2(worst <= 1e-8, qPrintable(QString::number(worst)));
        QVERIFY(std::abs(metric(alone, "eval/stsb/spearman") - metric(run, "eval/stsb/spearman")) < 1e-6);
    }

    /// What an evaluation makes and the model keeps is good for training: texts of lengths that the evaluation sees first.
    void evaluationsBetweenSteps_data() {
        QTest::addColumn<QStringList>("keys");
        QTest::newRow("alone") << QStringList{};
        QTest::newRow("weights stay gathered") << QStringList{"parallel.ranks=2", "parallel.shard=fsdp", "parallel.reshard_after_forward=false"};
    }
    void evaluationsBetweenSteps() {
        QFETCH(QStringList, keys);
        for (const QString part : {"train", "dev"}) {
            QFile table(temp_.filePath(part + "-lengths.tsv"));
            QVERIFY(table.open(QIODevice::WriteOnly));
            table.write("sentence\tlabel\n");
            for (int i = 0; i < 64; ++i) table.write(QString("great %1\t%2\n").arg(QString("film ").repeated(i < 16 ? i + 2 : 1)).arg(i % 2).toUtf8());
        }
        const QStringList shape = {"task.names=[sst2]", "task.weights=[]", "data.train=[train-lengths.tsv]", "data.eval=[dev-lengths.tsv]", "model.text.position=alibi",
                                   "train.global_batch=8", "train.steps=16", "train.precision=fp64"};
        const QString name = keys.isEmpty() ? "lengths" : "lengths-fsdp";
        QVERIFY(train(name, shape + keys + QStringList{"eval.every=1"}).code == 0);
        QVERIFY(train(name + "-plain", shape + keys + QStringList{"eval.every=0"}).code == 0);
        const QJsonArray often = switchyard::test::lossesOf(temp_.filePath(name));
        QCOMPARE(often.size(), 16);
        QCOMPARE(often, switchyard::test::lossesOf(temp_.filePath(name + "-plain")));
    }

    void resumedIsBitwise() {
        const QStringList shape = {"train.steps=20", "eval.every=0", "checkpoint.every=7", "checkpoint.keep=9"};
        QVERIFY(train("whole", shape).code == 0);
        QVERIFY(train("cut", shape).code == 0);
        QVERIFY(QDir(switchyard::test::checkpointOf(temp_.filePath("cut"), 20)).removeRecursively());
        QVERIFY(QDir(switchyard::test::checkpointOf(temp_.filePath("cut"), 14)).removeRecursively());
        QVERIFY(train("cut", shape, {"--resume", "auto"}).code == 0);
        const QByteArray a = switchyard::test::weightsOf(temp_.filePath("whole"), 20, 1);
        QVERIFY(!a.isEmpty());
        QVERIFY(a == switchyard::test::weightsOf(temp_.filePath("cut"), 20, 1));
    }

    void patienceEndsTheRun() {
        // A learning rate of nearly nothing: the second evaluation is no better, and so on.
        const Outcome outcome = train("patient", {"optim.lr=1e-9", "eval.every=5", "eval.patience=2", "checkpoint.every=5",
                                                  "checkpoint.best=eval/sst2/accuracy", "parallel.ranks=2"});
        QCOMPARE(outcome.code, 0);
        const QJsonObject status = cli({"runs", "show", temp_.filePath("patient"), "--json"}).json();
        QCOMPARE(status["state"].toString(), QString("finished"));
        QCOMPARE(status["step"].toInt(), 16);  // better at 5, not at 10 and 15; the next step is the last
        QVERIFY(switchyard::test::eventsOf(temp_.filePath("patient")).filter("patience").size() == 1);
    }

    void badTablesAndConfigs() {
        QFile broken(temp_.filePath("broken.tsv"));
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("sentence\tlabel\nfine\t1\nno label\n");
        broken.close();
        const Outcome rows = cli(training("no", {"task.names=[sst2]", "task.weights=[]", "data.train=[broken.tsv]", "data.eval=[]"}));
        QCOMPARE(rows.code, 65);
        QVERIFY2(rows.err.contains("broken.tsv:3") && rows.err.contains("1 columns instead of 2"), rows.err.constData());
        for (const auto& [key, word] : {std::pair{"task.names=[sst2, rte]", "training file"}, std::pair{"task.names=[sst2, sst2, rte]", "twice"},
                                        std::pair{"task.names=[sst2, rte, qqp]", "qqp"}, std::pair{"data.format=jsonl", "tsv"},
                                        std::pair{"task.weights=[1]", "weight"}, std::pair{"eval.patience=3", "checkpoint.best"},
                                        std::pair{"model.text.init_from=/nowhere", "nowhere"}}) {
            const Outcome outcome = cli(training("no", {key}));
            QVERIFY2(outcome.code == 78 || outcome.code == 74, qPrintable(QString("%1: %2 %3").arg(key).arg(outcome.code).arg(QString(outcome.err))));
            QVERIFY2(outcome.err.contains(word), outcome.err.constData());
        }
    }
};

QTEST_GUILESS_MAIN(TextTasksTest)
#include "text_tasks_test.moc"
