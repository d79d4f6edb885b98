// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window, used as a person uses it: start a training by a click, watch it, stop it, search; and kill the
// window while a training runs.
#include <signal.h>

#include <QAbstractItemView>
#include <QClipboard>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QScopeGuard>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <cstdio>
#include <set>

#include "ui/main_window.h"
#include "ui/services/run_feed.h"
#include "ui_tools.h"

using namespace switchyard;
using ui::MainWindow;

namespace {

constexpr const char *kRoleVariable = "SWITCHYARD_TEST_WINDOW", *kStepsVariable = "SWITCHYARD_TEST_STEPS";

/// A button of the window by its text, among those that can be seen.
QPushButton* buttonOf(QWidget& window, const QString& text) {
    for (auto* button : window.findChildren<QPushButton*>()) {
        if (button->isVisible() && button->text() == text) return button;
    }
    return nullptr;
}

void click(QWidget* widget) { QTest::mouseClick(widget, Qt::LeftButton, {}, widget->rect().center()); }

void openPage(MainWindow& window, const QString& name) {
    auto* tab = window.findChild<QToolButton*>(QStringLiteral("tab-") + name);
    QVERIFY2(tab != nullptr, qPrintable(name));
    click(tab);
    QCOMPARE(window.currentPage(), name);
}

const runs::RunStatus* selected(MainWindow& window) { return window.context().runs().status(window.context().selectedRun()); }

QByteArray mapsOf(qint64 pid) {
    QFile maps(QString("/proc/%1/maps").arg(pid));
    return maps.open(QIODevice::ReadOnly) ? maps.readAll() : QByteArray();
}

bool alive(qint64 pid) { return runs::processStartTicks(pid) != 0; }

/// The text of a config that trains `steps` short steps and needs no data.
QString smallConfig(int steps) {
    return QStringLiteral(
               "run: {name: small}\n"
               "model:\n"
               "  text: {layers: 1, dim: 32, heads: 2, ffn_dim: 64, max_tokens: 12, vocab_size: 120}\n"
               "  vision: {layers: 1, dim: 32, heads: 2, ffn_dim: 64, image_size: 16, patch_size: 8}\n"
               "  fusion: {layers: 1, dim: 32, heads: 2, moe: true}\n"
               "  moe: {experts: 4, hidden_dim: 32}\n"
               "data: {format: synthetic, synthetic: {samples: 64, eval_samples: 16}}\n"
               "optim: {warmup_steps: 5}\n"
               "train: {steps: %1, global_batch: 32}\n"
               "parallel: {threads: 1}\n")
        .arg(steps);
}

/// Role of the process that gets killed or frozen: opens the window, starts a run by a click, tells its folder and then
/// each step that it shows, goes on.
int otherWindow(QApplication& application, const QString& runs_dir) {
    MainWindow window(runs_dir, {}, runs_dir + "/../workbench.ini");
    window.show();
    window.context().openConfig(smallConfig(qEnvironmentVariable(kStepsVariable).toInt()), {});
    QTimer poll;
    bool clicked = false;
    std::int64_t told = 0;
    QObject::connect(&poll, &QTimer::timeout, &window, [&] {
        QPushButton* start = buttonOf(window, "Start run");
        if (!clicked && start != nullptr && start->isEnabled()) {
            clicked = true;
            click(start);
        }
        const runs::RunStatus* run = selected(window);
        if (run == nullptr || run->state != runs::RunState::kRunning || run->step <= std::max<std::int64_t>(told, 3)) return;
        if (told == 0) std::printf("%s\n", run->dir.c_str());
        told = run->step;
        std::printf("%lld\n", static_cast<long long>(told));
        std::fflush(stdout);
    });
    poll.start(50);
    return application.exec();
}

}  // namespace

