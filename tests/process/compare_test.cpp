// SPDX-License-Identifier: MIT
// switchyard compare: a sparse model beside its dense twins, under budgets, and the report of it.
#include <signal.h>

#include <QFileInfo>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>

#include "support/program.h"
#include "support/training.h"

using switchyard::test::cli;
using switchyard::test::jsonFile;
using switchyard::test::Outcome;
using switchyard::test::shippedConfig;

class CompareTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;

    QStringList comparing(const QString& out, const QString& budget, const QStringList& more) const {
        return QStringList{"compare", "--configs", shippedConfig("smoke.yaml"), "--budget", budget, "--out", temp_.filePath(out), "--json",
                           "--set",   "data.synthetic.samples=128", "--set", "data.synthetic.eval_samples=32", "--set", "model.moe.experts=32", "--set", "parallel.threads=1"} +
               more;
    }
    static QJsonObject candidate(const QJsonObject& report, int i) { return report["candidates"].toArray()[i].toObject(); }
    static double cost(const QJsonObject& of, const char* what) { return of["cost"].toObject()[what].toDouble(); }
    static double parameters(const QJsonObject& of, const char* what) { return of["parameters"].toObject()[what].toDouble(); }
    static bool near(double a, double b, double share) { return std::abs(a - b) <= share * std::max(std::abs(a), std::abs(b)); }

