// SPDX-License-Identifier: MIT
// What is promised of large indexes, measured by `switchyard bench index`.
#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

#include "support/program.h"

using namespace switchyard::test;

class IndexBenchTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;

    QJsonObject measured(const QStringList& options) {
        const Outcome outcome = cli(QStringList{"bench", "index", "--dir", temp_.path(), "--json"} + options, 3'500'000);
        if (outcome.code != 0) qWarning("%s", outcome.err.constData());
        qInfo("%s", outcome.out.constData());
        return outcome.json()["rows"].toArray()[0].toObject();
    }

private Q_SLOTS:
    void aHundredThousandExactly() {
        const QJsonObject row = measured({"--vectors", "100000", "--dim", "512", "--search", "exact"});
        QCOMPARE(row["search"].toString(), QString("exact"));
        QVERIFY(row["ms"].toDouble(1e9) < 50);
        QCOMPARE(row["recall_at_10"].toDouble(), 1.0);
    }

    void aMillionByAGraph() {
        const QJsonObject row = measured({"--vectors", "1000000", "--dim", "256", "--search", "graph"});
        QCOMPARE(row["search"].toString(), QString("graph"));
        QVERIFY(row["ms"].toDouble(1e9) < 60);
        QVERIFY(row["recall_at_10"].toDouble() >= 0.97);
        QVERIFY(row["peak_rss_bytes"].toDouble(1e12) < 2.0 * 1024 * 1024 * 1024);
    }
};

QTEST_GUILESS_MAIN(IndexBenchTest)
#include "index_bench_test.moc"
