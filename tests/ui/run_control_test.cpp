// SPDX-License-Identifier: GPL-3.0-or-later
// The Run page's buttons on real trainings: queue, kill, resume, a failure and its card. (Pause, continue, save and
// stop: window_test.)
#include <signal.h>

#include <QAbstractItemView>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSpinBox>
#include <QTimer>
#include <QToolButton>
#include <set>

#include "core/base/launch/run_queue.h"
#include "support/program.h"
#include "ui/main_window.h"
#include "ui/services/run_feed.h"
#include "ui/services/run_keeper.h"
#include "ui_tools.h"

using namespace switchyard;
using runs::RunState;
using ui::MainWindow;

namespace {

QString smallConfig(const char* name, int steps, int ranks = 1) {
    return QStringLiteral(
               "run: {name: %1, restarts: 0}\n"
               "model:\n"
               "  text: {layers: 1, dim: 32, heads: 2, ffn_dim: 64, max_tokens: 12, vocab_size: 120}\n"
               "  vision: {layers: 1, dim: 32, heads: 2, ffn_dim: 64, image_size: 16, patch_size: 8}\n"
               "  fusion: {layers: 1, dim: 32, heads: 2, moe: true}\n"
               "  moe: {experts: 4, hidden_dim: 32}\n"
               "data: {format: synthetic, synthetic: {samples: 64, eval_samples: 16}}\n"
               "optim: {warmup_steps: 5}\n"
               "train: {steps: %2, global_batch: 32}\n"
               "log: {every: 1}\n"
               "checkpoint: {every: 20}\n"
               "parallel: {threads: 1, ranks: %3}\n")
        .arg(name)
        .arg(steps)
        .arg(ranks);
}

QPushButton* buttonOf(QWidget& window, const QString& text) {
    for (auto* button : window.findChildren<QPushButton*>()) {
        if (button->isVisible() && button->text() == text) return button;
    }
    return nullptr;
}

/// One whose text begins so.
QPushButton* buttonFrom(QWidget& window, const QString& text) {
    for (auto* button : window.findChildren<QPushButton*>()) {
        if (button->isVisible() && button->text().startsWith(text)) return button;
    }
    return nullptr;
}

void click(QWidget* widget) {
    QTest::mouseClick(widget, Qt::LeftButton, {}, widget->rect().center());
}

const runs::RunStatus* statusOf(MainWindow& window, const QString& name) {
    return window.context().runs().status(window.context().runsDir() + "/" + name);
}
bool is(MainWindow& window, const QString& name, RunState state) {
    const runs::RunStatus* run = statusOf(window, name);
    return run != nullptr && run->state == state;
}

QListView* listOf(MainWindow& window) {
    return window.findChild<QListView*>("runList");
}

void clickRow(MainWindow& window, const QString& name) {
    auto* model = listOf(window)->model();
    for (int row = 0; row < model->rowCount(); ++row) {
        const QModelIndex index = model->index(row, 0);
        if (index.data().toString() != name) continue;
        listOf(window)->scrollTo(index);
        QTest::mouseClick(listOf(window)->viewport(), Qt::LeftButton, {}, listOf(window)->visualRect(index).center());
        return;
    }
    QFAIL(qPrintable("no row " + name));
}

void chooseInMenu(const QString& text) {
    QTimer::singleShot(50, qApp, [text] {
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        if (menu == nullptr) return chooseInMenu(text);
        for (QAction* action : menu->actions()) {
            if (action->text() == text)
                return QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
        }
        qWarning("no %s in the menu", qPrintable(text));
        menu->close();
    });
}

void menuOf(MainWindow& window, const QString& name, const QString& text) {
    clickRow(window, name);
    QTRY_COMPARE(listOf(window)->currentIndex().data().toString(), name);
    QTest::qWait(100);
    chooseInMenu(text);
    Q_EMIT listOf(window)->customContextMenuRequested(
        listOf(window)->visualRect(listOf(window)->currentIndex()).center());
    QTRY_VERIFY(QApplication::activePopupWidget() == nullptr);
    QTest::qWait(150);
}

QStringList queueOf(const QString& runs_dir) {
    QStringList names;
    for (const auto& dir : launch::queuedRuns(runs_dir.toStdString()))
        names << QString::fromStdString(dir.filename().string());
    return names;
}

}  // namespace

class RunControlTest : public QObject {
    Q_OBJECT
    test::OwnFolders folders_;
    QString runs() const { return folders_.path(QTest::currentTestFunction()); }

