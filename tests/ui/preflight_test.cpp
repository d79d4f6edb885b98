// SPDX-License-Identifier: GPL-3.0-or-later
// Pre-flight beside the form: follows what is typed, says what does not fit and what would, and stands beside the
// measured peak on the Run page.
#include <QComboBox>
#include <QTableView>
#include <QThreadPool>
#include <QtTest>

#include "tests/ui/configure_host.h"
#include "tests/ui/ui_tools.h"
#include "ui/main_window.h"
#include "ui/models/plan_words.h"
#include "ui/models/run_words.h"
#include "ui/panels/configure/plan_bars.h"
#include "ui/panels/configure/preflight_panel.h"
#include "ui/panels/configure/rank_chart.h"
#include "ui/panels/configure/rank_section.h"
#include "ui/panels/run_page.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/chart_menu.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/table_dialog.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

/// Threads take memory: as many whatever the machine.
std::string smoke() {
    return preset("smoke") + "parallel: {threads: 1}\n";
}

/// Configure with its right dock.
struct Shown : ConfigureHost {
    explicit Shown(const QString& runs_dir) : ConfigureHost(runs_dir) {
        dock = page.inspectorPanel();
        dock->setParent(nullptr);
        dock->resize(300, 800);
        dock->show();
    }
    ~Shown() { delete dock; }
    PlanBars& bars() { return *dock->findChild<PlanBars*>(); }
    QString figure(int index) { return dock->findChild<QLabel*>(QStringLiteral("preflight%1").arg(index))->text(); }
    QString peak() {
        auto* label = dock->findChild<QLabel*>(QStringLiteral("preflightPeak"));
        return label == nullptr ? QString() : label->text();
    }
    QString sentence() { return page.findChild<ElidedLabel*>(QStringLiteral("planSentence"))->toolTip(); }
    bool says(const QString& words) {
        for (auto* label : dock->findChildren<QLabel*>())
            if (label->isVisibleTo(dock) && label->text().contains(words)) return true;
        return false;
    }
    QList<QPushButton*> changes() {
        QList<QPushButton*> found;
        for (auto* button : dock->findChildren<QPushButton*>())
            if (button->text().startsWith("Use ")) found << button;
        return found;
    }
    /// Types a number into a key's field as a person does.
    void type(const std::string& path, const QString& number) {
        QWidget& field = input(path);
        field.setFocus();
        key(Qt::Key_A, Qt::ControlModifier);
        keys(number);
        key(Qt::Key_Return);
    }
    QWidget* dock;
};

}  // namespace

class PreflightTest : public QObject {
    Q_OBJECT
public:
    explicit PreflightTest(const OwnFolders& folders) : folders_(folders) {}

private Q_SLOTS:
    void init() { Theme::instance().setDark(false); }

    void followsWhatIsTyped() {
        Shown host(runs());
        QVERIFY(host.open(smoke()));
        QTRY_COMPARE(host.figure(0), QStringLiteral("390,402"));
        QCOMPARE(host.figure(1), QStringLiteral("277,826"));
        const plan::Plan expected = planOf(host);
        QCOMPARE(host.peak(), bytes(expected.peak_bytes));
        QVERIFY(host.sentence().contains(bytes(expected.peak_bytes)) && host.sentence().contains("fits"));
        QVERIFY(host.says("training texts"));

        host.type("train.global_batch", "512");
        QVERIFY(QTest::qWaitFor([&] { return host.peak() != bytes(expected.peak_bytes); }, 5000));
        QCOMPARE(host.figure(0), QStringLiteral("390,402"));
        QCOMPARE(host.peak(), bytes(planOf(host).peak_bytes));
        QVERIFY(planOf(host).peak_bytes > expected.peak_bytes + 1e8);

        host.type("model.moe.experts", "16");
        QTRY_VERIFY(host.figure(0) != QStringLiteral("390,402"));
        QCOMPARE(host.figure(0), countText(static_cast<double>(planOf(host).parameters.total())));
    }

    void saysWhatDoesNotFitAndWhatWould() {
        Shown host(runs());
        QVERIFY(host.open(smoke()));
        QTRY_VERIFY(host.sentence().contains("fits"));
        QVERIFY(host.changes().isEmpty());
        host.type("model.moe.experts", "1024");
        host.type("model.moe.hidden_dim", "1048576");
        QTRY_VERIFY(host.sentence().contains("does not fit"));
        QVERIFY(host.bars().accessibleDescription().contains("does not fit"));
        QVERIFY(!host.changes().isEmpty());
        QTRY_COMPARE(host.bars().height(), host.bars().sizeHint().height());
        shotInBothThemes(*host.dock, "preflight-too-big");
        Theme::instance().setDark(false);
        const QString before = host.peak();
        const std::string text = host.text();
        host.click(host.changes().first());
        QVERIFY(host.text() != text);
        QTRY_VERIFY(host.peak() != before);
        host.page.document().undoStack().undo();
        QTRY_COMPARE(host.peak(), before);
    }

