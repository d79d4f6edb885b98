// SPDX-License-Identifier: MIT
// Runs on two hosts through a launch profile and real sshds in two network namespaces: the losses of a local run, the
// folder mirrored while it runs, stopped, failed, and nothing that outlives who started it.
#include <signal.h>

#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "support/launched_run.h"
#include "support/slurm_cluster.h"
#include "support/ssh_hosts.h"
#include "support/training.h"

using namespace switchyard::test;

class SshTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    std::unique_ptr<SshHosts> hosts_;
    QString run(const QString& name) const { return temp_.filePath("runs/" + name); }
    QString there(const QString& name) const { return temp_.filePath("there/" + name); }
    static const QJsonObject shown(const QString& run) { return cli({"runs", "show", run, "--json"}).json(); }
    static QString state(const QString& run) { return shown(run)["state"].toString(); }
    /// The command line program, started on the first host.
    Outcome onHost(const QStringList& words) const {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        process.setProcessEnvironment(environment);
        process.start("nsenter", QStringList{"--net=" + hosts_->network(), binary("switchyard")} + words);
        Outcome outcome;
        if (!process.waitForFinished(100'000)) {
            process.kill();
            process.waitForFinished();
        }
        outcome.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : 1000;
        outcome.out = process.readAllStandardOutput();
        outcome.err = process.readAllStandardError();
        return outcome;
    }
    Outcome start(const QString& name) const {
        return onHost(endlessRun(run(name), 2) + QStringList{"--set", "log.every=1", "--on", "pair", "--detach"});
    }
    QList<qint64> workers(const QString& name) const {
        QList<qint64> pids;
        for (const qint64 pid : processesOf(there(name).toUtf8())) {
            QFile comm(QString("/proc/%1/comm").arg(pid));
            if (comm.open(QIODevice::ReadOnly) && comm.readAll().startsWith("switchyard-work")) pids << pid;
        }
        return pids;
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("SWITCHYARD_DIRECT_EXCHANGE",
                "0");  // the ranks could read each other's memory; on two machines they can not
        for (const char* folder : {"runs", "there"}) QDir().mkpath(temp_.filePath(folder));
        hosts_ = std::make_unique<SshHosts>(temp_.filePath("hosts"));
        if (!hosts_->whyNot().isEmpty()) QSKIP(qPrintable(hosts_->whyNot()));
        QVERIFY2(hosts_->ready(), hosts_->words());
        const QByteArray common = hosts_->profile(temp_.filePath("there"));
        writeProfiles(temp_.filePath("profiles.yaml"), "pair:\n" + common + "four:\n  slots: 2\n" + common +
                                                           "torch:\n  slots: 2\n  starter: torchrun\n  torchrun: " +
                                                           torchrunProgram().toUtf8() + "\n" + common);
    }
    void cleanup() {
        for (const char* folder : {"runs", "there"}) {
            for (const qint64 pid : processesOf(temp_.filePath(folder).toUtf8())) {
                if (pid != QCoreApplication::applicationPid()) ::kill(static_cast<pid_t>(pid), SIGKILL);
            }
        }
    }
    void cleanupTestCase() { hosts_.reset(); }

    void lossesAndWeightsEqualTheLocalRun() {
        const Outcome local = cli(launchedRun(run("local"), 4));
        QVERIFY2(local.code == 0, local.err);
        const Outcome checked = onHost({"profiles", "check", "four"});
        QVERIFY2(checked.code == 0, checked.out + checked.err);
        const Outcome two = onHost(launchedRun(run("two"), 4) + QStringList{"--on", "four", "--json"});
        QVERIFY2(two.code == 0, two.err);
        QCOMPARE(lossesOf(run("local")).size(), 6);
        QCOMPARE(lossesOf(run("two")), lossesOf(run("local")));
        QVERIFY(launchedWeights(run("local"), 4).size() > 1'000'000);
        QCOMPARE(launchedWeights(run("two"), 4), launchedWeights(run("local"), 4));  // mirrored
        QCOMPARE(cli({"ckpt", "verify", checkpointOf(run("two"), 6), "--deep"}).code, 0);
        QCOMPARE(state(run("two")), QString("finished"));
        for (const char* file : {"/logs/rank-0.log", "/logs/rank-3.log"})
            QVERIFY(QFileInfo(run("two") + file).exists());
        QVERIFY(!QDir(run("two") + "/tb").isEmpty());
    }

    void torchrunStartsThemToo() {
        if (!QFileInfo(torchrunProgram()).isExecutable())
            QSKIP("torchrun is not here: bash installer/setup.sh --tests");
        const Outcome outcome = onHost(launchedRun(run("torch"), 4) + QStringList{"--on", "torch"});
        QVERIFY2(outcome.code == 0, outcome.err);
        QCOMPARE(lossesOf(run("torch")), lossesOf(run("local")));
    }

    void mirroredWhileItRunsThenStopped() {
        const Outcome started = start("live");
        QVERIFY2(started.code == 0, started.err);
        QTRY_VERIFY_WITH_TIMEOUT(shown(run("live"))["step"].toInt() > 2, 30'000);
        const QJsonObject now = shown(run("live"));
        QCOMPARE(now["state"].toString(), QString("running"));
        QCOMPARE(now["job"]["place"].toString(), QString("10.77.2.1, 10.77.2.2"));
        QTRY_VERIFY_WITH_TIMEOUT(shown(run("live"))["step"].toInt() > now["step"].toInt(), 10'000);
        // Every row is there once and as it is there.
        const QJsonArray mirrored = lossesOf(run("live")), original = lossesOf(there("live"));
        QVERIFY(mirrored.size() > 2 && original.size() >= mirrored.size());
        for (qsizetype i = 0; i < mirrored.size(); ++i) QCOMPARE(mirrored[i], original[i]);
        QCOMPARE(cli({"runs", "stop", run("live")}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(state(run("live")), QString("stopped"), 30'000);
        const QJsonObject ended = shown(run("live"));
        QCOMPARE(ended["checkpoint"].toString(), checkpointOf(run("live"), ended["step"].toInteger()));
        QCOMPARE(lossesOf(run("live")), lossesOf(there("live")));
        // It goes on there from what is here.
        const Outcome more = onHost(endlessRun(run("live"), 2) +
                                    QStringList{"--set", "log.every=1", "--on", "pair", "--resume", "auto", "--set",
                                                "train.steps=" + QString::number(ended["step"].toInteger() + 3)});
        QVERIFY2(more.code == 0, more.err);
        QCOMPARE(lossesOf(run("live")).size(), ended["step"].toInteger() + 3);
        QCOMPARE(lossesOf(run("live")), lossesOf(there("live")));
    }

    void killedRankIsNamed() {
        QCOMPARE(start("killed").code, 0);
        QTRY_VERIFY_WITH_TIMEOUT(shown(run("killed"))["step"].toInt() > 1, 30'000);
        qint64 victim = 0;
        for (const qint64 pid : workers("killed")) {
            QFile environment(QString("/proc/%1/environ").arg(pid));
            if (environment.open(QIODevice::ReadOnly) && environment.readAll().contains(QByteArray("\0RANK=1\0", 8)))
                victim = pid;
        }
        QVERIFY(victim > 0);
        ::kill(static_cast<pid_t>(victim), SIGKILL);
        QTRY_COMPARE_WITH_TIMEOUT(state(run("killed")), QString("failed"), 30'000);
        const QJsonObject ended = shown(run("killed"));
        QCOMPARE(ended["exit_code"].toInt(), 80);
        QCOMPARE(ended["first_cause"]["rank"].toInt(), 1);
        QVERIFY2(ended["first_cause"]["message"].toString().contains("signal 9 (SIGKILL)"),
                 qPrintable(ended["first_cause"]["message"].toString()));
    }

    void ranksEndWithWhoStartedThem() {
        QCOMPARE(start("orphans").code, 0);
        QTRY_VERIFY_WITH_TIMEOUT(shown(run("orphans"))["step"].toInt() > 1, 30'000);
        const QList<qint64> ranks = workers("orphans");
        QCOMPARE(ranks.size(), 2);
        ::kill(static_cast<pid_t>(jsonFile(run("orphans") + "/supervisor.json")["pid"].toInteger()), SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(allGone(ranks), 10'000);
        QCOMPARE(state(run("orphans")), QString("lost"));
    }

    void aHostThatIsAwayIsNamed() {
        QFile profiles(temp_.filePath("profiles.yaml"));
        QVERIFY(profiles.open(QIODevice::Append));
        profiles.write("away:\n  kind: ssh\n  hosts: [10.77.2.1]\n  folder: /x\n  options: [Port=2223]\n");
        profiles.close();
        const Outcome outcome = onHost(endlessRun(run("away"), 1) + QStringList{"--on", "away"});
        QCOMPARE(outcome.code, 74);
        QVERIFY2(outcome.err.contains("10.77.2.1") && outcome.err.contains("Connection refused"), outcome.err);
        QCOMPARE(state(run("away")), QString("failed"));
    }
};

QTEST_GUILESS_MAIN(SshTest)
#include "ssh_test.moc"
