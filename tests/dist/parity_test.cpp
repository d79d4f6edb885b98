// SPDX-License-Identifier: MIT
// One rank and two ranks on the same global batch give the same training, and a planted fault shows.
#include <ATen/ATen.h>

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <cstdio>

#include "core/checkpoint/checkpoint.h"
#include "dist/faulty.h"
#include "dist/rank_processes.h"
#include "support/tiny_training.h"

using namespace switchyard;

namespace {

constexpr int kSteps = 50;

/// words: folder, precision, fault or "-", further overrides. Prints loss and gradient norm of every step in
/// hexadecimal; rank 0 saves the weights below folder.
void trainRole(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    std::vector<std::string> overrides(words.begin() + 3, words.end());
    overrides.push_back("train.precision=" + words[1]);
    const RunConfig config = test::tinyConfig(overrides);
    train::Assembly assembly = train::assemble(config, words[0] + "/tokenizer.model", environment, test::faultyMesh(words[2]));
    for (const train::StepResult& result : test::trainSteps(assembly, 0, kSteps)) {
        std::printf("%a %a %a %a %a %a\n", result.loss, result.contrastive, result.matching, result.aux[0].value_or(0), result.aux[1].value_or(0),
                    result.grad_norm);
    }
    std::fflush(stdout);
    checkpoint::Contents contents;
    contents.model = train::savedWeights(assembly);
    contents.step = kSteps;
    checkpoint::save(std::filesystem::path(words[0]) / ("ranks" + std::to_string(environment.world_size)), contents,
                     assembly.mesh->world());
}

std::vector<std::vector<double>> parse(const QByteArray& text) {
    std::vector<std::vector<double>> rows;
    for (const QByteArray& line : text.split('\n')) {
        if (line.isEmpty()) continue;
        std::vector<double> row;
        for (const QByteArray& word : line.split(' ')) row.push_back(std::strtod(word.constData(), nullptr));
        rows.push_back(row);
    }
    return rows;
}

/// Largest relative difference of a column.
double difference(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b,
                  std::size_t column) {
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        worst = std::max(worst, std::abs(a[i][column] - b[i][column]) / std::abs(a[i][column]));
    return worst;
}

const std::map<std::string, test::Role> kRoles = {{"train", trainRole}};

}  // namespace

class ParityTest : public QObject {
    Q_OBJECT

private:
    std::vector<std::vector<double>> losses(int ranks, const QString& precision, const QString& fault,
                                            const QStringList& overrides = {}) {
        const auto outcomes = test::runRanks(ranks, "train", QStringList{folder_.path(), precision, fault} + overrides);
        for (const auto& outcome : outcomes) {
            if (outcome.code != 0) qWarning() << outcome.err;
            if (outcome.code != 0 || outcome.out != outcomes[0].out) return {};
        }
        return parse(outcomes[0].out);
    }

    /// Largest difference of a weight, relative to the largest of its tensor.
    double weightDifference() {
        train::Assembly one = train::assemble(test::tinyConfig({"train.precision=fp64"}),
                                              folder_.path().toStdString() + "/tokenizer.model", {});
        train::Assembly two = train::assemble(test::tinyConfig({"train.precision=fp64"}),
                                              folder_.path().toStdString() + "/tokenizer.model", {});
        auto a = one.model->savedTensors(), b = two.model->savedTensors();
        checkpoint::load(folder_.filePath("ranks1/step-00000050").toStdString(), parallel::wholePieces(a), nullptr);
        checkpoint::load(folder_.filePath("ranks2/step-00000050").toStdString(), parallel::wholePieces(b), nullptr);
        double worst = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            const double scale = a[i].second.abs().max().item<double>();
            worst = std::max(worst, (a[i].second - b[i].second).abs().max().item<double>() / std::max(scale, 1e-3));
        }
        return worst;
    }

    QTemporaryDir folder_;

private Q_SLOTS:
    void initTestCase() { test::tinyTokenizer(test::tinyConfig(), folder_.path().toStdString()); }

    void twoRanksEqualOne_data() {
        QTest::addColumn<QString>("precision");
        QTest::addColumn<double>("limit");
        QTest::newRow("fp64") << "fp64" << 1e-8;
        QTest::newRow("fp32") << "fp32" << 1e-3;
    }
    void twoRanksEqualOne() {
        QFETCH(QString, precision);
        QFETCH(double, limit);
        const auto one = losses(1, precision, "-"), two = losses(2, precision, "-");
        QCOMPARE(one.size(), static_cast<std::size_t>(kSteps));
        QCOMPARE(two.size(), static_cast<std::size_t>(kSteps));
        for (std::size_t column = 0; column < 5; ++column) {
            const double found = difference(one, two, column);
            qInfo() << precision << "column" << column << "largest relative difference" << found;
            // The matching loss alone may move more in fp32: single pairs flip their hardest negative by rounding.
            QVERIFY2(found <= (column == 0 || precision == "fp64" ? limit : 10 * limit), QByteArray::number(found));
        }
        QVERIFY(one.front()[0] > 1.05 * one.back()[0]);  // it does learn
        if (precision == "fp64") {
            const double weights = weightDifference();
            qInfo() << "weights" << weights;
            QVERIFY2(weights <= 1e-8, QByteArray::number(weights));
        }
    }

    void microBatchesAreSharedOut() {
        // Two passes of 8 samples, by one rank or by two with 4 each.
        const auto one = losses(1, "fp64", "-", {"train.micro_batch=8"}),
                   two = losses(2, "fp64", "-", {"train.micro_batch=4"});
        QCOMPARE(two.size(), static_cast<std::size_t>(kSteps));
        QVERIFY(difference(one, two, 0) <= 1e-8);
        QVERIFY(weightDifference() <= 1e-8);
    }

    void plantedFaultsShow() {
        // AdamW and clipping hide a constant factor of all gradients: a large eps and no clipping bring it out.
        const QStringList plain = {"optim.eps=0.001", "optim.grad_clip=0"};
        const auto one = losses(1, "fp64", "-", plain), two = losses(2, "fp64", "-", plain);
        QCOMPARE(two.size(), static_cast<std::size_t>(kSteps));
        QVERIFY(difference(one, two, 0) <= 1e-8 && weightDifference() <= 1e-8);
        const auto divide = losses(2, "fp64", "divide", plain);
        QCOMPARE(divide.size(), static_cast<std::size_t>(kSteps));
        QVERIFY2(difference(one, divide, 0) > 1e-4, "an undivided gradient was not noticed");
        QVERIFY2(weightDifference() > 1e-4, "an undivided gradient did not reach the weights");
        const auto backward = losses(2, "fp64", "backward", plain);
        QCOMPARE(backward.size(), static_cast<std::size_t>(kSteps));
        QVERIFY2(difference(one, backward, 0) > 1e-4, "a gradient that was not exchanged was not noticed");
    }
};

int main(int argc, char** argv) {
    test::playRole(kRoles, argc, argv);
    QCoreApplication application(argc, argv);
    ParityTest tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "parity_test.moc"
