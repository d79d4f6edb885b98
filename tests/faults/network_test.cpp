// SPDX-License-Identifier: MIT
// Networks that are slow, unplugged or cut, and strangers at the door. Two machines are two network namespaces joined
// by a cable of our own (cable.cpp), with one rank in each.
#include <QElapsedTimer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "faults/faulty_run.h"
#include "support/listening.h"
#include "support/training.h"

using namespace switchyard::test;

namespace {

/// $1: the cable. $2: shell commands once both ends are up. The rest: the worker. $SUDO_UID: made by sudo, used by the
/// one who called it.
constexpr const char* kMachines = R"sh(
set -eu
exec 3<&0
cable=$1 set_up=$2
shift 2
unshare -n sleep 280 3<&- &
other=$!
ranks= wire=
trap 'kill $ranks $wire $other 2>/dev/null || true' EXIT
trap 'exit 1' TERM INT
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.01; done
there="nsenter --net=/proc/$other/ns/net"
"$cable" $other <&3 3<&- >/dev/null &
wire=$!
until ip link show cable0 >/dev/null 2>&1 && $there ip link show cable1 >/dev/null 2>&1; do kill -0 $wire; sleep 0.01; done
ip link set lo up
ip address add 10.78.1.1 peer 10.78.1.2 dev cable0
ip link set cable0 up
$there ip link set lo up
$there ip address add 10.78.1.2 peer 10.78.1.1 dev cable1
$there ip link set cable1 up
eval "$set_up"
user=
[ -z "${SUDO_UID:-}" ] || user="setpriv --reuid=$SUDO_UID --regid=$SUDO_GID --clear-groups"
$user env RANK=0 "$@" 3<&- &
ranks=$!
$there $user env RANK=1 "$@" 3<&- &
second=$!
ranks="$ranks $second"
codes=
for rank in $ranks; do code=0; wait $rank || code=$?; codes="$codes $code"; done
echo "codes$codes"
)sh";

QString cableProgram() {
    return QStringLiteral(SWITCHYARD_BUILD_DIR "/tests/cable");
}

/// The command that starts another one in a network of its own where cables can be laid; empty = there is none.
QStringList ownNetwork() {
    const std::vector<QStringList> ways = {
        {"unshare", "-n"}, {"unshare", "-Urn"}, {"sudo", "-n", "-E", "unshare", "-n"}};
    for (const QStringList& way : ways) {
        QProcess probe;
        probe.start(way.front(), way.mid(1) + QStringList{"sh", "-c", "unshare -n true && \"$1\" $$ </dev/null", "sh",
                                                          cableProgram()});
        if (probe.waitForFinished(10'000) && probe.exitStatus() == QProcess::NormalExit && probe.exitCode() == 0)
            return way;
    }
    return {};
}

/// Port of the only socket that the process listens on at that address.
QList<quint16> listeningPorts(qint64 pid) {
    QList<quint16> ports;
    const QSet<QByteArray> own = socketsOf(pid);
    QFile file(QString("/proc/%1/net/tcp").arg(pid));
    if (!file.open(QIODevice::ReadOnly)) return ports;
    for (const QByteArray& line : file.readAll().split('\n')) {
        const QList<QByteArray> fields = line.simplified().split(' ');
        if (fields.size() >= 10 && fields[3] == "0A" && own.contains(fields[9]))
            ports << fields[1].split(':')[1].toUShort(nullptr, 16);
    }
    return ports;
}

}  // namespace

class NetworkFaultsTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    QStringList network_;

    static QStringList steps(int steps, int timeout_s) {
        return {QString("train.steps=%1").arg(steps), QString("parallel.timeout_s=%1").arg(timeout_s), "log.every=1",
                "checkpoint.every=0"};
    }
    static bool replaceInConfig(const QString& run, const QByteArray& what, const QByteArray& by) {
        QFile config(run + "/config.resolved.yaml");
        if (!config.open(QIODevice::ReadWrite)) return false;
        QByteArray text = config.readAll();
        if (!text.contains(what)) return false;
        text.replace(what, by);
        return config.resize(0) && config.seek(0) && config.write(text) == text.size();
    }
    /// A run folder for two ranks, with a configuration that is ready to start.
    QString prepared(const QString& name, int timeout_s) const {
        const QString source = temp_.filePath(name + "-source"), run = temp_.filePath(name);
        // One step by our own supervisor makes the folder; the ranks under test get its resolved configuration.
        const Outcome made = cli(tinyRun(source, 2, steps(3, 60)));
        if (made.code != 0) return {};
        for (const char* folder : {"/logs", "/checkpoints"}) QDir().mkpath(run + folder);
        for (const char* file : {"/config.resolved.yaml", "/tokenizer.model"}) QFile::copy(source + file, run + file);
        if (!replaceInConfig(run, "\n  timeout_s: 60", "\n  timeout_s: " + QByteArray::number(timeout_s))) return {};
        return run;
    }
    /// Steps until the network ends it.
    static bool makeEndless(const QString& run) {
        return replaceInConfig(run, "\n  steps: 3\n", "\n  steps: 1000000\n");
    }
    /// Both machines with a rank each. `set_up`: commands before the ranks start.
    std::unique_ptr<QProcess> start(const QString& run, const QString& set_up = ":") const {
        auto process = std::make_unique<QProcess>();
        QStringList words = network_ + QStringList{"sh",
                                                   "-c",
                                                   kMachines,
                                                   "sh",
                                                   cableProgram(),
                                                   set_up,
                                                   "env",
                                                   "WORLD_SIZE=2",
                                                   "LOCAL_RANK=0",
                                                   "MASTER_ADDR=10.78.1.1",
                                                   "MASTER_PORT=29600",
                                                   "OMP_NUM_THREADS=1",
                                                   binary("switchyard-worker"),
                                                   "--run-dir",
                                                   run,
                                                   "--bind",
                                                   "auto"};
        process->start(words.takeFirst(), words);
        return process;
    }
    static void order(QProcess& process, const QByteArray& what) {
        process.write(what + "\n");
        process.waitForBytesWritten(1000);
    }
    /// Waits for the record of a step that was made over the network.
    static bool reaches(QProcess& process, const QString& run, int step) {
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 60'000 && !process.waitForFinished(100)) {
            if (lossesOf(run).size() >= step) return true;
        }
        return false;
    }
    struct End {
        QByteArray codes, errors;
    };
    static End endOf(QProcess& process, int timeout_ms) {
        if (!process.waitForFinished(timeout_ms)) {
            process.terminate();
            process.waitForFinished(5000);
        }
        return {process.readAllStandardOutput().trimmed(), process.readAllStandardError()};
    }

