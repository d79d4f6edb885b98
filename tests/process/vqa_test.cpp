// SPDX-License-Identifier: MIT
// Questions about pictures by the command line: learned from both, on several ranks, resumed, measured, asked.
#include <QImage>
#include <QRandomGenerator>
#include <QtTest>

#include "support/config_trainings.h"

using switchyard::test::cli;
using switchyard::test::Outcome;

class VqaTest : public switchyard::test::ConfigTrainings {
    Q_OBJECT
    double question_alone_ = 0;  ///< accuracy on dev of the best answer to each question, whatever the picture

    struct Colour {
        const char* name;
        QRgb value;
    };
    static constexpr Colour kColours[] = {{"red", 0xffd02020}, {"green", 0xff20b040}, {"blue", 0xff2040d0}};

    /// Squares on grey: what colour they have, and whether they have this one.
    void writeQuestions(const QString& part, int pictures, quint32 seed) {
        QRandomGenerator draw(seed);
        QFile rows(temp_.filePath(part + ".jsonl"));
        QVERIFY(rows.open(QIODevice::WriteOnly));
        QMap<QString, QMap<QString, int>> counts;
        int total = 0;
        for (int i = 0; i < pictures; ++i) {
            const Colour& colour = kColours[draw.bounded(3)];
            QImage image(24, 24, QImage::Format_RGB32);
            image.fill(qRgb(190 + draw.bounded(40), 190, 190));
            const int left = draw.bounded(10), top = draw.bounded(10), side = 8 + draw.bounded(6);
            for (int y = top; y < top + side; ++y) {
                for (int x = left; x < left + side; ++x) image.setPixel(x, y, colour.value);
            }
            const QString file = QString("%1-%2.png").arg(part).arg(i);
            QVERIFY(image.save(temp_.filePath(file)));
            const auto ask = [&](const QString& question, const QString& answer) {
                rows.write(QJsonDocument(QJsonObject{{"image", file}, {"question", question}, {"answer", answer}})
                               .toJson(QJsonDocument::Compact) +
                           "\n");
                ++counts[question][answer];
                ++total;
            };
            ask("what colour is the square?", colour.name);
            for (const Colour& other : kColours) {
                ask(QString("is the square %1?").arg(other.name), &other == &colour ? "yes" : "no");
            }
        }
        double best = 0;
        for (const auto& answers : counts) best += *std::max_element(answers.begin(), answers.end());
        question_alone_ = best / total;
    }

private Q_SLOTS:
    void initTestCase() {
        writeQuestions("train", 200, 1);
        writeQuestions("dev", 60, 2);
        writeConfig(QString(R"(run: {name: vqa, seed: 3}
task: {kind: vqa, answers: 5}
model:
  text: {layers: 1, dim: 32, heads: 2, ffn_dim: 64, max_tokens: 12, vocab_size: 60}
  vision: {layers: 1, dim: 32, heads: 2, ffn_dim: 64, image_size: 24, patch_size: 8, stem: conv}
  fusion: {layers: 2, dim: 32, heads: 2, ffn_dim: 64, moe: true}
  moe: {experts: 4, gate: topk, top_k: 2, hidden_dim: 32, losses: {balance: 0.01, z: 0.001}}
data:
  format: jsonl
  root: %1
  train: [train.jsonl]
  eval: [dev.jsonl]
  image: {augment: {crop: 0.8, flip: true}}
optim: {lr: 3.0e-3, warmup_steps: 20, weight_decay: 0.05}
train: {steps: 250, global_batch: 64}
eval: {every: 125}
)")
                        .arg(temp_.path()));
    }

