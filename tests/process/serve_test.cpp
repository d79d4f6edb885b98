// SPDX-License-Identifier: MIT
// What `switchyard serve` answers, held against `trace`, `ask` and `retrieve`, and by NVIDIA's own client.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <thread>

#include "core/base/io/safetensors.h"
#include "support/ask_data.h"
#include "support/pictures.h"
#include "support/serving.h"

using namespace switchyard;
using namespace switchyard::test;
using nlohmann::json;

namespace {

std::vector<float> floatsOf(const std::string& bytes) {
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    return values;
}

/// The only output, sent as binary data.
std::vector<float> binaryOutput(const httplib::Result& result) {
    if (!result || result->status != 200) return {};
    return floatsOf(result->body.substr(std::stoul(result->get_header_value("Inference-Header-Content-Length"))));
}

std::vector<float> traced(const io::SafetensorsFile& file, const std::string& name) {
    const io::TensorEntry* entry = file.find(name);
    if (entry == nullptr) return {};
    return floatsOf(std::string(reinterpret_cast<const char*>(file.data(*entry)), entry->end - entry->begin));
}

/// NaN where one is missing.
double difference(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.empty() || a.size() != b.size()) return std::nan("");
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max<double>(most, std::abs(a[i] - b[i]));
    return most;
}

json outputOf(const httplib::Result& result, const std::string& name) {
    if (!result || result->status != 200) return {};
    const json told = json::parse(result->body);
    for (const json& output : told.at("outputs"))
        if (output["name"] == name) return output;
    return {};
}

httplib::Result infer(const Serving& server, const std::string& model, const json& request) {
    return server.client()->Post("/v2/models/" + model + "/infer", request.dump(), "application/json");
}

/// Some steps of training, which is all that different answers need.
QString trained(const QString& folder, const QString& config, const QString& name) {
    const QString run = folder + "/" + name;
    const Outcome outcome = cli({"train", "--config", config, "--run-dir", run});
    if (outcome.code != 0) qWarning("%s", outcome.err.constData());
    return run;
}

}  // namespace

class ServeTest : public QObject {
    Q_OBJECT

    QTemporaryDir temp_;
    QString data_;
    std::vector<std::string> texts_, pictures_;

    /// Starts the server of the demo's model with an index of `data_`.
    std::unique_ptr<Serving> demo(const QStringList& more = {}) {
        return std::make_unique<Serving>(QStringList{"--index", temp_.filePath("index")} + more);
    }

private Q_SLOTS:
    void initTestCase() {
        data_ = writePictures(QDir(temp_.path()));
        QFile rows(data_);
        QVERIFY(rows.open(QIODevice::ReadOnly));
        for (const QByteArray& line : rows.readAll().split('\n')) {
            if (line.isEmpty()) continue;
            const json row = json::parse(line.toStdString());
            texts_.push_back(row["text"].get<std::string>());
            pictures_.push_back(fileBytes(temp_.filePath(QString::fromStdString(row["image"].get<std::string>()))));
        }
        QCOMPARE(texts_.size(), std::size_t{12});
        // Texts of different lengths in one batch.
        texts_[3] += " and a word or two more";
        const Outcome indexed =
            cli({"index", "--checkpoint", demoCheckpoint(), "--data", data_, "--out", temp_.filePath("index")});
        QVERIFY2(indexed.code == 0, indexed.err.constData());
    }

