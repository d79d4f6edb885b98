// SPDX-License-Identifier: MIT
// Metrics against scikit-learn's and scipy's, from numbers that tests/golden/metrics.py wrote.
#include <QtTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/util/error.h"
#include "core/eval/metrics.h"

using namespace switchyard;
using nlohmann::json;

namespace {

constexpr double kTolerance = 1e-12;

void requireNear(double ours, const json& theirs, const char* what) {
    const double difference = std::abs(ours - theirs.get<double>());
    QVERIFY2(difference <= kTolerance, qPrintable(QString("%1: %2 instead of %3").arg(what).arg(ours, 0, 'g', 17).arg(theirs.get<double>(), 0, 'g', 17)));
}

}  // namespace

class MetricsTest : public QObject {
    Q_OBJECT
    json golden_;

private Q_SLOTS:
    void initTestCase() {
        std::ifstream file(SWITCHYARD_SOURCE_DIR "/tests/golden/metrics.json");
        golden_ = json::parse(file);
        QCOMPARE(golden_["classes"].size(), 7U);
        QCOMPARE(golden_["numbers"].size(), 4U);
    }

    void classes_data() {
        QTest::addColumn<int>("index");
        for (int i = 0; i < 7; ++i) QTest::newRow(golden_["classes"][i]["name"].get<std::string>().c_str()) << i;
    }
    void classes() {
        QFETCH(int, index);
        const json& one = golden_["classes"][index];
        const auto predicted = one["predicted"].get<std::vector<std::int64_t>>(), truth = one["truth"].get<std::vector<std::int64_t>>();
        requireNear(eval::accuracy(predicted, truth), one["accuracy"], "accuracy");
        if (!one["f1"].is_null()) requireNear(eval::f1(predicted, truth), one["f1"], "f1");
        requireNear(eval::macroF1(predicted, truth), one["macro_f1"], "macro f1");
        requireNear(eval::matthews(predicted, truth), one["matthews"], "matthews");
    }

    void numbers_data() {
        QTest::addColumn<int>("index");
        for (int i = 0; i < 4; ++i) QTest::newRow(golden_["numbers"][i]["name"].get<std::string>().c_str()) << i;
    }
    void numbers() {
        QFETCH(int, index);
        const json& one = golden_["numbers"][index];
        const auto predicted = one["predicted"].get<std::vector<double>>(), truth = one["truth"].get<std::vector<double>>();
        requireNear(eval::pearson(predicted, truth), one["pearson"], "pearson");
        requireNear(eval::spearman(predicted, truth), one["spearman"], "spearman");
    }

    /// The shares of ten people's answers, worked out by hand: n of ten agree, so of each nine n or n - 1.
    void agreementOfTen() {
        const auto ten = [](int yes) {
            std::vector<std::string> given(10, "no");
            for (int i = 0; i < yes; ++i) given[static_cast<std::size_t>(9 - i)] = " Yes";
            return given;
        };
        const double want[] = {0, 0.3, 0.6, 0.9, 1, 1};  // 1: 9/10 * 1/3; 2: 8/10 * 2/3 + 2/10 * 1/3; 3: 7/10 + 3/10 * 2/3
        for (int yes = 0; yes < 6; ++yes) QVERIFY2(std::abs(eval::vqaAgreement("yes ", ten(yes)) - want[yes]) < 1e-12, qPrintable(QString::number(yes)));
        QCOMPARE(eval::vqaAgreement("yes", {"yes"}), 0.0);  // no one else to agree
        QVERIFY_EXCEPTION_THROWN(eval::vqaAgreement("yes", {}), Error);
    }

    void handMade() {
        // Predicted 1, 1, 0, 0; true 1, 0, 1, 0: TP 1, FP 1, FN 1, so F1 = 2 / 4; of 4 two are right; MCC 0.
        const std::vector<std::int64_t> predicted = {1, 1, 0, 0}, truth = {1, 0, 1, 0};
        QCOMPARE(eval::f1(predicted, truth), 0.5);
        QCOMPARE(eval::accuracy(predicted, truth), 0.5);
        QCOMPARE(eval::matthews(predicted, truth), 0.0);
        QVERIFY(std::isnan(eval::pearson({1, 1, 1}, {1, 2, 3})));
        QVERIFY_EXCEPTION_THROWN(eval::accuracy({}, {}), Error);
        QVERIFY_EXCEPTION_THROWN(eval::pearson({1.0}, {1.0, 2.0}), Error);
    }
};

QTEST_APPLESS_MAIN(MetricsTest)
#include "metrics_test.moc"
