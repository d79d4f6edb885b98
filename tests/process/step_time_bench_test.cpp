// SPDX-License-Identifier: MIT
// Simulated step times against measured ones, on a quiet machine: `switchyard doctor --profile` measures it, then each
// layout of plan/simulated.json is trained for some steps and simulated with that profile. Fails where the estimate is
// more than 25 % off. With SWITCHYARD_STEP_TIME_TABLE=FILE the results as a table between FILE's markers
// (docs/planning.md); with SWITCHYARD_STEP_TIME_PROFILE=FILE a profile that is there already.
#include <QDate>
#include <QtTest>

#include <algorithm>

#include "process/plan/layouts.h"
#include "support/config_trainings.h"
#include "support/document_table.h"

using namespace switchyard::test;

namespace {

constexpr int kSteps = 12;
constexpr double kWithin = 0.25;

QString percent(double share) {
    return (share < 0 ? QString::fromUtf8("−") : QString("+")) + QString::number(std::abs(100 * share), 'f', 0) + " %";
}

}  // namespace

class StepTimeBenchTest : public ConfigTrainings {
    Q_OBJECT
    QTemporaryDir cache_;
    QString profile_;
    QStringList rows_;

    /// The median of the steps after the first, which also makes what later ones find; ms.
    double medianStep() const {
        QList<double> times;
        for (const QJsonValue& row :
             cli({"runs", "metrics", temp_.filePath("run"), "--tag", "perf/step_ms", "--json"}).jsonArray())
            if (row["step"].toInt() > 1) times << row["value"].toDouble();
        if (times.size() != kSteps - 1) return -1;
        std::sort(times.begin(), times.end());
        return times[times.size() / 2];
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CACHE_HOME", cache_.path().toUtf8());
        writeConfig(QString::fromUtf8(planFile("base.yaml")));
        profile_ = qEnvironmentVariable("SWITCHYARD_STEP_TIME_PROFILE", temp_.filePath("here.yaml"));
        if (QFile::exists(profile_)) return;
        const Outcome measured = cli({"doctor", "--profile", profile_}, 300'000);
        QVERIFY2(measured.code == 0, measured.err.constData());
    }
    void cleanupTestCase() {
        QVERIFY(writeTableRows("SWITCHYARD_STEP_TIME_TABLE", "step times",
                               QString("Compared on %1, %2:\n\n| layout | simulated, ms | measured, ms | difference | "
                                       "products | tensors | starts | update | exchange |\n"
                                       "|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
                                   .arg(QDate::currentDate().toString(Qt::ISODate), processorName()),
                               rows_));
    }

    void stepTimes_data() {
        QTest::addColumn<QJsonObject>("of");
        for (const QJsonValue& of : simulatedLayouts())
            QTest::newRow(qPrintable(of["name"].toString())) << of.toObject();
    }
    void stepTimes() {
        QFETCH(QJsonObject, of);
        const int ranks = of["ranks"].toInt(1);
        const QStringList keys = keysOf(of, kSteps);
        QDir(temp_.filePath("run")).removeRecursively();
        const Outcome trained = cli(training("run", keys) + QStringList{"--ranks", QString::number(ranks)}, 600'000);
        QVERIFY2(trained.code == 0, trained.err.constData());
        QStringList options = {"--steps", QString::number(kSteps), "--routing", temp_.filePath("run"), "--hardware",
                               profile_};
        for (const QString& key : keys) options << "--set" << key;
        const Outcome outcome = cli(simulating(temp_.filePath("config.yaml"), ranks, options));
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        const QJsonObject time = outcome.json()["time"].toObject();
        const double simulated = 1000 * time["step_s"].toDouble(), measured = medianStep();
        QVERIFY(simulated > 0 && measured > 0);
        const double off = simulated / measured - 1;
        QStringList cells = {QString::fromUtf8(QTest::currentDataTag()), QString::number(simulated, 'f', 0),
                             QString::number(measured, 'f', 0), percent(off)};
        for (const char* part : {"products_s", "memory_s", "operations_s", "update_s", "exchange_s"})
            cells << QString::number(1000 * time[part].toDouble(), 'f', 0);
        rows_ << "| " + cells.join(" | ") + " |";
        qInfo("%s", qPrintable(rows_.last()));
        QVERIFY2(std::abs(off) <= kWithin, qPrintable(rows_.last()));
    }
};

QTEST_GUILESS_MAIN(StepTimeBenchTest)
#include "step_time_bench_test.moc"
