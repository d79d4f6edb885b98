// SPDX-License-Identifier: MIT
// Checkpoints of weights alone: `ckpt average`, and exports as int8, both held against plain loops over the numbers.
#include <ATen/ATen.h>

#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>
#include <limits>
#include <map>

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/tensor_file.h"
#include "support/pictures.h"
#include "support/training.h"

using namespace switchyard;
using namespace switchyard::test;

class CheckpointWeightsTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    QString run_, pictures_;

    using Weights = std::map<std::string, at::Tensor>;

    QString path(const QString& name) const { return temp_.filePath(name); }
    Weights weightsIn(const QString& folder) const {
        Weights weights;
        for (auto& [name, tensor] : checkpoint::readWeights(folder.toStdString(), "")) weights[name] = tensor;
        return weights;
    }
    Outcome train(const QString& run, const QStringList& keys, const QStringList& more = {}) const {
        QStringList arguments = {"train", "--config", shippedConfig("smoke.yaml"), "--run-dir", path(run)};
        for (const QString& key :
             QStringList{"parallel.threads=1", "data.format=jsonl", "data.root=" + temp_.path(),
                         "data.train=[pictures.jsonl]", "data.eval=[pictures.jsonl]", "train.global_batch=16",
                         "optim.lr=3e-3", "optim.warmup_steps=3", "checkpoint.keep=9", "task.matching_block=8"} +
                 keys)
            arguments << "--set" << key;
        return cli(arguments + more);
    }
    QJsonObject metricsOf(const QString& model) const {
        return cli({"eval", "--checkpoint", model, "--data", pictures_, "--json"}).json()["metrics"].toObject();
    }
    static void requireFailure(const Outcome& outcome, int code, const char* words) {
        QCOMPARE(outcome.code, code);
        QVERIFY2(outcome.err.contains(words), outcome.err.constData());
    }