private Q_SLOTS:
    void twinsAndTheirReport() {
        const QStringList arguments = comparing("twins", "steps=12", {"--twins", "total,active", "--seeds", "1,2", "--evaluations", "4"});
        const Outcome outcome = cli(arguments);
        QVERIFY2(outcome.code == 0, outcome.err);
        const QJsonObject report = outcome.json();
        QCOMPARE(report, jsonFile(temp_.filePath("twins/report.json")));
        QCOMPARE(report["metric"].toString(), "eval/retrieval/text_to_image_r10");
        QCOMPARE(report["candidates"].toArray().size(), 3);
        const QJsonObject sparse = candidate(report, 0), total = candidate(report, 1), active = candidate(report, 2);
        QCOMPARE(sparse["name"].toString(), "smoke");
        QCOMPARE(total["name"].toString(), "smoke-dense-total");
        QVERIFY(near(parameters(total, "total"), parameters(sparse, "total"), 0.01));
        QVERIFY(near(parameters(active, "active_per_token"), parameters(sparse, "active_per_token"), 0.01));
        QCOMPARE(parameters(total, "experts"), 0.0);
        // As many parameters, far more operations; as many active ones, as many operations.
        QVERIFY2(cost(total, "flops") > 2 * cost(sparse, "flops"), outcome.out);
        QVERIFY2(near(cost(active, "flops"), cost(sparse, "flops"), 0.05), outcome.out);
        for (const QJsonObject& of : {sparse, total, active}) {
            QCOMPARE(of["quality"].toObject()["seeds"].toInt(), 2);
            QCOMPARE(of["runs"].toArray().size(), 2);
            QCOMPARE(of["reaches"].toArray().size(), 2);
            double sum = 0;
            for (const QJsonValue run : of["runs"].toArray()) {
                QVector<int> steps;
                double flops = 0;
                const QJsonArray points = run["curve"].toArray();
                for (const QJsonValue point : points) {
                    steps << point["step"].toInt();
                    QVERIFY(point["flops"].toDouble() > flops);
                    flops = point["flops"].toDouble();
                }
                QCOMPARE(steps, (QVector<int>{3, 6, 9, 12}));
                sum += points.last()["quality"].toDouble();
                // What the record of the run itself says.
                const QJsonArray own = cli({"runs", "metrics", run["dir"].toString(), "--tag", "eval/retrieval/text_to_image_r10", "--json"}).jsonArray();
                QCOMPARE(own.last()["value"].toDouble(), points.last()["quality"].toDouble());
                double recorded = 0;
                for (const QJsonValue row : cli({"runs", "metrics", run["dir"].toString(), "--tag", "perf/flops_per_step", "--json"}).jsonArray())
                    recorded += row["value"].toDouble();
                QVERIFY(near(recorded, flops, 1e-12));
            }
            QVERIFY(std::abs(of["quality"].toObject()["mean"].toDouble() - sum / 2) < 1e-12);
        }
        QVERIFY(candidate(report, 0)["runs"].toArray().at(0)["curve"] != candidate(report, 0)["runs"].toArray().at(1)["curve"]);  // two seeds

        // A second call trains nothing and says the same.
        const QString result = temp_.filePath("twins/smoke-seed1/result.json");
        const QDateTime written = QFileInfo(result).lastModified();
        QJsonObject again = cli(arguments).json();
        QCOMPARE(again, report);
        QCOMPARE(QFileInfo(result).lastModified(), written);

        // The page for people: whole, alone, and with the same numbers.
        QFile file(temp_.filePath("twins/report.html"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray html = file.readAll();
        QXmlStreamReader xml(QByteArray(html).replace("<!doctype html>", ""));
        QStringList words;
        int plots = 0;
        while (!xml.atEnd()) {
            if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == QLatin1String("svg")) ++plots;
            if (xml.isCharacters()) words << xml.text().toString();
        }
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QCOMPARE(plots, 2);
        for (const char* outside : {"http:", "https:", "<script", "<link", "src="}) QVERIFY2(!html.contains(outside), outside);
        QVERIFY(words.contains(QString::number(sparse["quality"].toObject()["mean"].toDouble(), 'f', 4)));

        // Another training in the same folder is refused, not mixed in.
        const Outcome other = cli(comparing("twins", "steps=9", {"--twins", "total,active"}));
        QCOMPARE(other.code, 2);
        QVERIFY2(other.err.contains("train.steps"), other.err);
    }

    void equalFlops() {
        const Outcome outcome = cli(comparing("flops", "flops=4e10", {"--twins", "total"}));
        QVERIFY2(outcome.code == 0, outcome.err);
        const QJsonObject sparse = candidate(outcome.json(), 0), dense = candidate(outcome.json(), 1);
        QVERIFY2(cost(sparse, "steps") > 2 * cost(dense, "steps"), outcome.out);
        // Within half a step of the dense one, and what batches differ by.
        const double step = cost(dense, "flops") / cost(dense, "steps");
        for (const QJsonObject& of : {sparse, dense}) QVERIFY2(std::abs(cost(of, "flops") - 4e10) < 0.6 * step + 0.05 * 4e10, outcome.out);
    }

    void goesOnAfterCtrlC() {
        const QStringList arguments = comparing("cut", "steps=60", {"--twins", "active", "--evaluations", "2", "--set", "checkpoint.every=10"});
        QProcess process;
        process.start(switchyard::test::binary("switchyard"), arguments);
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(temp_.filePath("cut/smoke-seed1/checkpoints/step-00000010/COMMIT")), 60'000);
        kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(30'000));
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(!QFileInfo::exists(temp_.filePath("cut/smoke-dense-active-seed1")));
        const Outcome outcome = cli(arguments);
        QVERIFY2(outcome.code == 0, outcome.err);
        QCOMPARE(cost(candidate(outcome.json(), 0), "steps"), 60.0);
        // As if never stopped.
        const Outcome whole = cli(comparing("whole", "steps=60", {"--twins", "active", "--evaluations", "2", "--set", "checkpoint.every=10"}));
        QCOMPARE(candidate(whole.json(), 0)["quality"], candidate(outcome.json(), 0)["quality"]);
        QCOMPARE(cost(candidate(whole.json(), 0), "flops"), cost(candidate(outcome.json(), 0), "flops"));
    }

    void refusals_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("words");
        const QStringList twins = {"--twins", "total"};
        QTest::newRow("one model") << comparing("a", "steps=3", {}) << 2 << "nothing to compare";
        QTest::newRow("a dense model's twin") << comparing("a", "steps=3", twins + QStringList{"--set", "model.moe.experts=0"}) << 78 << "no experts";
        for (const char* budget : {"3", "hours=3", "steps=", "steps=x", "steps=-1", "steps=0", "steps=3 ", "flops=nan", "steps=inf"})
            QTest::newRow(budget) << comparing("a", budget, twins) << 2 << "budget";
        QTest::newRow("less than a step") << comparing("a", "steps=0.4", twins) << 2 << "budget";
        QTest::newRow("no such twin") << comparing("a", "steps=3", {"--twins", "half"}) << 2 << "twins";
        QTest::newRow("no evaluation") << QStringList{"compare", "--configs", shippedConfig("vqa.yaml"), "--twins", "total", "--budget", "steps=1", "--out", temp_.filePath("a"), "--set", "data.eval=[]"} << 78 << "judge";
        QTest::newRow("a key that is none") << comparing("a", "steps=3", twins + QStringList{"--set", "train.stepz=1"}) << 78 << "train.stepz";
        QTest::newRow("no such file") << QStringList{"compare", "--configs", "none.yaml", "--twins", "total", "--budget", "steps=1", "--out", temp_.filePath("a")} << 78 << "none.yaml";
    }

    void refusals() {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QString, words);
        const Outcome outcome = cli(arguments);
        QCOMPARE(outcome.code, code);
        QVERIFY2(outcome.err.contains(words.toUtf8()), outcome.err);
        QVERIFY(!QFileInfo::exists(temp_.filePath("a/report.json")));
    }

    void aRunThatFailsIsTold() {
        const Outcome outcome = cli(comparing("bad", "steps=3", {"--twins", "active", "--set", "model.vision.init_from=/nowhere"}));
        QCOMPARE(outcome.code, 1);
        const QJsonArray runs = candidate(outcome.json(), 0)["runs"].toArray();
        QVERIFY2(runs.at(0)["problem"].toString().contains("no checkpoint"), outcome.out);
        QVERIFY(QFileInfo::exists(temp_.filePath("bad/report.html")));
    }
};

QTEST_GUILESS_MAIN(CompareTest)
#include "compare_test.moc"
