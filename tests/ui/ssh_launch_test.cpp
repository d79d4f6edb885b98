// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of the window on two hosts behind a real ssh: running with live curves, the losses of a local run, stopped,
// failed.
#include <memory>

#include "launching_window.h"
#include "support/slurm_cluster.h"
#include "support/ssh_hosts.h"
#include "ui/panels/curves_page.h"

using namespace switchyard;
using namespace switchyard::test;
using runs::RunState;

class SshLaunchTest : public QObject {
    Q_OBJECT
    OwnFolders folders_;
    QTemporaryDir temp_;
    std::unique_ptr<SshHosts> hosts_;
    std::unique_ptr<LaunchingWindow> at_;

    /// Points of the loss on the Curves page.
    qsizetype drawn() const {
        auto* page = qobject_cast<ui::CurvesPage*>(at_->window.page(QStringLiteral("curves")));
        const ui::CurveSeries* total =
            page == nullptr ? nullptr : page->group().curves().find(QStringLiteral("loss/total"));
        return total == nullptr ? 0 : static_cast<qsizetype>(total->size());
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("SWITCHYARD_DIRECT_EXCHANGE", "0");  // as on the hosts
        for (const char* folder : {"runs", "there"}) QDir().mkpath(temp_.filePath(folder));
        hosts_ = std::make_unique<SshHosts>(temp_.filePath("hosts"));
        if (!hosts_->whyNot().isEmpty()) QSKIP(qPrintable(hosts_->whyNot()));
        QVERIFY2(hosts_->ready(), hosts_->words());
        QVERIFY(hosts_->enter());
        const QByteArray both = hosts_->profile(temp_.filePath("there"));
        writeProfiles(
            temp_.filePath("profiles.yaml"),
            "pair:\n" + both + "broken:\n" + QByteArray(both).replace("setup: [", "setup: [rm -f tokenizer.model, "));
        at_ = std::make_unique<LaunchingWindow>(temp_.filePath("runs"), temp_.filePath("window.ini"));
        QVERIFY(QTest::qWaitForWindowExposed(&at_->window));
    }
    void cleanupTestCase() {
        at_.reset();
        LaunchingWindow::killRuns(temp_.filePath("there"));
        hosts_.reset();
    }

    void runningWithLiveCurvesThenStopped() {
        at_->startOn(smokeText("live"), "pair");
        QTRY_VERIFY_WITH_TIMEOUT(at_->is("live", RunState::kRunning) && at_->status("live")->step > 1, 40'000);
        QCOMPARE(at_->status("live")->job->profile, std::string("pair"));
        QCOMPARE(at_->status("live")->job->place, std::string("10.77.2.1, 10.77.2.2"));
        at_->look("live");
        QTRY_VERIFY(at_->shows("Running, step"));
        shot(at_->window, "ssh-running");
        at_->window.context().showPage("curves");
        QTRY_VERIFY_WITH_TIMEOUT(drawn() > 1, 15'000);
        const qsizetype points = drawn();
        QTRY_VERIFY_WITH_TIMEOUT(drawn() > points + 2, 15'000);
        shot(at_->window, "ssh-curves");
        at_->look("live");
        QTRY_VERIFY(buttonOf(at_->window, "Stop") != nullptr);
        click(buttonOf(at_->window, "Stop"));
        QTRY_VERIFY_WITH_TIMEOUT(at_->is("live", RunState::kStopped), 30'000);
        QVERIFY(!at_->status("live")->checkpoint.empty());
        QCOMPARE(lossesOf(at_->run("live")), lossesOf(temp_.filePath("there/live")));
    }

    void lossesEqualTheLocalRun() {
        at_->startOn(smokeText("far", 6), "pair");
        QTRY_VERIFY_WITH_TIMEOUT(at_->is("far", RunState::kFinished), 60'000);
        // The window wrote what it started: the same configuration on as many ranks of this machine.
        const Outcome local = cli({"train", "--config", at_->run("far") + "/config.yaml", "--run-dir",
                                   temp_.filePath("runs/near"), "--ranks", "2"});
        QVERIFY2(local.code == 0, local.err);
        QCOMPARE(lossesOf(at_->run("far")).size(), 6);
        QCOMPARE(lossesOf(at_->run("far")), lossesOf(at_->run("near")));
    }

    void failureShowsItsFirstCause() {
        at_->failsWithItsFirstCause("torn", "broken");
        shot(at_->window, "ssh-failed");
    }
};

QTEST_MAIN(SshLaunchTest)
#include "ssh_launch_test.moc"
