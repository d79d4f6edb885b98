// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of the window on a real Slurm: chosen on the Configure page, queued, running with live curves, stopped, failed.
#include <signal.h>

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <memory>

#include "support/slurm_cluster.h"
#include "support/training.h"
#include "ui/main_window.h"
#include "ui/models/failure_words.h"
#include "ui/models/run_words.h"
#include "ui/panels/configure_page.h"
#include "ui/services/run_feed.h"
#include "ui_tools.h"

using namespace switchyard;
using namespace switchyard::test;
using runs::RunState;
using ui::MainWindow;

namespace {

QString configText(const char* name) {
    QFile smoke(shippedConfig("smoke.yaml"));
    if (!smoke.open(QIODevice::ReadOnly)) return {};
    QString text = QString::fromUtf8(smoke.readAll());
    text.replace("name: smoke", QString("name: ") + name);
    text.replace(QRegularExpression("\\ntrain:.*"), QString("\ntrain: {steps: 1000000, global_batch: 32}"));
    text.replace(QRegularExpression("\\nlog:.*"), QString());
    text.replace(QRegularExpression("\\noptim:.*"), QString("\noptim: {warmup_steps: 0}"));
    return text + "\nlog: {every: 1}\n";
}

void click(QWidget* widget) {
    QTest::mouseClick(widget, Qt::LeftButton, {}, widget->rect().center());
}

QPushButton* buttonOf(QWidget& window, const QString& text) {
    for (auto* button : window.findChildren<QPushButton*>()) {
        if (button->isVisible() && button->text() == text) return button;
    }
    return nullptr;
}

}  // namespace

class LaunchProfileTest : public QObject {
    Q_OBJECT
    OwnFolders folders_;
    QTemporaryDir temp_;
    std::unique_ptr<SlurmCluster> cluster_;
    std::unique_ptr<MainWindow> window_;

