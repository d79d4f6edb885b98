// SPDX-License-Identifier: MIT
// The same run by our supervisor, by PyPI's torchrun, by mpirun, and from the environments of srun and mpirun: the same
// weights to the bit. What a rank refuses to listen on, and how long a start takes.
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "dist/rank_processes.h"
#include "support/launched_run.h"
#include "support/program.h"

using namespace switchyard::test;

class LaunchersTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;

    QString reference() const { return temp_.filePath("reference"); }
    QString prepared(const QString& name) { return preparedRun(reference(), temp_.filePath(name)); }
    bool start(const QString& run, const std::function<void(QProcessEnvironment&, int)>& variables) {
        std::vector<std::unique_ptr<QProcess>> ranks;
        for (int rank = 0; rank < 2; ++rank) {
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert("OMP_NUM_THREADS", "1");
            variables(environment, rank);
            ranks.push_back(std::make_unique<QProcess>());
            ranks.back()->setProcessEnvironment(environment);
            ranks.back()->start(binary("switchyard-worker"), {"--run-dir", run});
        }
        bool good = true;
        for (const auto& rank : ranks) {
            good = rank->waitForFinished(60'000) && rank->exitCode() == 0 && good;
            if (!good) qWarning("%s", rank->readAllStandardError().constData());
        }
        return good;
    }
    /// One of two ranks, alone.
    Outcome worker(const QString& rank, const QString& master, const QStringList& flags) {
        return runProgram("switchyard-worker", QStringList{"--run-dir", prepared("alone")} + flags, 60'000,
                          {{"RANK", rank},
                           {"WORLD_SIZE", "2"},
                           {"LOCAL_RANK", rank},
                           {"MASTER_ADDR", master},
                           {"MASTER_PORT", QString::number(freePort())}});
    }

private Q_SLOTS:
    void initTestCase() {
        const Outcome trained = cli(launchedRun(reference(), 2));
        QVERIFY2(trained.code == 0, trained.err);
        QVERIFY(launchedWeights(reference(), 2).size() > 1'000'000);
    }

    void torchrun() {
        const QString program = torchrunProgram(), run = prepared("torchrun");
        QVERIFY2(QFileInfo(program).isExecutable(), "run: bash installer/setup.sh --tests");
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("OMP_NUM_THREADS", "1");
        process.setProcessEnvironment(environment);
        // The address is given: torchrun's default needs a host name that resolves.
        process.start(program, {"--no-python", "--nproc-per-node", "2", "--master-addr", "127.0.0.1", "--master-port",
                                QString::number(freePort()), binary("switchyard-worker"), "--run-dir", run});
        QVERIFY(process.waitForFinished(100'000));
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError());
        QCOMPARE(launchedWeights(run, 2), launchedWeights(reference(), 2));
    }

    void mpirun() {
        const QString run = prepared("mpirun"), port = QString::number(freePort());
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("OMP_NUM_THREADS", "1");
        // Our ranks exchange nothing over MPI; these let it start in a container, with no ssh and fewer cores than
        // ranks.
        environment.insert("OMPI_ALLOW_RUN_AS_ROOT", "1");
        environment.insert("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
        environment.insert("OMPI_MCA_plm", "isolated");
        environment.insert("OMPI_MCA_btl", "self");
        process.setProcessEnvironment(environment);
        process.start("mpirun", {"-np", "2", "--oversubscribe", "--bind-to", "none", "-x", "MASTER_PORT=" + port,
                                 binary("switchyard-worker"), "--run-dir", run});
        QVERIFY2(process.waitForStarted(), "run: bash installer/setup.sh --tests");
        QVERIFY(process.waitForFinished(60'000));
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError());
        QCOMPARE(launchedWeights(run, 2), launchedWeights(reference(), 2));
    }

    /// Two workers started by hand, with the variables that a launcher sets.
    void startersEnvironments_data() {
        QTest::addColumn<QStringList>("names");  // of the number of ranks, the rank, the rank on its machine
        QTest::newRow("srun") << QStringList{"SLURM_NTASKS", "SLURM_PROCID", "SLURM_LOCALID"};
        QTest::newRow("mpirun") << QStringList{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK",
                                               "OMPI_COMM_WORLD_LOCAL_RANK"};
    }
    void startersEnvironments() {
        QFETCH(QStringList, names);
        const QString run = prepared(QTest::currentDataTag()), port = QString::number(freePort());
        QVERIFY(start(run, [&](QProcessEnvironment& environment, int rank) {
            environment.insert(names[0], "2");
            environment.insert(names[1], QString::number(rank));
            environment.insert(names[2], QString::number(rank));
            environment.insert("MASTER_PORT", port);
        }));
        QCOMPARE(launchedWeights(run, 2), launchedWeights(reference(), 2));
    }

    void networkIsNotListenedOnUnasked_data() {
        QTest::addColumn<QString>("rank");
        QTest::newRow("serves the store") << "0";
        QTest::newRow("connects") << "1";
    }
    void networkIsNotListenedOnUnasked() {
        QFETCH(QString, rank);
        const Outcome outcome = worker(rank, "192.0.2.1", {});
        QVERIFY2(outcome.code == 78, outcome.err);
        QCOMPARE(outcome.errorLines().size(), 1);
        for (const char* word : {"MASTER_ADDR 192.0.2.1", "--bind ADDR", "--bind auto"})
            QVERIFY2(outcome.err.contains(word), outcome.err);
    }

    void boundAddressMustBeOfThisMachine() {
        const Outcome outcome = worker("0", "127.0.0.1", {"--bind", "203.0.113.7"});
        QVERIFY2(outcome.code == 74, outcome.err);
        QCOMPARE(outcome.errorLines().size(), 1);
        QVERIFY2(outcome.err.contains("203.0.113.7"), outcome.err);
    }

    void timeOfAStartIsMeasured() {
        const Outcome outcome = cli({"bench", "start", "--ranks", "2", "--repeats", "3", "--json"});
        QVERIFY2(outcome.code == 0, outcome.err);
        const QJsonArray rows = outcome.json()["rows"].toArray();
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0]["ranks"].toInt(), 2);
        QVERIFY(rows[0]["ms"].toDouble() > 0);
        QVERIFY(rows[0]["median_ms"].toDouble() >= rows[0]["ms"].toDouble());
        QVERIFY(rows[0]["median_ms"].toDouble() < static_cast<double>(outcome.elapsed_ms));
        const Outcome none = cli({"bench", "start", "--ranks", "0"});
        QCOMPARE(none.code, 2);
        QCOMPARE(none.errorLines().size(), 1);
        QVERIFY2(none.err.contains("--ranks"), none.err);
    }
};

QTEST_GUILESS_MAIN(LaunchersTest)
#include "launchers_test.moc"
