// SPDX-License-Identifier: MIT
// Ranks on two machines: two network namespaces joined by a virtual cable, PyPI's torchrun in each.
#include <QElapsedTimer>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>
#include <memory>
#include <vector>

#include "support/launched_run.h"
#include "support/listening.h"
#include "support/program.h"
#include "support/training.h"

using namespace switchyard::test;

namespace {

/// The first machine is the namespace that the script is started in, the second that of a sleeping process. Everything
/// is gone with the last process in it. $SUDO_UID: made by sudo, used by the one who called it.
constexpr const char* kMachines = R"sh(
set -eu
unshare -n sleep 280 &
other=$!
ranks=
trap 'kill $ranks $other 2>/dev/null || true' EXIT
trap 'exit 1' TERM INT
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.01; done
there="nsenter --net=/proc/$other/ns/net"
ip link add cable0 type veth peer name cable1
ip link set cable1 netns $other
ip link set lo up
ip address add 10.77.1.1/24 dev cable0
ip link set cable0 up
$there ip link set lo up
$there ip address add 10.77.1.2/24 dev cable1
$there ip link set cable1 up
user=
[ -z "${SUDO_UID:-}" ] || user="setpriv --reuid=$SUDO_UID --regid=$SUDO_GID --clear-groups"
$user env PET_NODE_RANK=0 "$@" &
ranks=$!
$there $user env PET_NODE_RANK=1 "$@" &
ranks="$ranks $!"
failed=0
for rank in $ranks; do wait $rank || failed=$?; done
exit $failed
)sh";

/// The command that starts another one in a network of its own, by what this user may do; empty = nothing.
QStringList ownNetwork() {
    const std::vector<QStringList> ways = {
        {"unshare", "-n"}, {"unshare", "-Urn"}, {"sudo", "-n", "-E", "unshare", "-n"}};
    for (const QStringList& way : ways) {
        QProcess probe;
        probe.start(way.front(), way.mid(1) + QStringList{"sh", "-c",
                                                          "unshare -n true && ip link set lo up && "
                                                          "ip link add cable0 type veth peer name cable1"});
        if (probe.waitForFinished(10'000) && probe.exitStatus() == QProcess::NormalExit && probe.exitCode() == 0)
            return way;
    }
    return {};
}

}  // namespace

class NetworkTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    QStringList network_;

    /// torchrun on both machines, 2 ranks each.
    std::unique_ptr<QProcess> start(const QString& run, const QStringList& worker_flags) const {
        auto process = std::make_unique<QProcess>();
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("OMP_NUM_THREADS", "1");
        process->setProcessEnvironment(environment);
        process->setProcessChannelMode(QProcess::MergedChannels);
        QStringList words = {"sh",
                             "-c",
                             kMachines,
                             "sh",
                             torchrunProgram(),
                             "--no-python",
                             "--nnodes",
                             "2",
                             "--nproc-per-node",
                             "2",
                             "--master-addr",
                             "10.77.1.1",
                             "--master-port",
                             "29500",
                             binary("switchyard-worker"),
                             "--run-dir",
                             run};
        process->start(network_.front(), network_.mid(1) + words + worker_flags);
        return process;
    }
private Q_SLOTS:
    void initTestCase() {
        QVERIFY2(QFileInfo(torchrunProgram()).isExecutable(), "run: bash installer/setup.sh --tests");
        qputenv("SWITCHYARD_DIRECT_EXCHANGE", "0");  // all these ranks could read each other's memory; machines can not
        const Outcome trained = cli(launchedRun(temp_.filePath("reference"), 4));
        QVERIFY2(trained.code == 0, trained.err);
        QCOMPARE(lossesOf(temp_.filePath("reference")).size(), 6);
        network_ = ownNetwork();
    }

    void twoMachinesTrainAsOne() {
        if (network_.isEmpty()) QSKIP("this user may make no networks: neither root, nor user namespaces, nor sudo");
        const QString run = preparedRun(temp_.filePath("reference"), temp_.filePath("machines"));
        const auto process = start(run, {"--bind", "auto"});
        QSet<QString> listening;
        QElapsedTimer timer;
        timer.start();
        while (!process->waitForFinished(20) && timer.elapsed() < 120'000) {
            for (const qint64 pid : workersOf(run)) listening += listeningAddresses(pid);
        }
        if (process->state() != QProcess::NotRunning) {
            process->terminate();
            process->waitForFinished(5000);
        }
        QVERIFY2(process->exitStatus() == QProcess::NormalExit && process->exitCode() == 0,
                 process->readAllStandardOutput());
        QCOMPARE(lossesOf(run), lossesOf(temp_.filePath("reference")));
        QCOMPARE(launchedWeights(run, 4), launchedWeights(temp_.filePath("reference"), 4));
        QCOMPARE(listening, (QSet<QString>{"10.77.1.1", "10.77.1.2"}));
    }

    void withoutBindNoneListensOnTheNetwork() {
        if (network_.isEmpty()) QSKIP("this user may make no networks: neither root, nor user namespaces, nor sudo");
        const auto process = start(preparedRun(temp_.filePath("reference"), temp_.filePath("refused")), {});
        QVERIFY(process->waitForFinished(60'000));
        const QByteArray said = process->readAllStandardOutput();
        QVERIFY(process->exitCode() != 0);
        QVERIFY2(said.contains(QByteArray("exitcode  : 78")), said);
        QVERIFY2(said.contains("--bind auto"), said);
    }
};

QTEST_GUILESS_MAIN(NetworkTest)
#include "network_test.moc"