    void pictureAndQuestionAreBothNeeded() {
        QVERIFY(train("one").code == 0);
        const double reached = metric("one", "eval/vqa/accuracy");
        QVERIFY2(question_alone_ < 0.75, qPrintable(QString::number(question_alone_)));
        QVERIFY2(reached > 0.95, qPrintable(QString("%1, by the question alone %2").arg(reached).arg(question_alone_)));
        const QString dev = temp_.filePath("dev.jsonl");
        const Outcome measured =
            cli({"eval", "--checkpoint", temp_.filePath("one"), "--task", "vqa", "--data", dev, "--json"});
        QCOMPARE(measured.code, 0);
        QCOMPARE(measured.json()["samples"].toInt(), 240);
        QCOMPARE(measured.json()["metrics"].toObject()["accuracy"].toDouble(), reached);
        QCOMPARE(cli({"ckpt", "export", temp_.filePath("one"), "--out", temp_.filePath("exported")}).code, 0);
        const Outcome again =
            cli({"eval", "--checkpoint", temp_.filePath("exported"), "--task", "vqa", "--data", dev, "--json"});
        QCOMPARE(again.json()["metrics"].toObject()["accuracy"].toDouble(), reached);

        // Asked about one picture: the answer's probability is the largest of all.
        const Outcome asked =
            cli({"trace", "--checkpoint", temp_.filePath("exported"), "--text", "what colour is the square?", "--image",
                 temp_.filePath("dev-0.png"), "--out", temp_.filePath("t.safetensors"), "--json"});
        QCOMPARE(asked.code, 0);
        const QJsonObject told =
            asked.json()["samples"].toArray().first().toObject()["tasks"].toObject()["vqa"].toObject();
        QFile rows(dev);
        QVERIFY(rows.open(QIODevice::ReadOnly));
        QCOMPARE(told["class"].toString(), QJsonDocument::fromJson(rows.readLine()).object()["answer"].toString());
    }

    void ranksGiveTheSameTraining_data() {
        QTest::addColumn<QStringList>("layout");
        QTest::newRow("2 ranks") << QStringList{"parallel.ranks=2"};
        QTest::newRow("2 ranks, fsdp, experts shared out")
            << QStringList{"parallel.ranks=2", "parallel.shard=fsdp", "parallel.expert=2"};
    }
    void ranksGiveTheSameTraining() {
        QFETCH(QStringList, layout);
        const QStringList shape = {"train.precision=fp64", "train.steps=12", "eval.every=0"};
        if (!QFileInfo::exists(temp_.filePath("alone"))) QVERIFY(train("alone", shape).code == 0);
        const QString run = QString("ranks-%1").arg(layout.size());
        QVERIFY(train(run, shape + layout).code == 0);
        const QJsonArray a = switchyard::test::lossesOf(temp_.filePath("alone")),
                         b = switchyard::test::lossesOf(temp_.filePath(run));
        QCOMPARE(a.size(), 12);
        QCOMPARE(b.size(), 12);
        for (int i = 0; i < 12; ++i) {
            const double apart = std::abs(a[i][1].toDouble() - b[i][1].toDouble()) / a[i][1].toDouble();
            QVERIFY2(apart <= 1e-8, qPrintable(QString("step %1: %2").arg(i + 1).arg(apart)));
        }
        QVERIFY(std::abs(metric("alone", "eval/vqa/accuracy") - metric(run, "eval/vqa/accuracy")) < 1e-12);
    }

    void resumedIsBitwise() {
        const QStringList shape = {"train.steps=12", "eval.every=0", "checkpoint.every=5", "checkpoint.keep=9"};
        QVERIFY(train("whole", shape).code == 0);
        QVERIFY(train("cut", shape).code == 0);
        QVERIFY(QDir(switchyard::test::checkpointOf(temp_.filePath("cut"), 12)).removeRecursively());
        QVERIFY(QDir(switchyard::test::checkpointOf(temp_.filePath("cut"), 10)).removeRecursively());
        QVERIFY(train("cut", shape, {"--resume", "auto"}).code == 0);
        const QByteArray a = switchyard::test::weightsOf(temp_.filePath("whole"), 12, 1);
        QVERIFY(!a.isEmpty());
        QVERIFY(a == switchyard::test::weightsOf(temp_.filePath("cut"), 12, 1));
    }

    /// Rare answers are no classes: nothing is learned from them, and they count as wrong.
    void answersBeyondTheClasses() {
        QVERIFY(train("few", {"task.answers=2", "train.steps=30", "eval.every=0"}).code == 0);
        // "yes" and "no" are the most frequent; a quarter of all questions asks for a colour.
        const double reached = metric("few", "eval/vqa/accuracy");
        QVERIFY2(reached > 0.4 && reached <= 0.75, qPrintable(QString::number(reached)));
        QFile none(temp_.filePath("none.jsonl"));
        QVERIFY(none.open(QIODevice::WriteOnly));
        none.write(R"({"image": "dev-0.png", "question": "what colour is the square?"})");
        none.close();
        const Outcome outcome = cli(training("no", {"data.train=[none.jsonl]"}));
        QCOMPARE(outcome.code, 65);
        QVERIFY2(outcome.err.contains("none.jsonl:1") && outcome.err.contains("answer"), outcome.err.constData());
    }
};

QTEST_GUILESS_MAIN(VqaTest)
#include "vqa_test.moc"