private Q_SLOTS:
    void initTestCase() {
        pictures_ = writePictures(QDir(temp_.path()), 48);
        run_ = path("run");
        const Outcome trained = train("run", {"train.steps=30", "checkpoint.every=10"});
        QVERIFY2(trained.code == 0, trained.err.constData());
    }

    void theMeanOfThree() {
        const Outcome told = cli({"ckpt", "average", run_, "--last", "3", "--out", path("mean"), "--json"});
        QVERIFY2(told.code == 0, told.err.constData());
        QCOMPARE(told.json()["steps"].toArray(), (QJsonArray{10, 20, 30}));
        const Weights a = weightsIn(checkpointOf(run_, 10)), b = weightsIn(checkpointOf(run_, 20)),
                      c = weightsIn(checkpointOf(run_, 30)), mean = weightsIn(path("mean"));
        QCOMPARE(mean.size(), a.size());
        for (const auto& [name, tensor] : mean) {
            const at::Tensor x = a.at(name).flatten(), y = b.at(name).flatten(), z = c.at(name).flatten(),
                             m = tensor.flatten();
            for (std::int64_t i = 0; i < m.numel(); i += 1 + m.numel() / 50) {
                const double by_hand = (x[i].item<double>() + y[i].item<double>() + z[i].item<double>()) / 3;
                QVERIFY2(m[i].item<float>() == static_cast<float>(by_hand), name.c_str());
            }
        }
        QVERIFY(!at::equal(mean.at("text.embedding.weight"), c.at("text.embedding.weight")));
        QCOMPARE(cli({"ckpt", "verify", path("mean"), "--deep"}).code, 0);
        QVERIFY(!metricsOf(path("mean")).isEmpty());
        const Outcome on = train("on", {"train.steps=2", "eval.tasks=[]"}, {"--resume", path("mean")});
        QVERIFY2(on.code == 0, on.err.constData());
        QCOMPARE(lossesOf(path("on")).size(), 2);
    }

    void ofEqualsNothingChanges() {
        QVERIFY(cli({"ckpt", "export", run_, "--out", path("model")}).code == 0);
        const Outcome told = cli({"ckpt", "average", run_, path("model"), "--out", path("equal") + "/", "--json"});
        QVERIFY2(told.code == 0, told.err.constData());
        const Weights whole = weightsIn(checkpointOf(run_, 30));
        for (const auto& [name, tensor] : weightsIn(path("equal")))
            QVERIFY2(at::equal(tensor, whole.at(name)), name.c_str());
    }

    void averagesThatAreRefused() {
        requireFailure(cli({"ckpt", "average", run_, "--out", path("no")}), 2, "Give two or more");
        requireFailure(cli({"ckpt", "average", run_, "--last", "7", "--out", path("no")}), 2,
                       "has 3 checkpoint(s), not 7");
        requireFailure(cli({"ckpt", "average", run_, "--last", "2", "--out", run_}), 2, "there already");
        QVERIFY(train("other", {"train.steps=1", "model.moe.hidden_dim=32", "eval.tasks=[]"}).code == 0);
        requireFailure(cli({"ckpt", "average", run_, path("other"), "--out", path("no")}), 78, "model.moe.hidden_dim");
        QVERIFY(cli({"ckpt", "export", run_, "--out", path("broken")}).code == 0);
        checkpoint::NamedTensors weights = checkpoint::readWeights(path("broken").toStdString(), "");
        weights.front().second.flatten()[0] = std::numeric_limits<float>::quiet_NaN();
        checkpoint::writeTensors((path("broken") + "/model.safetensors").toStdString(), weights);
        requireFailure(cli({"ckpt", "average", run_, path("broken"), "--out", path("no")}), 82,
                       weights.front().first.c_str());
        QVERIFY(!QFile::exists(path("no")));
    }

    void int8() {
        for (const char* dtype : {"fp32", "bf16", "int8"}) {
            const Outcome outcome = cli({"ckpt", "export", run_, "--dtype", dtype, "--out", path(dtype)});
            QVERIFY2(outcome.code == 0, outcome.err.constData());
        }
        const auto bytes = [&](const char* dtype) {
            return static_cast<double>(QFileInfo(path(dtype) + "/model.safetensors").size());
        };
        QVERIFY2(bytes("int8") < 0.35 * bytes("fp32"), qPrintable(QString::number(bytes("int8") / bytes("fp32"))));
        QVERIFY(bytes("bf16") < 0.6 * bytes("fp32"));
        const Weights whole = weightsIn(path("fp32")), again = weightsIn(path("int8"));
        QCOMPARE(again.size(), whole.size());
        int rounded = 0;
        for (const auto& [name, tensor] : whole) {
            const at::Tensor& found = again.at(name);
            QCOMPARE(found.sizes(), tensor.sizes());
            const bool kept = tensor.dim() < 2 || name.find(".router.") != std::string::npos ||
                              name.ends_with("experts.b1") || name.ends_with("experts.b2");
            if (kept) {
                QVERIFY2(at::equal(found, tensor), name.c_str());
                continue;
            }
            ++rounded;
            // By outputs: rows of matrices, columns of experts' slabs.
            const at::Tensor rows = tensor.dim() == 3 ? tensor.transpose(1, 2).reshape({-1, tensor.size(1)})
                                                      : tensor.reshape({tensor.size(0), -1});
            const at::Tensor found_rows = tensor.dim() == 3 ? found.transpose(1, 2).reshape({-1, tensor.size(1)})
                                                            : found.reshape({tensor.size(0), -1});
            for (std::int64_t r = 0; r < rows.size(0); r += 1 + rows.size(0) / 20) {
                const auto largest = rows[r].abs().max().item<double>(),
                           error = (rows[r] - found_rows[r]).abs().max().item<double>();
                QVERIFY2(error <= 0.5001 * largest / 127, qPrintable(QString("%1 row %2: %3 of %4")
                                                                         .arg(QString::fromStdString(name))
                                                                         .arg(r)
                                                                         .arg(error)
                                                                         .arg(largest)));
            }
            QVERIFY2(!at::equal(found, tensor), name.c_str());
        }
        QVERIFY(rounded > 10);
        const QJsonObject before = metricsOf(path("fp32")), after = metricsOf(path("int8"));
        for (const char* metric : {"text_to_image_r10", "image_to_text_r10"}) {
            qInfo("%s: %.3f as fp32, %.3f as int8", metric, before[metric].toDouble(), after[metric].toDouble());
            QVERIFY(after[metric].toDouble() > before[metric].toDouble() - 0.05);
        }
        const Outcome started =
            train("started", {"train.steps=1", "eval.tasks=[]", "model.text.init_from=" + path("int8")});
        QVERIFY2(started.code == 0, started.err.constData());
    }

    void aScaleThatIsMissing() {
        const std::string file = (path("int8") + "/model.safetensors").toStdString();
        checkpoint::NamedTensors some;
        {
            const io::SafetensorsFile whole(file);
            for (const io::TensorEntry& entry : whole.entries()) {
                if (entry.name != "text.embedding.weight.scale")
                    some.emplace_back(entry.name, checkpoint::tensorOf(whole, entry).clone());
            }
        }
        checkpoint::writeTensors(file, some);
        requireFailure(cli({"eval", "--checkpoint", path("int8"), "--data", pictures_}), 83,
                       "text.embedding.weight.scale is missing");
    }
};

QTEST_GUILESS_MAIN(CheckpointWeightsTest)
#include "weights_test.moc"
