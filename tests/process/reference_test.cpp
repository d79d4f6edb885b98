// SPDX-License-Identifier: MIT
// An exported model and a trace, computed again by a PyTorch script that was written from docs/model.md: every routing
// choice equal, every output within 1e-5.
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

#include "support/pictures.h"
#include "support/program.h"

using switchyard::test::cli;
using switchyard::test::Outcome;
using switchyard::test::peerPython;
using switchyard::test::shippedConfig;
using switchyard::test::writePictures;

class ReferenceTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    QProcess python_;
    QString data_;

    /// Trains for some steps, exports, traces every picture and compares. Returns the script's findings.
    QJsonObject compare(const QString& name, const QStringList& overrides, const QString& data) {
        const QString run = temp_.filePath(name), model = run + "-model", trace = run + ".safetensors";
        QStringList train = {"train",
                             "--config",
                             shippedConfig("smoke.yaml"),
                             "--run-dir",
                             run,
                             "--set",
                             "train.steps=8",
                             "--set",
                             "optim.warmup_steps=2",
                             "--set",
                             "data.synthetic.samples=64",
                             "--set",
                             "train.global_batch=32",
                             "--set",
                             "eval.tasks=[]"};
        for (const QString& override : overrides) train << "--set" << override;
        const Outcome trained = cli(train);
        if (trained.code != 0) {
            qWarning("%s", trained.err.constData());
            return {};
        }
        const Outcome exported = cli({"ckpt", "export", run, "--out", model});
        const Outcome traced = cli({"trace", "--checkpoint", run, "--data", data, "--limit", "200", "--out", trace, "--json"});
        if (exported.code != 0 || traced.code != 0) {
            qWarning("%s%s", exported.err.constData(), traced.err.constData());
            return {};
        }
        python_.write((model + '\t' + trace + '\n').toLocal8Bit());
        while (!python_.canReadLine()) {
            if (!python_.waitForReadyRead(120'000)) {
                qWarning("%s", python_.readAllStandardError().constData());
                return {};
            }
        }
        return QJsonDocument::fromJson(python_.readLine()).object();
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY2(QFileInfo(peerPython()).isExecutable(), "run: bash installer/setup.sh --tests");
        data_ = writePictures(QDir(temp_.path()));
        QVERIFY(!data_.isEmpty());
        python_.start(peerPython(), {QStringLiteral(SWITCHYARD_SOURCE_DIR "/tests/reference/forward.py")});
        QVERIFY(python_.waitForStarted());
    }

    void cleanupTestCase() {
        python_.closeWriteChannel();
        QVERIFY(python_.waitForFinished(30'000));
        QCOMPARE(python_.exitCode(), 0);
    }

    void equalsTheFormulas_data() {
        QTest::addColumn<QStringList>("overrides");
        QTest::addColumn<QStringList>("layers");
        QTest::addColumn<bool>("drops");
        QTest::newRow("top2, LoRA on q k v o, linear stem")
            << QStringList{} << QStringList{"fusion.blocks.0.moe", "text.blocks.1.moe"} << false;
        QTest::newRow("top2 with capacity, position, experts everywhere, conv stem, LoRA on all, 6 heads")
            << QStringList{"model.vision.moe_every=2",
                           "model.vision.stem=conv",
                           "model.fusion.layers=2",
                           "model.vision.lora.targets=[q, k, v, o, fc1, fc2]",
                           "model.vision.lora.rank_stabilized=true",
                           "model.moe.eval_capacity_factor=0.6",
                           "model.moe.drop=position",
                           "model.text.dim=48",
                           "model.text.heads=6",
                           "model.moe.bias=false"}
            << QStringList{"fusion.blocks.0.moe", "fusion.blocks.1.moe", "text.blocks.1.moe", "vision.blocks.1.moe"}
            << true;
        QTest::newRow("switch with capacity, priority, relu, causal text")
            << QStringList{"model.moe.gate=switch",   "model.moe.top_k=1",         "model.moe.eval_capacity_factor=0.8",
                           "model.moe.drop=priority", "model.moe.activation=relu", "model.text.causal=true",
                           "model.moe.min_capacity=1"}
            << QStringList{"fusion.blocks.0.moe", "text.blocks.1.moe"} << true;
        QTest::newRow("topk of sigmoid with a bias that moves")
            << QStringList{"model.moe.gate=topk", "model.moe.score=sigmoid", "model.moe.top_k=3",
                           "model.moe.bias_balance=0.05"}
            << QStringList{"fusion.blocks.0.moe", "text.blocks.1.moe"} << false;
        QTest::newRow("noisy topk, swiglu") << QStringList{"model.moe.gate=noisy_topk", "model.moe.activation=swiglu"}
                                            << QStringList{"fusion.blocks.0.moe", "text.blocks.1.moe"} << false;
        QTest::newRow("by experts") << QStringList{"model.moe.gate=expert_choice"}
                                    << QStringList{"fusion.blocks.0.moe", "text.blocks.1.moe"}
                                    << true;  // not chosen counts
        QTest::newRow("dense") << QStringList{"model.moe.experts=0"} << QStringList{} << false;
    }

    void equalsTheFormulas() {
        QFETCH(QStringList, overrides);
        QFETCH(QStringList, layers);
        QFETCH(bool, drops);
        const QJsonObject found =
            compare(QString("run-%1").arg(QString(QTest::currentDataTag()).left(8).simplified().remove(u' ')),
                    overrides, data_);
        QVERIFY(!found.isEmpty());
        QCOMPARE(found["samples"].toInt(), 12);
        QCOMPARE(found["layers"].toVariant().toStringList(), layers);
        QVERIFY(found["missing_layers"].toArray().isEmpty());
        QCOMPARE(found["choices"].toInt() > 0, !layers.isEmpty());
        QCOMPARE(found["wrong_choices"].toInt(), 0);
        QCOMPARE(found["wrong_drops"].toInt(), 0);
        QCOMPARE(found["dropped"].toInt() > 0, drops);
        const QJsonObject difference = found["difference"].toObject();
        for (const char* output : {"text_embedding", "image_embedding", "match_logit"})
            QVERIFY2(difference.contains(output), output);
        for (auto it = difference.begin(); it != difference.end(); ++it) {
            qInfo("%s: largest difference %.2g", qPrintable(it.key()), it.value().toDouble(qQNaN()));
            QVERIFY2(it.value().toDouble(qQNaN()) <= 1e-5, qPrintable(it.key()));
        }
    }

    void twoHundredSamplesGoWhereTheFormulasSendThem() {
        QVERIFY(QDir(temp_.path()).mkpath("many"));
        const QString data = writePictures(QDir(temp_.filePath("many")), 200);
        const QJsonObject found = compare("run-many", {"model.vision.moe_every=2"}, data);
        QCOMPARE(found["samples"].toInt(), 200);
        QVERIFY(found["choices"].toInt() > 200 * 3 * 2);
        QCOMPARE(found["wrong_choices"].toInt(), 0);
        QCOMPARE(found["wrong_drops"].toInt(), 0);
    }
};

QTEST_GUILESS_MAIN(ReferenceTest)
#include "reference_test.moc"
