// SPDX-License-Identifier: MIT
// The manifest of a profile of kind kubernetes: valid by the published schemas, complete, and refused where it must be.
#include <QTemporaryDir>
#include <QtTest>

#include "support/launched_run.h"
#include "support/slurm_cluster.h"
#include "support/training.h"

using namespace switchyard::test;

class KubernetesTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    QString file(const char* name) const { return temp_.filePath(name); }
    Outcome write(const QString& profile, const QString& manifest, const QStringList& more = {}) const {
        QStringList words = {
            "train", "--config", shippedConfig("smoke.yaml"), "--run-dir", temp_.filePath("runs/Smoke_1"),
            "--on",  profile};
        if (!manifest.isEmpty()) words << "--manifest-out" << manifest;
        return cli(words + more);
    }
    /// The objects of a manifest, valid ones; what is wrong else.
    static Outcome checked(const QString& manifest) {
        QProcess process;
        process.start(peerPython(), {SWITCHYARD_SOURCE_DIR "/tests/process/check_pytorch_job.py", manifest});
        Outcome outcome;
        process.waitForFinished(60'000);
        outcome.code = process.exitCode();
        outcome.out = process.readAllStandardOutput();
        outcome.err = process.readAllStandardError();
        return outcome;
    }

private Q_SLOTS:
    void initTestCase() {
        writeProfiles(
            file("profiles.yaml"),
            "cloud:\n  kind: kubernetes\n  namespace: lab\n  image: registry.example/switchyard:0.1.0\n  replicas: 2\n"
            "  ranks_per_replica: 2\n  gpus: 2\n  cpu: \"8\"\n  memory: 32Gi\n  claim: runs\n  mount: /data/runs\n"
            "  setup: [\"echo 'it''s: \\\"quoted\\\"'\"]\n"
            "one: {kind: kubernetes, image: x, claim: runs}\n");
    }

    void validByThePublishedSchemas_data() {
        QTest::addColumn<QString>("profile");
        QTest::addColumn<int>("replicas");
        QTest::newRow("two replicas") << "cloud" << 2;
        QTest::newRow("one replica") << "one" << 1;
    }
    void validByThePublishedSchemas() {
        QFETCH(QString, profile);
        QFETCH(int, replicas);
        const Outcome written = write(profile, file("job.yaml"));
        QVERIFY2(written.code == 0, written.err);
        QVERIFY2(written.out.contains("kubectl apply -f"), written.out);
        if (!QFileInfo(peerPython()).isExecutable()) QSKIP("run: bash installer/setup.sh --tests");
        const Outcome outcome = checked(file("job.yaml"));
        if (outcome.err.contains("NoneType")) QSKIP("kubeflow-training is not there: bash installer/setup.sh --tests");
        QVERIFY2(outcome.code == 0, outcome.out + outcome.err);
        const QJsonArray objects = outcome.jsonArray();
        QCOMPARE(objects.size(), 2);
        const QJsonObject files = objects[0].toObject(), job = objects[1].toObject();
        QCOMPARE(job["metadata"]["name"].toString(), QString("smoke-1"));
        QCOMPARE(files["metadata"]["name"].toString(), QString("smoke-1"));
        const QJsonObject specs = job["spec"]["pytorchReplicaSpecs"].toObject();
        QCOMPARE(specs["Master"]["replicas"].toInt() + specs["Worker"]["replicas"].toInt(), replicas);
        const QJsonObject container = specs["Master"]["template"]["spec"]["containers"][0].toObject();
        const QString script = container["command"][2].toString();
        QVERIFY2(script.contains("switchyard-worker --run-dir"), qPrintable(script));
        QCOMPARE(script.contains("torchrun --no-python"), replicas == 2);
        // The configuration in it is the resolved one, with the profile's ranks.
        const QByteArray config =
            QByteArray::fromBase64(files["binaryData"]["config.resolved.yaml"].toString().toUtf8());
        QVERIFY2(config.contains(replicas == 2 ? "ranks: 4" : "ranks: 1"), config);
        QVERIFY(!files["binaryData"]["tokenizer.model"].toString().isEmpty());
        QVERIFY(!QFileInfo(temp_.filePath("runs/Smoke_1")).exists());
    }

    /// The container's script, run here in place of the container, finds its files and starts the worker.
    void theScriptPutsTheRunInItsPlace() {
        QFile profiles(file("profiles.yaml"));
        QVERIFY(profiles.open(QIODevice::Append));
        profiles.write("here: {kind: kubernetes, image: x, claim: y, mount: " + file("mount").toUtf8() +
                       ", worker: /bin/echo}\n");
        profiles.close();
        QCOMPARE(write("here", file("here.yaml")).code, 0);
        if (!QFileInfo(peerPython()).isExecutable()) QSKIP("run: bash installer/setup.sh --tests");
        const Outcome outcome = checked(file("here.yaml"));
        if (outcome.err.contains("NoneType")) QSKIP("kubeflow-training is not there: bash installer/setup.sh --tests");
        const QJsonArray objects = outcome.jsonArray();
        QDir().mkpath(file("prepared"));
        const QJsonObject data = objects[0]["binaryData"].toObject();
        for (auto it = data.begin(); it != data.end(); ++it) {
            QFile one(file("prepared/") + it.key());
            QVERIFY(one.open(QIODevice::WriteOnly));
            one.write(QByteArray::fromBase64(it.value().toString().toUtf8()));
        }
        QString script =
            objects[1]["spec"]["pytorchReplicaSpecs"]["Master"]["template"]["spec"]["containers"][0]["command"][2]
                .toString();
        script.replace("/prepared/", file("prepared/"));
        QProcess shell;
        shell.start("/bin/sh", {"-c", script});
        QVERIFY(shell.waitForFinished(10'000));
        QCOMPARE(shell.readAllStandardError(), QByteArray());
        QCOMPARE(shell.readAllStandardOutput(), "--run-dir " + file("mount/Smoke_1").toUtf8() + "\n");
        for (const char* name : {"config.resolved.yaml", "config.yaml", "tokenizer.model", "logs", "checkpoints"})
            QVERIFY2(QFileInfo(file("mount/Smoke_1/") + name).exists(), name);
    }

    void refusals() {
        const Outcome no_file = write("cloud", {});
        QCOMPARE(no_file.code, 2);
        QVERIFY2(no_file.err.contains("--manifest-out FILE"), no_file.err);
        QCOMPARE(write("local", file("x.yaml")).code, 2);
        QCOMPARE(write("cloud", file("x.yaml"), {"--ranks", "3"}).code, 2);
        QVERIFY(!QFileInfo(file("x.yaml")).exists());
        QCOMPARE(write("cloud", "/no/such/folder/x.yaml").code, 74);
    }
};

QTEST_GUILESS_MAIN(KubernetesTest)
#include "kubernetes_test.moc"
