// SPDX-License-Identifier: GPL-3.0-or-later
// docs/guide.md done from its first line to its last, by its own words: in the window as the set-up leaves it, with the
// pictures from the distribution and a model of configs/demo.yaml. With SWITCHYARD_GUIDE_DATA the data folder of an
// installation is used as it is (docs/make_guide.sh, which draws the guide's pictures into SWITCHYARD_SHOTS); without,
// a shorter training makes the run.
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

#include "guide/guide_hand.h"
#include "guide/guide_text.h"
#include "support/program.h"
#include "ui/main_window.h"
#include "ui/services/run_feed.h"
#include "ui/ui_tools.h"

using namespace switchyard;
using test::cli;
using test::GuideStep;

class GuideTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        const QString installed = qEnvironmentVariable("SWITCHYARD_GUIDE_DATA");
        if (!installed.isEmpty()) qputenv("XDG_DATA_HOME", installed.toUtf8());
        runs_ = qEnvironmentVariable("XDG_DATA_HOME") + "/switchyard/runs";
        if (!installed.isEmpty()) return;
        const test::Outcome imported = cli({"data", "import", "emoji", "tuxpaint"});
        QVERIFY2(imported.code == 0, imported.err);
        const test::Outcome trained =
            cli({"train", "--config", test::shippedConfig("demo.yaml"), "--run-dir", runs_ + "/quickstart", "--set",
                 "train.epochs=0", "--set", "train.steps=40", "--set", "optim.warmup_steps=5", "--set", "eval.every=20",
                 "--set", "checkpoint.every=20"});
        QVERIFY2(trained.code == 0, trained.err);
    }

    void itsLinesAreRead() {
        const QList<GuideStep> steps = test::guideSteps(
            "## 1. One\n\n1. Click **A b** and type `red\n   apple` into **Words**.\n2. Press `Ctrl+K`; **C** "
            "appears.\n"
            "   Choose **D** in **E**.\n\n![what](images/a.png)\n\nSome **F** of no number.\n");
        QCOMPARE(steps.size(), 6);
        QCOMPARE(steps[0].what, QString("A b"));
        QVERIFY(steps[1].kind == GuideStep::Kind::kType && steps[1].what == "Words" && steps[1].value == "red apple");
        QVERIFY(steps[2].kind == GuideStep::Kind::kPress && steps[2].value == "Ctrl+K");
        QVERIFY(steps[3].kind == GuideStep::Kind::kSee && steps[3].what == "C");
        QVERIFY(steps[4].kind == GuideStep::Kind::kChoose && steps[4].what == "E" && steps[4].value == "D");
        QVERIFY(steps[5].kind == GuideStep::Kind::kPicture && steps[5].section == "1. One");
    }

    void aStepThatIsMissingIsTold() {
        QWidget window;
        window.show();
        test::GuideHand hand(window, 200);
        for (const auto kind :
             {GuideStep::Kind::kClick, GuideStep::Kind::kType, GuideStep::Kind::kChoose, GuideStep::Kind::kSee})
            QVERIFY(!hand.follow({kind, "Nowhere", "x", {}, 1}).isEmpty());
    }

    void everyStepCanBeDone() {
        QFile guide(SWITCHYARD_SOURCE_DIR "/docs/guide.md");
        QVERIFY(guide.open(QIODevice::ReadOnly));
        const QList<GuideStep> steps = test::guideSteps(QString::fromUtf8(guide.readAll()));
        QVERIFY(steps.size() > 30);
        ui::Theme::instance().setDark(false);
        QTemporaryDir settings;
        ui::MainWindow window(runs_, {}, settings.filePath("workbench.ini"));
        window.resize(1440, 900);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        const auto* feed = &window.context().runs();
        QTRY_VERIFY_WITH_TIMEOUT(feed->complete(), 20000);
        test::GuideHand hand(window, 240'000);
        QSet<QString> sections;
        for (const GuideStep& step : steps) {
            const QString trouble = hand.follow(step);
            if (step.kind != GuideStep::Kind::kSee && qEnvironmentVariableIsSet("SWITCHYARD_GUIDE_NAMES"))
                QTest::qWait(2500);
            if (!trouble.isEmpty() || qEnvironmentVariableIsSet("SWITCHYARD_GUIDE_NAMES"))
                qInfo().noquote() << "in sight:\n" + hand.inSight();
            QVERIFY2(trouble.isEmpty(),
                     qPrintable(
                         QStringLiteral("docs/guide.md, line %1 (%2): %3").arg(step.line).arg(step.section, trouble)));
            if (step.kind == GuideStep::Kind::kPicture) picture(window, step);
            sections.insert(step.section);
        }
        QCOMPARE(sections.size(), 8);
    }

private:
    void picture(QWidget& window, const GuideStep& step) {
        QVERIFY2(QFileInfo::exists(QStringLiteral(SWITCHYARD_SOURCE_DIR "/docs/") + step.what) ||
                     qEnvironmentVariableIsSet("SWITCHYARD_SHOTS"),
                 qPrintable(step.what));
        if (!qEnvironmentVariableIsSet("SWITCHYARD_SHOTS")) return;
        QTest::qWait(1500);
        QVERIFY(window.grab().save(qEnvironmentVariable("SWITCHYARD_SHOTS") + u'/' + QFileInfo(step.what).fileName()));
    }

    QString runs_;
};

int main(int argc, char** argv) {
    const QByteArray resources = qgetenv("SWITCHYARD_RESOURCES");
    test::OwnFolders folders;
    if (!resources.isEmpty()) qputenv("SWITCHYARD_RESOURCES", resources);
    QApplication application(argc, argv);
    GuideTest tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "guide_test.moc"