    std::unique_ptr<MainWindow> open() {
        QDir().mkpath(runs());
        auto window = std::make_unique<MainWindow>(runs(), QString(), folders_.path("control.ini"));
        window->resize(1280, 800);
        window->show();
        [&] { QVERIFY(QTest::qWaitForWindowExposed(window.get())); }();
        [&] { QTRY_VERIFY(window->context().runs().listed()); }();
        return window;
    }
    void press(MainWindow& window, const char* button, const QString& text) {
        window.context().openConfig(text, {});
        QPushButton* start = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((start = buttonOf(window, button)) != nullptr && start->isEnabled(), 20'000);
        QTest::qWait(400);  // the check of the text that was typed last
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), 20'000);
        click(start);
    }
    void everyStepOnce(const QString& name, int steps) {
        runs::RunDbReader db(runs::RunPaths((runs() + "/" + name).toStdString()).database());
        std::int64_t cursor = 0;
        std::multiset<std::int64_t> seen;
        for (const runs::Metric& metric : db.metrics("loss/total", &cursor)) seen.insert(metric.step);
        QCOMPARE(seen.size(), static_cast<std::size_t>(steps));
        for (int step = 1; step <= steps; ++step) QCOMPARE(seen.count(step), std::size_t{1});
    }

private Q_SLOTS:
    void initTestCase() { ui::Theme::instance().setDark(false); }
    void cleanup() {
        for (const auto& dir : runs::listRunFolders(runs().toStdString())) {
            const runs::RunStatus run = runs::readStatus(dir);
            if (run.supervisor && runs::isAlive(*run.supervisor))
                ::kill(static_cast<pid_t>(run.supervisor->pid), SIGUSR1);
        }
        const launch::QueueSettings held{1, true};
        launch::setQueueSettings(runs().toStdString(), held);  // whoever works it off ends
    }

