// SPDX-License-Identifier: MIT
// The same run by our supervisor, by PyPI's torchrun, and from the environments of srun and mpirun: the same weights to
// the bit.
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "dist/rank_processes.h"
#include "support/program.h"

using namespace switchyard::test;

class LaunchersTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;

    static QByteArray weightsOf(const QString& run) {
        QByteArray all;
        for (const char* name :
             {"model.r000-of-002.safetensors", "model.r001-of-002.safetensors", "optim.r000-of-002.safetensors"}) {
            QFile file(run + "/checkpoints/step-00000006/" + name);
            if (file.open(QIODevice::ReadOnly)) all += file.readAll();
        }
        return all;
    }
    /// A run folder with what a rank needs, from the reference run.
    QString prepared(const QString& name) {
        const QString run = temp_.filePath(name);
        QDir().mkpath(run + "/logs");
        QDir().mkpath(run + "/checkpoints");
        for (const char* file : {"config.resolved.yaml", "tokenizer.model"})
            QFile::copy(temp_.filePath("reference/") + file, run + "/" + file);
        return run;
    }
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

private Q_SLOTS:
    void initTestCase() {
        const Outcome trained = cli({"train",
                                     "--config",
                                     shippedConfig("smoke.yaml"),
                                     "--run-dir",
                                     temp_.filePath("reference"),
                                     "--ranks",
                                     "2",
                                     "--set",
                                     "parallel.shard=fsdp",
                                     "--set",
                                     "parallel.expert=2",
                                     "--set",
                                     "parallel.threads=1",
                                     "--set",
                                     "train.steps=6",
                                     "--set",
                                     "optim.warmup_steps=2",
                                     "--set",
                                     "data.synthetic.samples=64",
                                     "--set",
                                     "train.global_batch=32",
                                     "--set",
                                     "eval.tasks=[]"});
        QVERIFY2(trained.code == 0, trained.err);
        QVERIFY(weightsOf(temp_.filePath("reference")).size() > 1'000'000);
    }

    void torchrun() {
        const QString cache = qEnvironmentVariable("XDG_CACHE_HOME", QDir::homePath() + "/.cache");
        const QString program = cache + "/switchyard/peers/bin/torchrun", run = prepared("torchrun");
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
        QCOMPARE(weightsOf(run), weightsOf(temp_.filePath("reference")));
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
        QCOMPARE(weightsOf(run), weightsOf(temp_.filePath("reference")));
    }
};

QTEST_GUILESS_MAIN(LaunchersTest)
#include "launchers_test.moc"
