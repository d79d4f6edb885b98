// SPDX-License-Identifier: MIT
// Models passed on: TorchScript and Triton repositories against traces, in PyTorch; model folders with their cards,
// taken back bit for bit. The other side is tests/reference/sharing.py.
#include <QCryptographicHash>
#include <QDirIterator>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QtTest>

#include "core/base/runs/run_db.h"
#include "support/ask_data.h"
#include "support/config_trainings.h"
#include "support/pictures.h"

using switchyard::test::cli;
using switchyard::test::Outcome;
using switchyard::test::peerPython;
using switchyard::test::shippedConfig;

class SharingTest : public switchyard::test::ConfigTrainings {
    Q_OBJECT
    QProcess python_;
    QString data_;

    QJsonObject ask(const QStringList& words) {
        python_.write((words.join('\t') + '\n').toUtf8());
        while (!python_.canReadLine()) {
            if (!python_.waitForReadyRead(120'000)) {
                qWarning("%s", python_.readAllStandardError().constData());
                return {};
            }
        }
        return QJsonDocument::fromJson(python_.readLine()).object();
    }
    /// Runs a command that must succeed.
    bool done(const QStringList& arguments) {
        const Outcome outcome = cli(arguments);
        if (outcome.code != 0) qWarning("%s", outcome.err.constData());
        return outcome.code == 0;
    }
    bool trainSmoke(const QString& run, const QStringList& keys) {
        QStringList arguments = {"train", "--config", shippedConfig("smoke.yaml"), "--run-dir", temp_.filePath(run)};
        const QStringList usual = {"train.steps=4",     "train.global_batch=16",     "optim.warmup_steps=1",
                                   "optim.lr=0.01",     "data.synthetic.samples=32", "eval.tasks=[]",
                                   "parallel.threads=1"};
        for (const QString& key : usual + keys) arguments << "--set" << key;
        return done(arguments);
    }
    QString trace(const QString& model, const QString& name) {
        const QString file = temp_.filePath(name + ".safetensors");
        return done({"trace", "--checkpoint", model, "--data", data_, "--limit", "12", "--out", file, "--json"})
                   ? file
                   : QString();
    }
    static QByteArray bytes(const QString& file) {
        QFile from(file);
        return from.open(QIODevice::ReadOnly) ? from.readAll() : QByteArray();
    }
    static bool write(const QString& file, const QByteArray& content) {
        QFile to(file);
        return to.open(QIODevice::WriteOnly | QIODevice::Truncate) && to.write(content) == content.size();
    }
    bool copyFolder(const QString& from, const QString& to) {
        if (!QDir().mkpath(to)) return false;
        for (const QFileInfo& file : QDir(from).entryInfoList(QDir::Files)) {
            if (!QFile::copy(file.filePath(), to + '/' + file.fileName())) return false;
        }
        return true;
    }
    void requireNear(const QJsonObject& found, const QStringList& outputs) {
        const QJsonObject difference = found["difference"].toObject();
        for (const QString& output : outputs) {
            QVERIFY2(difference.contains(output), qPrintable(output));
            qInfo("%s: largest difference %.2g in %d comparisons", qPrintable(output), difference[output].toDouble(),
                  found["compared"].toObject()[output].toInt());
        }
        QCOMPARE(difference.size(), outputs.size());
        for (auto it = difference.begin(); it != difference.end(); ++it)
            QVERIFY2(it.value().toDouble(1) <= 1e-5, qPrintable(it.key()));
    }
    /// Of a table of a card with this first cell; empty when there is none.
    static QJsonArray rowOf(const QJsonObject& card, const QString& heading, const QString& first) {
        for (const QJsonValue& row : card["tables"].toObject()[heading].toArray()) {
            if (row.toArray().first().toString() == first) return row.toArray();
        }
        return {};
    }
    /// The last value at or before a step.
    double metricAt(const QString& run, const QString& tag, int step) {
        double value = -9;
        for (const QJsonValue& row :
             cli({"runs", "metrics", temp_.filePath(run), "--tag", tag, "--json"}).jsonArray()) {
            if (row["step"].toInt() <= step) value = row["value"].toDouble();
        }
        return value;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY2(QFileInfo(peerPython()).isExecutable(), "run: bash installer/setup.sh --tests");
        QProcess probe;
        probe.start(peerPython(), {"-c", "import torch, safetensors, yaml, tritonclient.grpc.model_config_pb2"});
        if (!probe.waitForFinished(120'000) || probe.exitCode() != 0)
            QSKIP("The Python peers are not there: bash installer/setup.sh --tests");
        python_.start(peerPython(), {QStringLiteral(SWITCHYARD_SOURCE_DIR "/tests/reference/sharing.py")});
        QVERIFY(python_.waitForStarted());
        // The drawn pictures with texts of one to nine words.
        const QString drawn = switchyard::test::writePictures(QDir(temp_.path()));
        QRandomGenerator draw(7);
        const QStringList words = {"a", "red", "blue", "circle", "square", "small", "large", "left", "of", "the"};
        QByteArray rows;
        int number = 0;
        for (const QByteArray& line : bytes(drawn).trimmed().split('\n')) {
            QJsonObject row = QJsonDocument::fromJson(line).object();
            QStringList text;
            for (int i = 0; i <= number * 5 % 9; ++i) text << words[draw.bounded(static_cast<int>(words.size()))];
            row["text"] = text.join(' ');
            rows += QJsonDocument(row).toJson(QJsonDocument::Compact) + '\n';
            ++number;
        }
        data_ = temp_.filePath("captions.jsonl");
        QVERIFY(write(data_, rows));
        QVERIFY(trainSmoke("shared", {}));
    }

    void cleanupTestCase() {
        if (python_.state() == QProcess::NotRunning) return;
        python_.closeWriteChannel();
        QVERIFY(python_.waitForFinished(30'000));
        QCOMPARE(python_.exitCode(), 0);
    }

    void torchScriptComputesWhatTheTraceHolds_data() {
        QTest::addColumn<QStringList>("keys");
        QTest::addColumn<bool>("triton");
        QTest::newRow("top2, ALiBi, linear stem, adapters") << QStringList{} << true;
        QTest::newRow("top2, capacity by position, experts everywhere and not as many, conv stem, class token, 6 heads, no bias")
            << QStringList{"model.vision.moe_every=2",
                           "model.vision.stem=conv",
                           "model.vision.class_token=true",
                           "model.vision.pool=first",
                           "model.fusion.layers=2",
                           "model.vision.lora.targets=[q, k, v, o, fc1, fc2]",
                           "model.vision.lora.rank_stabilized=true",
                           "model.moe.eval_capacity_factor=0.6",
                           "model.moe.drop=position",
                           "model.moe.min_capacity=1",
                           "model.moe.layer_experts=[5, 8, 3, 6]",
                           "model.text.dim=48",
                           "model.text.heads=6",
                           "model.moe.bias=false"}
            << false;
        QTest::newRow("switch, capacity by priority, relu, causal")
            << QStringList{"model.moe.gate=switch",   "model.moe.top_k=1",         "model.moe.eval_capacity_factor=0.8",
                           "model.moe.drop=priority", "model.moe.activation=relu", "model.text.causal=true",
                           "model.moe.min_capacity=1"}
            << false;
        QTest::newRow("topk of sigmoid with a bias, as BERT")
            << QStringList{"model.moe.gate=topk",         "model.moe.score=sigmoid",     "model.moe.top_k=3",
                           "model.moe.bias_balance=0.05", "model.text.position=learned", "model.text.norm=post",
                           "model.text.token_types=2",    "model.text.pool=first",       "model.text.norm_eps=1e-12"}
            << false;
        QTest::newRow("noisy topk, swiglu, an input norm")
            << QStringList{"model.moe.gate=noisy_topk", "model.moe.activation=swiglu", "model.vision.input_norm=true"}
            << false;
        QTest::newRow("by experts") << QStringList{"model.moe.gate=expert_choice", "model.vision.moe_every=1"} << false;
        QTest::newRow("dense, causal, learned")
            << QStringList{"model.moe.experts=0", "model.text.causal=true", "model.text.position=learned"} << false;
        QTest::newRow("trained in fp64, topk of softmax")
            << QStringList{"train.precision=fp64", "model.moe.gate=topk"} << false;
    }
    void torchScriptComputesWhatTheTraceHolds() {
        QFETCH(QStringList, keys);
        QFETCH(bool, triton);
        const QString name = QString("script-%1").arg(qHash(QString(QTest::currentDataTag())), 0, 16),
                      run = temp_.filePath(name);
        QVERIFY(trainSmoke(name, keys));
        const QString traced = trace(run, name);
        QVERIFY(!traced.isEmpty());
        const Outcome exported =
            cli({"ckpt", "export", run, "--format", "torchscript", "--out", run + "-script", "--json"});
        QVERIFY2(exported.code == 0, exported.err.constData());
        QCOMPARE(exported.json()["methods"].toVariant().toStringList(),
                 QStringList({"encode_text", "encode_image", "match"}));
        const QJsonObject found = ask({"script", run + "-script", traced, ""});
        QCOMPARE(found["samples"].toInt(), 12);
        QCOMPARE(found["batches"].toInt(), 12 + 6 + 3 + 1);
        requireNear(found, {"encode_image", "encode_text", "forward", "match"});
        QCOMPARE(found["compared"].toObject()["match"].toInt(), 3 * 4 * 12);
        // The documented names, adapters merged in.
        const QStringList state = found["state"].toVariant().toStringList();
        QVERIFY(state.contains("text.blocks.0.attention.qkv.weight") && state.contains("match_head.fc2.bias") &&
                state.contains("logit_scale"));
        QVERIFY(state.filter("lora").isEmpty() && state.filter("noise").isEmpty());
        QVERIFY2(found["refused"].toArray().size() == 4 &&
                     !found["refused"].toVariant().toStringList().join(' ').contains("passed"),
                 qPrintable(found["refused"].toVariant().toStringList().join('\n')));
        if (!triton) return;
        QVERIFY(done({"ckpt", "export", run, "--format", "triton", "--out", run + "-triton"}));
        const QJsonObject served = ask({"triton", run + "-triton", traced, ""});
        QCOMPARE(served["models"].toVariant().toStringList(), QStringList({"embed_image", "embed_text", "match"}));
        requireNear(served, {"encode_image", "encode_text", "match"});
    }

    void textTasksAsTorchScript() {
        switchyard::test::writeTables(temp_.path(), "train", 120, 1);
        switchyard::test::writeTables(temp_.path(), "dev", 30, 2);
        const QString config = switchyard::test::writeTextConfig(temp_.path(), 12), run = temp_.filePath("tasks");
        QVERIFY(done({"train", "--config", config, "--run-dir", run, "--set", "model.text.position=learned", "--set",
                      "model.text.norm=post"}));
        // Single texts and pairs of several lengths, each a trace of its own; types come from how long the first one
        // is.
        const QList<std::pair<QString, QString>> texts = {{"the film was great", ""},
                                                          {"dull", ""},
                                                          {"one meal", "this song was fine"},
                                                          {"one film and one book", "this"},
                                                          {"the song was awful and dull", ""}};
        QStringList traces, firsts;
        for (const auto& [first, second] : texts) {
            const QString file = temp_.filePath(QString("task-%1.safetensors").arg(traces.size()));
            const auto tokens = [&](const QStringList& more) {
                const Outcome outcome =
                    cli(QStringList{"trace", "--checkpoint", run, "--text", first, "--out", file, "--json"} + more);
                return outcome.json()["samples"].toArray().first().toObject()["tokens"].toArray().size();
            };
            firsts << QString::number(tokens({}));
            if (!second.isEmpty()) QVERIFY(tokens({"--pair", second}) > firsts.last().toInt());
            traces << file;
        }
        QVERIFY(done({"ckpt", "export", run, "--format", "torchscript", "--out", run + "-script"}));
        const QJsonObject found = ask({"script", run + "-script", traces.join(','), firsts.join(',')});
        requireNear(found, {"classify_rte", "classify_sst2", "classify_stsb", "encode_text", "forward"});
        QVERIFY(done({"ckpt", "export", run, "--format", "triton", "--out", run + "-triton"}));
        const QJsonObject served = ask({"triton", run + "-triton", traces.join(','), firsts.join(',')});
        QCOMPARE(served["models"].toVariant().toStringList(),
                 QStringList({"classify_rte", "classify_sst2", "classify_stsb", "embed_text"}));
        requireNear(served, {"classify_rte", "classify_sst2", "classify_stsb", "encode_text"});
        const QJsonObject labels = served["labels"].toObject();
        QCOMPARE(labels.keys(), QStringList({"classify_rte", "classify_sst2"}));  // stsb tells a number
        const QJsonArray tasks = QJsonDocument::fromJson(bytes(run + "/labels.json")).array();
        QCOMPARE(labels["classify_rte"].toArray(), tasks.at(1)["classes"].toArray());
    }

    void questionsAsTorchScript() {
        switchyard::test::writeQuestions(temp_.path(), "train", 40, 1);
        const QString dev = switchyard::test::writeQuestions(temp_.path(), "dev", 3, 2);
        const QString config = switchyard::test::writeVqaConfig(temp_.path(), 10), run = temp_.filePath("questions");
        QVERIFY(done({"train", "--config", config, "--run-dir", run}));
        QStringList traces;
        for (const QByteArray& line : bytes(dev).trimmed().split('\n')) {
            const QJsonObject row = QJsonDocument::fromJson(line).object();
            traces << temp_.filePath(QString("question-%1.safetensors").arg(traces.size()));
            QVERIFY(done({"trace", "--checkpoint", run, "--text", row["question"].toString(), "--image",
                          temp_.filePath(row["image"].toString()), "--out", traces.last(), "--json"}));
        }
        QVERIFY(done({"ckpt", "export", run, "--format", "torchscript", "--out", run + "-script"}));
        requireNear(ask({"script", run + "-script", traces.join(','), ""}), {"answer", "forward"});
        QVERIFY(done({"ckpt", "export", run, "--format", "triton", "--out", run + "-triton"}));
        const QJsonObject served = ask({"triton", run + "-triton", traces.join(','), ""});
        QCOMPARE(served["models"].toVariant().toStringList(), QStringList("answer"));
        requireNear(served, {"answer"});
        QCOMPARE(served["labels"].toObject()["answer"].toArray(),
                 QJsonDocument::fromJson(bytes(run + "/labels.json")).array().at(0)["classes"].toArray());
    }

    void theCardTellsTheRun() {
        const QString run = temp_.filePath("carded"), folder = run + "-folder",
                      step4 = switchyard::test::checkpointOf(run, 4);
        const QString note = "A *bold* <script>alert(1)</script> | note with `code`";
        QVERIFY(trainSmoke("carded",
                           {"data.format=jsonl", "data.root=" + temp_.path(), "data.train=[captions.jsonl]",
                            "data.eval=[pictures.jsonl]", "data.tokenizer=" + temp_.filePath("shared/tokenizer.model"),
                            "run.note=" + note, "run.tags=[\"a: b\", share]", "train.steps=8", "checkpoint.every=4",
                            "checkpoint.keep=9", "eval.every=4", "eval.tasks=[retrieval]", "train.global_batch=12",
                            "task.matching_block=12"}));
        QVERIFY(done({"ckpt", "export", step4, "--format", "folder", "--license", "cc-by-4.0", "--out", folder}));
        const QJsonObject card = ask({"card", folder + "/README.md"}), head = card["head"].toObject();
        QCOMPARE(head["license"].toString(), QString("cc-by-4.0"));
        QVERIFY(head["tags"].toArray().contains("mixture-of-experts") && head["tags"].toArray().contains("a: b"));
        const QJsonArray results = head["model-index"].toArray().at(0)["results"].toArray();
        QCOMPARE(results.size(), 1);
        int metrics = 0;
        for (const QJsonValue& measured : results.at(0)["metrics"].toArray()) {
            const QString tag = "eval/retrieval/" + measured["type"].toString();
            QVERIFY(std::abs(measured["value"].toDouble() - metricAt("carded", tag, 4)) <=
                    1e-5 * std::abs(measured["value"].toDouble()));
            ++metrics;
        }
        QVERIFY(metrics >= 6);
        QCOMPARE(rowOf(card, "Results", "retrieval")[3].toString(), QString("4"));
        QVERIFY(metricAt("carded", "eval/retrieval/median_rank", 8) > 0);
        // Routing: of the step, and not of the run's end.
        for (const char* layer : {"fusion.blocks.0.moe", "text.blocks.1.moe"}) {
            const QJsonArray row = rowOf(card, "Routing", QString("`%1`").arg(layer));
            QCOMPARE(row.size(), 9);
            const auto near = [&](int column, const char* name) {
                const double wanted = metricAt("carded", QString("moe/%1/%2").arg(layer, name), 4);
                return std::abs(row[column].toString().toDouble() - wanted) <= 1e-5 * std::abs(wanted);
            };
            QVERIFY(near(1, "entropy") && near(2, "max_violation") && near(3, "experts_in_use_text"));
            QVERIFY(metricAt("carded", QString("moe/%1/entropy").arg(layer), 4) !=
                    metricAt("carded", QString("moe/%1/entropy").arg(layer), 8));
        }
        // Data by its bytes, parameters by those in the checkpoint, the command as it was recorded.
        const QString sum = QCryptographicHash::hash(bytes(data_), QCryptographicHash::Sha256).toHex();
        QCOMPARE(rowOf(card, "Data", "`captions.jsonl`")[3].toString(), QString("`%1`").arg(sum));
        QCOMPARE(rowOf(card, "Data", "`pictures.jsonl`")[1].toString(), QString("evaluation"));
        QString counted = rowOf(card, "Model", "parameters")[1].toString();
        QCOMPARE(counted.remove(','),
                 QString::number(cli({"ckpt", "inspect", step4, "--json"}).json()["parameters"].toInt()));
        const QString body = card["body"].toString();
        const QJsonArray command =
            QJsonDocument::fromJson(bytes(run + "/supervisor.json")).object()["command"].toArray();
        QVERIFY(command.size() > 6);
        for (const QJsonValue& word : command)
            QVERIFY2(word.toString().contains('`') || body.contains(word.toString()), qPrintable(word.toString()));
        QVERIFY(body.contains("A \\*bold\\* \\<script\\>alert(1)\\</script\\> \\| note with \\`code\\`"));
        QVERIFY(!body.contains("<script>alert(1)</script> |") ||
                body.contains("'run.note=A *bold* <script>"));  // only inside the command's block
        switchyard::runs::RunDbReader records((run + "/run.db").toStdString());
        const QString machine = QString::fromStdString(records.meta("machine"));
        QVERIFY(!machine.isEmpty());
        QCOMPARE(rowOf(card, "Training", "machine")[1].toString().remove('\\'), machine);
        QCOMPARE(
            rowOf(card, "Files", "`model.safetensors`")[2].toString(),
            QString("`%1`").arg(QString(
                QCryptographicHash::hash(bytes(folder + "/model.safetensors"), QCryptographicHash::Sha256).toHex())));
        // Without a license the reader is asked for one; other words are none.
        QVERIFY(done({"ckpt", "export", run, "--format", "folder", "--out", folder + "-2"}));
        QVERIFY(!ask({"card", folder + "-2/README.md"})["head"].toObject().contains("license"));
        QCOMPARE(
            cli({"ckpt", "export", run, "--format", "folder", "--license", "my own: any", "--out", folder + "-3"}).code,
            2);
        QCOMPARE(cli({"ckpt", "export", run, "--license", "mit", "--out", folder + "-3"}).code, 2);
        QCOMPARE(
            cli({"ckpt", "export", run, "--format", "torchscript", "--dtype", "bf16", "--out", folder + "-3"}).code, 2);
        QVERIFY(!QFileInfo::exists(folder + "-3"));
    }

    void folderComesBackBitForBit_data() {
        QTest::addColumn<QStringList>("keys");
        QTest::newRow("fp32") << QStringList{};
        QTest::newRow("fp64, a router's bias")
            << QStringList{"train.precision=fp64", "model.moe.gate=topk", "model.moe.bias_balance=0.05"};
    }
    void folderComesBackBitForBit() {
        QFETCH(QStringList, keys);
        const QString name = keys.isEmpty() ? "shared" : "shared-64", run = temp_.filePath(name),
                      folder = run + "-folder", back = run + "-back";
        if (!keys.isEmpty()) QVERIFY(trainSmoke(name, keys));
        QVERIFY(done({"ckpt", "export", run, "--format", "folder", "--out", folder}));
        const Outcome imported = cli({"ckpt", "import", folder, "--out", back, "--json"});
        QVERIFY2(imported.code == 0, imported.err.constData());
        QCOMPARE(imported.json()["step"].toInt(), 4);
        const QByteArray ours = bytes(trace(run, name + "-a"));
        QVERIFY(ours.size() > 10'000);
        QVERIFY(ours == bytes(trace(folder, name + "-b")));
        QVERIFY(ours == bytes(trace(back, name + "-c")));
        QCOMPARE(cli({"ckpt", "verify", back, "--deep", "--json"}).json()["ok"].toBool(), true);
        for (const QJsonValue& tensor : cli({"ckpt", "diff", run, back, "--json"}).json()["tensors"].toArray())
            QVERIFY2(tensor["kind"].toString() != "model", qPrintable(tensor["name"].toString()));
        if (!keys.isEmpty()) return;
        // What takes a checkpoint takes it.
        const QStringList measure = {"--task", "retrieval", "--data", data_, "--json"};
        const QJsonObject a = cli(QStringList{"eval", "--checkpoint", run} + measure).json(),
                          b = cli(QStringList{"eval", "--checkpoint", back} + measure).json();
        QVERIFY(!a["metrics"].toObject().isEmpty());
        QCOMPARE(a["metrics"], b["metrics"]);
        QVERIFY(done({"index", "--checkpoint", back, "--data", data_, "--out", run + "-index"}));
        QCOMPARE(cli({"retrieve", "--index", run + "-index", "--text", "a red circle", "--k", "3", "--json"})
                     .json()["results"]
                     .toArray()
                     .size(),
                 3);
        QVERIFY(trainSmoke(name + "-on", {"model.text.init_from=" + back, "train.steps=1"}));
        QVERIFY(done({"ckpt", "export", back, "--format", "folder", "--out", folder + "-again"}));
        QVERIFY(bytes(folder + "/model.safetensors") == bytes(folder + "-again/model.safetensors"));
        QVERIFY(bytes(folder + "-again/README.md").contains("was not recorded"));
        QCOMPARE(cli({"ckpt", "import", folder, "--out", back}).code, 2);  // there is one
    }

    void damagedFoldersAreRefused() {
        const QString run = temp_.filePath("shared"), folder = run + "-folder", bad = run + "-bad", out = run + "-none";
        if (!QFileInfo::exists(folder)) QVERIFY(done({"ckpt", "export", run, "--format", "folder", "--out", folder}));
        const auto refused = [&](int code, const char* word, const std::function<void()>& damage) {
            QVERIFY(!QFileInfo::exists(bad) || QDir(bad).removeRecursively());
            QVERIFY(copyFolder(folder, bad));
            damage();
            const Outcome outcome = cli({"ckpt", "import", bad, "--out", out});
            QVERIFY2(outcome.code == code && outcome.err.contains(word),
                     qPrintable(QString("%1: %2").arg(outcome.code).arg(QString(outcome.err))));
            QCOMPARE(outcome.errorLines().size(), 1);
            QVERIFY(!QFileInfo::exists(out) && !QFileInfo::exists(out + ".part"));
        };
        const auto without = [&](const QString& file) { QVERIFY(QFile::remove(bad + '/' + file)); };
        QByteArray weights = bytes(folder + "/model.safetensors"), flipped = weights, infinite = weights;
        flipped[flipped.size() - 100] = static_cast<char>(flipped[flipped.size() - 100] ^ 4);
        for (int i = 0; i < 4; ++i) infinite[infinite.size() - 4 + i] = "\x00\x00\x80\x7f"[i];
        const QByteArray config = bytes(folder + "/config.yaml"), note = bytes(folder + "/model.json");
        refused(83, "model.safetensors", [&] { QVERIFY(write(bad + "/model.safetensors", flipped)); });
        refused(83, "tokenizer.model", [&] { without("tokenizer.model"); });
        refused(83, "config.yaml", [&] { QVERIFY(write(bad + "/config.yaml", config + "\n# edited\n")); });
        refused(83, "model.json", [&] { QVERIFY(write(bad + "/model.json", "{")); });
        refused(83, "model.json", [&] {
            QVERIFY(write(bad + "/model.json", QByteArray(note).replace("tokenizer.model", "../../etc/passwd")));
        });
        // Without its note a folder is judged by what is in it.
        refused(78, "config.yaml", [&] {
            without("model.json");
            QVERIFY(write(bad + "/config.yaml", "model: {experts: many}\n"));
        });
        refused(83, "another shape", [&] {
            without("model.json");
            QVERIFY(write(bad + "/config.yaml", QByteArray(config).replace("vocab_size: ", "vocab_size: 1")));
        });
        refused(83, "no place", [&] {
            without("model.json");
            const QString narrow = QString(config).replace(QRegularExpression("rank: [1-9][0-9]*"), "rank: 0");
            QVERIFY(write(bad + "/config.yaml", narrow.toUtf8()));
        });
        refused(83, "model.safetensors", [&] {
            without("model.json");
            QVERIFY(write(bad + "/model.safetensors", weights.left(weights.size() - 4)));
        });
        refused(82, "not finite", [&] {
            without("model.json");
            QVERIFY(write(bad + "/model.safetensors", infinite));
        });
        // A checkpoint that is damaged, and a gate whose evaluation draws noise, are no TorchScript.
        const QString script = run + "-no-script";
        QVERIFY(copyFolder(switchyard::test::checkpointOf(run, 4), run + "-broken"));
        QVERIFY(write(run + "-broken/manifest.json", bytes(run + "-broken/manifest.json") + " "));
        QCOMPARE(cli({"ckpt", "export", run + "-broken", "--format", "torchscript", "--out", script}).code, 83);
        QVERIFY(copyFolder(folder, run + "-gumbel"));
        QVERIFY(
            write(run + "-gumbel/config.yaml", QByteArray(config).replace("gumbel_eval: false", "gumbel_eval: true")));
        const Outcome noise = cli({"ckpt", "export", run + "-gumbel", "--format", "triton", "--out", script});
        QVERIFY2(noise.code == 78 && noise.err.contains("gumbel_eval"), noise.err.constData());
        QVERIFY(!QFileInfo::exists(script));
    }
};

QTEST_GUILESS_MAIN(SharingTest)
#include "sharing_test.moc"
