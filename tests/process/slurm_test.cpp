// SPDX-License-Identifier: MIT
// Runs on a real Slurm (Debian's daemons, started here) through a launch profile: queued, running, stopped, failed.
#include <signal.h>

#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "support/launched_run.h"
#include "support/slurm_cluster.h"
#include "support/training.h"

using namespace switchyard::test;

class SlurmTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    std::unique_ptr<SlurmCluster> cluster_;
    QString run(const QString& name) const { return temp_.filePath("runs/" + name); }
    static const QJsonObject shown(const QString& run) { return cli({"runs", "show", run, "--json"}).json(); }
    static QString state(const QString& run) { return shown(run)["state"].toString(); }
    static QString job(const QString& run) {
        const QJsonObject record = jsonFile(run + "/supervisor.json");
        return record["job"]["id"].toString();
    }
    static Outcome start(const QString& run, const QStringList& more = {}) {
        QStringList words = endlessRun(run, 2);
        return cli(words + QStringList{"--set", "log.every=1", "--on", "cluster", "--detach"} + more);
    }
    /// Slurm's own word of a job.
    static QByteArray slurmState(const QString& job) {
        for (const QByteArray& word : SlurmCluster::ask("scontrol", {"--oneliner", "show", "job", job}).split(' ')) {
            if (word.startsWith("JobState=")) return word.mid(9);
        }
        return {};
    }
    QList<qint64> workers(const QString& run) const {
        QList<qint64> pids;
        for (const qint64 pid : processesOf(run.toUtf8())) {
            QFile name(QString("/proc/%1/comm").arg(pid));
            if (name.open(QIODevice::ReadOnly) && name.readAll().startsWith("switchyard-work")) pids << pid;
        }
        return pids;
    }

