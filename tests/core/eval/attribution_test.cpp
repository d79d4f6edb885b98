// SPDX-License-Identifier: MIT
// Gradient times input of a score, held against what the score does when a token or a patch is scaled a little.
#include <ATen/ATen.h>

#include <QImage>
#include <QPainter>
#include <QTemporaryDir>
#include <QtTest>
#include <map>

#include "core/base/util/error.h"
#include "core/data/eval_batch.h"
#include "core/eval/attribution.h"
#include "core/eval/request_fields.h"
#include "support/program.h"

using namespace switchyard;
using namespace switchyard::test;

class AttributionTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    std::unique_ptr<eval::LoadedModel> model_;
    std::string red_, blue_;
    const std::string words_ = "a large red circle and a small blue square";

    std::string picture(const char* name, Qt::GlobalColor color) const {
        QImage image(64, 64, QImage::Format_RGB32);
        image.fill(QColor(230, 230, 230));
        QPainter painter(&image);
        painter.fillRect(12, 20, 30, 24, color);
        painter.end();
        const QString file = temp_.filePath(name);
        image.save(file);
        return file.toStdString();
    }

    at::Tensor text() {
        const auto tokens = model_->tokenizer().encode(words_, model_->config().model.text.max_tokens);
        const data::OrderedBatch batch = data::makeBatch({tokens}, {}, model_->config());
        return model_->model()->encodeText(batch.batch, model_->context()).embedding[0];
    }
    /// With patch (row, column) of the normalised pixels scaled; -1 = none.
    at::Tensor image(const std::string& file, std::int64_t row, std::int64_t column, double scale) {
        data::Batch batch = data::makeBatch({}, {eval::readPicture(file)}, model_->config()).batch;
        const std::int64_t side = model_->config().model.vision.patch_size;
        if (row >= 0) {
            batch.images.slice(2, row * side, (row + 1) * side).slice(3, column * side, (column + 1) * side) *= scale;
        }
        return model_->model()->encodeImages(batch, model_->context()).embedding[0];
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("OMP_NUM_THREADS", "1");
        const QString run = temp_.filePath("run");
        const Outcome trained = cli({"train", "--config", shippedConfig("smoke.yaml"), "--ranks", "1", "--run-dir", run, "--set",
                                     "train.steps=20", "--set", "parallel.threads=1", "--set", "eval.tasks=[]", "--set",
                                     "train.precision=fp64"});
        QVERIFY2(trained.code == 0, trained.err);
        model_ = std::make_unique<eval::LoadedModel>(run.toStdString());
        red_ = picture("red.png", Qt::red);
        blue_ = picture("blue.png", Qt::blue);
    }

    void tokensAndPatchesAreWorthWhatScalingThemDoes() {
        const nlohmann::json why = eval::explainHit(*model_, {{"query", {{{"text", words_}}}}, {"hit", {{"image", red_}}}});
        const at::NoGradGuard no_gradient;
        const at::Tensor query = text(), hit = image(red_, -1, -1, 1);
        QVERIFY(std::abs(why["score"].get<double>() - query.dot(hit).item<double>()) < 1e-9);

        // Patches: (score(1 + e) - score(1 - e)) / 2e.
        constexpr double kStep = 1e-4;
        const auto values = why["hit"]["values"].get<std::vector<double>>();
        const auto grid = why["hit"]["patch_grid"].get<std::int64_t>();
        QCOMPARE(values.size(), static_cast<std::size_t>(grid * grid));
        double largest = 0;
        for (std::int64_t p = 0; p < grid * grid; ++p) {
            const auto score = [&](double scale) { return query.dot(image(red_, p / grid, p % grid, scale)).item<double>(); };
            const double slope = (score(1 + kStep) - score(1 - kStep)) / (2 * kStep);
            QVERIFY2(std::abs(slope - values[static_cast<std::size_t>(p)]) < 1e-5,
                     qPrintable(QString("patch %1: %2, not %3").arg(p).arg(values[static_cast<std::size_t>(p)]).arg(slope)));
            largest = std::max(largest, std::abs(slope));
        }
        QVERIFY(largest > 1e-4);
        // The picture as the model saw it: red in the middle, a patch of 8 x 8 pixels of 32 a grid place.
        const auto side = why["hit"]["side"].get<qsizetype>();
        const auto pixels = QByteArray::fromBase64(QByteArray::fromStdString(why["hit"]["pixels"].get<std::string>()));
        QCOMPARE(pixels.size(), side * side * 3);
        const auto color = [&](qsizetype row, qsizetype column, qsizetype c) { return static_cast<uchar>(pixels[3 * (row * side + column) + c]); };
        QVERIFY(color(side / 2, side / 2 - 2, 0) > 240 && color(side / 2, side / 2 - 2, 1) < 15);
        QVERIFY(std::abs(color(1, 1, 1) - 230) < 4);

        // Tokens: a row of the table belongs to all tokens of one piece, "a" stands twice.
        const auto ids = model_->tokenizer().encode(words_, model_->config().model.text.max_tokens);
        const auto of_tokens = why["query"][0]["values"].get<std::vector<double>>();
        QCOMPARE(of_tokens.size(), ids.size());
        std::map<std::int32_t, double> by_piece;
        for (std::size_t i = 0; i < ids.size(); ++i) by_piece[ids[i]] += of_tokens[i];
        QVERIFY(by_piece.size() < ids.size());
        at::Tensor table = model_->model()->named_parameters()["text.embedding.weight"];
        for (const auto& [id, value] : by_piece) {
            const at::Tensor kept = table[id].clone();
            const auto score = [&, row = id](double scale) {
                table[row].copy_(kept * scale);
                const double found = text().dot(hit).item<double>();
                table[row].copy_(kept);
                return found;
            };
            const double slope = (score(1 + kStep) - score(1 - kStep)) / (2 * kStep);
            QVERIFY2(std::abs(slope - value) < 1e-5, qPrintable(QString("piece %1: %2, not %3").arg(id).arg(value).arg(slope)));
        }
    }

    void aJoinedQueryIsExplainedInAllItsParts() {
        const nlohmann::json why = eval::explainHit(
            *model_, {{"query", {{{"text", words_}, {"weight", 0.3}}, {{"image", blue_}, {"weight", 0.7}}}}, {"hit", {{"image", red_}}}});
        QCOMPARE(why["query"].size(), std::size_t{2});
        const at::NoGradGuard no_gradient;
        const at::Tensor hit = image(red_, -1, -1, 1), words = text();
        const auto score = [&](double scale) {
            const at::Tensor sum = 0.3 * words + 0.7 * image(blue_, 1, 1, scale);
            return (sum / sum.norm()).dot(hit).item<double>();
        };
        QVERIFY(std::abs(why["score"].get<double>() - score(1)) < 1e-9);
        const auto grid = why["query"][1]["patch_grid"].get<std::size_t>();
        const double slope = (score(1 + 1e-4) - score(1 - 1e-4)) / 2e-4;
        QVERIFY(std::abs(slope - why["query"][1]["values"][grid + 1].get<double>()) < 1e-5);
    }

    void theModelIsAsItWas() {
        const at::NoGradGuard no_gradient;
        at::Tensor table = model_->model()->named_parameters()["text.embedding.weight"];
        const at::Tensor before = table.clone(), said = text();
        eval::explainHit(*model_, {{"query", {{{"text", "red"}}}}, {"hit", {{"text", words_}}}});
        QVERIFY(at::equal(before, model_->model()->named_parameters()["text.embedding.weight"]));
        QVERIFY(at::equal(said, text()));
        for (const auto& parameter : model_->model()->named_parameters()) QVERIFY(!parameter.value().grad().defined());
    }

    void whatIsAskedWronglyIsRefused() {
        const auto code = [&](const nlohmann::json& request) {
            try {
                eval::explainHit(*model_, request);
            } catch (const Error& error) {
                return static_cast<int>(error.code());
            }
            return 0;
        };
        QCOMPARE(code({{"hit", {{"image", red_}}}}), 2);
        QCOMPARE(code({{"query", {{{"text", "red"}}}}, {"hit", nlohmann::json::object()}}), 2);
        QCOMPARE(code({{"query", {{{"text", "red"}}}}, {"hit", {{"image", temp_.filePath("gone.png").toStdString()}}}}), 65);
    }
};

QTEST_GUILESS_MAIN(AttributionTest)
#include "attribution_test.moc"
