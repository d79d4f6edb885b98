// SPDX-License-Identifier: MIT
// What the design's fault list promises of the processes of a run: exit code, one clear line, nothing left behind.
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "support/listening.h"
#include "support/own_mounts.h"
#include "support/program.h"
#include "support/training.h"

using namespace switchyard::test;

class FaultsTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> temp_;
    QString run() const { return temp_->filePath("run"); }

private Q_SLOTS:
    void init() {
        temp_ = std::make_unique<QTemporaryDir>();
        QVERIFY(temp_->isValid());
    }

    void killedRankEndsAllWithin2s() {
        Training training(run(), 2);
        QVERIFY(training.reaches(2));
        const QList<qint64> pids = training.ranks();
        QCOMPARE(pids.size(), 2);
        QElapsedTimer timer;
        timer.start();
        ::kill(static_cast<pid_t>(pids[1]), SIGKILL);
        QVERIFY(training.ends(10'000));
        const qint64 took = timer.elapsed();
        QVERIFY2(took < 2000, qPrintable(QString::number(took)));
        QVERIFY(allGone(pids));
        QCOMPARE(training.process().exitCode(), 80);
        const QJsonObject result = training.result();
        QCOMPARE(result["state"].toString(), QString("failed"));
        QCOMPARE(result["first_cause_rank"].toInt(), 1);
        QCOMPARE(result["signal"].toInt(), 9);
        QVERIFY2(result["first_cause"].toString().contains("SIGKILL"), qPrintable(result["first_cause"].toString()));
        QVERIFY(training.process().readAllStandardError().contains("rank 1 was ended by signal 9 (SIGKILL)"));
    }

    void stoppedRankIsAHang() {
        Training training(run(), 2, {"--set", "parallel.timeout_s=3"});
        QVERIFY(training.reaches(2));
        const QList<qint64> pids = training.ranks();
        ::kill(static_cast<pid_t>(pids[0]), SIGSTOP);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(training.ends(30'000));
        QCOMPARE(training.process().exitCode(), 81);
        QVERIFY(allGone(pids));
        const QString error = training.result()["error"].toString();
        // Which rank is named depends on who notices first; that a rank and what it waited in are named does not.
        QVERIFY2(error.contains("rank "), qPrintable(error));
    }

    void killedSupervisorTakesItsRanksAlong() {
        Training training(run(), 2);
        QVERIFY(training.reaches(2));
        const QList<qint64> pids = training.ranks();
        training.process().kill();
        QVERIFY(training.ends(5000));
        QTRY_VERIFY_WITH_TIMEOUT(allGone(pids), 2000);
        QCOMPARE(cli({"runs", "show", run(), "--json"}).json()["state"].toString(), QString("lost"));
        // The folder is free again.
        const Outcome resumed = cli(endlessRun(run(), 1) + QStringList{"--resume", "auto", "--set", "train.steps=2"});
        QVERIFY2(resumed.code == 0, resumed.err);
    }

    void ctrlCSavesAndEndsWith130() {
        Training training(run(), 2);
        QVERIFY(training.reaches(3));
        const QList<qint64> pids = training.ranks();
        ::kill(static_cast<pid_t>(training.supervisor()), SIGINT);
        QVERIFY(training.ends(20'000));
        QCOMPARE(training.process().exitCode(), 130);
        QVERIFY(allGone(pids));
        QCOMPARE(training.result()["state"].toString(), QString("stopped"));
        const QString checkpoint = training.result()["checkpoint"].toString();
        QVERIFY2(QFile::exists(checkpoint + "/COMMIT"), qPrintable(checkpoint));
        QVERIFY(cli({"ckpt", "verify", checkpoint, "--deep", "--json"}).json()["ok"].toBool());
    }

    void secondCtrlCEndsAtOnce() {
        Training training(run(), 1);
        QVERIFY(training.reaches(2));
        const QList<qint64> pids = training.ranks();
        ::kill(static_cast<pid_t>(pids[0]), SIGSTOP);  // so that the first one can not be followed
        ::kill(static_cast<pid_t>(training.supervisor()), SIGINT);
        QTest::qWait(300);
        QElapsedTimer timer;
        timer.start();
        ::kill(static_cast<pid_t>(training.supervisor()), SIGINT);
        QVERIFY(training.ends(10'000));
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(training.process().exitCode(), 130);
        QVERIFY(allGone(pids));
    }

    void secondRunInOneFolderIsRefused() {
        Training training(run(), 1);
        QVERIFY(training.reaches(1));
        const Outcome second = cli(endlessRun(run(), 1) + QStringList{"--resume", "auto"});
        QCOMPARE(second.code, 78);
        QCOMPARE(second.errorLines().size(), 1);
        QVERIFY2(second.err.contains("another process is running this run"), second.err);
        QVERIFY(alive(training.ranks().first()));
    }

    void detachedRunSurvivesItsTerminal() {
        // A session of its own is started and then killed whole, as a closing terminal does.
        QProcess terminal;
        terminal.setProgram("setsid");
        terminal.setArguments({"--wait", "sh", "-c",
                               QString("'%1' %2 --detach; sleep 60").arg(binary("switchyard"), "'" + endlessRun(run(), 1).join("' '") + "'")});
        terminal.start();
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(run() + "/supervisor.json"), 30'000);
        const qint64 supervisor = jsonFile(run() + "/supervisor.json")["pid"].toInteger();
        QTRY_VERIFY_WITH_TIMEOUT(cli({"runs", "show", run(), "--json"}).json()["step"].toInteger() >= 1, 60'000);
        QProcess::execute("pkill", {"-HUP", "-P", QString::number(terminal.processId())});
        terminal.kill();
        terminal.waitForFinished();
        const qint64 before = cli({"runs", "show", run(), "--json"}).json()["step"].toInteger();
        QTRY_VERIFY_WITH_TIMEOUT(cli({"runs", "show", run(), "--json"}).json()["step"].toInteger() > before, 30'000);
        QVERIFY(alive(supervisor));
        QCOMPARE(cli({"runs", "stop", run()}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(cli({"runs", "show", run(), "--json"}).json()["state"].toString(), QString("stopped"), 20'000);
        QVERIFY(!alive(supervisor));
    }

    void fullDiskIsFoundAtTheStart() {
        const QString disk = temp_->filePath("disk");
        QDir().mkpath(disk);
        // A file system of 1 MiB that only this command sees.
        const QString command = QString("mount -t tmpfs -o size=1m none '%1' && '%2' '%3'")
                                    .arg(disk, binary("switchyard"), endlessRun(disk + "/run", 1).join("' '"));
        QStringList words = ownMounts();
        if (words.isEmpty()) QSKIP("this user may mount nothing: neither root, nor user namespaces, nor sudo");
        words += {"sh", "-c", command};
        QProcess process;
        process.start(words.takeFirst(), words);
        QVERIFY(process.waitForFinished(30'000));
        const QByteArray error = withoutSudosRemarks(process.readAllStandardError());
        QVERIFY2(process.exitCode() == 74, error);
        QCOMPARE(error.trimmed().split('\n').size(), 1);
        QVERIFY2(error.contains("MB") || error.contains("MiB"), error);
    }

    void readOnlyFolderIsFoundAtTheStart() {
        const QString folder = temp_->filePath("folder");
        QDir().mkpath(folder);
        const QString command = QString("mount -t tmpfs -o ro none '%1' && '%2' '%3'")
                                    .arg(folder, binary("switchyard"), endlessRun(folder + "/run", 1).join("' '"));
        QStringList words = ownMounts();
        if (words.isEmpty()) QSKIP("this user may mount nothing: neither root, nor user namespaces, nor sudo");
        words += {"sh", "-c", command};
        QProcess process;
        process.start(words.takeFirst(), words);
        QVERIFY(process.waitForFinished(30'000));
        const QByteArray error = withoutSudosRemarks(process.readAllStandardError());
        QVERIFY2(process.exitCode() == 74, error);
        QCOMPARE(error.trimmed().split('\n').size(), 1);
    }

    void takenPortIsNamed() {
        const int holder = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        QVERIFY(bind(holder, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(holder, 1) == 0);
        getsockname(holder, reinterpret_cast<sockaddr*>(&address), &size);
        const QString port = QString::number(ntohs(address.sin_port));
        QVERIFY(cli(endlessRun(run(), 1) + QStringList{"--set", "train.steps=1"}).code == 0);
        // As torchrun or srun would start it, at a port that is in use.
        const Outcome worker = runProgram("switchyard-worker", {"--run-dir", run()}, 60'000,
                                          {{"RANK", "0"}, {"WORLD_SIZE", "2"}, {"LOCAL_RANK", "0"}, {"MASTER_ADDR", "127.0.0.1"}, {"MASTER_PORT", port}});
        close(holder);
        QVERIFY2(worker.code == 74, worker.err);
        QVERIFY2(worker.err.contains(port.toUtf8()), worker.err);
        QVERIFY2(worker.err.contains("MASTER_PORT"), worker.err);
    }

    void addressOfAnotherMachineIsRefused() {
        const Outcome outcome = cli(endlessRun(run(), 2) + QStringList{"--bind", "203.0.113.7"});
        QVERIFY2(outcome.code == 74, outcome.err);
        QCOMPARE(outcome.errorLines().size(), 1);
        QVERIFY2(outcome.err.contains("203.0.113.7"), outcome.err);
    }

    void nothingListensBeyondThisMachine() {
        Training training(run(), 2);
        QVERIFY(training.reaches(1));
        QSet<QString> listening;
        for (const qint64 pid : training.ranks() + QList<qint64>{training.supervisor()}) listening += listeningAddresses(pid);
        QVERIFY(!listening.isEmpty());
        listening -= {"127.0.0.1", "::1"};
        QVERIFY2(listening.isEmpty(), qPrintable(listening.values().join(' ')));
    }
};

QTEST_GUILESS_MAIN(FaultsTest)
#include "faults_test.moc"