    void embeddingsAreThoseOfTrace() {
        QFile rows(temp_.filePath("rows.jsonl"));
        QVERIFY(rows.open(QIODevice::WriteOnly));
        for (std::size_t i = 0; i < texts_.size(); ++i) {
            const QString image = temp_.filePath(QString("p%1.png").arg(i));
            QFile copy(image);
            QVERIFY(copy.open(QIODevice::WriteOnly));
            copy.write(QByteArray::fromStdString(pictures_[i]));
            rows.write(QByteArray::fromStdString(json{
                           {"id", std::to_string(i)},
                           {"image", "p" + std::to_string(i) + ".png"},
                           {"text", texts_[i]}}.dump()) +
                       "\n");
        }
        rows.close();
        const Outcome outcome = cli({"trace", "--checkpoint", demoCheckpoint(), "--data", rows.fileName(), "--out",
                                     temp_.filePath("t.safetensors"), "--json"});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        const io::SafetensorsFile trace(temp_.filePath("t.safetensors").toStdString());
        const auto server = demo();
        QVERIFY2(server->listens(), server->process().readAllStandardError().constData());
        QCOMPARE(server->models(), QStringList({"embed_text", "embed_image", "match", "retrieve"}));
        const auto client = server->client();
        const json binary = {{"parameters", {{"binary_data_output", true}}}};
        // All rows in one request, and so in one batch; then each alone, by as many clients at once.
        const BinaryRequest all_texts = binaryRequest("TEXT", texts_, binary),
                            all_pictures = binaryRequest("IMAGE", pictures_, binary);
        std::vector<float> texts = binaryOutput(
            client->Post("/v2/models/embed_text/infer", all_texts.headers, all_texts.body, "application/octet-stream"));
        std::vector<float> pictures = binaryOutput(client->Post("/v2/models/embed_image/infer", all_pictures.headers,
                                                                all_pictures.body, "application/octet-stream"));
        QVERIFY(texts.size() > 0 && texts.size() == pictures.size());
        const std::size_t width = texts.size() / texts_.size();
        std::vector<std::vector<float>> alone(texts_.size());
        std::vector<std::thread> clients;
        for (std::size_t i = 0; i < texts_.size(); ++i) {
            clients.emplace_back([&, i] {
                const BinaryRequest own = binaryRequest("TEXT", {texts_[i]}, binary);
                alone[i] = binaryOutput(server->client()->Post("/v2/models/embed_text/infer", own.headers, own.body,
                                                               "application/octet-stream"));
            });
        }
        for (std::thread& thread : clients) thread.join();
        double most = 0;
        for (std::size_t i = 0; i < texts_.size(); ++i) {
            const auto row = [&](const std::vector<float>& all) {
                return std::vector<float>(all.begin() + static_cast<std::ptrdiff_t>(i * width),
                                          all.begin() + static_cast<std::ptrdiff_t>((i + 1) * width));
            };
            const std::string prefix = "samples." + std::to_string(i) + ".";
            const std::vector<float> text = traced(trace, prefix + "text_embedding");
            for (const double off : {difference(row(texts), text), difference(alone[i], text),
                                     difference(row(pictures), traced(trace, prefix + "image_embedding"))}) {
                QVERIFY2(off <= 1e-5, qPrintable(QString("row %1: %2").arg(i).arg(off)));
                most = std::max(most, off);
            }
        }
        qInfo("largest difference of an embedding from trace: %.2g", most);

        // match, as JSON with the pictures in base64.
        json request = {{"inputs", {textTensor("TEXT", texts_), textTensor("IMAGE", {})}}};
        request["inputs"][1]["shape"] = {pictures_.size()};
        for (const std::string& picture : pictures_)
            request["inputs"][1]["data"].push_back(QByteArray::fromStdString(picture).toBase64().toStdString());
        const httplib::Result matched = infer(*server, "match", request);
        const json logits = outputOf(matched, "LOGIT")["data"];
        QCOMPARE(logits.size(), texts_.size());
        for (std::size_t i = 0; i < texts_.size(); ++i) {
            const std::vector<float> logit = traced(trace, "samples." + std::to_string(i) + ".match_logit");
            QVERIFY(logit.size() == 1 &&
                    std::abs(logits[i].get<float>() - logit[0]) <= 1e-5F * std::max(1.F, std::abs(logit[0])));
        }
        QVERIFY(server->metric("switchyard_batch_rows_bucket{model=\"embed_text\",le=\"+Inf\"}") < 13);
    }

    void retrievalIsThatOfTheCommandLine() {
        const auto server = demo();
        QVERIFY(server->listens());
        const Outcome outcome = cli({"retrieve", "--index", temp_.filePath("index"), "--text", "a blue square", "--k",
                                     "4", "--rerank", "--json"});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        const httplib::Result found = infer(*server, "retrieve",
                                            {{"parameters", {{"k", 4}, {"rerank", true}}},
                                             {"inputs", {textTensor("TEXT", {"a blue square", "a red circle"})}}});
        const json ids = outputOf(found, "ID"), scores = outputOf(found, "SCORE"),
                   chances = outputOf(found, "MATCH_PROBABILITY");
        QCOMPARE(ids["shape"].dump(), std::string("[2,4]"));
        const QJsonArray expected = outcome.json()["results"].toArray();
        QCOMPARE(expected.size(), 4);
        for (int i = 0; i < 4; ++i) {
            const auto at = static_cast<std::size_t>(i);
            QCOMPARE(QString::fromStdString(ids["data"][at].get<std::string>()), expected[i]["id"].toString());
            QVERIFY(std::abs(scores["data"][at].get<double>() - expected[i]["score"].toDouble()) <= 1e-5);
            QVERIFY(std::abs(chances["data"][at].get<double>() - expected[i]["match_score"].toDouble()) <= 1e-5);
        }
    }