private Q_SLOTS:
    void initTestCase() {
        // All these ranks could read each other's memory; what is tested is the network between them.
        qputenv("SWITCHYARD_DIRECT_EXCHANGE", "0");
        network_ = ownNetwork();
        const QString run = prepared("whole", 60);
        QVERIFY(!run.isEmpty());
        QCOMPARE(lossesOf(temp_.filePath("whole-source")).size(), 3);
    }

    void slowNetworksGiveTheSameLosses_data() {
        QTest::addColumn<QByteArray>("orders");
        QTest::addColumn<QString>("set_up");
        QTest::addColumn<int>("least_ms");
        QTest::newRow("a plain cable") << QByteArray("plug") << ":" << 0;
        QTest::newRow("200 ms each way") << QByteArray("delay 200") << ":" << 3000;
        QTest::newRow("1 Mbit/s") << QByteArray("plug")
                                  << "tc qdisc add dev cable0 root tbf rate 1mbit burst 16kb latency 2s && "
                                     "$there tc qdisc add dev cable1 root tbf rate 1mbit burst 16kb latency 2s"
                                  << 3000;
    }
    void slowNetworksGiveTheSameLosses() {
        if (network_.isEmpty())
            QSKIP("no cable can be laid: neither root, nor user namespaces, nor sudo with /dev/net/tun");
        QFETCH(QByteArray, orders);
        QFETCH(QString, set_up);
        QFETCH(int, least_ms);
        const QString run = temp_.filePath("slow");
        QDir(run).removeRecursively();
        for (const char* folder : {"/logs", "/checkpoints"}) QDir().mkpath(run + folder);
        for (const char* file : {"/config.resolved.yaml", "/tokenizer.model"})
            QFile::copy(temp_.filePath("whole") + file, run + file);
        QElapsedTimer timer;
        timer.start();
        const auto process = start(run, set_up);
        QVERIFY(process->waitForStarted());
        order(*process, orders);
        const End end = endOf(*process, 200'000);
        QVERIFY2(end.codes == "codes 0 0", end.codes + end.errors);
        qInfo("%lld ms", timer.elapsed());
        QVERIFY2(timer.elapsed() > least_ms, "it was not slow at all");
        QCOMPARE(lossesOf(run), lossesOf(temp_.filePath("whole-source")));
    }

    void unpluggedIsAHang() {
        if (network_.isEmpty())
            QSKIP("no cable can be laid: neither root, nor user namespaces, nor sudo with /dev/net/tun");
        const QString run = prepared("unplugged", 4);
        QVERIFY(makeEndless(run));
        const auto process = start(run);
        QVERIFY(reaches(*process, run, 2));
        QElapsedTimer timer;
        timer.start();
        order(*process, "unplug");
        const End end = endOf(*process, 60'000);
        QVERIFY2(end.codes == "codes 81 81", end.codes + end.errors);
        QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY2(end.errors.contains("A peer did not answer within") && end.errors.contains("collective '"),
                 end.errors);
        QVERIFY2(end.errors.contains("rank 0") && end.errors.contains("rank 1"), end.errors);
    }

    void cutIsALostPeer() {
        if (network_.isEmpty())
            QSKIP("no cable can be laid: neither root, nor user namespaces, nor sudo with /dev/net/tun");
        const QString run = prepared("cut", 20);
        QVERIFY(makeEndless(run));
        const auto process = start(run);
        QVERIFY(reaches(*process, run, 2));
        QElapsedTimer timer;
        timer.start();
        order(*process, "cut");
        const End end = endOf(*process, 60'000);
        QVERIFY2(end.codes == "codes 80 80", end.codes + end.errors);
        QVERIFY2(timer.elapsed() < 10'000,
                 qPrintable(QString::number(timer.elapsed())));  // well before the limit of 20 s
        QVERIFY2(end.errors.contains("The connection to a peer broke in collective '"), end.errors);
    }

    void rankThatNeverJoinsIsNamed() {
        const QString run = prepared("missing", 3);
        QTcpServer holder;
        QVERIFY(holder.listen(QHostAddress::LocalHost));
        const QString port = QString::number(holder.serverPort());
        holder.close();
        const Outcome alone = runProgram("switchyard-worker", {"--run-dir", run}, 60'000,
                                         {{"RANK", "0"},
                                          {"WORLD_SIZE", "2"},
                                          {"LOCAL_RANK", "0"},
                                          {"MASTER_ADDR", "127.0.0.1"},
                                          {"MASTER_PORT", port}});
        QVERIFY2(alone.code == 80, QByteArray::number(alone.code) + alone.err);
        QVERIFY2(alone.err.contains("Ranks that did not join within 3 s: 1"), alone.err);
    }

    /// Strangers on this machine that talk to whatever the ranks listen on: the run goes on, and its losses are its
    /// own.
    void garbageIntoEveryPort() {
        const QString run = temp_.filePath("garbage");
        QProcess process;
        process.start(binary("switchyard"), tinyRun(run, 2, steps(250, 20)));
        QTRY_VERIFY_WITH_TIMEOUT(lossesOf(run).size() >= 1 || process.state() == QProcess::NotRunning, 60'000);
        QFile record(run + "/supervisor.json");
        QVERIFY(record.open(QIODevice::ReadOnly));
        int talks = 0;
        for (const QJsonValue pid : QJsonDocument::fromJson(record.readAll()).object()["rank_pids"].toArray()) {
            for (const quint16 port : listeningPorts(pid.toInteger())) {
                for (const QByteArray& garbage :
                     {QByteArray("GET / HTTP/1.1\r\n\r\n"), QByteArray(4096, '\xff'), QByteArray(4096, '\0'),
                      QByteArray("\x03\xff\xff\xff\xff\xff\xff\xff\x7f", 9)}) {
                    QTcpSocket stranger;
                    stranger.connectToHost("127.0.0.1", port);
                    if (!stranger.waitForConnected(2000)) continue;
                    stranger.write(garbage);
                    stranger.waitForBytesWritten(1000);
                    stranger.waitForReadyRead(50);
                    ++talks;
                    stranger.abort();
                }
            }
        }
        QVERIFY(talks >= 4);
        QVERIFY2(process.state() == QProcess::Running, "it was over before the strangers came");
        QVERIFY(process.waitForFinished(100'000));
        const QByteArray error = process.readAllStandardError();
        QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0,
                 QByteArray::number(process.exitCode()) + error);
        const QString unharmed = temp_.filePath("unharmed");
        QCOMPARE(cli(tinyRun(unharmed, 2, steps(250, 20))).code, 0);
        QCOMPARE(lossesOf(run), lossesOf(unharmed));
    }
};

QTEST_GUILESS_MAIN(NetworkFaultsTest)
#include "network_test.moc"
