// SPDX-License-Identifier: MIT
// Runs that wait for their turn: started in order with the config they were queued with, nothing open, nothing lost.
#include <signal.h>

#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "support/training.h"

using namespace switchyard::test;

namespace {

constexpr int kSteps = 25;

}  // namespace

class QueueRunTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> temp_;
    QString runs() const { return temp_->filePath("runs"); }
    QString run(const QString& name) const { return runs() + "/" + name; }

    Outcome add(const QString& name, int steps, const QString& config = shippedConfig("smoke.yaml")) const {
        QStringList words = endlessRun(run(name), 1);
        words[words.indexOf("--config") + 1] = config;
        return cli(words +
                   QStringList{"--set", "train.steps=" + QString::number(steps), "--set", "log.every=1", "--queue"});
    }
    Outcome queue(const QStringList& words) const {
        return cli(QStringList{"queue"} + words + QStringList{"--runs-dir", runs()});
    }
    QString state(const QString& name) const {
        return cli({"runs", "show", run(name), "--json"}).json()["state"].toString();
    }
    QStringList waiting() const {
        QStringList names;
        for (const QJsonValue one : queue({"list", "--json"}).json()["runs"].toArray()) names << one["name"].toString();
        return names;
    }
    double startedAt(const QString& name) const {
        return jsonFile(run(name) + "/supervisor.json")["started_at"].toDouble();
    }
    double endedAt(const QString& name) const { return jsonFile(run(name) + "/result.json")["ended_at"].toDouble(); }
    /// Processes that work this test's queue off.
    QList<qint64> runners() const {
        QList<qint64> pids;
        for (const qint64 pid : processesOf(runs().toUtf8())) {
            QFile words(QString("/proc/%1/cmdline").arg(pid));
            if (words.open(QIODevice::ReadOnly) && words.readAll().contains(QByteArray("queue\0run", 9))) pids << pid;
        }
        return pids;
    }
    void everyStepOnce(const QString& name, int steps) const {
        const QJsonArray losses = lossesOf(run(name));
        QCOMPARE(losses.size(), steps);
        for (int i = 0; i < steps; ++i) QCOMPARE(losses[i][0].toInt(), i + 1);
    }