    void theQueueByMouseAndOverARestart() {
        auto window = open();
        for (const char* name : {"first", "second", "third", "fourth"}) {
            press(*window, "Add to queue", smallConfig(name, name == QByteArray("first") ? 1'000'000 : 30));
            QTRY_VERIFY_WITH_TIMEOUT(statusOf(*window, name) != nullptr, 30'000);
        }
        QTRY_VERIFY_WITH_TIMEOUT(is(*window, "first", RunState::kRunning), 60'000);
        QTRY_VERIFY(is(*window, "second", RunState::kQueued) && statusOf(*window, "fourth")->queue_place == 3);
        QCOMPARE(queueOf(runs()), (QStringList{"second", "third", "fourth"}));
        menuOf(*window, "fourth", "Move up in the queue");
        QTRY_COMPARE(queueOf(runs()), (QStringList{"second", "fourth", "third"}));
        QTRY_COMPARE(statusOf(*window, "fourth")->queue_place, 2);
        menuOf(*window, "second", "Move down in the queue");
        QTRY_COMPARE(queueOf(runs()), (QStringList{"fourth", "second", "third"}));
        click(window->findChild<QToolButton*>("tab-run"));
        QTRY_VERIFY(buttonOf(*window, "Start now") != nullptr && buttonOf(*window, "Stop") == nullptr);
        test::shotInBothThemes(*window, "queue");
        ui::Theme::instance().setDark(false);
        menuOf(*window, "third", "Remove from queue");
        QTRY_VERIFY(statusOf(*window, "third") == nullptr);
        QTRY_VERIFY(buttonOf(*window, "Undo") != nullptr);
        click(buttonOf(*window, "Undo"));
        QTRY_VERIFY_WITH_TIMEOUT(is(*window, "third", RunState::kQueued), 10'000);
        QTRY_COMPARE(statusOf(*window, "third")->queue_place, 3);

        // Held, nothing starts though the one before ends; and the queue is the same in a window opened later.
        auto* hold = window->findChild<QPushButton*>("queueHold");
        QVERIFY(hold->isVisible());
        QCOMPARE(hold->text(), QString("Hold"));
        click(hold);
        QTRY_VERIFY(launch::queueSettings(runs().toStdString()).held);
        clickRow(*window, "first");
        QTRY_VERIFY(buttonOf(*window, "Stop") != nullptr);
        click(buttonOf(*window, "Stop"));
        QTRY_VERIFY_WITH_TIMEOUT(is(*window, "first", RunState::kStopped), 60'000);
        QTest::qWait(1500);
        QCOMPARE(queueOf(runs()).size(), 3);
        window.reset();
        window = open();
        QTRY_VERIFY(is(*window, "fourth", RunState::kQueued) && statusOf(*window, "fourth")->queue_place == 1);
        hold = window->findChild<QPushButton*>("queueHold");
        QTRY_COMPARE(hold->text(), QString("Go on"));
        auto* at_once = window->findChild<QSpinBox*>("queueAtOnce");
        QTest::mouseClick(at_once->findChild<QLineEdit*>(), Qt::LeftButton);
        QTest::keyClick(at_once, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(at_once, "2");
        QTest::keyClick(at_once, Qt::Key_Return);
        QTRY_COMPARE(launch::queueSettings(runs().toStdString()).at_once, 2);
        click(hold);
        for (const char* name : {"fourth", "second", "third"}) {
            QTRY_VERIFY_WITH_TIMEOUT(is(*window, name, RunState::kFinished), 120'000);
            everyStepOnce(name, 30);
        }
        QTRY_VERIFY(!window->findChild<QWidget*>("queueBar")->isVisible());
    }

    void killAsksAndResumeGoesOn() {
        auto window = open();
        press(*window, "Start run", smallConfig("run", 3000));
        QTRY_VERIFY_WITH_TIMEOUT(is(*window, "run", RunState::kRunning) && statusOf(*window, "run")->step > 25, 60'000);
        QTRY_COMPARE(window->currentPage(), QString("run"));
        const std::vector<std::int64_t> ranks = statusOf(*window, "run")->supervisor->rank_pids;
        // A run that lives can not be thrown away.
        QTest::keyClick(listOf(*window), Qt::Key_Delete);
        QTest::qWait(300);
        QVERIFY(is(*window, "run", RunState::kRunning));
        click(buttonOf(*window, "Kill"));
        QMessageBox* question = nullptr;
        QTRY_VERIFY((question = window->findChild<QMessageBox*>()) != nullptr && question->isVisible());
        click(buttonOf(*question, "Keep it running"));
        QTest::qWait(500);
        QVERIFY(runs::processStartTicks(ranks.front()) != 0);
        click(buttonOf(*window, "Kill"));
        QTRY_VERIFY((question = window->findChild<QMessageBox*>()) != nullptr && question->isVisible());
        click(buttonOf(*question, "Kill run"));
        QTRY_VERIFY_WITH_TIMEOUT(runs::processStartTicks(ranks.front()) == 0, 10'000);
        QTRY_VERIFY_WITH_TIMEOUT(!runs::isLive(statusOf(*window, "run")->state), 10'000);
        QTRY_VERIFY(buttonOf(*window, "Kill") == nullptr && buttonOf(*window, "Pause") == nullptr);
        QPushButton* resume = nullptr;
        QTRY_VERIFY((resume = buttonFrom(*window, "Resume from step ")) != nullptr);
        const qint64 from = resume->text().section(' ', -1).remove(',').toLongLong();
        QVERIFY(from >= 20 && from % 20 == 0);
        QCOMPARE(QString::fromStdString(runs::newestCheckpoint(runs().toStdString() + "/run").filename().string()),
                 QString("step-%1").arg(from, 8, 10, QChar('0')));
        click(resume);
        QTRY_VERIFY_WITH_TIMEOUT(is(*window, "run", RunState::kRunning) && statusOf(*window, "run")->step > from + 10,
                                 60'000);
        click(buttonOf(*window, "Stop"));
        QTRY_VERIFY_WITH_TIMEOUT(is(*window, "run", RunState::kStopped), 60'000);
        everyStepOnce("run", static_cast<int>(runs::readStatus(runs().toStdString() + "/run").step));
    }

    void aRankThatDiesHasItsCard() {
        auto window = open();
        press(*window, "Start run", smallConfig("run", 1'000'000, 2));
        QTRY_VERIFY_WITH_TIMEOUT(is(*window, "run", RunState::kRunning) && statusOf(*window, "run")->step > 25, 60'000);
        ::kill(static_cast<pid_t>(statusOf(*window, "run")->supervisor->rank_pids[1]), SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(is(*window, "run", RunState::kFailed), 30'000);
        const runs::RunStatus run = *statusOf(*window, "run");
        QCOMPARE(run.result->first_cause_rank, 1);
        QTest::qWait(1500);
        QStringList words;
        for (auto* label : window->findChildren<QLabel*>()) {
            if (label->isVisible()) words << label->text();
        }
        const QString all = words.join('\n');
        for (const char* part :
             {"Failed at step", "Failing rank", "1 of 2", "9 (SIGKILL)", "--run-dir", "Likely cause"})
            QVERIFY2(all.contains(part), qPrintable(QString(part) + "\n" + all));
        QVERIFY(buttonFrom(*window, "Resume from step ") != nullptr);
        test::shotInBothThemes(*window, "failure-card");
        ui::Theme::instance().setDark(false);
        click(buttonOf(*window, "Copy report"));
        const QString report = QApplication::clipboard()->text();
        for (const char* part : {"Failed at step", "SIGKILL", "failing rank  1", "switchyard train", "checkpoint"})
            QVERIFY2(report.contains(part), qPrintable(QString(part) + "\n" + report.left(2000)));
        QVERIFY(report.count('\n') <= 3 * 200 + 20);
    }

    void anotherLaunchersRunAppearsAndCanNotBeAsked() {
        auto window = open();
        test::MadeUpRun made;
        made.name = "by-torchrun";
        made.state = "";
        made.recorded = 30;
        test::makeRun(runs(), made);  // its newest record is of now, and nobody of ours drives it
        QTRY_VERIFY_WITH_TIMEOUT(is(*window, "by-torchrun", RunState::kRunning), 10'000);
        clickRow(*window, "by-torchrun");
        click(window->findChild<QToolButton*>("tab-run"));
        QTest::qWait(400);
        for (const char* text : {"Pause", "Stop", "Kill", "Save checkpoint"})
            QVERIFY2(buttonOf(*window, text) == nullptr, text);
        bool told = false;
        for (auto* label : window->findChildren<QLabel*>())
            told = told || (label->isVisible() && label->text().contains("another launcher"));
        QVERIFY(told);
    }
};

QTEST_MAIN(RunControlTest)
#include "run_control_test.moc"