class WindowTest : public QObject {
    Q_OBJECT
    test::OwnFolders folders_;
    QString runs() const { return folders_.path("runs"); }
    /// A window in a process of its own, whose run of so many steps is under way.
    void startOther(QProcess* window, const QString& runs_dir, int steps, QString* run) {
        QDir().mkpath(runs_dir);
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(kRoleVariable, runs_dir);
        environment.insert(kStepsVariable, QString::number(steps));
        window->setProcessEnvironment(environment);
        window->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        window->start(QCoreApplication::applicationFilePath(), QStringList());
        QTRY_VERIFY_WITH_TIMEOUT(window->canReadLine(), 60'000);
        *run = QString::fromLocal8Bit(window->readLine()).trimmed();
    }

private Q_SLOTS:
    void initTestCase() {
        QDir().mkpath(runs());
        ui::Theme::instance().setDark(false);
    }

    void mainJobByClicks() {
        // Pictures a newcomer starts with, in this test's own folder; the stamps alone, as an index of all takes longer.
        QProcess import;
        import.start(SWITCHYARD_BIN_DIR "/switchyard", {"data", "import", "tuxpaint"});
        QVERIFY(import.waitForFinished(120'000));
        QVERIFY2(import.exitCode() == 0, import.readAllStandardError());

        MainWindow window(runs(), {}, folders_.path("workbench.ini"));
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QCOMPARE(window.currentPage(), QString("configure"));
        QPushButton* start = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((start = buttonOf(window, "Start run")) != nullptr && start->isEnabled(), 20'000);
        test::shotInBothThemes(window, "configure");
        click(start);
        QTRY_VERIFY_WITH_TIMEOUT(!window.context().selectedRun().isEmpty(), 60'000);
        QTRY_COMPARE(window.currentPage(), QString("run"));
        QTRY_VERIFY_WITH_TIMEOUT(selected(window) != nullptr && selected(window)->state == runs::RunState::kRunning, 60'000);
        QCOMPARE(QString::fromStdString(selected(window)->name), QString("demo"));

        // Loss and load come in while the worker trains.
        openPage(window, "curves");
        const auto steps = [&] {
            const ui::Series* loss = window.context().runs().series("loss/total");
            return loss == nullptr ? std::size_t{0} : loss->step.size();
        };
        QTRY_VERIFY_WITH_TIMEOUT(steps() >= 3, 120'000);
        const QImage curve_before = window.page("curves")->grab().toImage();
        const std::size_t seen = steps();
        QTRY_VERIFY_WITH_TIMEOUT(steps() >= seen + 2, 60'000);
        QTRY_VERIFY(window.page("curves")->grab().toImage() != curve_before);
        test::shotInBothThemes(window, "curves-live");
        openPage(window, "experts");
        QTRY_VERIFY_WITH_TIMEOUT(steps() >= seen + 3, 60'000);
        QTest::qWait(300);
        const QImage map_before = window.page("experts")->grab().toImage();
        const std::size_t then = steps();
        QTRY_VERIFY_WITH_TIMEOUT(steps() >= then + 2, 60'000);
        QTRY_VERIFY(window.page("experts")->grab().toImage() != map_before);
        test::shotInBothThemes(window, "experts-live");
        openPage(window, "run");
        QTest::qWait(300);
        test::shotInBothThemes(window, "run-live");

        // Pause holds the steps, Save checkpoint works meanwhile, Continue goes on.
        QTRY_VERIFY(buttonOf(window, "Pause") != nullptr);
        click(buttonOf(window, "Pause"));
        QTRY_VERIFY_WITH_TIMEOUT(selected(window)->state == runs::RunState::kPaused, 60'000);
        QTRY_VERIFY(buttonOf(window, "Continue") != nullptr && buttonOf(window, "Pause") == nullptr);
        test::shotInBothThemes(window, "run-paused");
        const std::int64_t held = runs::readStatus(selected(window)->dir).step;
        QVERIFY(runs::newestCheckpoint(selected(window)->dir).empty());
        click(buttonOf(window, "Save checkpoint"));
        QTRY_VERIFY_WITH_TIMEOUT(!runs::newestCheckpoint(selected(window)->dir).empty(), 60'000);
        QTest::qWait(1500);
        QCOMPARE(runs::readStatus(selected(window)->dir).step, held);
        click(buttonOf(window, "Continue"));
        QTRY_VERIFY_WITH_TIMEOUT(selected(window)->state == runs::RunState::kRunning && selected(window)->step > held, 60'000);

        // Stop: the run ends with a checkpoint, and its workers are gone.
        const std::vector<std::int64_t> ranks = selected(window)->supervisor->rank_pids;
        QVERIFY(!ranks.empty());
        QPushButton* stop = buttonOf(window, "Stop");
        QVERIFY(stop != nullptr);
        click(stop);
        QTRY_VERIFY_WITH_TIMEOUT(selected(window)->state == runs::RunState::kStopped, 60'000);
        for (const std::int64_t pid : ranks) QVERIFY(!alive(pid));
        const runs::fs::path checkpoint = runs::newestCheckpoint(selected(window)->dir);
        QVERIFY(!checkpoint.empty());
        QTRY_VERIFY(buttonOf(window, "Stop") == nullptr);
        test::shotInBothThemes(window, "run-stopped");

        openPage(window, "checkpoints");
        auto* checkpoints = window.page("checkpoints")->findChild<QTableView*>();
        QVERIFY(checkpoints != nullptr);
        QTRY_VERIFY(checkpoints->model()->rowCount() >= 2);
        QTest::qWait(300);
        test::shotInBothThemes(window, "checkpoints");

        // Search for a picture with what was trained: build the index, type, press Enter.
        openPage(window, "retrieval");
        QPushButton* action = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((action = window.findChild<QPushButton*>("startAction")) != nullptr && action->isVisible() && action->isEnabled(), 20'000);
        click(action);
        auto* query = window.findChild<QLineEdit*>("query");
        QVERIFY(query != nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(!action->isVisible(), 120'000);
        click(query);
        QTest::keyClicks(query, "a red apple");
        QTest::keyClick(query, Qt::Key_Return);
        auto* hits = window.findChild<QAbstractItemView*>("hits");
        QVERIFY(hits != nullptr);
        QTRY_COMPARE_WITH_TIMEOUT(hits->model()->rowCount(), 12, 60'000);
        QTest::qWait(800);
        test::shotInBothThemes(window, "retrieval");

        QVERIFY2(!mapsOf(QCoreApplication::applicationPid()).contains("libtorch"), "LibTorch is in the window's process");
    }

    void everyPageFitsASmallScreen() {
        const QString small = folders_.path("small-runs");
        test::makeRun(small, {});
        MainWindow window(small, small + "/made-up", folders_.path("small.ini"));
        window.resize(1280, 800);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QTRY_VERIFY_WITH_TIMEOUT(selected(window) != nullptr && window.context().runs().complete(), 20'000);
        for (const char* name : {"configure", "run", "curves", "experts", "routing", "retrieval", "checkpoints", "ask", "configure"}) {
            openPage(window, name);
            QTest::qWait(200);
            QVERIFY2(window.width() == 1280 && window.height() == 800,
                     qPrintable(QString("%1: %2 x %3").arg(name).arg(window.width()).arg(window.height())));
            test::shotInBothThemes(window, QString("small-%1").arg(name));
        }
    }

    void killedWindowLeavesTrainingRunning() {
        const QString other = folders_.path("other-runs");
        QProcess window;
        QString run;
        startOther(&window, other, 400, &run);
        QVERIFY(QFile::exists(run + "/run.db"));
        const runs::RunStatus before = runs::readStatus(run.toStdString());
        QVERIFY(before.state == runs::RunState::kRunning);
        QVERIFY(!mapsOf(window.processId()).contains("libtorch"));
        ::kill(static_cast<pid_t>(window.processId()), SIGKILL);
        QVERIFY(window.waitForFinished(5000));

        // Training does not notice.
        QTRY_VERIFY_WITH_TIMEOUT(runs::readStatus(run.toStdString()).step > before.step + 5, 30'000);
        QVERIFY(alive(before.supervisor->pid));
        // A new window has it at once, live, and to its end with every record there once.
        MainWindow again(other, {}, folders_.path("workbench.ini"));
        again.show();
        QTRY_VERIFY_WITH_TIMEOUT(selected(again) != nullptr && again.context().runs().complete(), 20'000);
        QCOMPARE(again.context().selectedRun(), run);
        QTRY_VERIFY_WITH_TIMEOUT(selected(again)->state == runs::RunState::kFinished, 120'000);
        const auto recorded = [&] { return again.context().runs().series("loss/total"); };
        QTRY_VERIFY(recorded() != nullptr && recorded()->step.size() == 400);
        const std::set<double> different(recorded()->step.begin(), recorded()->step.end());
        QCOMPARE(different.size(), std::size_t{400});
        QCOMPARE(*different.begin(), 1.0);
        QCOMPARE(*different.rbegin(), 400.0);
    }

    /// A minute in which the window does nothing at all, as when it is stopped in a debugger or swapped out.
    void frozenWindowHoldsNobodyUp() {
        QProcess window;
        QString run;
        startOther(&window, folders_.path("frozen-runs"), 1'000'000, &run);
        QVERIFY(QFile::exists(run + "/run.db"));
        const auto supervisor = static_cast<pid_t>(runs::readStatus(run.toStdString()).supervisor->pid);
        const auto whatever_happens = qScopeGuard([&] {
            if (alive(supervisor)) ::kill(supervisor, SIGKILL);  // its ranks go too
        });
        ::kill(static_cast<pid_t>(window.processId()), SIGSTOP);
        std::int64_t step = runs::readStatus(run.toStdString()).step;
        for (int i = 0; i < 12; ++i) {
            QTest::qWait(5000);
            const runs::RunStatus now = runs::readStatus(run.toStdString());
            QVERIFY(now.state == runs::RunState::kRunning);
            QVERIFY2(now.step > step, qPrintable(QString("after %1 s at step %2").arg(5 * i + 5).arg(now.step)));
            step = now.step;
        }
        ::kill(static_cast<pid_t>(window.processId()), SIGCONT);
        // It shows what it missed.
        std::int64_t shown = 0;
        QElapsedTimer timer;
        timer.start();
        while (shown < step && timer.elapsed() < 30'000) {
            if (window.canReadLine() || window.waitForReadyRead(100)) shown = window.readLine().trimmed().toLongLong();
        }
        QVERIFY2(shown >= step, qPrintable(QString("shows %1 of %2").arg(shown).arg(step)));
        QProcess stop;
        stop.start(SWITCHYARD_BIN_DIR "/switchyard", {"runs", "stop", run});
        QVERIFY(stop.waitForFinished(30'000));
        QTRY_VERIFY_WITH_TIMEOUT(runs::readStatus(run.toStdString()).state != runs::RunState::kRunning, 30'000);
        window.kill();
        QVERIFY(window.waitForFinished(5000));
    }

    void theProgramMapsNoLibtorchAndShowsAHundredRuns() {
        const QString many = folders_.path("many");
        QDir().mkpath(many);
        for (int i = 0; i < 100; ++i) {
            test::MadeUpRun made;
            made.name = "run-" + std::to_string(i);
            made.recorded = 5;
            made.experts = 4;
            test::makeRun(many, made);
        }
        QProcess program;
        program.start(SWITCHYARD_BIN_DIR "/switchyard-workbench", {many});
        QVERIFY(program.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(mapsOf(program.processId()).contains("libQt6Widgets"), 5000);
        QTest::qWait(1500);
        QVERIFY(program.state() == QProcess::Running);
        QVERIFY(!mapsOf(program.processId()).contains("libtorch"));
        program.kill();
        program.waitForFinished();

        QElapsedTimer timer;
        timer.start();
        MainWindow window(many, {}, folders_.path("many.ini"));
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        const qint64 exposed_ms = timer.elapsed();
        QTRY_COMPARE(window.context().runs().statuses().size(), std::size_t{100});
        qInfo("window with 100 runs: exposed after %lld ms, all listed after %lld ms", static_cast<long long>(exposed_ms), static_cast<long long>(timer.elapsed()));
    }

    void paletteThemeAndLayout() {
        ui::Theme::instance().setDark(false);
        const QString settings = folders_.path("layout.ini");
        {
            MainWindow window(runs(), {}, settings);
            window.show();
            QVERIFY(QTest::qWaitForWindowExposed(&window));
            window.activateWindow();
            QVERIFY(QTest::qWaitForWindowActive(&window));
            QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
            auto* field = window.findChild<QLineEdit*>("paletteField");
            QVERIFY(field != nullptr);
            QTRY_VERIFY(field->isVisible());
            QTest::keyClicks(field, "dark theme");
            test::shot(window, "palette");
            QTest::keyClick(field, Qt::Key_Return);
            QVERIFY(ui::Theme::instance().isDark());
            QVERIFY(!field->isVisible());
            QTest::keyClick(&window, Qt::Key_3, Qt::ControlModifier);
            QCOMPARE(window.currentPage(), QString("curves"));
            QVERIFY(window.close());
        }
        MainWindow again(runs(), {}, settings);
        again.show();
        QCOMPARE(again.currentPage(), QString("curves"));
    }

    void failedRunShowsItsCard() {
        const QString failed = folders_.path("failed");
        QDir().mkpath(failed);
        test::MadeUpRun made;
        made.name = "broken";
        made.state = "failed";
        made.recorded = 120;
        test::makeRun(failed, made);
        MainWindow window(failed, {}, folders_.path("failed.ini"));
        window.resize(1280, 800);
        window.show();
        openPage(window, "run");
        QTRY_VERIFY(buttonOf(window, "Copy report") != nullptr);
        QTRY_VERIFY(window.context().runs().complete());
        QTest::qWait(500);
        test::shotInBothThemes(window, "run-failed");
        click(buttonOf(window, "Copy report"));
        const QString report = QApplication::clipboard()->text();
        for (const char* part : {"Failed at step 120 of 400", "exit code", "80", "SIGKILL", "line 260 of the rank's log"})
            QVERIFY2(report.contains(part), qPrintable(report.left(600)));
        QVERIFY(!report.contains("line 60 of the rank's log"));  // the last 200 lines
        click(buttonOf(window, "Edit config"));
        QTRY_COMPARE(window.currentPage(), QString("configure"));
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QString role = qEnvironmentVariable(kRoleVariable);
    if (!role.isEmpty()) {
        ui::Theme::instance().setDark(false);
        return otherWindow(application, role);
    }
    WindowTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "window_test.moc"
