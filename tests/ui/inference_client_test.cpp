// SPDX-License-Identifier: GPL-3.0-or-later
// The client of the inference worker: answers, failures, the worker's death and ours.
#include "ui/services/inference_client.h"

#include <csignal>
#include <memory>

#include "core/base/runs/run_folder.h"
#include "ui/retrieval_tools.h"

namespace {

using switchyard::ui::Failure;
using switchyard::ui::InferenceClient;
using namespace switchyard::test;

bool alive(qint64 pid) {
    return pid > 0 && switchyard::runs::processStartTicks(pid) != 0;
}

/// What came back of one request.
struct Answer {
    QJsonObject result;
    Failure failure;
    int results = 0, failures = 0, progress = 0;
    qint64 first_done = -1, done = 0, total = 0;
    QThread* thread = nullptr;
    int answered() const { return results + failures; }
};

qint64 ask(InferenceClient& client, QObject* context, const QJsonObject& request, Answer* answer) {
    return client.request(
        context, request,
        [answer](const QJsonObject& result) {
            answer->result = result;
            answer->thread = QThread::currentThread();
            ++answer->results;
        },
        [answer](const Failure& failure) {
            answer->failure = failure;
            answer->thread = QThread::currentThread();
            ++answer->failures;
        },
        [answer](qint64 done, qint64 total, const QString&) {
            if (answer->progress == 0) answer->first_done = done;
            answer->done = done;
            answer->total = total;
            ++answer->progress;
        });
}

const QJsonObject kHello{{"op", "hello"}};

}  // namespace

class InferenceClientTest : public QObject {
    Q_OBJECT
public:
    explicit InferenceClientTest(OwnFolders& folders) : folders_(folders) {}

private:
    OwnFolders& folders_;
    QString checkpoint_, many_;