    const runs::RunStatus* status(const QString& name) const {
        return window_->context().runs().status(temp_.filePath("runs/" + name));
    }
    bool is(const QString& name, RunState state) const {
        const runs::RunStatus* run = status(name);
        return run != nullptr && run->state == state;
    }
    QComboBox* where() const {
        for (auto* box : window_->findChildren<QComboBox*>()) {
            if (box->accessibleName() == "Start on") return box;
        }
        return nullptr;
    }
    /// By the keyboard, as a person would.
    void choose(const QString& profile) const {
        QTRY_VERIFY(where()->findText(profile) >= 0);
        where()->setFocus();
        QTest::keyClick(where(), Qt::Key_Home);
        for (int i = 0; i < where()->count() && where()->currentText() != profile; ++i)
            QTest::keyClick(where(), Qt::Key_Down);
        QCOMPARE(where()->currentText(), profile);
    }
    void open(const QString& text) {
        window_->context().showPage("configure");
        window_->context().openConfig(text, {});
        const auto opened = [&] {
            auto* page = window_->findChild<ui::ConfigurePage*>();
            return page != nullptr && page->document().isChecked() &&
                   QString::fromStdString(page->document().text()) == text;
        };
        QTRY_VERIFY_WITH_TIMEOUT(opened(), 10'000);
    }
    void startOn(const QString& text, const QString& profile) {
        open(text);
        choose(profile);
        QTRY_VERIFY_WITH_TIMEOUT(buttonOf(*window_, "Start run")->isEnabled(), 10'000);
        click(buttonOf(*window_, "Start run"));
    }
    bool shows(const QString& words) const {
        for (auto* label : window_->findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().contains(words)) return true;
        }
        return false;
    }

private Q_SLOTS:
    void initTestCase() {
        if (const QString missing = SlurmCluster::missing(); !missing.isEmpty())
            QSKIP(qPrintable(missing + " is not here: bash installer/setup.sh --tests"));
        QDir().mkpath(temp_.filePath("runs"));
        cluster_ = std::make_unique<SlurmCluster>(temp_.filePath("slurm"), 2);
        QVERIFY2(cluster_->ready(), cluster_->words());
        writeProfiles(temp_.filePath("profiles.yaml"),
                      "torn: {kind: slurm, tasks_per_node: 2, setup: [rm tokenizer.model]}\n"
                      "cluster:\n  kind: slurm\n  partition: work\n  tasks_per_node: 2\n"
                      "cloud: {kind: kubernetes, image: x, claim: y}\n");
        ui::Theme::instance().setDark(true);
        ui::Theme::instance().setDark(false);
        window_ = std::make_unique<MainWindow>(temp_.filePath("runs"), QString(), temp_.filePath("window.ini"));
        window_->resize(1440, 900);
        window_->show();
        QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
    }
    void cleanupTestCase() {
        window_.reset();
        for (const qint64 pid : processesOf(temp_.filePath("runs").toUtf8())) {
            if (pid != QCoreApplication::applicationPid()) ::kill(static_cast<pid_t>(pid), SIGKILL);
        }
        cluster_.reset();
    }

    void theCommandNamesTheProfile() {
        open(configText("first"));
        choose("cloud");
        QVERIFY(!buttonOf(*window_, "Start run")->isEnabled());
        QVERIFY2(buttonOf(*window_, "Start run")->toolTip().contains("--manifest-out"), "it says how");
        choose("cluster");
        bool said = false;
        for (auto* line : window_->findChildren<QLineEdit*>()) said = said || line->text().contains("--on cluster");
        QVERIFY(said);
        shot(*window_, "profile-choice-light");
        ui::Theme::instance().setDark(true);
        shot(*window_, "profile-choice-dark");
        ui::Theme::instance().setDark(false);
    }

    void queuedRunningStopped() {
        startOn(configText("first"), "cluster");
        QTRY_VERIFY_WITH_TIMEOUT(is("first", RunState::kRunning) && status("first")->step > 2, 40'000);
        QCOMPARE(status("first")->job->profile, std::string("cluster"));
        startOn(configText("second"), "cluster");
        QTRY_VERIFY_WITH_TIMEOUT(is("second", RunState::kQueued) && !status("second")->job->reason.empty(), 15'000);
        const QString words = ui::progressText(*status("second"));
        QVERIFY2(words.startsWith("Slurm job ") && words.contains("PENDING ("), qPrintable(words));
        window_->context().selectRun(temp_.filePath("runs/second"));
        window_->context().showPage("run");
        QTRY_VERIFY(shows("Waiting on cluster"));
        QTRY_VERIFY(buttonOf(*window_, "Stop") != nullptr);
        QVERIFY(buttonOf(*window_, "Start now") == nullptr);  // that is the other queue's
        shot(*window_, "profile-queued-light");
        click(buttonOf(*window_, "Stop"));
        QTRY_VERIFY_WITH_TIMEOUT(is("second", RunState::kStopped), 15'000);

        // Its records come in while it runs there.
        window_->context().selectRun(temp_.filePath("runs/first"));
        const qint64 step = status("first")->step;
        QTRY_VERIFY_WITH_TIMEOUT(status("first")->step > step, 10'000);
        QTRY_VERIFY(shows("Running, step"));
        QVERIFY(buttonOf(*window_, "Pause") == nullptr);
        click(buttonOf(*window_, "Stop"));
        QTRY_VERIFY_WITH_TIMEOUT(is("first", RunState::kStopped), 20'000);
        QVERIFY(!status("first")->checkpoint.empty());
    }

    void failureShowsItsFirstCause() {
        startOn(configText("broken"), "torn");
        QTRY_VERIFY_WITH_TIMEOUT(is("broken", RunState::kFailed), 40'000);
        const runs::RunStatus* run = status("broken");
        QVERIFY(run->result->first_cause_rank >= 0);
        QVERIFY2(run->result->error.find("tokenizer.model") != std::string::npos, run->result->error.c_str());
        window_->context().selectRun(temp_.filePath("runs/broken"));
        window_->context().showPage("run");
        QTRY_VERIFY(shows("okenizer.model"));
        shot(*window_, "profile-failed-light");
    }
};

QTEST_MAIN(LaunchProfileTest)
#include "launch_profile_test.moc"
