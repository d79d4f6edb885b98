// SPDX-License-Identifier: GPL-3.0-or-later
// Runs drawn over each other: chosen by mouse and by keys, on every x axis, with what sets them apart.
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QSlider>
#include <QTableView>
#include <QToolButton>
#include <QTreeWidget>
#include <QVector3D>
#include <QtTest>

#include "plot_tools.h"
#include "ui/models/run_differences.h"
#include "ui/panels/curves/compare_bar.h"
#include "ui/panels/curves/compare_picker.h"
#include "ui/panels/curves/curves_tool_bar.h"
#include "ui/panels/curves/differences_view.h"
#include "ui/panels/curves/legend_entry.h"
#include "ui/panels/curves_page.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/table_dialog.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

/// A page on "first" with "second" (half as many steps, another optimizer setting) and "third" beside it.
struct Compared : ShownRun<CurvesPage> {
    Compared(const OwnFolders& folders, const char* name, QSize size = QSize(876, 640))
        : ShownRun(folders, {.name = name}, size, [](runs::RunDbWriter& db) { addFlops(db, 1e9, 400); }) {
        second = make("second", {.name = "second", .recorded = 200, .nan_step = 150}, 4e9);
        third = make("third", {.name = "third", .recorded = 300}, 1e9);
        context->runs().refresh();
    }
    QString make(const char* name, const MadeUpRun& made, double flops) {
        const runs::RunPaths paths = makeRun(runs_dir, made);
        runs::RunDbWriter db(paths.database());
        addFlops(db, flops, made.recorded);
        if (name == QByteArray("second"))
            db.add(
                runs::Event{wallTime(), -1, runs::Level::kInfo, "supervisor", "Resumed from step-00000100 on 1 rank"});
        db.flush();
        return QString::fromStdString(paths.dir.string());
    }
    static void addFlops(runs::RunDbWriter& db, double flops, int steps) {
        for (int step = 1; step <= steps; ++step) db.add(runs::Metric{step, "perf/flops_per_step", flops, wallTime()});
    }
    bool listed() const { return context->runs().statuses().size() == 3; }
    CurvePlot& plot(const char* name) const { return page->card(QLatin1String(name))->plot(); }
    QTreeWidgetItem* item(const QString& run) const {
        return page->comparePicker().list().findItems(run, Qt::MatchExactly).value(0);
    }
    /// Clicks a run's check box in the picker.
    void check(const QString& run) const {
        QTreeWidget& list = page->comparePicker().list();
        const QRect row = list.visualItemRect(item(run));
        QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, QPoint(row.left() + 18, row.center().y()));
    }
    bool compares(int runs) const {
        if (page->group().runs() != runs) return false;
        for (int run = 1; run < runs; ++run)
            if (page->group().run(run).curves.find(QStringLiteral("loss/total")) == nullptr) return false;
        return true;
    }
    /// Chooses both others.
    void chooseAll() {
        page->setCompared({second, third});
        QTRY_VERIFY(compares(3));
        QTRY_COMPARE(page->group().run(1).curves.find(QStringLiteral("loss/total"))->size(), std::size_t(200));
        QTRY_COMPARE(page->group().run(2).curves.find(QStringLiteral("loss/total"))->size(), std::size_t(300));
        QTest::qWait(150);  // the next refresh and replot
    }

    QString second, third;
};

}  // namespace

class CurvesCompareTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().setDark(true); }

    void runsAreChosenByMouse() {
        Compared shown(folders_, "mouse");
        QTRY_VERIFY(shown.ready() && shown.listed());
        CurvesPage& page = *shown.page;
        QVERIFY(!page.compareBar().isVisible());
        QTest::mouseClick(&page.toolBar().compareButton(), Qt::LeftButton);
        ComparePicker& picker = page.comparePicker();
        QVERIFY(picker.isVisible());
        QCOMPARE(picker.list().topLevelItemCount(), 2);  // the selected run is not among them
        shown.check(QStringLiteral("second"));
        shown.check(QStringLiteral("third"));
        QTRY_VERIFY(shown.compares(3));
        QTest::keyClick(&picker, Qt::Key_Escape);
        QVERIFY(!picker.isVisible());
        QVERIFY(page.compareBar().isVisible());
        // One metric a plot, one line a run, each with the colour and dash of its number.
        const std::vector<PlotLine>& lines = shown.plot("loss").lines();
        QCOMPARE(lines.size(), std::size_t(3));
        for (int run = 0; run < 3; ++run) {
            QCOMPARE(lines[static_cast<std::size_t>(run)].tag, QStringLiteral("loss/total"));
            const QPen pen = shown.plot("loss").linePen(run), wanted = Theme::instance().seriesPen(run);
            QCOMPARE(pen.color(), wanted.color());
            QCOMPARE(pen.dashPattern(), wanted.dashPattern());
        }
        // Unchecking takes it away again; colours of those that stay do not move.
        QTest::mouseClick(&page.toolBar().compareButton(), Qt::LeftButton);
        shown.check(QStringLiteral("second"));
        QTRY_COMPARE(page.compared(), QStringList{shown.third});
        QCOMPARE(shown.plot("loss").linePen(1).color(), Theme::instance().seriesPen(2).color());
        picker.close();
        const auto buttons = page.compareBar().findChildren<QToolButton*>();
        const auto remove = std::find_if(buttons.begin(), buttons.end(), [](QToolButton* button) {
            return button->accessibleName() == QStringLiteral("Stop comparing with third");
        });
        QVERIFY(remove != buttons.end());
        QTest::mouseClick(*remove, Qt::LeftButton);
        QVERIFY(!page.group().comparing());
        QVERIFY(!page.compareBar().isVisible());
        QCOMPARE(shown.plot("loss").lines().size(), std::size_t(6));  // its own metrics again
    }

    void runsAreChosenByKeys() {
        Compared shown(folders_, "keys");
        QTRY_VERIFY(shown.ready() && shown.listed());
        QTest::keyClick(shown.plot("loss").surface(), Qt::Key_C);
        ComparePicker& picker = shown.page->comparePicker();
        QVERIFY(picker.isVisible());
        QTest::keyClicks(&picker.searchField(), QStringLiteral("thi"));
        QVERIFY(shown.item(QStringLiteral("second"))->isHidden());
        QTest::keyClick(&picker.searchField(), Qt::Key_Down);
        QTest::keyClick(&picker.list(), Qt::Key_Space);
        QTRY_COMPARE(shown.page->compared(), QStringList{shown.third});
        QTest::keyClick(&picker.list(), Qt::Key_Return);
        QVERIFY(!picker.isVisible());
        QTRY_VERIFY(shown.compares(2));
        // A run in the bar is hidden and shown by Space.
        LegendEntry* entry = shown.page->compareBar().entry(1);
        QVERIFY(entry != nullptr);
        QTest::keyClick(entry, Qt::Key_Space);
        QVERIFY(!shown.plot("loss").lineVisible(1));
        QVERIFY(shown.plot("loss").lineVisible(0));
        QTest::keyClick(entry, Qt::Key_Space);
        QVERIFY(shown.plot("loss").lineVisible(1));
    }

    void metricOfTheLargePlotIsChosen() {
        Compared shown(folders_, "metric");
        QTRY_VERIFY(shown.ready() && shown.listed());
        shown.chooseAll();
        QComboBox* metric = shown.page->card(QStringLiteral("loss"))->metricChoice();
        QVERIFY(metric->isVisible());
        QCOMPARE(metric->currentText(), QStringLiteral("total"));
        metric->setFocus();
        QTest::keyClick(metric, Qt::Key_Down);
        QCOMPARE(shown.plot("loss").lines()[1].tag, QStringLiteral("loss/contrastive"));
        QCOMPARE(shown.page->card(QStringLiteral("loss"))->tags(), QStringList{"loss/contrastive"});
    }

    void axesPlaceRunsByWhatTheyHaveSeen() {
        Compared shown(folders_, "axes");
        QTRY_VERIFY(shown.ready() && shown.listed());
        shown.chooseAll();
        PlotGroup& group = shown.page->group();
        const auto choose = [&](int axis) {
            QToolButton* button = shown.page->toolBar().xAxisControl().findChildren<QToolButton*>().at(axis);
            QTest::mouseClick(button, Qt::LeftButton);
        };
        choose(3);
        QCOMPARE(group.axis(), XAxis::kFlops);
        // Step n of the first run: n 1e9 operations; of the second: n 4e9.
        const auto last = [&](int run, XAxis axis) {
            return group.run(run).curves.find(QStringLiteral("loss/total"))->x(axis).back();
        };
        QCOMPARE(last(0, XAxis::kFlops), 400e9);
        QCOMPARE(last(1, XAxis::kFlops), 800e9);
        QCOMPARE(last(2, XAxis::kFlops), 300e9);
        QCOMPARE(group.range().high, 800e9 * 1.016);
        QCOMPARE(group.run(1).curves.xOf(150, XAxis::kFlops), 600e9);
        choose(1);
        QCOMPARE(group.axis(), XAxis::kTokens);
        for (int run = 0; run < 3; ++run) {
            // The sum that the record itself gives.
            const CurveSeries* rate = group.run(run).curves.find(QStringLiteral("perf/tokens_per_s"));
            const CurveSeries* ms = group.run(run).curves.find(QStringLiteral("perf/step_ms"));
            double tokens = 0;
            for (std::size_t i = 0; i < rate->size(); ++i) tokens += rate->raw()[i] * ms->raw()[i] / 1000;
            QVERIFY(std::abs(last(run, XAxis::kTokens) / tokens - 1) < 1e-9);
        }
        choose(2);
        QCOMPARE(group.axis(), XAxis::kTime);
        QVERIFY(std::abs(group.range().high - 399 * 0.2 * 1.016) < 0.01);
        // Each run's time counts from its own start.
        QVERIFY(std::abs(last(1, XAxis::kTime) - 199 * 0.2) < 0.01);
        choose(0);
        QCOMPARE(group.range().high, 400 * 1.016);
    }

    void bothAxesCanBeLogarithmic() {
        Compared shown(folders_, "log");
        QTRY_VERIFY(shown.ready() && shown.listed());
        shown.chooseAll();
        QMenu& menu = shown.page->card(QStringLiteral("grad_norm"))->chartMenu().menu();
        action(menu, QStringLiteral("Logarithmic x axis"))->trigger();
        PlotGroup& group = shown.page->group();
        QVERIFY(group.xLog());
        QCOMPARE(group.range().low, 1.0);
        QTest::qWait(30);
        // Equal ratios are equally wide, in every plot.
        for (const char* name : {"loss", "lr", "grad_norm"}) {
            const CurvePlot& plot = shown.plot(name);
            const double one = plot.pixelOf(10, 1).x() - plot.pixelOf(1, 1).x();
            QVERIFY(one > 40);
            QVERIFY(std::abs(plot.pixelOf(100, 1).x() - plot.pixelOf(10, 1).x() - one) < 0.01);
        }
        // What is under the mouse stays there; the picture moves by the ratio.
        CurvePlot& loss = shown.plot("loss");
        const QPoint at(static_cast<int>(loss.pixelOf(20, 1).x()), loss.plotRect().center().y());
        QWheelEvent wheel(at, loss.surface()->mapToGlobal(at), {}, QPoint(0, 240), Qt::NoButton, {}, Qt::NoScrollPhase,
                          false);
        QApplication::sendEvent(loss.surface(), &wheel);
        QTest::qWait(30);
        QVERIFY(std::abs(loss.pixelOf(20, 1).x() - at.x()) < 1.5);
        QVERIFY(group.range().low > 1.01 && group.range().high < 406);
        const double before = group.range().high / group.range().low;
        QTest::keyClick(loss.surface(), Qt::Key_Minus);
        QVERIFY(group.range().high / group.range().low > before);
        action(menu, QStringLiteral("Logarithmic x axis"))->trigger();
        QVERIFY(!group.xLog());
        QTest::keyClick(loss.surface(), Qt::Key_0);
        QCOMPARE(group.range().high, 400 * 1.016);
    }

    void linesOfAllRunsAreDrawn() {
        Compared shown(folders_, "drawn");
        QTRY_VERIFY(shown.ready() && shown.listed());
        shown.chooseAll();
        QTest::keyClick(&shown.page->toolBar().smoothingSlider(), Qt::Key_Home);
        QTest::qWait(50);
        // The made-up rates are alike: without the first run, what is left is the others'.
        QTest::mouseClick(shown.page->compareBar().entry(0), Qt::LeftButton);
        QTest::qWait(50);
        CurvePlot& lr = shown.plot("lr");
        QImage image = seen(*lr.surface());
        const auto hits = [&](int run, double from, double to) {
            // From the ground towards the line's colour: dots are thin, and no pixel is quite that colour.
            const QColor ground = Theme::instance().palette().panel, wanted = Theme::instance().seriesPen(run).color();
            const auto parts = [&ground](const QColor& c) {
                return QVector3D(static_cast<float>(c.red() - ground.red()),
                                 static_cast<float>(c.green() - ground.green()),
                                 static_cast<float>(c.blue() - ground.blue()));
            };
            const QVector3D way = parts(wanted);
            int count = 0;
            for (int x = static_cast<int>(lr.pixelOf(from, 0).x());
                 x <= std::min(lr.plotRect().right(), static_cast<int>(lr.pixelOf(to, 0).x())); ++x)
                for (int y = lr.plotRect().top(); y < lr.plotRect().bottom(); ++y) {
                    const QVector3D of_pixel = parts(image.pixelColor(x, y));
                    const float share = QVector3D::dotProduct(of_pixel, way) / way.lengthSquared();
                    count += share > 0.35F && (of_pixel - share * way).length() < 0.12F * way.length();
                }
            return count;
        };
        QVERIFY(hits(1, 120, 190) > 3);
        QVERIFY(hits(2, 220, 290) > 3);
        QCOMPARE(hits(1, 220, 290), 0);  // it has ended
        QCOMPARE(hits(0, 20, 390), 0);   // it is hidden
        QCOMPARE(hits(2, 320, 390), 0);
        QTest::mouseClick(shown.page->compareBar().entry(0), Qt::LeftButton);
        QTest::qWait(50);
        image = seen(*lr.surface());
        QVERIFY(hits(0, 320, 390) > 20);
    }

    void failuresAndResumesOfOthersAreTold() {
        Compared shown(folders_, "failing");
        QTRY_VERIFY(shown.ready() && shown.listed());
        QVERIFY(!shown.page->banner().isVisible());
        shown.chooseAll();
        QTRY_VERIFY(shown.page->banner().isVisible());
        QVERIFY(shown.page->banner().text().contains(QStringLiteral("at step 150 of second on rank 0")));
        QCOMPARE(shown.page->group().run(1).seams, std::vector<double>{100});
        const CurvePlot& loss = shown.plot("loss");
        const QImage image = seen(*loss.surface());
        const QPoint foot(static_cast<int>(std::floor(loss.pixelOf(150, 0).x())), loss.plotRect().bottom());
        QCOMPARE(image.pixelColor(foot.x() + 3, foot.y() - 1), Theme::instance().palette().danger);
        // Hidden, it says nothing.
        QTest::mouseClick(shown.page->compareBar().entry(1), Qt::LeftButton);
        QTRY_VERIFY(seen(*loss.surface()).pixelColor(foot.x() + 3, foot.y() - 1) != Theme::instance().palette().danger);
    }

    void differencesAreATable() {
        Compared shown(folders_, "differences");
        // Another key beside the name: the third run was planned with other steps.
        const runs::RunPaths other =
            makeRun(shown.runs_dir, {.name = "other", .steps = 900, .recorded = 50, .experts = 32});
        shown.context->runs().refresh();
        QTRY_VERIFY(shown.ready() && shown.context->runs().statuses().size() == 4);
        shown.page->setCompared({QString::fromStdString(other.dir.string()), shown.third});
        QToolButton* tab = shown.page->compareBar().viewControl().findChildren<QToolButton*>().at(1);
        QTest::mouseClick(tab, Qt::LeftButton);
        DifferencesView& view = shown.page->differences();
        QVERIFY(view.isVisible());
        QAbstractItemModel& model = *view.table().model();
        QTRY_VERIFY(model.rowCount() > 0);
        QStringList keys;
        int final_head = -1;
        for (int row = 0; row < model.rowCount(); ++row) {
            keys << model.index(row, 0).data().toString();
            if (keys.last() == QStringLiteral("Final values")) final_head = row;
        }
        QVERIFY(final_head > 0);
        // Steps and experts are set apart by hand; whatever else differs must really differ.
        QCOMPARE(keys.first(), QStringLiteral("Configuration: 2 keys differ"));
        QVERIFY(keys.contains(QStringLiteral("train.steps")) && keys.contains(QStringLiteral("model.moe.experts")));
        QVERIFY(!keys.contains(QStringLiteral("run.name")));
        for (int row = 1; row < final_head; ++row) {
            QSet<QString> values;
            for (int run = 1; run < model.columnCount(); ++run) values << model.index(row, run).data().toString();
            QVERIFY2(values.size() > 1, qPrintable(keys[row]));
        }
        const int experts = static_cast<int>(keys.indexOf(QStringLiteral("model.moe.experts")));
        QCOMPARE(model.index(experts, 1).data().toString(), QStringLiteral("64"));
        QCOMPARE(model.index(experts, 2).data().toString(), QStringLiteral("32"));
        const int steps = static_cast<int>(keys.indexOf(QStringLiteral("last step")));
        QCOMPARE(model.index(steps, 2).data().toString(), QStringLiteral("50"));
        const QImage sample = model.headerData(2, Qt::Horizontal, Qt::DecorationRole).value<QPixmap>().toImage();
        QCOMPARE(sample.pixelColor(2, sample.height() / 2), Theme::instance().seriesPen(1).color());
        const QStringList lines = linesOf(exportTo(*shown.context, view.menu().menu(), "Export CSV of all records...",
                                                   folders_.path(QStringLiteral("differences.csv"))));
        QCOMPARE(lines[0], QStringLiteral("part,key,differences,other,third"));
        QVERIFY(lines.contains(QStringLiteral("config,model.moe.experts,64,32,64")));
        const Series* loss = shown.context->runs().series(QStringLiteral("loss/total"));
        const auto final_loss = std::find_if(lines.begin(), lines.end(), [](const QString& line) {
            return line.startsWith(QStringLiteral("final,loss/total,"));
        });
        QVERIFY(final_loss != lines.end());
        QCOMPARE(final_loss->split(u',')[2].toDouble(), loss->value.back());
        for (const QSize size : {QSize(692, 560), QSize(1600, 1000)}) {
            shown.page->resize(size);
            shotInBothThemes(*shown.page, QStringLiteral("differences-%1").arg(size.width()));
        }
    }

    void tableAndFilesHoldAllRuns() {
        Compared shown(folders_, "table");
        QTRY_VERIFY(shown.ready() && shown.listed());
        shown.chooseAll();
        PlotCard* card = shown.page->card(QStringLiteral("loss"));
        action(card->chartMenu().menu(), QStringLiteral("Data table"))->trigger();
        auto* dialog = shown.page->findChild<TableDialog*>();
        QVERIFY(dialog != nullptr);
        const QAbstractItemModel& model = *dialog->view()->model();
        QCOMPARE(model.columnCount(), 4);  // step, three runs
        QCOMPARE(model.headerData(2, Qt::Horizontal).toString(), QStringLiteral("second: loss/total"));
        QCOMPARE(model.rowCount(), 400);
        QCOMPARE(model.index(149, 2).data().toString(), QStringLiteral("NaN"));
        QCOMPARE(model.index(299, 2).data().toString(), QString());
        dialog->close();
        // On the FLOPs axis 100e9 to 200e9 are steps 100 to 200 of the first run and 25 to 50 of the second.
        shown.page->toolBar().xAxisControl().setCurrent(3);
        shown.page->group().choose({100e9, 200e9});
        const QStringList lines =
            linesOf(exportTo(*shown.context, card->chartMenu().menu(), "Export CSV of the visible range...",
                             folders_.path(QStringLiteral("compared.csv"))));
        QCOMPARE(lines[0], QStringLiteral("step,table: loss/total,second: loss/total,third: loss/total"));
        int first = 0, second = 0;
        for (qsizetype i = 1; i < lines.size(); ++i) {
            const QStringList cells = lines[i].split(u',');
            first += !cells[1].isEmpty();
            second += !cells[2].isEmpty();
            if (!cells[2].isEmpty()) QVERIFY(cells[0].toInt() >= 25 && cells[0].toInt() <= 50);
        }
        QCOMPARE(first, 101);
        QCOMPARE(second, 26);
        QImage png(exportTo(*shown.context, card->chartMenu().menu(), "Export PNG...",
                            folders_.path(QStringLiteral("compared.png"))));
        QCOMPARE(png.width(), card->plot().surface()->width() * 2);
        QFile svg(exportTo(*shown.context, card->chartMenu().menu(), "Export SVG...",
                           folders_.path(QStringLiteral("compared.svg"))));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        const QByteArray drawing = svg.readAll();
        QVERIFY(drawing.contains("second") && drawing.contains("third"));
    }

    void anotherSelectionKeepsTheOthers() {
        Compared shown(folders_, "selection");
        QTRY_VERIFY(shown.ready() && shown.listed());
        shown.chooseAll();
        shown.context->selectRun(shown.second);
        QTRY_COMPARE(shown.page->compared(), QStringList{shown.third});
        QTRY_COMPARE(shown.page->group().curves().find(QStringLiteral("loss/total"))->size(), std::size_t(200));
        shown.context->selectRun({});
        QTRY_COMPARE(shown.page->state(), RecordPage::State::kNoRun);
        QVERIFY(!shown.page->group().comparing());
    }

    void liveRunsGrow() {
        Compared shown(folders_, "growing");
        QTRY_VERIFY(shown.ready() && shown.listed());
        shown.chooseAll();
        runs::RunDbWriter db(runs::RunPaths(shown.third.toStdString()).database());
        for (int step = 301; step <= 600; ++step) db.add(runs::Metric{step, "loss/total", 1.0, wallTime()});
        db.flush();
        QTRY_COMPARE(shown.page->group().run(2).curves.find(QStringLiteral("loss/total"))->size(), std::size_t(600));
        QTRY_COMPARE(shown.page->group().range().high, 600 * 1.016);
        // A resume from step 350 takes back what came after it.
        db.truncateAfter(350);
        db.add(runs::Metric{351, "loss/total", 2.0, wallTime()});
        db.flush();
        QTRY_COMPARE(shown.page->group().run(2).curves.find(QStringLiteral("loss/total"))->size(), std::size_t(351));
        QTRY_COMPARE(shown.page->group().range().high, 400 * 1.016);
    }

    void pictures() {
        if (qEnvironmentVariableIsEmpty("SWITCHYARD_SHOTS")) QSKIP("no folder for pictures");
        Compared shown(folders_, "base-64e-top2");
        QTRY_VERIFY(shown.ready() && shown.listed());
        shown.chooseAll();
        shown.page->group().cursor().pin(120);
        for (const QSize size : {QSize(692, 560), QSize(990, 720), QSize(1970, 1300)}) {
            shown.page->resize(size);
            QTest::qWait(50);
            shotInBothThemes(*shown.page, QStringLiteral("compare-%1").arg(size.width()));
        }
        shown.page->resize(990, 720);
        QTest::mouseClick(&shown.page->toolBar().compareButton(), Qt::LeftButton);
        shotInBothThemes(shown.page->comparePicker(), QStringLiteral("compare-picker"));
        shown.page->comparePicker().close();
    }

private:
    OwnFolders folders_;
};

QTEST_MAIN(CurvesCompareTest)
#include "curves_compare_test.moc"
