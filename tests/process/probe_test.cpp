// SPDX-License-Identifier: MIT
// The routing probe of real runs: it disturbs nothing, each step is there once, and what it, a trace, a worker's routes
// and a replay say of one sample is the same.
#include <QTemporaryDir>
#include <QtTest>

#include "core/base/runs/probe_record.h"
#include "core/base/runs/routes_json.h"
#include "core/base/util/error.h"
#include "faults/faulty_run.h"
#include "support/pictures.h"
#include "support/training.h"

using namespace switchyard;
using namespace switchyard::test;
using nlohmann::json;

namespace {

json asJson(const QByteArray& bytes) {
    return json::parse(bytes.toStdString(), nullptr, false);
}

bool sameChoices(const runs::LayerRoutes& a, const runs::LayerRoutes& b) {
    return a.layer == b.layer && a.experts == b.experts && a.dropped == b.dropped && a.text_tokens == b.text_tokens;
}

bool sameBits(const runs::LayerRoutes& a, const runs::LayerRoutes& b) {
    return sameChoices(a, b) && a.weights == b.weights && a.logits == b.logits && a.entropy == b.entropy &&
           a.bias == b.bias;
}

}  // namespace

class ProbeTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;

    QString path(const QString& name) const { return temp_.filePath(name); }
    std::filesystem::path database(const QString& run) const { return (path(run) + "/run.db").toStdString(); }
    Outcome train(const QString& run, int ranks, const QStringList& keys, const QStringList& options = {}) const {
        QStringList words = tinyRun(
            path(run), ranks, QStringList{"checkpoint.keep=100", "probe.samples=3", "model.vision.moe_every=1"} + keys);
        if (options.contains("--resume")) words.remove(words.indexOf("--resume"), 2);
        return cli(words + options);
    }
    /// Pictures in a file of their own: nothing is held back for an evaluation.
    QStringList pictures() const {
        writePictures(QDir(temp_.path()));
        return {"data.format=jsonl", "data.train=[pictures.jsonl]", "data.root=" + temp_.path(),
                "probe.data=[pictures.jsonl]"};
    }
    /// The answers of one worker to requests, by id.
    static QMap<int, json> ask(const QList<json>& requests) {
        QByteArray lines;
        for (const json& request : requests) lines += QByteArray::fromStdString(request.dump()) + "\n";
        QProcess worker;
        worker.start(binary("switchyard-worker"), {"--channel"});
        worker.write(lines);
        QMap<int, json> answers;
        QElapsedTimer timer;
        timer.start();
        qsizetype expected = 0;
        for (const json& request : requests) expected += request.contains("cancel") ? 0 : 1;
        while (answers.size() < expected && timer.elapsed() < 60'000 && worker.state() != QProcess::NotRunning) {
            if (!worker.canReadLine()) worker.waitForReadyRead(500);
            while (worker.canReadLine()) {
                const json line = asJson(worker.readLine());
                if (line.contains("result") || line.contains("error")) answers[line.at("id").get<int>()] = line;
            }
        }
        worker.closeWriteChannel();
        worker.waitForFinished(10'000);
        return answers;
    }

private Q_SLOTS:
    void trainingIsTheSameBits_data() {
        QTest::addColumn<int>("ranks");
        QTest::addColumn<QStringList>("keys");
        QTest::newRow("one rank") << 1 << QStringList();
        QTest::newRow("noise, dropout, capacity")
            << 1 << QStringList{"model.moe.dropout=0.1", "model.moe.capacity_factor=1.0", "model.text.dropout=0.1"};
        QTest::newRow("two ranks") << 2 << QStringList();
        QTest::newRow("fsdp") << 2 << QStringList{"parallel.shard=fsdp"};
        QTest::newRow("expert ranks") << 2 << QStringList{"parallel.expert=2"};
        QTest::newRow("bf16, blocks again")
            << 2 << QStringList{"train.precision=bf16", "train.activation_checkpointing=block", "parallel.shard=zero2"};
    }
    void trainingIsTheSameBits() {
        QFETCH(int, ranks);
        QFETCH(QStringList, keys);
        const QString name = QString(QTest::currentDataTag()).remove(QRegularExpression("[^a-z0-9]"));
        const Outcome with = train(name + "-with", ranks, keys + QStringList{"probe.every=1"});
        const Outcome without = train(name + "-without", ranks, keys + QStringList{"probe.every=0"});
        QVERIFY2(with.code == 0 && without.code == 0, with.err + without.err);
        QCOMPARE(lossesOf(path(name + "-with")).size(), 6);
        QCOMPARE(lossesOf(path(name + "-with")), lossesOf(path(name + "-without")));
        const QByteArray weights = weightsOf(path(name + "-with"), 6, ranks);
        QVERIFY(weights.size() > 100'000);
        QVERIFY(weights == weightsOf(path(name + "-without"), 6, ranks));
        runs::ProbeRecord record(database(name + "-with")), none(database(name + "-without"));
        QCOMPARE(record.steps(), (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6}));
        QVERIFY(none.steps().empty() && none.samples().empty());
        QCOMPARE(record.layers(),
                 (std::vector<std::string>{"text.blocks.0.moe", "vision.blocks.0.moe", "fusion.blocks.0.moe"}));
        QCOMPARE(record.samples().size(), std::size_t{3});
        // Nothing has been trained yet, so every layout gives the first run's routes.
        runs::ProbeRecord first(database("onerank-with"));
        for (std::int64_t sample = 0; sample < 3; ++sample) {
            const auto routes = record.routes(0, sample), reference = first.routes(0, sample);
            QCOMPARE(routes.size(), std::size_t{3});
            for (std::size_t i = 0; i < routes.size(); ++i) QVERIFY(sameChoices(routes[i], reference[i]));
            // 16 patches; a picture and its text pass the fusion together.
            QCOMPARE(routes[1].num_tokens, std::int64_t{16});
            QCOMPARE(routes[2].num_tokens, routes[0].num_tokens + 16);
            QCOMPARE(routes[0].num_tokens,
                     static_cast<std::int64_t>(record.samples()[static_cast<std::size_t>(sample)].token_ids.size()));
        }
        QVERIFY(QImage::fromData(QByteArray(reinterpret_cast<const char*>(record.picture(1).data()),
                                            static_cast<qsizetype>(record.picture(1).size())))
                    .width() == 32);
    }

    void aResumedRunHasEachStepOnce() {
        const QStringList keys = {"train.steps=9", "checkpoint.every=4", "probe.every=3"};
        QCOMPARE(train("resumed", 1, keys).code, 0);
        runs::ProbeRecord record(database("resumed"));
        const std::vector<std::int64_t> steps = {0, 1, 3, 6, 9};
        QCOMPARE(record.steps(), steps);
        std::vector<runs::LayerRoutes> before;
        for (const std::int64_t step : steps) {
            for (runs::LayerRoutes& routes : record.routes(step, 2)) before.push_back(std::move(routes));
        }
        const std::int64_t generation = record.generation();
        const Outcome again = train("resumed", 1, keys, {"--resume", checkpointOf(path("resumed"), 4)});
        QVERIFY2(again.code == 0, again.err);
        QVERIFY(record.generation() != generation);
        QCOMPARE(record.steps(), steps);
        std::size_t at = 0;
        for (const std::int64_t step : steps) {
            for (const runs::LayerRoutes& routes : record.routes(step, 2)) QVERIFY(sameBits(routes, before[at++]));
        }
        QCOMPARE(at, before.size());
    }

    void otherSamplesBeginANewRecord() {
        const QStringList keys = {"checkpoint.every=2", "probe.every=2", "parallel.threads=1"};
        QCOMPARE(train("changed", 1, pictures() + keys).code, 0);
        QFile rows(path("pictures.jsonl"));
        QVERIFY(rows.open(QIODevice::ReadWrite));
        // The training data stays what it was; the probe gets a file of its own with another first row.
        QFile other(path("other.jsonl"));
        QVERIFY(other.open(QIODevice::WriteOnly));
        const QList<QByteArray> lines = rows.readAll().split('\n');
        other.write(lines[5] + "\n" + lines[4] + "\n");
        other.close();
        const QStringList changed = pictures().mid(0, 3) + QStringList{"probe.data=[other.jsonl]"} + keys;
        const Outcome again = train("changed", 1, changed, {"--resume", checkpointOf(path("changed"), 4)});
        QVERIFY2(again.code == 0, again.err);
        runs::ProbeRecord record(database("changed"));
        QCOMPARE(record.samples().size(), std::size_t{2});
        QCOMPARE(record.steps(), (std::vector<std::int64_t>{6}));
    }

    void everyWayToAskSaysTheSame() {
        const Outcome trained = train("same", 1,
                                      pictures() + QStringList{"train.steps=8", "probe.every=4", "model.moe.gate=topk",
                                                               "model.moe.bias_balance=0.05"});
        QVERIFY2(trained.code == 0, trained.err);
        const QString checkpoint = checkpointOf(path("same"), 8), file = path("trace.safetensors");
        const Outcome traced = cli({"trace", "--checkpoint", checkpoint, "--data", path("pictures.jsonl"), "--limit",
                                    "3", "--out", file, "--json"});
        QVERIFY2(traced.code == 0, traced.err);
        runs::ProbeRecord record(database("same"));
        QCOMPARE(record.samples()[1].text, std::string("a red square"));
        QVERIFY(QString::fromStdString(record.samples()[1].image).endsWith("red-square.png"));
        for (std::int64_t sample = 0; sample < 3; ++sample) {
            const auto probed = record.routes(8, sample), in_file = runs::traceRoutes(file.toStdString(), sample);
            QCOMPARE(probed.size(), in_file.size());
            for (std::size_t i = 0; i < probed.size(); ++i) {
                QVERIFY(sameChoices(probed[i], in_file[i]));
                QCOMPARE(probed[i].bias, in_file[i].bias);
                QCOMPARE(probed[i].bias.size(), std::size_t{4});
                for (std::size_t k = 0; k < probed[i].logits.size(); ++k)
                    QVERIFY(std::abs(probed[i].logits[k] - in_file[i].logits[k]) < 1e-5F);
            }
        }
        QVERIFY_THROWS_EXCEPTION(switchyard::Error, runs::traceRoutes(file.toStdString(), 3));

        // One sample, by the command line and by a worker's channel.
        const QString picture = path("red-square.png"), one = path("one.safetensors"), out = path("out.safetensors");
        QCOMPARE(
            cli({"trace", "--checkpoint", checkpoint, "--text", "a red square", "--image", picture, "--out", one}).code,
            0);
        const json routes = {{"op", "routes"},
                             {"checkpoint", checkpoint.toStdString()},
                             {"text", "a red square"},
                             {"image", picture.toStdString()}};
        json with_out = routes, switched = routes, wrong = routes;
        with_out["out"] = out.toStdString();
        switched["gate"] = {{"gate", "switch"}};
        wrong["gate"] = {{"gate", "best"}};
        const auto numbered = [](json request, int id) {
            request["id"] = id;
            return request;
        };
        const QMap<int, json> answers =
            ask({numbered(routes, 1), numbered(with_out, 2), numbered(switched, 3), numbered(routes, 4),
                 numbered(wrong, 5), numbered(routes, 6), json{{"id", 99}, {"cancel", 6}}});
        QCOMPARE(answers.size(), 6);
        for (const int id : {1, 2, 3, 4}) QVERIFY2(answers[id].contains("result"), answers[id].dump().c_str());
        QCOMPARE(answers[5].at("error").at("code").get<int>(), 2);
        QCOMPARE(answers[6].at("error").at("code").get<int>(), 130);
        const json answer = answers[1].at("result");  // a constant map gives copies
        const auto in_file = runs::traceRoutes(one.toStdString());
        QCOMPARE(answer.at("layers").size(), in_file.size());
        for (std::size_t i = 0; i < in_file.size(); ++i) {
            QVERIFY(sameBits(runs::layerRoutes(answer.at("layers").at(i)), in_file[i]));
            // After a request with another gate the trained one is back.
            QVERIFY(sameBits(runs::layerRoutes(answers[4].at("result").at("layers").at(i)), in_file[i]));
            QVERIFY(!answers[2].at("result").at("layers").at(i).contains("logits"));
        }
        QFile by_command(one), by_worker(out);
        QVERIFY(by_command.open(QIODevice::ReadOnly) && by_worker.open(QIODevice::ReadOnly));
        QVERIFY(by_command.readAll() == by_worker.readAll());
        QCOMPARE(answer.at("patch_grid").get<int>(), 4);
        QCOMPARE(answer.at("tokens").size(), answer.at("layers").at(0).at("tokens").get<std::size_t>());
        QCOMPARE(answer.at("gate").at("gate").get<std::string>(), std::string("topk"));

        // What the model does under another gate, and a replay of the first layer, which sees the same features.
        const json replayed =
            ask({json{{"id", 1}, {"op", "replay"}, {"routes", answer}, {"gate", {{"gate", "switch"}}}}})[1];
        QVERIFY2(replayed.contains("result"), replayed.dump().c_str());
        runs::LayerRoutes one_layer = runs::layerRoutes(replayed.at("result").at("layers").at(0));
        const runs::LayerRoutes ran = runs::layerRoutes(answers[3].at("result").at("layers").at(0));
        QVERIFY(sameChoices(one_layer, ran) && one_layer.weights == ran.weights);
        QCOMPARE(one_layer.num_choices, std::int64_t{1});
    }

    void replaysByTheCommandLine() {
        const QString run = path("same");
        QVERIFY2(QFile::exists(run + "/run.db"), "everyWayToAskSaysTheSame trains it");
        const auto replay = [&](const QStringList& words) {
            return cli(QStringList{"replay"} + words + QStringList{"--json"});
        };
        for (const QString step : {"0", "4", "8"}) {
            const Outcome trained = replay({"--run", run, "--step", step, "--sample", "2"});
            QVERIFY2(trained.code == 0, trained.err);
            const json told = asJson(trained.out);
            for (const json& layer : told.at("layers")) {
                QCOMPARE(layer.at("changed").get<int>() + layer.at("changed_tokens").get<int>() +
                             layer.at("changed_drops").get<int>(),
                         0);
                QVERIFY(layer.at("summary") == layer.at("recorded"));
            }
        }
        // A capacity of half a fair share drops at least half of the choices. 16 patches, 2 choices, 4 experts, 0.5: 4
        // slots each.
        const Outcome tight = replay({"--run", run, "--layer", "vision.blocks.0.moe", "--gate", "capacity_factor=0.5",
                                      "--gate", "min_capacity=1"});
        QVERIFY2(tight.code == 0, tight.err);
        const json layer = asJson(tight.out).at("layers").at(0);
        QVERIFY(layer.at("summary").at("dropped_share").get<double>() >= 0.5);
        QCOMPARE(layer.at("recorded").at("dropped_share").get<double>(), 0.0);
        QCOMPARE(layer.at("changed").get<int>(), 0);
        QVERIFY(layer.at("changed_drops").get<int>() >= 16);
        const QString file = path("one.safetensors");
        const Outcome from_trace = replay({"--trace", file, "--checkpoint", run});
        QVERIFY2(from_trace.code == 0, from_trace.err);
        const json of_trace = asJson(from_trace.out);
        for (const json& of : of_trace.at("layers")) QCOMPARE(of.at("changed_tokens").get<int>(), 0);
        QVERIFY(cli({"replay", "--run", run, "--gate", "gate=expert_choice"}).out.contains("fusion.blocks.0.moe"));

        const auto refused = [&](const QStringList& words, int code, const char* part) {
            const Outcome outcome = replay(words);
            if (outcome.code != code || !(outcome.err + outcome.out).contains(part))
                qWarning("%d %s", outcome.code, outcome.err.constData());
            return outcome.code == code && (outcome.err + outcome.out).contains(part);
        };
        QVERIFY(refused({"--trace", file}, 2, "under which gate"));
        QVERIFY(refused({"--run", run, "--step", "5"}, 2, "no step 5"));
        QVERIFY(refused({"--run", run, "--sample", "3"}, 2, "of sample 3"));
        QVERIFY(refused({"--run", run, "--layer", "nowhere"}, 2, "no layer"));
        QVERIFY(refused({"--run", run, "--gate", "gate=best"}, 2, "best"));
        QVERIFY(refused({"--run", run, "--gate", "gate=topk", "--gate", "top_k=5"}, 2, "4 experts"));
        QVERIFY(refused({"--run", run, "--gate", "bias=[1,2]"}, 2, "2 numbers for 4 experts"));
        QVERIFY(refused({"--run", path("onerank-without")}, 65, "no routing probe"));
    }

    void samplesThatCanNotBeRead() {
        const QStringList keys = pictures().mid(0, 3) + QStringList{"probe.every=2"};
        const Outcome missing = train("missing", 2, keys + QStringList{"probe.data=[nowhere.jsonl]"});
        QVERIFY2(missing.code == 65 && missing.err.contains("nowhere.jsonl"),
                 QByteArray::number(missing.code) + missing.err);
        QCOMPARE(missing.errorLines().size(), 1);
        QVERIFY(!QFile::exists(path("missing")));
        QFile empty(path("empty.jsonl"));
        QVERIFY(empty.open(QIODevice::WriteOnly));
        const Outcome nothing = train("nothing", 1, keys + QStringList{"probe.data=[empty.jsonl]"});
        QVERIFY2(nothing.code == 65, QByteArray::number(nothing.code) + nothing.err);
        QFile broken(path("broken.png")), row(path("broken.jsonl"));
        QVERIFY(broken.open(QIODevice::WriteOnly) && row.open(QIODevice::WriteOnly));
        broken.write("no picture");
        row.write("{\"id\": \"bad one\", \"image\": \"broken.png\", \"text\": \"a red circle\"}\n");
        broken.close();
        row.close();
        const Outcome damaged = train("damaged", 2, keys + QStringList{"probe.data=[broken.jsonl]"});
        QVERIFY2(damaged.code == 65 && damaged.err.contains("bad one"), QByteArray::number(damaged.code) + damaged.err);
        QVERIFY(ranksAreGone(path("damaged")));
        const Outcome nameless = train("nameless", 1, {"probe.data=[\"\"]"});
        QVERIFY2(nameless.code == 78 && nameless.err.contains("probe.data"),
                 QByteArray::number(nameless.code) + nameless.err);
    }
};

QTEST_GUILESS_MAIN(ProbeTest)
#include "probe_test.moc"