    /// Without the flag rows would pass together, and with capacities get other answers than alone.
    void modelsThatDropPassRowsAlone() {
        QDir().mkpath(temp_.filePath("drops"));
        for (const char* file : {"model.safetensors", "tokenizer.model"})
            QVERIFY(QFile::copy(demoCheckpoint() + "/" + file, temp_.filePath(QString("drops/") + file)));
        QString config = QString::fromStdString(fileBytes(demoCheckpoint() + "/config.yaml"));
        const QRegularExpression key("eval_capacity_factor: [0-9.]+");
        QVERIFY(config.contains(key));
        config.replace(key, "eval_capacity_factor: 0.5");
        QFile changed(temp_.filePath("drops/config.yaml"));
        QVERIFY(changed.open(QIODevice::WriteOnly));
        changed.write(config.toUtf8());
        changed.close();
        Serving server({}, temp_.filePath("drops"));
        QVERIFY2(server.listens(), server.process().readAllStandardError().constData());
        const httplib::Result told = server.client()->Get("/v2/models/embed_text/config");
        QVERIFY(told);
        QCOMPARE(json::parse(told->body)["parameters"]["rows_pass_together"]["string_value"].get<std::string>(),
                 std::string("false"));
        const json together =
            outputOf(infer(server, "embed_text", {{"inputs", {textTensor("TEXT", texts_)}}}), "EMBEDDING")["data"];
        const json alone =
            outputOf(infer(server, "embed_text", {{"inputs", {textTensor("TEXT", {texts_[5]})}}}), "EMBEDDING")["data"];
        QVERIFY(!alone.empty() && together.size() == 12 * alone.size());
        for (std::size_t i = 0; i < alone.size(); ++i)
            QVERIFY(std::abs(together[5 * alone.size() + i].get<double>() - alone[i].get<double>()) <= 1e-5);
    }