    void chartsManyRanks() {
        Shown host(runs());
        QVERIFY(host.open(smoke()));
        auto* chart = host.dock->findChild<RankChart*>();
        auto* machine = host.dock->findChild<RankSection*>()->findChild<QComboBox*>();
        QVERIFY(chart != nullptr && machine != nullptr);
        QTRY_COMPARE(chart->scale().points.size(), std::size_t{11});  // 1 to 1,024
        QCOMPARE(chart->scale().points.front().peak_bytes, planOf(host).peak_bytes);
        QVERIFY(!chart->scale().timed());
        QVERIFY(host.says("Beyond 64 ranks"));
        const int without_times = chart->sizeHint().height();

        host.dock->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(host.dock));
        machine->setFocus();
        for (int i = 0; i < machine->count() && machine->currentData().toString() != "h100-sxm"; ++i)
            QTest::keyClick(machine, Qt::Key_Down);
        QTRY_VERIFY(chart->scale().timed());
        QTRY_VERIFY(host.says("NVIDIA H100"));  // the ones passed over come first
        QVERIFY(chart->sizeHint().height() > without_times);
        const RankScale::Point &one = chart->scale().points.front(), &four = chart->scale().points[2];
        QCOMPARE(one.limit_bytes, 80.0 * (1 << 30));
        QVERIFY(one.fits() && one.step_s > 0 && four.ranks == 4);

        chart->setFocus();
        for (int i = 0; i < 3; ++i) QTest::keyClick(chart, Qt::Key_Right);
        QCOMPARE(chart->accessibleDescription(), pointText(chart->scale(), four));
        QVERIFY(chart->accessibleDescription().startsWith("4 ranks: ") &&
                chart->accessibleDescription().contains(" a step"));
        QTRY_COMPARE(chart->height(), chart->sizeHint().height());
        QTest::mouseClick(chart, Qt::LeftButton, {}, {chart->width() - 2, 40});
        QVERIFY(chart->accessibleDescription().startsWith("1024 ranks"));
        shotInBothThemes(*host.dock->findChild<RankSection*>(), "preflight-ranks");
        Theme::instance().setDark(false);