private Q_SLOTS:
    void initTestCase() {
        if (const QString missing = SlurmCluster::missing(); !missing.isEmpty())
            QSKIP(qPrintable(missing + " is not here: bash installer/setup.sh --tests"));
        QDir().mkpath(temp_.filePath("runs"));
        cluster_ = std::make_unique<SlurmCluster>(temp_.filePath("slurm"), 2);
        QVERIFY2(cluster_->ready(), cluster_->words());
        writeProfiles(
            temp_.filePath("profiles.yaml"),
            "cluster:\n  kind: slurm\n  partition: work\n  nodes: 1\n  tasks_per_node: 2\n  setup: [export MARK=1]\n"
            "elsewhere:\n  kind: slurm\n  partition: moon\n  tasks_per_node: 2\n"
            "torn:\n  kind: slurm\n  tasks_per_node: 2\n  setup: [rm tokenizer.model]\n"
            "broken:\n  kind: slurm\n  tasks_per_node: 2\n  setup: [ls /no/such/folder]\n");
    }
    void cleanup() {
        for (const qint64 pid : processesOf(temp_.filePath("runs").toUtf8())) {
            if (pid != QCoreApplication::applicationPid()) ::kill(static_cast<pid_t>(pid), SIGKILL);
        }
        if (cluster_) SlurmCluster::ask("scancel", {"--me"});
        if (cluster_) QTRY_VERIFY_WITH_TIMEOUT(SlurmCluster::ask("squeue", {"--noheader"}).isEmpty(), 10'000);
    }
    void cleanupTestCase() { cluster_.reset(); }

    void lossesAndWeightsEqualTheLocalRun() {
        const Outcome local = cli(launchedRun(run("local"), 2));
        QVERIFY2(local.code == 0, local.err);
        const Outcome there = cli(launchedRun(run("there"), 2) + QStringList{"--on", "cluster", "--json"});
        QVERIFY2(there.code == 0, there.err);
        const QList<QByteArray> lines = there.out.trimmed().split('\n');
        QJsonArray told;
        for (const QByteArray& line : lines) {
            const QJsonObject event = QJsonDocument::fromJson(line).object();
            if (event["event"] == "step") told << QJsonArray{event["step"], event["loss/total"]};
        }
        const QJsonObject end = QJsonDocument::fromJson(lines.last()).object();
        QCOMPARE(end["state"].toString(), QString("finished"));
        QCOMPARE(end["checkpoint"].toString(), checkpointOf(run("there"), 6));
        QCOMPARE(lossesOf(run("local")).size(), 6);
        QCOMPARE(lossesOf(run("there")), lossesOf(run("local")));
        QCOMPARE(told, lossesOf(run("local")));
        QVERIFY(launchedWeights(run("local"), 2).size() > 1'000'000);
        QCOMPARE(launchedWeights(run("there"), 2), launchedWeights(run("local"), 2));
        QCOMPARE(slurmState(job(run("there"))), QByteArray("COMPLETED"));
        QVERIFY(QFileInfo(run("there") + "/logs/rank-1.log").exists());
        QVERIFY(!QFileInfo(run("there") + "/job.json").exists());
    }

    void queuedThenRunningThenStopped() {
        QVERIFY2(start(run("first")).code == 0, "the first is handed over");
        QTRY_VERIFY_WITH_TIMEOUT(shown(run("first"))["step"].toInt() > 2, 30'000);
        QCOMPARE(state(run("first")), QString("running"));
        QCOMPARE(start(run("second")).code, 0);
        QTRY_VERIFY_WITH_TIMEOUT(!shown(run("second"))["job"]["reason"].toString().isEmpty(), 10'000);
        const QJsonObject waits = shown(run("second"));
        QCOMPARE(waits["state"].toString(), QString("queued"));
        QCOMPARE(waits["job"]["id"].toString(), job(run("second")));
        QCOMPARE(waits["job"]["profile"].toString(), QString("cluster"));
        QCOMPARE(waits["job"]["state"].toString(), QString("PENDING"));
        const QByteArray list = cli({"runs", "list", "--runs-dir", temp_.filePath("runs")}).out;
        QVERIFY2(list.contains("Slurm job " + job(run("second")).toUtf8() + ", PENDING ("), list);
        QVERIFY(cli({"runs", "delete", run("second")}).code == 2);  // Slurm would start a run without a folder

        // Taken out of the queue: nothing of it was started.
        const QString waiting_job = job(run("second"));
        QCOMPARE(cli({"runs", "stop", run("second")}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(state(run("second")), QString("stopped"), 10'000);
        QCOMPARE(slurmState(waiting_job), QByteArray("CANCELLED"));
        QVERIFY(!QFileInfo(run("second") + "/logs/rank-0.log").exists());

        // The curves live; a stop saves a checkpoint that a local run goes on from.
        const int before = shown(run("first"))["step"].toInt();
        QTRY_VERIFY_WITH_TIMEOUT(shown(run("first"))["step"].toInt() > before, 10'000);
        QVERIFY(cli({"runs", "pause", run("first")}).code != 0);
        QCOMPARE(cli({"runs", "stop", run("first")}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(state(run("first")), QString("stopped"), 20'000);
        const QJsonObject ended = shown(run("first"));
        QCOMPARE(ended["exit_code"].toInt(), 0);
        QCOMPARE(ended["error"].toString(), QString());
        QCOMPARE(ended["checkpoint"].toString(), checkpointOf(run("first"), ended["step"].toInteger()));
        QVERIFY(workers(run("first")).isEmpty());
    }

    void killedRankIsNamed() {
        QCOMPARE(start(run("killed")).code, 0);
        QTRY_VERIFY_WITH_TIMEOUT(shown(run("killed"))["step"].toInt() > 1, 30'000);
        qint64 victim = 0;
        for (const qint64 pid : workers(run("killed"))) {
            QFile environment(QString("/proc/%1/environ").arg(pid));
            if (environment.open(QIODevice::ReadOnly) &&
                environment.readAll().contains(QByteArray("\0SLURM_PROCID=1\0", 16)))
                victim = pid;
        }
        QVERIFY(victim > 0);
        ::kill(static_cast<pid_t>(victim), SIGKILL);
        QTRY_COMPARE_WITH_TIMEOUT(state(run("killed")), QString("failed"), 20'000);
        const QJsonObject ended = shown(run("killed"));
        QCOMPARE(ended["exit_code"].toInt(), 80);
        QCOMPARE(ended["first_cause"]["rank"].toInt(), 1);
        QVERIFY2(ended["first_cause"]["message"].toString().contains("signal 9 (SIGKILL)"),
                 qPrintable(ended["first_cause"]["message"].toString()));
    }

    void aRanksOwnErrorIsTheCause() {
        const Outcome bad = cli(endlessRun(run("torn"), 2) + QStringList{"--on", "torn"});
        const QJsonObject ended = shown(run("torn"));
        QCOMPARE(ended["state"].toString(), QString("failed"));
        QVERIFY(bad.code == 74 || bad.code == 65);
        QCOMPARE(ended["exit_code"].toInt(), bad.code);
        QVERIFY(ended["first_cause"]["rank"].toInt() >= 0);
        QVERIFY2(ended["error"].toString().contains("tokenizer.model"), qPrintable(ended["error"].toString()));
        QVERIFY2(bad.err.contains(ended["error"].toString().toUtf8()), bad.err);
        // What never came to a rank is told from the job.
        const Outcome broken = cli(endlessRun(run("broken"), 2) + QStringList{"--on", "broken"});
        QCOMPARE(broken.code, 1);
        QVERIFY2(broken.err.contains("setup failed: ls /no/such/folder"), broken.err);
    }

    void cancelledBySomeoneElse() {
        QCOMPARE(start(run("cancelled")).code, 0);
        QTRY_VERIFY_WITH_TIMEOUT(shown(run("cancelled"))["step"].toInt() > 1, 30'000);
        SlurmCluster::ask("scancel", {job(run("cancelled"))});
        QTRY_COMPARE_WITH_TIMEOUT(state(run("cancelled")), QString("stopped"), 20'000);
        QVERIFY2(shown(run("cancelled"))["error"].toString().contains("CANCELLED"),
                 qPrintable(shown(run("cancelled"))["error"].toString()));
    }

    void jobIsFollowedAgain() {
        QCOMPARE(start(run("followed")).code, 0);
        QTRY_VERIFY_WITH_TIMEOUT(shown(run("followed"))["step"].toInt() > 1, 30'000);
        const QString number = job(run("followed"));
        const auto follower = static_cast<pid_t>(jsonFile(run("followed") + "/supervisor.json")["pid"].toInteger());
        ::kill(follower, SIGKILL);
        QTRY_VERIFY(!alive(follower));
        QCOMPARE(slurmState(number), QByteArray("RUNNING"));
        QCOMPARE(state(run("followed")), QString("running"));
        const Outcome twice = cli(endlessRun(run("followed"), 2) + QStringList{"--resume", "auto"});
        QCOMPARE(twice.code, 2);
        QVERIFY2(twice.err.contains("runs follow"), twice.err);
        QCOMPARE(cli({"runs", "follow", run("followed")}).code, 0);
        QCOMPARE(job(run("followed")), number);
        QCOMPARE(cli({"runs", "follow", run("followed")}).code, 2);
        QCOMPARE(cli({"runs", "kill", run("followed")}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(state(run("followed")), QString("stopped"), 20'000);
        QVERIFY(workers(run("followed")).isEmpty());
    }

    void refusalsAreTold() {
        const Outcome refused = cli(endlessRun(run("refused"), 2) + QStringList{"--on", "elsewhere"});
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.contains("invalid partition") || refused.err.contains("Invalid partition"), refused.err);
        QCOMPARE(cli({"profiles", "check", "cluster"}).code, 0);
        const Outcome checked = cli({"profiles", "check", "elsewhere", "--json"});
        QCOMPARE(checked.code, 1);
        QVERIFY(!checked.json()["good"].toBool());
        const Outcome ranks = cli(endlessRun(run("ranks"), 3) + QStringList{"--on", "cluster"});
        QCOMPARE(ranks.code, 2);
        QVERIFY2(ranks.err.contains("starts 2 ranks"), ranks.err);
        const Outcome misspelt = cli(endlessRun(run("misspelt"), 2) + QStringList{"--on", "clutser"});
        QCOMPARE(misspelt.code, 2);
        QVERIFY2(misspelt.err.contains("Did you mean cluster?"), misspelt.err);
    }
};

QTEST_GUILESS_MAIN(SlurmTest)
#include "slurm_test.moc"
