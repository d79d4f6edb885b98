// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of the window on a real Slurm: chosen on the Configure page, queued, running with live curves, stopped, failed.
#include <QLineEdit>
#include <memory>

#include "launching_window.h"
#include "support/slurm_cluster.h"
#include "ui/models/failure_words.h"
#include "ui/models/run_words.h"

using namespace switchyard;
using namespace switchyard::test;
using runs::RunState;

class LaunchProfileTest : public QObject {
    Q_OBJECT
    OwnFolders folders_;
    QTemporaryDir temp_;
    std::unique_ptr<SlurmCluster> cluster_;
    std::unique_ptr<LaunchingWindow> at_;

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
        at_ = std::make_unique<LaunchingWindow>(temp_.filePath("runs"), temp_.filePath("window.ini"));
        QVERIFY(QTest::qWaitForWindowExposed(&at_->window));
    }
    void cleanupTestCase() {
        at_.reset();
        cluster_.reset();
    }

    void theCommandNamesTheProfile() {
        at_->open(smokeText("first"));
        at_->choose("cloud");
        QVERIFY(!buttonOf(at_->window, "Start run")->isEnabled());
        QVERIFY2(buttonOf(at_->window, "Start run")->toolTip().contains("--manifest-out"), "it says how");
        at_->choose("cluster");
        bool said = false;
        for (auto* line : at_->window.findChildren<QLineEdit*>()) said = said || line->text().contains("--on cluster");
        QVERIFY(said);
        shot(at_->window, "profile-choice-light");
        ui::Theme::instance().setDark(true);
        shot(at_->window, "profile-choice-dark");
        ui::Theme::instance().setDark(false);
    }

    void queuedRunningStopped() {
        at_->startOn(smokeText("first"), "cluster");
        QTRY_VERIFY_WITH_TIMEOUT(at_->is("first", RunState::kRunning) && at_->status("first")->step > 2, 40'000);
        QCOMPARE(at_->status("first")->job->profile, std::string("cluster"));
        at_->startOn(smokeText("second"), "cluster");
        QTRY_VERIFY_WITH_TIMEOUT(at_->is("second", RunState::kQueued) && !at_->status("second")->job->reason.empty(),
                                 15'000);
        const QString words = ui::progressText(*at_->status("second"));
        QVERIFY2(words.startsWith("Slurm job ") && words.contains("PENDING ("), qPrintable(words));
        at_->look("second");
        QTRY_VERIFY(at_->shows("Waiting on cluster"));
        QTRY_VERIFY(buttonOf(at_->window, "Stop") != nullptr);
        QVERIFY(buttonOf(at_->window, "Start now") == nullptr);  // that is the other queue's
        shot(at_->window, "profile-queued-light");
        click(buttonOf(at_->window, "Stop"));
        QTRY_VERIFY_WITH_TIMEOUT(at_->is("second", RunState::kStopped), 15'000);

        // Its records come in while it runs there.
        at_->window.context().selectRun(at_->run("first"));
        const qint64 step = at_->status("first")->step;
        QTRY_VERIFY_WITH_TIMEOUT(at_->status("first")->step > step, 10'000);
        QTRY_VERIFY(at_->shows("Running, step"));
        QVERIFY(buttonOf(at_->window, "Pause") == nullptr);
        click(buttonOf(at_->window, "Stop"));
        QTRY_VERIFY_WITH_TIMEOUT(at_->is("first", RunState::kStopped), 20'000);
        QVERIFY(!at_->status("first")->checkpoint.empty());
    }

    void failureShowsItsFirstCause() {
        at_->failsWithItsFirstCause("broken", "torn");
        shot(at_->window, "profile-failed-light");
    }
};

QTEST_MAIN(LaunchProfileTest)
#include "launch_profile_test.moc"