    /// A worker made of shell lines in place of the real one.
    void useScript(const QByteArray& lines) {
        const QString path = folders_.path("fake-worker");
        QFile::remove(path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(lines);
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        qputenv("SWITCHYARD_WORKER", path.toUtf8());
    }

    QJsonObject longBuild(const QString& out) const {
        return {{"op", "index"}, {"checkpoint", checkpoint_}, {"data", many_}, {"out", out}};
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("OMP_NUM_THREADS", "1");
        checkpoint_ = trainSmoke(folders_.path("runs"), "smoke", 5);
        QVERIFY(!checkpoint_.isEmpty());
        many_ = writeMany(folders_.path("data"), 4000);
        QVERIFY(!many_.isEmpty());
    }

    void init() { qputenv("SWITCHYARD_WORKER", SWITCHYARD_BIN_DIR "/switchyard-worker"); }

    void startsAtTheFirstRequestAndAnswersInTheGuiThread() {
        InferenceClient client;
        QCOMPARE(client.workerPid(), 0);
        Answer first, second;
        ask(client, this, kHello, &first);
        QCOMPARE(first.answered(), 0);
        ask(client, this, kHello, &second);
        QTRY_COMPARE_WITH_TIMEOUT(second.answered(), 1, 20'000);
        QCOMPARE(first.results, 1);
        QCOMPARE(second.results, 1);
        QVERIFY(!first.result.value("libtorch").toString().isEmpty());
        QCOMPARE(first.thread, qApp->thread());
        QVERIFY(alive(client.workerPid()));
    }

    void anErrorKeepsItsParts() {
        InferenceClient client;
        Answer unknown, missing;
        ask(client, this, {{"op", "dance"}}, &unknown);
        ask(client, this, {{"op", "retrieve"}, {"index", folders_.path("nowhere")}, {"text", "x"}}, &missing);
        QTRY_COMPARE_WITH_TIMEOUT(missing.failures, 1, 20'000);
        QCOMPARE(unknown.failures, 1);
        QCOMPARE(unknown.failure.code, 2);
        QVERIFY(unknown.failure.message.contains("dance"));
        QCOMPARE(missing.failure.code, 74);
        QCOMPARE(missing.failure.where, folders_.path("nowhere"));
        QVERIFY(missing.failure.fix.contains("index"));
    }

    void aKilledWorkerFailsWhatWasInFlightAndTheNextRequestWorks() {
        InferenceClient client;
        Answer build, queued;
        ask(client, this, longBuild(folders_.path("killed")), &build);
        ask(client, this, kHello, &queued);
        QTRY_VERIFY_WITH_TIMEOUT(build.progress > 0, 20'000);
        const qint64 pid = client.workerPid();
        ::kill(static_cast<pid_t>(pid), SIGKILL);
        QTRY_COMPARE(build.failures, 1);
        QCOMPARE(queued.failures, 1);
        QCOMPARE(build.failure.code, 128 + SIGKILL);
        QVERIFY2(build.failure.message.contains("signal 9 (SIGKILL)"), qPrintable(build.failure.message));
        QVERIFY(!build.failure.fix.isEmpty());
        QCOMPARE(client.workerPid(), 0);

        Answer next;
        ask(client, this, kHello, &next);
        QTRY_COMPARE_WITH_TIMEOUT(next.results, 1, 20'000);
        QVERIFY(client.workerPid() != pid);
        QCOMPARE(build.answered(), 1);
    }

    void theWorkersLastWordsStandInTheFailure() {
        useScript(
            "#!/bin/sh\nfor i in $(seq 1 200); do echo \"line $i\" >&2; done\nprintf 'the tensor is torn' >&2\nexit "
            "3\n");
        InferenceClient client;
        Answer answer;
        ask(client, this, kHello, &answer);
        QTRY_COMPARE(answer.failures, 1);
        QCOMPARE(answer.failure.code, 3);
        QVERIFY(answer.failure.message.contains("code 3"));
        QVERIFY2(answer.failure.sentence().contains("the tensor is torn"), qPrintable(answer.failure.sentence()));
        QVERIFY(!answer.failure.sentence().contains("line 200"));
    }

    void linesThatAreNoAnswersAreIgnored() {
        useScript(
            "#!/bin/sh\nread line\necho 'a library says hello'\necho '{\"id\":99,\"result\":{}}'\n"
            "echo '{\"id\":1,\"result\":{\"x\":7}}'\nread line\n");
        InferenceClient client;
        Answer answer;
        ask(client, this, kHello, &answer);
        QTRY_COMPARE(answer.results, 1);
        QCOMPARE(answer.result.value("x").toInt(), 7);
    }

    void aLineWithoutEndIsRefused() {
        useScript("#!/bin/sh\nread line\nhead -c 30000000 /dev/zero | tr '\\0' 'x'\nread line\n");
        InferenceClient client;
        Answer answer;
        ask(client, this, kHello, &answer);
        QTRY_COMPARE_WITH_TIMEOUT(answer.failures, 1, 20'000);
        QVERIFY2(answer.failure.message.contains("longer than 16 MiB"), qPrintable(answer.failure.message));
        QCOMPARE(client.workerPid(), 0);
        init();
        Answer next;
        ask(client, this, kHello, &next);
        QTRY_COMPARE_WITH_TIMEOUT(next.results, 1, 20'000);
    }

    void tenThousandHitsFitIntoALine() {
        InferenceClient client;
        Answer build, search;
        const QString out = folders_.path("large");
        ask(client, this, longBuild(out), &build);
        ask(client, this, {{"op", "retrieve"}, {"index", out}, {"text", "a red circle"}, {"k", 10'000}}, &search);
        QTRY_VERIFY_WITH_TIMEOUT(search.answered() == 1, 60'000);
        QVERIFY2(search.results == 1, qPrintable(search.failure.sentence()));
        QCOMPARE(build.done, build.total);
        QCOMPARE(build.result.value("pictures").toInt(), 4000);
        QCOMPARE(search.result.value("results").toArray().size(), 4000);
        QCOMPARE(search.result.value("searched").toInt(), 4000);
    }

    void aProgramThatIsNotThereIsTold() {
        qputenv("SWITCHYARD_WORKER", "/nonexistent/worker");
        InferenceClient client;
        Answer answer;
        ask(client, this, kHello, &answer);
        QCOMPARE(answer.answered(), 0);
        QTRY_COMPARE(answer.failures, 1);
        QCOMPARE(answer.failure.code, 74);
        QCOMPARE(answer.failure.where, QString("/nonexistent/worker"));

        useScript(
            "\x7f"
            "ELF this is no program");
        Answer broken;
        ask(client, this, kHello, &broken);
        QTRY_COMPARE(broken.failures, 1);
        QVERIFY2(broken.failure.message.contains("could not be started"), qPrintable(broken.failure.message));

        init();
        Answer next;
        ask(client, this, kHello, &next);
        QTRY_COMPARE_WITH_TIMEOUT(next.results, 1, 20'000);
    }

    void cancelStopsABuildAndIsSilent() {
        InferenceClient client;
        Answer build, after;
        const QString out = folders_.path("cancelled");
        const qint64 id = ask(client, this, longBuild(out), &build);
        QTRY_VERIFY_WITH_TIMEOUT(build.progress > 0, 20'000);
        const int seen = build.progress;
        const qint64 pid = client.workerPid();
        client.cancel(id);
        client.cancel(id);
        ask(client, this, kHello, &after);
        QTRY_COMPARE_WITH_TIMEOUT(after.results, 1, 10'000);
        QCOMPARE(build.answered(), 0);
        QCOMPARE(build.progress, seen);
        QCOMPARE(client.workerPid(), pid);
        QVERIFY(!QFile::exists(out));
        // What it did stays, and the next one goes on behind it.
        QVERIFY(QFile::exists(out + ".part/state.json"));
        Answer rest;
        ask(client, this, longBuild(out), &rest);
        QTRY_VERIFY_WITH_TIMEOUT(rest.progress > 0, 20'000);
        QVERIFY(rest.first_done > 0);
        QTRY_COMPARE_WITH_TIMEOUT(rest.results, 1, 60'000);
        QCOMPARE(rest.result.value("pictures").toInt(), 4000);
        QVERIFY(!QFile::exists(out + ".part"));
    }

    void aContextThatDiesCancelsItsRequests() {
        InferenceClient client;
        Answer build, after;
        const QString out = folders_.path("orphaned");
        auto context = std::make_unique<QObject>();
        ask(client, context.get(), longBuild(out), &build);
        QTRY_VERIFY_WITH_TIMEOUT(build.progress > 0, 20'000);
        context.reset();
        ask(client, this, kHello, &after);
        QTRY_COMPARE_WITH_TIMEOUT(after.results, 1, 10'000);
        QCOMPARE(build.answered(), 0);
        QVERIFY(!QFile::exists(out));
    }

    void anIdleWorkerIsEnded() {
        InferenceClient client;
        client.setIdleTimeout(std::chrono::milliseconds(200));
        Answer first, build, second;
        ask(client, this, kHello, &first);
        const qint64 pid = client.workerPid();
        QTRY_COMPARE_WITH_TIMEOUT(first.results, 1, 20'000);
        QTRY_COMPARE(client.workerPid(), 0);
        QTRY_VERIFY(!alive(pid));
        // A long request is not idleness.
        ask(client, this, longBuild(folders_.path("busy")), &build);
        QTRY_VERIFY_WITH_TIMEOUT(build.answered() == 1, 60'000);
        QCOMPARE(build.results, 1);
        ask(client, this, kHello, &second);
        QTRY_COMPARE_WITH_TIMEOUT(second.results, 1, 20'000);
    }

    void theDestructorLeavesNothingBehind() {
        auto client = std::make_unique<InferenceClient>();
        Answer build;
        const QString out = folders_.path("closed");
        ask(*client, this, longBuild(out), &build);
        QTRY_VERIFY_WITH_TIMEOUT(build.progress > 0, 20'000);
        const qint64 pid = client->workerPid();
        QVERIFY(alive(pid));
        QElapsedTimer timer;
        timer.start();
        client.reset();
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY(!alive(pid));
        QVERIFY(!QFile::exists(out));
        QCOMPARE(build.answered(), 0);

        useScript("#!/bin/sh\nexec sleep 60\n");  // never looks at its input
        client = std::make_unique<InferenceClient>();
        Answer never;
        ask(*client, this, kHello, &never);
        QTRY_VERIFY(alive(client->workerPid()));
        const qint64 deaf = client->workerPid();
        client.reset();
        QVERIFY(!alive(deaf));
    }

    void aKilledWindowTakesTheWorkerAlong_data() {
        QTest::addColumn<bool>("deaf");
        QTest::newRow("in the middle of a build") << false;
        QTest::newRow("a worker that never looks at its input") << true;
    }
    void aKilledWindowTakesTheWorkerAlong() {
        QFETCH(bool, deaf);
        if (deaf)
            useScript("#!/bin/sh\nread line\necho '{\"id\":1,\"progress\":{\"done\":1,\"total\":9}}'\nexec sleep 60\n");
        QProcess window;
        window.start(QCoreApplication::applicationFilePath(),
                     {"--window", checkpoint_, many_, folders_.path("window")});
        qint64 pid = 0;
        QTRY_VERIFY_WITH_TIMEOUT(window.canReadLine(), 20'000);
        pid = window.readLine().trimmed().toLongLong();
        QVERIFY(alive(pid));
        window.kill();
        QVERIFY(window.waitForFinished());
        QTRY_VERIFY_WITH_TIMEOUT(!alive(pid), 2000);
        QVERIFY(!QFile::exists(folders_.path("window")));
    }
};

/// The part that is killed: says its worker's pid when the build has begun.
static int actAsWindow(const QStringList& arguments) {
    InferenceClient client;
    QObject context;
    bool said = false;
    client.request(&context,
                   {{"op", "index"}, {"checkpoint", arguments[2]}, {"data", arguments[3]}, {"out", arguments[4]}}, {},
                   {}, [&](qint64, qint64, const QString&) {
                       if (std::exchange(said, true)) return;
                       printf("%lld\n", client.workerPid());
                       fflush(stdout);
                   });
    return QCoreApplication::exec();
}

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    if (app.arguments().value(1) == "--window") return actAsWindow(app.arguments());
    OwnFolders folders;
    InferenceClientTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "inference_client_test.moc"