    void textTasksAnswerAsAskDoes() {
        for (const char* part : {"train", "dev"}) writeTables(temp_.path(), part, 48, 7);
        const QString run = trained(temp_.path(), writeTextConfig(temp_.path(), 4), "text");
        Serving server({}, run);
        QVERIFY2(server.listens(), server.process().readAllStandardError().constData());
        QCOMPARE(server.models(), QStringList({"embed_text", "classify"}));
        const QJsonObject mood =
            cli({"ask", "--checkpoint", run, "--text", "the film was lovely", "--task", "sst2", "--json"})
                .json()["answers"][0]
                .toObject();
        const httplib::Result said = infer(server, "classify",
                                           {{"parameters", {{"task", "sst2"}, {"top", 2}}},
                                            {"inputs", {textTensor("TEXT", {"one meal", "the film was lovely"})}}});
        const json labels = outputOf(said, "LABEL"), shares = outputOf(said, "PROBABILITY");
        QCOMPARE(labels["shape"].dump(), std::string("[2,2]"));
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(QString::fromStdString(labels["data"][2 + static_cast<std::size_t>(i)].get<std::string>()),
                     mood["classes"][i]["class"].toString());
            QVERIFY(std::abs(shares["data"][2 + static_cast<std::size_t>(i)].get<double>() -
                             mood["classes"][i]["probability"].toDouble()) <= 1e-5);
        }
        const QJsonObject score =
            cli({"ask", "--checkpoint", run, "--text", "one film", "--text-b", "this song", "--task", "stsb", "--json"})
                .json()["answers"][0]
                .toObject();
        const httplib::Result number =
            infer(server, "classify",
                  {{"parameters", {{"task", "stsb"}}},
                   {"inputs", {textTensor("TEXT", {"one film"}), textTensor("TEXT_B", {"this song"})}}});
        QVERIFY(std::abs(outputOf(number, "VALUE")["data"][0].get<double>() - score["value"].toDouble()) <= 1e-5);
        for (const json& wrong :
             {json{{"inputs", {textTensor("TEXT", {"which task?"})}}},
              json{{"parameters", {{"task", "rte"}}}, {"inputs", {textTensor("TEXT", {"one of two"})}}},
              json{{"parameters", {{"task", "cola"}}}, {"inputs", {textTensor("TEXT", {"no such task"})}}}}) {
            const httplib::Result refused = infer(server, "classify", wrong);
            QVERIFY(refused);
            QCOMPARE(refused->status, 400);
            QVERIFY(json::parse(refused->body)["error"].get<std::string>().find("task") != std::string::npos);
        }
    }

    void questionsAnswerAsAskDoes() {
        const QString folder = temp_.filePath("questions");
        QDir().mkpath(folder);
        for (const char* part : {"train", "dev"}) writeQuestions(folder, part, 16, 5);
        const QString run = trained(folder, writeVqaConfig(folder, 3), "vqa");
        Serving server({}, run);
        QVERIFY2(server.listens(), server.process().readAllStandardError().constData());
        QCOMPARE(server.models(), QStringList({"classify"}));
        const QString picture = folder + "/dev-1.png";
        const QJsonObject asked =
            cli({"ask", "--checkpoint", run, "--image", picture, "--text", "what colour is the square?", "--json"})
                .json()["answers"][0]
                .toObject();
        json image = textTensor("IMAGE", {QByteArray::fromStdString(fileBytes(picture)).toBase64().toStdString()});
        const httplib::Result said = infer(
            server, "classify",
            {{"parameters", {{"top", 3}}}, {"inputs", {textTensor("TEXT", {"what colour is the square?"}), image}}});
        const json labels = outputOf(said, "LABEL")["data"], shares = outputOf(said, "PROBABILITY")["data"];
        QCOMPARE(labels.size(), std::size_t{3});
        for (std::size_t i = 0; i < 3; ++i) {
            QCOMPARE(QString::fromStdString(labels[i].get<std::string>()),
                     asked["classes"][static_cast<int>(i)]["class"].toString());
            QVERIFY(std::abs(shares[i].get<double>() -
                             asked["classes"][static_cast<int>(i)]["probability"].toDouble()) <= 1e-5);
        }
    }

    void tritonclientMakesAllItsCalls() {
        QProcess python;
        python.start(peerPython(), {"-c", "import tritonclient.http"});
        if (!python.waitForFinished(60'000) || python.exitCode() != 0)
            QSKIP("tritonclient is not there: bash installer/setup.sh --tests");
        const auto server = demo();
        QVERIFY(server->listens());
        python.start(peerPython(), {QStringLiteral(SWITCHYARD_SOURCE_DIR "/tests/reference/serve_client.py"), "calls",
                                    server->url().mid(7), temp_.filePath("red-circle.png")});
        QVERIFY(python.waitForFinished(120'000));
        QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
        const QJsonObject said = QJsonDocument::fromJson(python.readAllStandardOutput()).object();
        QVERIFY(said["live"].toBool() && said["ready"].toBool());
        QCOMPARE(said["server"]["name"].toString(), QString("switchyard"));
        QCOMPARE(said["index"].toVariant().toStringList(), server->models());
        for (const QString& model : server->models()) {
            const QJsonObject of = said["models"][model].toObject();
            QVERIFY(of["ready"].toBool());
            QCOMPARE(of["metadata"]["name"].toString(), model);
            QCOMPARE(of["config"]["max_batch_size"].toInt(), 32);
        }
        QCOMPARE(said["id"].toString(), QString("seven"));
        QCOMPARE(said["shape"][0].toInt(), 3);
        QCOMPARE(said["shape"][1].toInt(), said["models"]["embed_text"]["metadata"]["outputs"][0]["shape"][1].toInt());
        const QJsonObject differences = said["difference"].toObject();
        QCOMPARE(differences.size(), 6);
        for (auto it = differences.begin(); it != differences.end(); ++it)
            QVERIFY2(it.value().toDouble(1) <= 1e-5, qPrintable(it.key()));
        QVERIFY(said["score_off"].toDouble(1) <= 1e-5 && said["probability_off"].toDouble(1) <= 1e-5);
        QCOMPARE(said["retrieved"].toArray().size(), 3);
        QCOMPARE(said["refused"]["model"][0].toString(), QString("404"));
        QCOMPARE(said["refused"]["picture"][0].toString(), QString("400"));
        QCOMPARE(said["refused"]["parameter"][0].toString(), QString("400"));
        QVERIFY(said["refused"]["picture"][1].toString().contains("JPEG, PNG or WebP"));
        QVERIFY(said["statistics"]["inference_count"].toInt() >= 21);
        QVERIFY(said["statistics"]["inference_stats"]["compute_infer"]["ns"].toDouble() > 0);
        QCOMPARE(said["all_statistics"].toInt(), 4);
    }
};

QTEST_GUILESS_MAIN(ServeTest)
#include "serve_test.moc"
