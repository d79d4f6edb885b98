// SPDX-License-Identifier: GPL-3.0-or-later
// The window's program is killed, frozen and started again while three runs train and one waits: none of them notices,
// and afterwards every step is there once.
#include <signal.h>

#include <QElapsedTimer>
#include <QProcess>
#include <map>

#include "core/base/runs/run_db.h"
#include "core/base/runs/run_status.h"
#include "support/training.h"
#include "ui_tools.h"

using namespace switchyard;
using runs::RunState;

namespace {

constexpr int kSteps = 900, kRuns = 3;

QString nameOf(int i) {
    return QString("run-%1").arg(i);
}

}  // namespace

class SurvivalTest : public QObject {
    Q_OBJECT
    test::OwnFolders folders_;
    QString runs() const { return folders_.path("runs"); }
    runs::RunStatus status(const QString& name) const { return runs::readStatus((runs() + "/" + name).toStdString()); }

    /// Whether the process has this run's database open or mapped: it reads it.
    static bool reads(qint64 pid, const QString& file) {
        const QDir descriptors(QString("/proc/%1/fd").arg(pid));
        for (const QString& fd : descriptors.entryList(QDir::Files | QDir::System)) {
            if (QFile::symLinkTarget(descriptors.filePath(fd)) == file) return true;
        }
        return false;
    }
    /// The program on the folder of runs or on one of them; for the latter, once it reads that one's records.
    std::unique_ptr<QProcess> open(const QString& run = {}) const {
        auto window = std::make_unique<QProcess>();
        window->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        window->start(SWITCHYARD_BIN_DIR "/switchyard-workbench", {run.isEmpty() ? runs() : runs() + "/" + run + "/"});
        [&] { QVERIFY(window->waitForStarted()); }();
        if (!run.isEmpty())
            [&] { QTRY_VERIFY_WITH_TIMEOUT(reads(window->processId(), runs() + "/" + run + "/run.db"), 30'000); }();
        return window;
    }
    /// Each run makes progress within the next seconds, by the same processes as ever.
    void allGoOn() {
        std::map<QString, std::int64_t> before;
        for (int i = 0; i < kRuns; ++i) before[nameOf(i)] = status(nameOf(i)).step;
        for (int i = 0; i < kRuns; ++i) {
            QTRY_VERIFY_WITH_TIMEOUT(status(nameOf(i)).step > before[nameOf(i)] + 3, 30'000);
            QVERIFY(status(nameOf(i)).state == RunState::kRunning);
            QCOMPARE(status(nameOf(i)).supervisor->pid, supervisors_[nameOf(i)]);
        }
    }
    std::map<QString, std::int64_t> supervisors_;

private Q_SLOTS:
    void cleanup() {
        for (const qint64 pid : test::processesOf(runs().toUtf8())) ::kill(static_cast<pid_t>(pid), SIGKILL);
    }

    void killedFrozenAndStartedAgain() {
        QDir().mkpath(runs());
        const auto train = [&](const QString& name, int steps, const char* how) {
            const test::Outcome told =
                test::cli(test::endlessRun(runs() + "/" + name, 1) +
                          QStringList{"--set", "train.steps=" + QString::number(steps), "--set", "log.every=1", how});
            QVERIFY2(told.code == 0, told.err);
        };
        for (int i = 0; i < kRuns; ++i) train(nameOf(i), kSteps, "--detach");
        for (int i = 0; i < kRuns; ++i) {
            QTRY_VERIFY_WITH_TIMEOUT(status(nameOf(i)).state == RunState::kRunning && status(nameOf(i)).step > 0,
                                     60'000);
            supervisors_[nameOf(i)] = status(nameOf(i)).supervisor->pid;
        }
        train("waits", 20, "--queue");
        QVERIFY(status("waits").state == RunState::kQueued);

        auto window = open();
        QTest::qWait(1500);
        QVERIFY(window->state() == QProcess::Running);
        window->kill();  // SIGKILL
        QVERIFY(window->waitForFinished(5000));
        allGoOn();

        window = open("run-1");
        ::kill(static_cast<pid_t>(window->processId()), SIGSTOP);
        QElapsedTimer frozen;
        frozen.start();
        allGoOn();
        QTest::qWait(std::max<int>(0, 5000 - static_cast<int>(frozen.elapsed())));
        allGoOn();
        ::kill(static_cast<pid_t>(window->processId()), SIGCONT);
        QTest::qWait(1000);
        QVERIFY(window->state() == QProcess::Running);
        // Killed while it reads, again and again, at other moments of its life.
        for (const int ms : {50, 200, 600, 1000}) {
            window->kill();
            QVERIFY(window->waitForFinished(5000));
            window = open(ms < 300 ? QString() : QString("run-2"));
            QTest::qWait(ms);
        }
        allGoOn();
        window->terminate();
        window->waitForFinished(5000);
        window->kill();
        window->waitForFinished(5000);

        for (int i = 0; i < kRuns; ++i) {
            QTRY_VERIFY_WITH_TIMEOUT(status(nameOf(i)).state == RunState::kFinished, 240'000);
        }
        QTRY_VERIFY_WITH_TIMEOUT(status("waits").state == RunState::kFinished, 60'000);  // with no window open
        for (const auto& [name, steps] :
             std::map<QString, int>{{"run-0", kSteps}, {"run-1", kSteps}, {"run-2", kSteps}, {"waits", 20}}) {
            const QJsonArray losses = test::lossesOf(runs() + "/" + name);
            QCOMPARE(losses.size(), steps);
            for (int i = 0; i < steps; ++i) QCOMPARE(losses[i][0].toInt(), i + 1);
        }
        // The same numbers as a run that no window ever looked at.
        const QString alone = folders_.path("alone");
        const test::Outcome told =
            test::cli(test::endlessRun(alone, 1) +
                          QStringList{"--set", "train.steps=" + QString::number(kSteps), "--set", "log.every=1"},
                      280'000);
        QVERIFY2(told.code == 0, told.err);
        QCOMPARE(test::lossesOf(runs() + "/run-1"), test::lossesOf(alone));
    }
};

QTEST_GUILESS_MAIN(SurvivalTest)
#include "survival_test.moc"