private Q_SLOTS:
    void init() {
        temp_ = std::make_unique<QTemporaryDir>();
        QDir().mkpath(runs());
    }
    void cleanup() {
        for (const qint64 pid : processesOf(runs().toUtf8())) ::kill(static_cast<pid_t>(pid), SIGKILL);
    }

    void oneAfterAnotherAsOrdered() {
        QCOMPARE(queue({"hold"}).code, 0);
        for (const char* name : {"a", "b", "c"}) QVERIFY(add(name, kSteps).code == 0);
        QCOMPARE(waiting(), (QStringList{"a", "b", "c"}));
        QCOMPARE(queue({"move", run("c"), "2"}).code, 0);
        QCOMPARE(waiting(), (QStringList{"a", "c", "b"}));
        const QJsonArray list =
            cli({"runs", "list", "--runs-dir", runs(), "--json", "--search", "state:queued"}).jsonArray();
        QCOMPARE(list.size(), 3);
        for (const QJsonValue one : list)
            QCOMPARE(one["queue_place"].toInt(), waiting().indexOf(one["name"].toString()) + 1);
        QCOMPARE(queue({"go"}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(state("b"), QString("finished"), 120'000);
        QVERIFY(startedAt("c") >= endedAt("a") && startedAt("b") >= endedAt("c"));
        for (const char* name : {"a", "b", "c"}) {
            everyStepOnce(name, kSteps);
            QVERIFY(!QFile::exists(run(name) + "/queue.json"));
        }
        QTRY_VERIFY_WITH_TIMEOUT(runners().isEmpty(), 10'000);  // nothing stays behind
    }

    void theConfigIsKeptAsItWasWhenQueued() {
        const QString config = temp_->filePath("config.yaml");
        QVERIFY(QFile::copy(shippedConfig("smoke.yaml"), config));
        QCOMPARE(queue({"hold"}).code, 0);
        QVERIFY(add("a", kSteps, config).code == 0);
        QFile file(config);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write("this is no config any more\n");
        file.close();
        QTest::qWait(1500);
        QCOMPARE(state("a"), QString("queued"));  // held
        QVERIFY(runners().isEmpty());
        QCOMPARE(queue({"go"}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(state("a"), QString("finished"), 60'000);
        everyStepOnce("a", kSteps);
    }

    void severalAtOnceAndOneOutOfTurn() {
        QCOMPARE(queue({"at-once", "2"}).code, 0);
        for (const char* name : {"a", "b", "c", "d"}) QVERIFY(add(name, 1'000'000).code == 0);
        QTRY_VERIFY_WITH_TIMEOUT(state("a") == "running" && state("b") == "running", 60'000);
        QTest::qWait(1500);
        QCOMPARE(waiting(), (QStringList{"c", "d"}));
        QCOMPARE(queue({"start", run("d")}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(state("d"), QString("running"), 60'000);
        QCOMPARE(queue({"remove", run("c")}).code, 0);
        QVERIFY(QFile::exists(runs() + "/.trash/c/queue.json"));
        QVERIFY(waiting().isEmpty());
        QVERIFY(queue({"remove", run("a")}).code == 2);  // it runs
        for (const char* name : {"a", "b", "d"}) QCOMPARE(cli({"runs", "kill", run(name)}).code, 0);
    }

    void aKilledRunnerLosesNothing() {
        QVERIFY(add("a", 400).code == 0);
        QVERIFY(add("b", kSteps).code == 0);
        QTRY_COMPARE_WITH_TIMEOUT(state("a"), QString("running"), 60'000);
        const QList<qint64> before = runners();
        QCOMPARE(before.size(), 1);
        ::kill(static_cast<pid_t>(before.first()), SIGKILL);
        QTRY_VERIFY(runners().isEmpty());
        QCOMPARE(state("a"), QString("running"));  // its supervisor is its own
        QCOMPARE(waiting(), QStringList{"b"});
        QCOMPARE(queue({"go"}).code, 0);
        QCOMPARE(queue({"go"}).code, 0);  // a second runner would start runs twice
        QTRY_VERIFY(runners().size() == 1);
        QTRY_COMPARE_WITH_TIMEOUT(state("b"), QString("finished"), 120'000);
        everyStepOnce("a", 400);
        everyStepOnce("b", kSteps);
        QVERIFY(startedAt("b") >= endedAt("a"));
    }

    void oneThatCanNotStartDoesNotBlockTheOthers() {
        QCOMPARE(queue({"hold"}).code, 0);
        for (const char* name : {"a", "b"}) QVERIFY(add(name, kSteps).code == 0);
        QFile file(run("a") + "/config.resolved.yaml");
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write("train: {steps: many}\n");
        file.close();
        QCOMPARE(queue({"go"}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(state("b"), QString("finished"), 60'000);
        QCOMPARE(state("a"), QString("failed"));
        QVERIFY(jsonFile(run("a") + "/result.json")["error"].toString().contains("the queue could not start it"));
    }

    void startedByHandItLeavesTheQueue() {
        QCOMPARE(queue({"hold"}).code, 0);
        QVERIFY(add("a", kSteps).code == 0);
        const Outcome trained = cli(endlessRun(run("a"), 1) +
                                    QStringList{"--set", "train.steps=25", "--set", "log.every=1", "--resume", "auto"});
        QVERIFY2(trained.code == 0, trained.err);
        QCOMPARE(state("a"), QString("finished"));
        QCOMPARE(queue({"go"}).code, 0);
        QTest::qWait(1500);
        everyStepOnce("a", kSteps);
        QCOMPARE(state("a"), QString("finished"));
    }
};

QTEST_GUILESS_MAIN(QueueRunTest)
#include "queue_test.moc"
