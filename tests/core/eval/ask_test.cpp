// SPDX-License-Identifier: MIT
// What a model answers when it is asked, held against what evaluation predicts, against heads worked out by hand, and
// against traces; by the function, the command line and a worker's channel.
#include <ATen/ATen.h>

#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <cstring>

#include "core/base/io/safetensors.h"
#include "core/base/util/error.h"
#include "core/data/eval_batch.h"
#include "core/eval/ask.h"
#include "core/eval/request_fields.h"
#include "core/eval/task_eval.h"
#include "core/eval/trace.h"
#include "support/ask_data.h"
#include "support/program.h"

using namespace switchyard;
using namespace switchyard::test;
using nlohmann::json;

namespace {

std::vector<double> softmax(const std::vector<double>& logits) {
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit);
    std::vector<double> shares;
    for (const double logit : logits) shares.push_back(std::exp(logit) / sum);
    return shares;
}

/// Probabilities by the names of classes.
std::map<std::string, double> sharesOf(const json& answer) {
    std::map<std::string, double> shares;
    for (const json& row : answer.at("classes"))
        shares[row.at("class").get<std::string>()] = row.at("probability").get<double>();
    return shares;
}

std::vector<std::vector<double>> rowsOf(const io::SafetensorsFile& file, const std::string& name) {
    const io::TensorEntry* entry = file.find(name);
    std::vector<float> flat((entry->end - entry->begin) / sizeof(float));
    std::memcpy(flat.data(), file.data(*entry), flat.size() * sizeof(float));
    std::vector<std::vector<double>> rows;
    const auto width = static_cast<std::size_t>(entry->shape.back());
    for (std::size_t at = 0; at < flat.size(); at += width)
        rows.emplace_back(flat.begin() + static_cast<std::ptrdiff_t>(at),
                          flat.begin() + static_cast<std::ptrdiff_t>(at + width));
    return rows;
}

}  // namespace

class AskTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    std::unique_ptr<eval::LoadedModel> vqa_, text_;

    std::string path(const QString& name) const { return temp_.filePath(name).toStdString(); }

    QString train(const QString& config, const QString& name) {
        const QString run = temp_.filePath(name);
        const Outcome trained = cli({"train", "--config", config, "--ranks", "1", "--run-dir", run});
        if (trained.code != 0) qWarning("%s", trained.err.constData());
        return run;
    }

    static eval::TraceSample sample(std::optional<std::string> text, std::optional<std::string> pair = {},
                                    const std::string& image = {}) {
        eval::TraceSample made{"query", std::move(text), std::move(pair), {}};
        if (!image.empty()) made.picture = eval::readPicture(image);
        return made;
    }

    /// The code and message of what is refused.
    template <typename Call>
    static std::pair<int, QString> refused(const Call& call) {
        try {
            call();
        } catch (const Error& error) {
            return {static_cast<int>(error.code()), QString::fromStdString(error.message())};
        }
        return {0, {}};
    }

    /// Lines a worker's channel answers to these, by id.
    static QMap<int, json> channel(const QList<json>& requests) {
        QByteArray lines;
        qsizetype expected = 0;
        for (const json& request : requests) {
            lines += QByteArray::fromStdString(request.dump()) + "\n";
            expected += request.contains("cancel") ? 0 : 1;
        }
        QProcess worker;
        worker.start(binary("switchyard-worker"), {"--channel"});
        worker.write(lines);
        QMap<int, json> answers;
        QElapsedTimer timer;
        timer.start();
        while (answers.size() < expected && timer.elapsed() < 60'000 && worker.state() != QProcess::NotRunning) {
            if (!worker.canReadLine()) worker.waitForReadyRead(500);
            while (worker.canReadLine()) {
                const json line = json::parse(worker.readLine().toStdString());
                if (line.contains("result") || line.contains("error")) answers[line.at("id").get<int>()] = line;
            }
        }
        worker.closeWriteChannel();
        worker.waitForFinished(10'000);
        return answers;
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("OMP_NUM_THREADS", "1");
        for (const auto& [part, size, seed] : {std::tuple("train", 120, 1), std::tuple("dev", 30, 2)}) {
            writeQuestions(temp_.path(), part, size, static_cast<quint32>(seed));
            writeTables(temp_.path(), part, size, static_cast<quint32>(seed));
        }
        vqa_ =
            std::make_unique<eval::LoadedModel>(train(writeVqaConfig(temp_.path(), 60, "fp64"), "vqa").toStdString());
        text_ =
            std::make_unique<eval::LoadedModel>(train(writeTextConfig(temp_.path(), 40, "fp64"), "text").toStdString());
    }

    void aQuestionsAnswersAreWhatEvaluationPredicts() {
        const auto data =
            dataset::openQuestions({path("dev.jsonl")}, path(""), vqa_->config().task, &vqa_->labels().front());
        const eval::Predictions said =
            eval::predict(vqa_->model(), vqa_->config(), *data, vqa_->tokenizer(), vqa_->context());
        const double accuracy =
            eval::taskMetrics(vqa_->config(), *data, said)["vqa"]["metrics"]["accuracy"].get<double>();
        const std::vector<std::string>& classes = vqa_->labels().front().classes;
        QCOMPARE(classes.size(), std::size_t{5});
        int right = 0;
        std::set<std::string> different;
        for (std::size_t i = 0; i < data->samples().size(); ++i) {
            const dataset::Sample& of = data->samples()[i];
            const json told =
                eval::ask(*vqa_, sample(of.texts.front(), {}, (data->root() / of.image).string()), {}, {});
            QCOMPARE(told.at("kind").get<std::string>(), std::string("vqa"));
            const json& answer = told.at("answers").at(0);
            QCOMPARE(answer.at("of").get<int>(), 5);
            const std::vector<double> expected = softmax(said.outputs[i]);
            const std::map<std::string, double> shares = sharesOf(answer);
            QCOMPARE(shares.size(), std::size_t{5});
            for (std::size_t c = 0; c < classes.size(); ++c)
                QVERIFY(std::abs(shares.at(classes[c]) - expected[c]) < 1e-6);
            const auto best =
                static_cast<std::size_t>(std::max_element(expected.begin(), expected.end()) - expected.begin());
            const std::string first = answer.at("classes").at(0).at("class").get<std::string>();
            QCOMPARE(first, classes[best]);
            for (std::size_t c = 1; c < 5; ++c)
                QVERIFY(answer["classes"][c - 1]["probability"].get<double>() >=
                        answer["classes"][c]["probability"].get<double>());
            right += of.label >= 0 && first == classes[static_cast<std::size_t>(of.label)] ? 1 : 0;
            different.insert(first);
        }
        QVERIFY(different.size() >= 2);
        QCOMPARE(right, static_cast<int>(std::lround(accuracy * static_cast<double>(data->samples().size()))));
    }

    void aTextsAnswersAreWhatEvaluationPredicts_data() {
        QTest::addColumn<QString>("task");
        QTest::addColumn<QString>("file");
        QTest::newRow("one text") << "sst2"
                                  << "dev-mood.tsv";
        QTest::newRow("two texts") << "rte"
                                   << "dev-same.tsv";
        QTest::newRow("a number") << "stsb"
                                  << "dev-score.tsv";
    }
    void aTextsAnswersAreWhatEvaluationPredicts() {
        QFETCH(QString, task);
        QFETCH(QString, file);
        const auto data = dataset::openTextTable(path(file), task.toStdString(), text_->config().task, text_->labels());
        const eval::Predictions said =
            eval::predict(text_->model(), text_->config(), *data, text_->tokenizer(), text_->context());
        for (std::size_t i = 0; i < data->samples().size(); ++i) {
            const dataset::Sample& of = data->samples()[i];
            const auto pair = of.pair.empty() ? std::nullopt : std::optional(of.pair);
            eval::AskOptions options;
            options.task = task.toStdString();
            const json told = eval::ask(*text_, sample(of.texts.front(), pair), options, {});
            QCOMPARE(told.at("answers").size(), std::size_t{1});
            const json& answer = told.at("answers").at(0);
            QCOMPARE(answer.at("task").get<std::string>(), task.toStdString());
            if (answer.contains("value")) {
                QVERIFY(std::abs(answer.at("value").get<double>() - said.outputs[i].at(0)) < 1e-6);
                continue;
            }
            const std::vector<double> expected = softmax(said.outputs[i]);
            const std::map<std::string, double> shares = sharesOf(answer);
            const auto& classes = text_->labels()[text_->taskNamed(task.toStdString())].classes;
            for (std::size_t c = 0; c < classes.size(); ++c)
                QVERIFY(std::abs(shares.at(classes[c]) - expected[c]) < 1e-6);
        }
        // Without a task: of all that take so many texts.
        const json all = eval::ask(
            *text_, sample("one film", task == "sst2" ? std::nullopt : std::optional<std::string>("this film")), {},
            {});
        QCOMPARE(all.at("answers").size(), std::size_t{task == "sst2" ? 1U : 2U});
    }

    /// From the hidden states that the same pass wrote down, and the head's weights: means over each text's tokens, a
    /// product, exponentials.
    void theHeadsByHand() {
        const std::string out = path("pass.safetensors");
        eval::AskOptions options{"rte", 8, out};
        const json told = eval::ask(*text_, sample("one film", "this film"), options, {});
        const io::SafetensorsFile trace(out);
        const auto hidden = rowsOf(trace, "text_hidden");
        const text::Encoding encoding = text_->tokenizer().encodePair("one film", nullptr, 24);
        const std::size_t first = encoding.ids.size(), dim = hidden.front().size();
        QVERIFY(first < hidden.size());
        std::vector<double> u(dim), v(dim);
        for (std::size_t t = 0; t < hidden.size(); ++t)
            for (std::size_t d = 0; d < dim; ++d) {
                if (t < first)
                    u[d] += hidden[t][d] / static_cast<double>(first);
                else
                    v[d] += hidden[t][d] / static_cast<double>(hidden.size() - first);
            }
        std::vector<double> features;
        for (const double x : u) features.push_back(x);
        for (const double x : v) features.push_back(x);
        for (std::size_t d = 0; d < dim; ++d) features.push_back(std::abs(u[d] - v[d]));
        for (std::size_t d = 0; d < dim; ++d) features.push_back(u[d] * v[d]);
        const auto parameters = text_->model()->named_parameters();
        const at::Tensor weight = parameters["heads.rte.weight"].detach(), bias = parameters["heads.rte.bias"].detach();
        std::vector<double> logits;
        for (std::int64_t c = 0; c < weight.size(0); ++c) {
            double sum = bias[c].item<double>();
            for (std::size_t d = 0; d < features.size(); ++d)
                sum += features[d] * weight[c][static_cast<std::int64_t>(d)].item<double>();
            logits.push_back(sum);
        }
        const std::vector<double> expected = softmax(logits);
        const std::map<std::string, double> shares = sharesOf(told.at("answers").at(0));
        QVERIFY(std::abs(shares.at("entailment") - expected[0]) < 1e-5);  // hidden states are kept in fp32
        QVERIFY(std::abs(shares.at("not_entailment") - expected[1]) < 1e-5);
        QVERIFY(std::abs(expected[0] - 0.5) > 1e-3);
    }

    void theRoutingIsThatOfATrace() {
        const eval::TraceSample asked = sample("is the square red?", {}, path("dev-3.png"));
        const json told = eval::ask(*vqa_, asked, {}, {});
        const json traced = eval::writeTrace(*vqa_, {asked}, path("trace.safetensors")).at("samples").at(0);
        QCOMPARE(told.at("layers").size(), std::size_t{4});
        QVERIFY(told.at("layers") == traced.at("layers"));
        QVERIFY(told.at("tokens") == traced.at("tokens"));
        const json with_file = eval::ask(*vqa_, asked, {"", 2, path("asked.safetensors")}, {});
        QVERIFY(!with_file.contains("layers"));
        QCOMPARE(with_file.at("answers").at(0).at("classes").size(), std::size_t{2});
        QFile a(temp_.filePath("trace.safetensors")), b(temp_.filePath("asked.safetensors"));
        QVERIFY(a.open(QIODevice::ReadOnly) && b.open(QIODevice::ReadOnly));
        QVERIFY(a.readAll() == b.readAll());
    }

    void pictureAndTextBelongTogetherAsTheMatchingHeadSays() {
        QString words = temp_.filePath("match");
        const Outcome trained = cli({"train", "--config", shippedConfig("smoke.yaml"), "--ranks", "1", "--run-dir",
                                     words, "--set", "train.steps=10", "--set", "parallel.threads=1", "--set",
                                     "eval.tasks=[]", "--set", "train.precision=fp64"});
        QVERIFY2(trained.code == 0, trained.err);
        eval::LoadedModel model(words.toStdString());
        const json told = eval::ask(model, sample("a red square", {}, path("dev-0.png")), {}, {});
        QCOMPARE(told.at("kind").get<std::string>(), std::string("matching"));
        QVERIFY(told.at("answers").empty());
        const at::NoGradGuard no_gradient;
        const auto ids = model.tokenizer().encode("a red square", model.config().model.text.max_tokens);
        const data::Batch both = data::makeBatch({ids}, {eval::readPicture(path("dev-0.png"))}, model.config()).batch;
        const auto text = model.model()->encodeText(both, model.context());
        const auto image = model.model()->encodeImages(both, model.context());
        const double logit =
            model.model()->match(text, image, {0}, {0}, {0}, model.context()).match_logits[0].item<double>();
        QVERIFY(std::abs(told["match"]["probability"].get<double>() - 1 / (1 + std::exp(-logit))) < 1e-9);
        QVERIFY(std::abs(told["match"]["score"].get<double>() -
                         text.embedding[0].dot(image.embedding[0]).item<double>()) < 1e-9);
        QCOMPARE(refused([&] { eval::ask(model, sample("red"), {}, {}); }),
                 std::pair(2, QString("there is no picture to compare the text with")));
        QCOMPARE(refused([&] { eval::ask(model, sample({}, {}, path("dev-0.png")), {}, {}); }).first, 2);
    }

    void whatIsMissingIsSaid() {
        const std::string picture = path("dev-0.png");
        const auto ask = [&](eval::LoadedModel& model, const eval::TraceSample& of, const std::string& task = {}) {
            return refused([&] { eval::ask(model, of, {task, 8, {}}, {}); });
        };
        QCOMPARE(ask(*vqa_, sample("is it red?")),
                 std::pair(2, QString("the question is about a picture, and there is none")));
        QCOMPARE(ask(*vqa_, sample({}, {}, picture)), std::pair(2, QString("there is no question")));
        QCOMPARE(ask(*vqa_, sample("  \n ", {}, picture)), std::pair(2, QString("there is no question")));
        QCOMPARE(ask(*text_, sample("one film"), "rte"),
                 std::pair(2, QString("the task rte is about two texts, and there is one")));
        QCOMPARE(ask(*text_, sample("one film", "this film"), "sst2"),
                 std::pair(2, QString("the task sst2 is about one text, and there are two")));
        QCOMPARE(ask(*text_, sample("one film"), "mrpc"),
                 std::pair(2, QString("the model was not trained for the task \"mrpc\"")));
        QCOMPARE(ask(*text_, sample("one film", {}, picture)),
                 std::pair(2, QString("the model reads texts alone, no pictures")));
        QCOMPARE(ask(*text_, sample({})), std::pair(2, QString("there is no text")));
    }

    void aLongTextIsCutAndSaysSo() {
        std::string words = "the film was great";
        const json whole = eval::ask(*text_, sample(words), {}, {});
        QVERIFY(!whole.contains("text_tokens"));
        while (words.size() < 1'000'000) words += " and the song was lovely";
        const json cut = eval::ask(*text_, sample(words), {}, {});
        QCOMPARE(cut.at("tokens").size(), std::size_t{24});
        QCOMPARE(cut.at("text_tokens").get<std::size_t>(), text_->tokenizer().tokens(words, nullptr).size());
        // What goes beyond changes nothing.
        const json beginning = eval::ask(*text_, sample(words.substr(0, 2000)), {}, {});
        QVERIFY(cut.at("answers") == beginning.at("answers"));
    }

    void itCanBeCancelled() {
        int parts = 0;
        const auto code = refused([&] {
            eval::ask(*vqa_, sample("is it red?", {}, path("dev-0.png")), {},
                      [&](auto, auto, const auto&) { return ++parts < 2; });
        });
        QCOMPARE(code.first, 130);
        QCOMPARE(parts, 2);
    }

    void theCommandLine() {
        const QString run = temp_.filePath("vqa"), picture = temp_.filePath("dev-0.png");
        const Outcome asked = cli({"ask", "--checkpoint", run, "--image", picture, "--text",
                                   "what colour is the square?", "--top", "2", "--json"});
        QVERIFY2(asked.code == 0, asked.err);
        const json here =
            eval::ask(*vqa_, sample("what colour is the square?", {}, picture.toStdString()), {"", 2, {}}, {});
        const QJsonArray told = asked.json()["answers"].toArray()[0].toObject()["classes"].toArray();
        QCOMPARE(told.size(), 2);
        QCOMPARE(told[0].toObject()["class"].toString().toStdString(),
                 here["answers"][0]["classes"][0]["class"].get<std::string>());
        QVERIFY(std::abs(told[0].toObject()["probability"].toDouble(qQNaN()) -
                         here["answers"][0]["classes"][0]["probability"].get<double>()) < 1e-12);
        QCOMPARE(asked.json()["layers"].toObject().size(), 4);
        const Outcome plain =
            cli({"ask", "--checkpoint", run, "--image", picture, "--text", "what colour is the square?"});
        QVERIFY2(plain.out.startsWith("vqa") && plain.out.contains(told[0].toObject()["class"].toString().toUtf8()) &&
                     plain.out.contains("fusion.blocks.0.moe"),
                 plain.out);
        const Outcome two = cli(
            {"ask", "--checkpoint", temp_.filePath("text"), "--text", "one film", "--text-b", "this film", "--json"});
        QCOMPARE(two.json()["answers"].toArray().size(), 2);
        QString longest = "the film";
        while (longest.size() < 4000) longest += " was great";
        const Outcome cut = cli({"ask", "--checkpoint", temp_.filePath("text"), "--text", longest, "--task", "sst2"});
        QCOMPARE(cut.code, 0);
        QVERIFY2(cut.err.contains("the model read the first 24 of"), cut.err);
    }

    void faultsOfTheCommandLine_data() {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        const QString words = temp_.filePath("words.png"), cut = temp_.filePath("cut.png"),
                      huge = temp_.filePath("huge.png");
        QVERIFY(writeBadPictures(temp_.path(), temp_.filePath("dev-0.png")));
        const auto about = [](const QString& file) { return QStringList{"--text", "is it red?", "--image", file}; };
        QTest::newRow("nothing") << QStringList{} << 2 << QByteArray("there is nothing to ask");
        QTest::newRow("no picture") << QStringList{"--text", "is it red?"} << 2 << QByteArray("there is none");
        QTest::newRow("not a picture") << about(words) << 65 << QByteArray("words.png");
        QTest::newRow("a broken picture") << about(cut) << 65 << QByteArray("cut.png");
        QTest::newRow("100 megapixels") << about(huge) << 65 << QByteArray("huge.png");
        QTest::newRow("a folder") << about(temp_.path()) << 65 << QFileInfo(temp_.path()).fileName().toUtf8();
        QTest::newRow("a file that is not there") << about(temp_.filePath("gone.png")) << 65 << QByteArray("gone.png");
    }
    void faultsOfTheCommandLine() {
        QFETCH(QStringList, words);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        const Outcome outcome = cli(QStringList{"ask", "--checkpoint", temp_.filePath("vqa")} + words);
        QCOMPARE(outcome.code, code);
        QVERIFY2(outcome.err.contains(says), outcome.err);
        QCOMPARE(outcome.errorLines().size(), 1);
    }

    void aModelWithoutItsAnswersIsRefused() {
        const QString model = temp_.filePath("exported");
        QCOMPARE(cli({"ckpt", "export", temp_.filePath("vqa"), "--out", model}).code, 0);
        const QStringList words = {
            "ask", "--checkpoint", model, "--text", "is it red?", "--image", temp_.filePath("dev-0.png")};
        QCOMPARE(cli(words).code, 0);
        QVERIFY(QFile::remove(model + "/labels.json"));
        const Outcome outcome = cli(words);
        QCOMPARE(outcome.code, 83);
        QVERIFY2(
            outcome.err.contains("the list of the model's answers is not there") && outcome.err.contains("labels.json"),
            outcome.err);
    }

    void aWorkerGoesOnAfterFaultsAndCancelling() {
        json good = {
            {"op", "ask"}, {"checkpoint", path("vqa")}, {"text", "is the square red?"}, {"image", path("dev-1.png")}};
        const auto numbered = [](json request, int id) {
            request["id"] = id;
            return request;
        };
        json bad = good, lone = good;
        bad["image"] = path("gone.png");
        lone.erase("image");
        const QMap<int, json> answers =
            channel({numbered(good, 1), numbered(bad, 2), numbered(lone, 3), numbered(good, 4),
                     json{{"id", 99}, {"cancel", 4}}, numbered(good, 5)});
        QCOMPARE(answers.size(), 5);
        QCOMPARE(answers[2].at("error").at("code").get<int>(), 65);
        QCOMPARE(answers[3].at("error").at("code").get<int>(), 2);
        QCOMPARE(answers[4].at("error").at("code").get<int>(), 130);
        QVERIFY(answers[1].at("result").at("answers") == answers[5].at("result").at("answers"));
    }
};

QTEST_GUILESS_MAIN(AskTest)
#include "ask_test.moc"
