// SPDX-License-Identifier: MIT
// `switchyard serve` under load by NVIDIA's own client: no answer but 200 and 429, memory flat, and how long answers
// take.
#include <QtTest>

#include "support/serving.h"

using namespace switchyard::test;

class ServeLoadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// SWITCHYARD_LOAD_S: how many seconds, in place of 60.
    void manyConnections() {
        const int seconds = qEnvironmentVariable("SWITCHYARD_LOAD_S", "60").toInt();
        QProcess python;
        python.start(peerPython(), {"-c", "import tritonclient.http"});
        if (!python.waitForFinished(60'000) || python.exitCode() != 0)
            QSKIP("tritonclient is not there: bash installer/setup.sh --tests");
        Serving server;
        QVERIFY(server.listens());
        const qint64 worker = server.workers().value(0);
        python.start(peerPython(), {QStringLiteral(SWITCHYARD_SOURCE_DIR "/tests/reference/serve_client.py"), "load",
                                    server.url().mid(7), QString::number(seconds), "64"});
        double most_connections = 0;
        qint64 early = 0, early_worker = 0;
        QElapsedTimer timer;
        timer.start();
        while (!python.waitForFinished(500)) {
            QVERIFY(timer.elapsed() < 1000 * seconds + 120'000);
            most_connections = std::max(most_connections, server.metric("switchyard_connections"));
            if (early == 0 && timer.elapsed() > 200 * seconds) {
                early = residentKib(server.pid());
                early_worker = residentKib(worker);
            }
        }
        QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
        const QJsonObject said = QJsonDocument::fromJson(python.readAllStandardOutput()).object();
        const qint64 late = residentKib(server.pid()), late_worker = residentKib(worker);
        qInfo(
            "%.0f requests/s, median %.1f ms, p99 %.1f ms, longest %.1f ms; %.0f connections; memory %lld -> %lld KiB, "
            "worker %lld -> %lld KiB; codes %s",
            said["requests_per_s"].toDouble(), said["p50_ms"].toDouble(), said["p99_ms"].toDouble(),
            said["most_ms"].toDouble(), most_connections, early, late, early_worker, late_worker,
            QJsonDocument(said["codes"].toObject()).toJson(QJsonDocument::Compact).constData());
        for (const QString& code : said["codes"].toObject().keys())
            QVERIFY2(code == "200" || code == "429", qPrintable(code));
        QVERIFY(said["codes"]["200"].toInt() > 64);
        QVERIFY(most_connections >= 64);
        QVERIFY(late - early < 10'000);
        QVERIFY(late_worker - early_worker < 20'000);
        QCOMPARE(server.metric("switchyard_worker_restarts_total"), 0.0);
    }
};

QTEST_GUILESS_MAIN(ServeLoadTest)
#include "serve_load_test.moc"