        auto* menu = host.dock->findChild<RankSection*>()->findChild<ChartMenu*>();
        Q_EMIT menu->tableAsked();
        auto* table = host.dock->findChild<TableDialog*>();
        QVERIFY(table != nullptr);
        const QAbstractItemModel& rows = *table->view()->model();
        QCOMPARE(rows.rowCount(), 11);
        QCOMPARE(rows.index(2, 0).data().toString(), QStringLiteral("4"));
        QCOMPARE(rows.index(2, 1).data().toString(), QString::number(four.peak_bytes, 'f', 0));
        QCOMPARE(rows.index(2, 4).data().toString(), QString::number(four.step_s, 'g', 6));
        table->close();
    }

    void aProfileThatIsNoneIsTold() {
        PlanWatch watch;
        RankSection section(watch);
        section.resize(300, 400);
        section.show();
        watch.setHardware("/nowhere.yaml");
        watch.setConfig(config::loadOrThrow(SWITCHYARD_SOURCE_DIR "/configs/smoke.yaml", {}));
        QTRY_VERIFY(!watch.isBusy());
        bool told = false;
        for (auto* label : section.findChildren<QLabel*>())
            told = told || (label->isVisible() && label->text().contains("/nowhere.yaml"));
        QVERIFY(told);
        QVERIFY(!watch.scale().timed() && !watch.scale().points.empty());
    }

    void anErrorLeavesTheLastFigures() {
        Shown host(runs());
        QVERIFY(host.open(smoke()));
        QTRY_COMPARE(host.figure(0), QStringLiteral("390,402"));
        QVERIFY(!host.says("last valid one"));
        QVERIFY(host.open(with(smoke(), "model.text.dim", "65")));
        QTRY_VERIFY(host.says("last valid one"));
        QCOMPARE(host.figure(0), QStringLiteral("390,402"));
        QVERIFY(host.open(smoke()));
        QTRY_VERIFY(!host.says("last valid one"));
    }

    void ranksAreChosenAndFollowTheText() {
        Shown host(runs());
        QVERIFY(host.open(smoke()));
        QTRY_COMPARE(host.figure(0), QStringLiteral("390,402"));
        QVERIFY(host.bars().accessibleDescription().startsWith("1 rank,"));
        const QString one = host.peak();
        host.dock->activateWindow();
        host.bars().setFocus();
        QTest::keyClick(&host.bars(), Qt::Key_Down);
        QVERIFY(host.bars().accessibleDescription().startsWith("2 ranks,"));
        QVERIFY(host.peak() != one);
        QTest::keyClick(&host.bars(), Qt::Key_Up);
        QCOMPARE(host.peak(), one);
        QTRY_COMPARE(host.bars().height(), host.bars().sizeHint().height());
        QTest::mouseClick(&host.bars(), Qt::LeftButton, {}, {40, host.bars().height() - 10});
        QVERIFY2(host.bars().accessibleDescription().startsWith("8 ranks,"),
                 qPrintable(QString("%1 high: %2").arg(host.bars().height()).arg(host.bars().accessibleDescription())));
        host.window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&host.window));
        host.type("parallel.ranks", "4");
        QTRY_VERIFY(host.bars().accessibleDescription().startsWith("4 ranks,"));
    }

    void theNewestConfigurationWins() {
        PlanWatch watch;
        QSignalSpy planned(&watch, &PlanWatch::planned);
        RunConfig config =
            config::loadOrThrow(SWITCHYARD_SOURCE_DIR "/configs/smoke.yaml", {{"parallel.threads", "1"}});
        for (int batch = 16; batch <= 320; batch += 16) {
            config.train.global_batch = batch;
            watch.setConfig(config);
        }
        QTRY_VERIFY(!watch.isBusy());
        QCOMPARE(planned.count(), 2);  // the first, and the last of those that came meanwhile
        const plan::Plan expected = plan::makePlan(config, plan::readDataFacts(config), plan::thisMachine());
        const plan::Plan& newest = watch.choices().plans[watch.choices().current];
        QCOMPARE(newest.peak_bytes, expected.peak_bytes);
    }

    void standsBesideTheMeasuredPeak() {
        makeRun(runs(), {.name = "planned", .steps = 40, .recorded = 40});
        AppContext context(runs());
        RunPage page(context);
        page.resize(1000, 700);
        page.show();
        QTRY_VERIFY(context.runs().listed());
        const QString dir = runs() + "/planned";
        context.selectRun(dir);
        std::optional<double> planned;
        QThreadPool::globalInstance()->start([&] { planned = plannedPeakOf(dir); });  // where the page does it
        QThreadPool::globalInstance()->waitForDone();
        QVERIFY(planned.has_value());
        const auto shows = [&](const QString& words) {
            for (auto* label : page.findChildren<QLabel*>())
                if (label->text() == words) return true;
            return false;
        };
        QTRY_VERIFY(shows(QStringLiteral("planned %1").arg(bytes(*planned))));
        QTRY_VERIFY(shows(bytes(6.4e8 + 40 * 1e5)));
        shotInBothThemes(page, "run-planned");
        QVERIFY(!plannedPeakOf("/nowhere").has_value());
    }

    void looks_data() {
        QTest::addColumn<QSize>("size");
        QTest::newRow("1280") << QSize(1280, 800);
        QTest::newRow("1900") << QSize(1900, 1100);
    }

    void looks() {
        QFETCH(QSize, size);
        QTemporaryDir folder;
        MainWindow window(runs(), {}, folder.filePath("window.ini"));
        window.resize(size);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.showPage("configure");
        window.context().openConfig(QString::fromStdString(preset("base")), {});
        auto* page = qobject_cast<ConfigurePage*>(window.page("configure"));
        auto* bars = window.findChild<PlanBars*>();
        QVERIFY(page != nullptr && bars != nullptr);
        QTRY_VERIFY(bars->accessibleDescription().contains("rank"));
        QTRY_VERIFY(window.findChild<QLabel*>("preflight0")->text().contains("1.28 G"));
        QVERIFY(bars->isVisible());
        page->findChild<ConfigForm*>()->goTo("model.moe.experts", true);
        // Nothing is pressed together: what has no room is scrolled to.
        QTRY_COMPARE(bars->height(), bars->sizeHint().height());
        QTest::qWait(50);
        shotInBothThemes(window, QStringLiteral("preflight-window-%1").arg(size.width()));
        QTRY_COMPARE(bars->height(), bars->sizeHint().height());  // another theme presses nothing together either
        auto* panel = window.findChild<PreflightPanel*>();
        QVERIFY2(panel->widget()->minimumSizeHint().width() <= panel->viewport()->width(), "the panel is cut");
    }

private:
    /// What the panel ought to show: worked out here from the text.
    static plan::Plan planOf(ConfigureHost& host) {
        const RunConfig& config = host.page.document().check().result.config;
        return plan::makePlan(config, plan::readDataFacts(config), plan::thisMachine());
    }
    QString runs() const { return folders_.path("data/switchyard/runs"); }
    const OwnFolders& folders_;
};

int main(int argc, char** argv) {
    const OwnFolders folders;
    QApplication app(argc, argv);
    PreflightTest test(folders);
    return QTest::qExec(&test, argc, argv);
}
#include "preflight_test.moc"
