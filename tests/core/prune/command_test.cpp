// SPDX-License-Identifier: MIT
// `ckpt prune` on trained models: which experts go, what the pruned model computes, how it is trained on.
#include <ATen/ATen.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QFileInfo>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cstdio>
#include <numeric>
#include <set>

#include "core/base/io/safetensors.h"
#include "core/base/runs/layer_routes.h"
#include "core/checkpoint/tensor_file.h"
#include "core/eval/retrieval_eval.h"
#include "core/eval/sample_pass.h"
#include "core/eval/task_eval.h"
#include "core/model/moe/moe_layer.h"
#include "core/prune/expert_scores.h"
#include "support/pictures.h"
#include "support/training.h"

using namespace switchyard;
using namespace switchyard::test;

namespace {

/// REAP's sums in plain loops.
struct PlainSums : model::ExpertWatch {
    std::map<std::int64_t, double> norms, tokens;
    void see(const model::RoutingRecord& routing, const std::function<at::Tensor(std::int64_t)>& outputs) override {
        for (std::int64_t k = 0; k < routing.experts.size(1); ++k) {
            const at::Tensor of = outputs(k).to(at::kDouble);
            for (std::int64_t t = 0; t < of.size(0); ++t) {
                if (routing.dropped[t][k].item<bool>()) continue;
                const auto expert = routing.experts[t][k].item<std::int64_t>();
                norms[expert] += routing.weights[t][k].item<double>() * std::sqrt((of[t] * of[t]).sum().item<double>());
                tokens[expert] += 1;
            }
        }
    }
};

std::vector<std::int64_t> numbers(const QJsonValue& list) {
    std::vector<std::int64_t> all;
    for (const QJsonValue& value : list.toArray()) all.push_back(value.toInteger());
    return all;
}

/// This program called with --peak PROGRAM ...: runs it and prints the most memory, in KiB, that it or a process it
/// waited for had at a time.
int tellPeak(char** command) {
    const pid_t child = fork();
    if (child == 0) {
        if (std::freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
        execv(command[0], command);
        _exit(127);
    }
    int status = 1;
    waitpid(child, &status, 0);
    rusage used{};
    getrusage(RUSAGE_CHILDREN, &used);
    std::printf("%ld\n", used.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/// Bytes; 0 when the program failed.
qint64 peakOf(const QStringList& arguments) {
    QProcess process;
    process.start(QCoreApplication::applicationFilePath(),
                  QStringList{"--peak", binary(QStringLiteral("switchyard"))} + arguments);
    if (!process.waitForFinished(120'000) || process.exitCode() != 0) return 0;
    return process.readAllStandardOutput().trimmed().toLongLong() * 1024;
}

qint64 weightBytes(const QString& folder) {
    return QFileInfo(folder + "/model.r000-of-001.safetensors").size();
}

}  // namespace

class PruneCommandTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    QString pictures_, run_, text_run_;

    QString path(const QString& name) const { return temp_.filePath(name); }

    void writeMoods(const QString& name, int rows, quint32 seed, const QByteArray& label = {}) {
        QRandomGenerator draw(seed);
        const QStringList things = {"film", "book", "song", "meal", "trip"},
                          words = {"great", "lovely", "fine", "awful", "dull", "poor"};
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("sentence\tlabel\n");
        for (int i = 0; i < rows; ++i) {
            const int word = static_cast<int>(draw.bounded(6));
            const QByteArray mood = word < 3 ? "1" : "0";
            file.write("the " + things[draw.bounded(5)].toUtf8() + " was " + words[word].toUtf8() + "\t" +
                       (label.isEmpty() ? mood : label) + "\n");
        }
    }
    static QStringList sets(const QStringList& keys) {
        QStringList arguments;
        for (const QString& key : keys) arguments << "--set" << key;
        return arguments;
    }
    Outcome train(const QString& config, const QString& run, const QStringList& keys,
                  const QStringList& more = {}) const {
        return cli(QStringList{"train", "--config", config, "--run-dir", path(run)} +
                   sets(QStringList{"parallel.threads=1"} + keys) + more);
    }
    Outcome prune(const QString& from, const QString& out, const QStringList& how, const QString& data) const {
        return cli(QStringList{"ckpt", "prune", from, "--out", path(out), "--data", data, "--json"} + how);
    }
    static QJsonObject metricsOf(const QString& model, const QString& task, const QString& data) {
        return cli({"eval", "--checkpoint", model, "--task", task, "--data", data, "--json"})
            .json()["metrics"]
            .toObject();
    }
    /// A layer's kept experts, as a report tells them.
    static void mask(eval::LoadedModel& model, const QJsonArray& layers) {
        for (model::MoeLayerImpl* layer : model::moeLayersOf(*model.model())) {
            for (const QJsonValue& told : layers) {
                if (told["layer"].toString().toStdString() == layer->layerName())
                    layer->router()->mask(numbers(told["kept"]));
            }
        }
    }
    static at::Tensor embedded(eval::LoadedModel& model, const QString& data) {
        const auto set = dataset::openJsonl(data.toStdString(), {}, false);
        const eval::Embeddings of =
            eval::embed(model.model(), model.config(), *set, model.tokenizer(), model.context());
        return at::cat({of.images, of.texts});
    }
    static std::vector<std::vector<double>> predicted(eval::LoadedModel& model, const QString& data) {
        const auto set = dataset::openTextTable(data.toStdString(), "sst2", model.config().task, model.labels());
        return eval::predict(model.model(), model.config(), *set, model.tokenizer(), model.context()).outputs;
    }

private Q_SLOTS:
    void initTestCase() {
        pictures_ = writePictures(QDir(temp_.path()), 48);
        run_ = path("run");
        const Outcome trained =
            train(shippedConfig("smoke.yaml"), "run",
                  {"data.format=jsonl", "data.root=" + temp_.path(), "data.train=[pictures.jsonl]",
                   "data.eval=[pictures.jsonl]", "train.steps=30", "train.global_batch=16", "optim.lr=3e-3",
                   "optim.warmup_steps=3", "model.vision.moe_every=2", "task.matching_block=8"});
        QVERIFY2(trained.code == 0, trained.err.constData());
        writeMoods("train.tsv", 200, 1);
        writeMoods("dev.tsv", 70, 2);
        text_run_ = path("text");
        QFile config(path("text.yaml"));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write(QString(R"(run: {name: text, seed: 3}
task: {kind: text, names: [sst2]}
model:
  text: {layers: 2, dim: 32, heads: 2, ffn_dim: 64, max_tokens: 24, vocab_size: 60, moe_every: 1}
  moe: {experts: 8, top_k: 2, gate: topk, score: sigmoid, bias_balance: 0.01, hidden_dim: 32}
data: {format: tsv, root: %1, train: [train.tsv], eval: [dev.tsv]}
optim: {lr: 4.0e-3, warmup_steps: 5}
train: {steps: 40, global_batch: 32}
)")
                         .arg(temp_.path())
                         .toUtf8());
        config.close();
        const Outcome text = train(config.fileName(), "text", {});
        QVERIFY2(text.code == 0, text.err.constData());
    }

    void theLeastOfEachLayerGo_data() {
        QTest::addColumn<QString>("by");
        for (const char* by : {"usage", "reap"}) QTest::newRow(by) << QString(by);
    }
    void theLeastOfEachLayerGo() {
        QFETCH(QString, by);
        const QString out = "by-" + by;
        const Outcome told = prune(run_, out, {"--fraction", "0.25", "--by", by}, pictures_);
        QVERIFY2(told.code == 0, told.err.constData());
        const QJsonObject report = told.json();
        const QJsonArray layers = report["layers"].toArray();
        QCOMPARE(layers.size(), 3);
        for (const QJsonValue& layer : layers) {
            const auto kept = numbers(layer["kept"]), removed = numbers(layer["removed"]);
            QCOMPARE(kept.size(), std::size_t{6});
            QCOMPARE(removed.size(), std::size_t{2});
            const QJsonArray scores = layer["scores"].toArray();
            double best_out = 0, worst_in = 1e300;
            for (const std::int64_t e : removed) best_out = std::max(best_out, scores[static_cast<int>(e)].toDouble());
            for (const std::int64_t e : kept) worst_in = std::min(worst_in, scores[static_cast<int>(e)].toDouble());
            QVERIFY(best_out <= worst_in);
        }
        // Sizes: what is told, what the files are, what the command line sees of them.
        const QJsonObject parameters = report["parameters"].toObject(), bytes = report["weights_bytes"].toObject();
        QCOMPARE(cli({"ckpt", "inspect", run_, "--json"}).json()["parameters"].toInteger(),
                 parameters["before"].toInteger());
        QCOMPARE(cli({"ckpt", "inspect", path(out), "--json"}).json()["parameters"].toInteger(),
                 parameters["after"].toInteger());
        // Two of eight experts of each layer: w1, b1, w2, b2 and a row of the router each; 64 wide, 64 hidden.
        const qint64 expert = 64 * 64 + 64 + 64 * 64 + 64 + 64;
        QCOMPARE(parameters["before"].toInteger() - parameters["after"].toInteger(), 3 * 2 * expert);
        QCOMPARE(bytes["before"].toInteger() - bytes["after"].toInteger(), 4 * 3 * 2 * expert);
        const qint64 shrunk = weightBytes(checkpointOf(run_, 30)) - weightBytes(path(out));
        QVERIFY2(std::abs(shrunk - 4 * 3 * 2 * expert) < 256,
                 qPrintable(QString::number(shrunk)));  // the header's numbers are shorter too
        QCOMPARE(cli({"ckpt", "verify", path(out), "--deep"}).code, 0);
        QVERIFY(cli({"config", "show", path(out) + "/config.resolved.yaml"}).out.contains("experts: 6"));
        // Quality is evaluation's own.
        const QJsonObject quality = report["quality"].toObject();
        QCOMPARE(quality["before"].toObject(), metricsOf(run_, "retrieval", pictures_));
        QCOMPARE(quality["after"].toObject(), metricsOf(path(out), "retrieval", pictures_));
        QVERIFY(!quality["after"].toObject().isEmpty());
    }

    /// Of a model that is nearly all experts: 64 of 2 x 32 x 4,096 numbers.
    void fileAndMemoryShrink() {
        QVERIFY(train(path("text.yaml"), "large",
                      {"model.moe.experts=64", "model.moe.hidden_dim=4096", "model.text.layers=1", "train.steps=1"})
                    .code == 0);
        const Outcome told = prune(path("large"), "small", {"--fraction", "0.5", "--limit", "40"}, path("train.tsv"));
        QVERIFY2(told.code == 0, told.err.constData());
        const QJsonObject bytes = told.json()["weights_bytes"].toObject();
        const qint64 less = bytes["before"].toInteger() - bytes["after"].toInteger();
        QVERIFY(less > 30'000'000);
        const qint64 file = weightBytes(checkpointOf(path("large"), 1)) - weightBytes(path("small"));
        QVERIFY2(std::abs(file - less) < 4096, qPrintable(QString::number(file)));
        const auto peak = [&](const QString& model) {
            return peakOf({"eval", "--checkpoint", model, "--task", "sst2", "--data", path("dev.tsv"), "--json"});
        };
        const qint64 whole = peak(path("large")), pruned = peak(path("small"));
        qInfo("weights %lld bytes less; evaluation takes %lld, pruned %lld: %lld less", less, whole, pruned,
              whole - pruned);
        QVERIFY(pruned > 0);
        QVERIFY(whole - pruned > less * 9 / 10);
    }

    void outputsAreThoseOfTheMaskedModel() {
        for (const int keep : {6, 4}) {
            const QString out = "exact-" + QString::number(keep), text_out = "exact-text-" + QString::number(keep);
            const Outcome told = prune(run_, out, {"--keep", QString::number(keep)}, pictures_);
            const Outcome text_told = prune(text_run_, text_out, {"--keep", QString::number(keep)}, path("train.tsv"));
            QVERIFY2(told.code == 0 && text_told.code == 0, (told.err + text_told.err).constData());
            eval::LoadedModel whole(run_.toStdString()), cut(path(out).toStdString());
            const at::Tensor unmasked = embedded(whole, pictures_);
            mask(whole, told.json()["layers"].toArray());
            const at::Tensor masked = embedded(whole, pictures_);
            QVERIFY(at::equal(masked, embedded(cut, pictures_)));
            QVERIFY(!at::equal(masked, unmasked));
            eval::LoadedModel text(text_run_.toStdString()), text_cut(path(text_out).toStdString());
            const auto before = predicted(text, path("dev.tsv"));
            mask(text, text_told.json()["layers"].toArray());
            const auto after = predicted(text, path("dev.tsv"));
            QVERIFY(after == predicted(text_cut, path("dev.tsv")));
            QVERIFY(after != before);
        }
    }

    /// Layers may come to differ: the file has what each keeps, it computes what the masked model does, and everything
    /// else reads it, trains on from it, over two ranks too.
    void overAllLayersTogether() {
        const Outcome told = prune(run_, "all", {"--keep", "14", "--budget", "all"}, pictures_);
        QVERIFY2(told.code == 0, told.err.constData());
        const QJsonObject report = told.json();
        std::vector<std::pair<double, bool>> ranked;  // over the layer's mean, and whether it stays
        std::vector<std::int64_t> kept;
        for (const QJsonValue& layer : report["layers"].toArray()) {
            const QJsonArray scores = layer["scores"].toArray();
            double sum = 0;
            for (const QJsonValue& score : scores) {
                QVERIFY(score.isDouble());
                sum += score.toDouble();
            }
            QVERIFY(sum > 0);
            const std::vector<std::int64_t> stays = numbers(layer["kept"]);
            kept.push_back(static_cast<std::int64_t>(stays.size()));
            std::vector<std::pair<double, std::int64_t>> of_layer;
            for (int e = 0; e < 8; ++e) of_layer.emplace_back(-scores[e].toDouble() * 8 / sum, e);
            std::sort(of_layer.begin(), of_layer.end());
            for (std::size_t i = 2; i < of_layer.size(); ++i)  // two stay whatever they score
                ranked.emplace_back(-of_layer[i].first,
                                    std::find(stays.begin(), stays.end(), of_layer[i].second) != stays.end());
            for (std::size_t i = 0; i < 2; ++i)
                QVERIFY(std::find(stays.begin(), stays.end(), of_layer[i].second) != stays.end());
        }
        QCOMPARE(std::accumulate(kept.begin(), kept.end(), std::int64_t{0}), 14);
        QVERIFY2(std::set<std::int64_t>(kept.begin(), kept.end()).size() > 1, "the layers do not differ");
        std::sort(ranked.rbegin(), ranked.rend());
        for (std::size_t i = 0; i < ranked.size(); ++i) QCOMPARE(ranked[i].second, i < 14 - 6);
        QCOMPARE(numbers(report["experts"].toObject()["after"]), kept);
        QCOMPARE(cli({"ckpt", "verify", path("all"), "--deep"}).code, 0);

        eval::LoadedModel whole(run_.toStdString()), cut(path("all").toStdString());
        mask(whole, report["layers"].toArray());
        QVERIFY(at::equal(embedded(whole, pictures_), embedded(cut, pictures_)));
        const Outcome dry =
            cli({"ckpt", "prune", run_, "--keep", "14", "--budget", "all", "--data", pictures_, "--dry-run", "--json"});
        QCOMPARE(dry.json()["quality"].toObject(), report["quality"].toObject());

        const QJsonObject metrics = metricsOf(path("all"), "retrieval", pictures_);
        QCOMPARE(cli({"ckpt", "reshard", path("all"), "--ranks", "2", "--out", path("all-2")}).code, 0);
        QCOMPARE(metricsOf(path("all-2"), "retrieval", pictures_), metrics);
        QCOMPARE(cli({"ckpt", "export", path("all"), "--out", path("all-model")}).code, 0);
        QCOMPARE(metricsOf(path("all-model"), "retrieval", pictures_), metrics);
        const Outcome traced = cli({"trace", "--checkpoint", path("all"), "--data", pictures_, "--limit", "2", "--out",
                                    path("all.safetensors"), "--json"});
        QVERIFY2(traced.code == 0, traced.err.constData());
        const QString config = path("all") + "/config.resolved.yaml";
        const Outcome planned = cli({"plan", "--config", config, "--json"});
        QCOMPARE(planned.json()["parameters"].toObject()["total"].toInteger(),
                 report["parameters"].toObject()["after"].toInteger());
        // One rank, and two over which the optimizer's part is shared out, begin alike and stay together.
        const QStringList keys = {"train.steps=3", "train.global_batch=16", "eval.tasks=[]"};
        const Outcome one = train(config, "all-one", keys, {"--resume", path("all")});
        const Outcome two = train(config, "all-two", keys + QStringList{"parallel.ranks=2", "parallel.shard=fsdp"},
                                  {"--resume", path("all")});
        QVERIFY2(one.code == 0 && two.code == 0, (one.err + two.err).constData());
        const QJsonArray a = lossesOf(path("all-one")), b = lossesOf(path("all-two"));
        QCOMPARE(a.size(), 3);
        for (int i = 0; i < 3; ++i) {
            const double of_one = a[i].toArray()[1].toDouble(), of_two = b[i].toArray()[1].toDouble();
            QVERIFY(of_one > 0 && std::abs(of_one - of_two) < 1e-4);
        }
        // Once more, each layer for itself: those that have fewer already stay.
        const Outcome again = prune(path("all"), "all-again", {"--keep", "4", "--limit", "12"}, pictures_);
        QVERIFY2(again.code == 0, again.err.constData());
        std::vector<std::int64_t> wanted;
        for (const std::int64_t of : kept) wanted.push_back(std::min<std::int64_t>(of, 4));
        QCOMPARE(numbers(again.json()["experts"].toObject()["after"]), wanted);
    }

    void aDryRunTellsWhatWillBe_data() {
        QTest::addColumn<QString>("by");
        for (const char* by : {"reap", "merge"}) QTest::newRow(by) << QString(by);
    }
    void aDryRunTellsWhatWillBe() {
        QFETCH(QString, by);
        const QStringList how = {"ckpt", "prune", run_, "--keep", "3", "--by", by, "--data", pictures_, "--json"};
        const Outcome dry = cli(how + QStringList{"--dry-run"}),
                      made = cli(how + QStringList{"--out", path("dry-" + by)});
        QVERIFY2(dry.code == 0 && made.code == 0, (dry.err + made.err).constData());
        for (const char* part : {"layers", "quality", "parameters", "weights_bytes"})
            QCOMPARE(dry.json().value(QString(part)), made.json().value(QString(part)));
        QVERIFY(!dry.json().contains("out"));
        const QJsonArray layers = made.json()["layers"].toArray();
        for (const QJsonValue& layer : layers) {
            if (by != "merge") {
                QVERIFY(!layer.toObject().contains("merged_into"));
                continue;
            }
            const QJsonObject merges = layer["merged_into"].toObject();
            QCOMPARE(merges.size(), 5);
            for (const std::int64_t removed : numbers(layer["removed"])) {
                QVERIFY(layer["kept"].toArray().contains(merges[QString::number(removed)]));
            }
        }
        const Outcome neither = cli(how);
        QCOMPARE(neither.code, 2);
        QVERIFY2(neither.err.contains("--out or --dry-run"), neither.err.constData());
    }

    /// Against samples that pass one by one: their choices as a trace has them, their sums in plain loops.
    void scoresAreTheFormulas() {
        eval::LoadedModel model(run_.toStdString());
        const auto data = dataset::openJsonl(pictures_.toStdString(), {}, false);
        const std::vector<prune::ExpertScores> found = prune::scoreExperts(model, *data, 0, {});
        const at::NoGradGuard no_gradient;
        std::map<std::string, PlainSums> sums;
        for (model::MoeLayerImpl* layer : model::moeLayersOf(*model.model()))
            layer->setWatch(&sums[layer->layerName()]);
        std::map<std::string, at::Tensor> counts;
        for (const dataset::Sample& of : data->samples()) {
            const eval::TraceSample sample{of.name, of.texts.front(), {}, data->picture(of)};
            const eval::SamplePass passed = eval::passSample(
                model.model(), eval::prepareSample(sample, model.config(), &model.tokenizer()), model.context());
            for (const model::RoutingRecord& record : passed.routing()) {
                at::Tensor& count = counts[record.layer];
                if (!count.defined()) count = at::zeros({2, 8}, at::kLong);
                for (std::int64_t t = 0; t < record.experts.size(0); ++t) {
                    for (std::int64_t k = 0; k < 2; ++k)
                        count[record.modality[t].item<std::int64_t>()][record.experts[t][k].item<std::int64_t>()] += 1;
                }
            }
        }
        QCOMPARE(found.size(), std::size_t{3});
        for (const prune::ExpertScores& layer : found) {
            QVERIFY2(at::equal(layer.counts, counts[layer.layer]), layer.layer.c_str());
            for (std::int64_t e = 0; e < 8; ++e) {
                const PlainSums& plain = sums[layer.layer];
                const double wanted = plain.tokens.contains(e) ? plain.norms.at(e) / plain.tokens.at(e) : 0.0;
                const auto score = layer.reap()[e].item<double>();
                QVERIFY2(std::abs(score - wanted) <= 1e-5 * wanted,
                         qPrintable(QString("%1 %2").arg(score).arg(wanted)));
            }
        }
        // Fewer samples: other sums.
        QVERIFY(prune::scoreExperts(model, *data, 10, {})[0].usage().sum().item<std::int64_t>() <
                found[0].usage().sum().item<std::int64_t>());
    }

    void trainedOn() {
        QVERIFY(prune(run_, "start", {"--fraction", "0.5"}, pictures_).code == 0);
        const QString config = path("start") + "/config.resolved.yaml";
        const Outcome tuned = train(config, "tuned", {"train.steps=4", "train.global_batch=16", "eval.tasks=[]"},
                                    {"--resume", path("start")});
        QVERIFY2(tuned.code == 0, tuned.err.constData());
        const QJsonArray losses = lossesOf(path("tuned"));
        QCOMPARE(losses.size(), 4);
        QCOMPARE(losses[0].toArray()[0].toInt(), 1);
        // It begins where the pruned model is, not at random.
        QVERIFY(train(config, "fresh", {"train.steps=1", "train.global_batch=16", "eval.tasks=[]"}).code == 0);
        const double begun = losses[0].toArray()[1].toDouble(),
                     fresh = lossesOf(path("fresh"))[0].toArray()[1].toDouble();
        QVERIFY2(begun < fresh - 0.1, qPrintable(QString("%1 %2").arg(begun).arg(fresh)));
        QFile own(path("tuned/tokenizer.model")), theirs(path("start/tokenizer.model"));
        QVERIFY(own.open(QIODevice::ReadOnly) && theirs.open(QIODevice::ReadOnly));
        QCOMPARE(own.readAll(), theirs.readAll());
        // Its own checkpoints go on as others do, and two ranks that share out experts begin with the same loss.
        QCOMPARE(
            train(config, "tuned", {"train.steps=6", "train.global_batch=16", "eval.tasks=[]"}, {"--resume", "auto"})
                .code,
            0);
        QCOMPARE(lossesOf(path("tuned")).size(), 6);
        const Outcome two =
            train(config, "two",
                  {"train.steps=1", "train.global_batch=16", "eval.tasks=[]", "parallel.ranks=2", "parallel.expert=2"},
                  {"--resume", path("start")});
        QVERIFY2(two.code == 0, two.err.constData());
        QVERIFY(std::abs(lossesOf(path("two"))[0].toArray()[1].toDouble() - begun) < 1e-4);
    }

    void otherClassesAreRefused() {
        QVERIFY(prune(text_run_, "moods", {"--keep", "4"}, path("train.tsv")).code == 0);
        QVERIFY(train(path("moods") + "/config.resolved.yaml", "moods-tuned", {"train.steps=2"},
                      {"--resume", path("moods")})
                    .code == 0);
        QFile labels(path("moods-tuned/labels.json"));
        QVERIFY(labels.open(QIODevice::ReadOnly));
        QVERIFY(labels.readAll().contains("sst2"));
        // The same table as another task.
        const Outcome other =
            train(path("moods") + "/config.resolved.yaml", "moods-other",
                  {"train.steps=2", "task.names=[tsv]", "task.tsv_text=sentence", "task.tsv_label=label"},
                  {"--resume", path("moods")});
        QVERIFY2(other.code == 65 || other.code == 78, QByteArray::number(other.code) + other.err);
    }

    void whatElseReadsIt() {
        QVERIFY(prune(run_, "read", {"--fraction", "0.25"}, pictures_).code == 0);
        const Outcome traced = cli({"trace", "--checkpoint", path("read"), "--data", pictures_, "--limit", "2", "--out",
                                    path("t.safetensors"), "--json"});
        QVERIFY2(traced.code == 0, traced.err.constData());
        QCOMPARE(cli({"ckpt", "reshard", path("read"), "--ranks", "2", "--out", path("read-2")}).code, 0);
        QCOMPARE(cli({"ckpt", "export", path("read"), "--out", path("read-model")}).code, 0);
        const QJsonObject metrics = metricsOf(path("read"), "retrieval", pictures_);
        QCOMPARE(metricsOf(path("read-2"), "retrieval", pictures_), metrics);
        QCOMPARE(metricsOf(path("read-model"), "retrieval", pictures_), metrics);
        // A model folder can be pruned as well, and what was pruned once more.
        const Outcome again =
            prune(path("read-model"), "again", {"--keep", "3", "--eval", pictures_, "--limit", "12"}, pictures_);
        QVERIFY2(again.code == 0, again.err.constData());
        QCOMPARE(again.json()["quality"].toObject()["before"].toObject(), metrics);
    }

    void refusals_data() {
        QTest::addColumn<QStringList>("how");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("fewer than choices")
            << QStringList{"--keep", "1"} << 78 << QByteArray("1 expert can not serve 2 choices per token");
        QTest::newRow("all") << QStringList{"--keep", "8"} << 2
                             << QByteArray("Of 8 experts a layer, 8 can not be what stays");
        QTest::newRow("none taken out") << QStringList{"--fraction", "0.01"} << 2 << QByteArray("Keep from 1 to 7");
        QTest::newRow("too few in all") << QStringList{"--keep", "5", "--budget", "all"} << 78
                                        << QByteArray("so 5 are too few");
        QTest::newRow("all of all") << QStringList{"--keep", "24", "--budget", "all"} << 2
                                    << QByteArray("Of 24 experts of all layers together");
        QTest::newRow("not said") << QStringList{} << 2 << QByteArray("Give --keep or --fraction");
        QTest::newRow("both") << QStringList{"--keep", "4", "--fraction", "0.5"} << 2 << QByteArray("excludes");
        QTest::newRow("unknown task") << QStringList{"--keep", "4", "--task", "sst2"} << 2
                                      << QByteArray("was not trained for the task");
    }
    void refusals() {
        QFETCH(QStringList, how);
        QFETCH(int, code);
        QFETCH(QByteArray, words);
        const Outcome outcome = prune(run_, "refused", how, pictures_);
        QCOMPARE(outcome.code, code);
        QVERIFY2(outcome.err.contains(words), outcome.err.constData());
        QVERIFY(!QFile::exists(path("refused")));
    }

    void otherRefusals() {
        const Outcome there = prune(run_, "text", {"--keep", "4"}, pictures_);
        QCOMPARE(there.code, 2);
        QVERIFY2(there.err.contains("there already"), there.err.constData());
        QVERIFY(train(shippedConfig("smoke.yaml"), "dense",
                      {"model.moe.experts=0", "train.steps=1", "data.synthetic.samples=32", "train.global_batch=16",
                       "eval.tasks=[]"})
                    .code == 0);
        const Outcome dense = prune(path("dense"), "refused", {"--keep", "4"}, pictures_);
        QCOMPARE(dense.code, 2);
        QVERIFY2(dense.err.contains("has no experts"), dense.err.constData());
        QVERIFY(train(shippedConfig("smoke.yaml"), "choosing",
                      {"model.moe.gate=expert_choice", "train.steps=1", "data.synthetic.samples=32",
                       "train.global_batch=16", "eval.tasks=[]"})
                    .code == 0);
        const Outcome usage = prune(path("choosing"), "refused", {"--keep", "4", "--by", "usage"}, pictures_);
        QCOMPARE(usage.code, 2);
        QVERIFY2(usage.err.contains("expert_choice"), usage.err.constData());
        QCOMPARE(prune(path("choosing"), "choosing-4", {"--keep", "4", "--by", "reap"}, pictures_).code, 0);
    }
};

int main(int argc, char** argv) {
    if (argc > 2 && QByteArray(argv[1]) == "--peak") return tellPeak(argv + 2);
    const QCoreApplication app(argc, argv);
    PruneCommandTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "command_test.moc"
