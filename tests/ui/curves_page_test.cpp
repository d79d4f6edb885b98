// SPDX-License-Identifier: GPL-3.0-or-later
// The curves page, driven as a person does: wheel, drag, keys, clicks.
#include <QCheckBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QTableView>
#include <QToolButton>
#include <QWheelEvent>
#include <QtTest>

#include "curves_fixture.h"
#include "ui/models/run_words.h"
#include "ui/panels/curves/curves_tool_bar.h"
#include "ui/panels/curves/legend_entry.h"
#include "ui/panels/curves_page.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/table_dialog.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

const InspectorSection::Line* lineOf(const Inspection& inspection, const QString& name) {
    for (const InspectorSection& section : inspection.sections)
        for (const InspectorSection::Line& line : section.lines)
            if (line.name == name) return &line;
    return nullptr;
}

}  // namespace

class CurvesPageTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        qRegisterMetaType<Inspection>();
        Theme::instance().setDark(true);
    }

    void emptyStatesSayWhatIsMissing() {
        const QString runs_dir = folders_.path(QStringLiteral("runs-empty"));
        QDir().mkpath(runs_dir);
        const runs::RunPaths paths = makeRun(runs_dir, {.name = "nothing", .recorded = 0, .state = "failed"});
        AppContext context(runs_dir);
        CurvesPage page(context);
        page.resize(876, 640);
        page.show();
        QTRY_COMPARE(page.state(), RecordPage::State::kNoRun);
        QSignalSpy asked(&context, &AppContext::pageRequested);
        shot(page, QStringLiteral("curves-no-run"));
        const auto buttons = page.findChildren<QPushButton*>();
        const auto configure =
            std::find_if(buttons.begin(), buttons.end(), [](QPushButton* b) { return b->isVisible(); });
        QVERIFY(configure != buttons.end());
        QTest::mouseClick(*configure, Qt::LeftButton);
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked[0][0].toString(), QStringLiteral("configure"));
        context.selectRun(QString::fromStdString(paths.dir.string()));
        QTRY_COMPARE(page.state(), RecordPage::State::kEmpty);
        QTRY_VERIFY(context.runs().listed());
        shot(page, QStringLiteral("curves-no-records"));
        const auto labels = page.findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(),
                            [](QLabel* l) { return l->isVisible() && l->text() == "No records yet"; }));
    }

    void showsTheWholeRunAtFirst() {
        Shown shown(folders_, {.name = "whole"});
        QTRY_VERIFY(shown.ready());
        QCOMPARE(shown.page->group().range().low, 0.0);
        QCOMPARE(shown.page->group().range().high, 400 * 1.016);
        QVERIFY(shown.plot("grad_norm").log());
        QVERIFY(!shown.plot("loss").log());
        QCOMPARE(shown.plot("lr").scale(), 1e4);  // the highest rate is 9.98e-4
        QVERIFY(shown.page->card("eval")->isHidden());
        QVERIFY(!shown.page->banner().isVisible());
        // The losses lie between 0.29 (matching) and 6.28 (total).
        QCOMPARE(shown.plot("loss").yRange().first, 0.0);
        QVERIFY(shown.plot("loss").yRange().second > 6.2 && shown.plot("loss").yRange().second < 7);
    }

    void wheelZoomsAllPlotsAndTurnsFollowOff() {
        Shown shown(folders_, {.name = "wheel"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        const double span = shown.page->group().range().span();
        wheel(loss.surface(), shown.at(loss, 100), 1);
        QCOMPARE(shown.page->group().range().span(), span * 0.82);
        const double at = loss.pixelOf(100, 1).x();
        QVERIFY(std::abs(at - shown.at(loss, 100).x()) < 1.5);  // what was under the mouse stays there
        QVERIFY(!shown.page->toolBar().followBox().isChecked());
        CurvePlot& lr = shown.plot("lr");
        QCOMPARE(lr.pixelOf(shown.page->group().range().low, 1).x(), static_cast<double>(lr.plotRect().left()));
        QTest::mouseClick(&shown.page->toolBar().followBox(), Qt::LeftButton, {}, QPoint(8, 10));
        QCOMPARE(shown.page->group().range().high, 400 * 1.016);
        // Over the y axis the wheel zooms that axis only.
        const auto before = loss.yRange();
        wheel(loss.surface(), QPoint(10, loss.plotRect().center().y()), 1);
        QVERIFY(loss.yRange().second < before.second);
        QVERIFY(!loss.yIsAutomatic());
        QCOMPARE(shown.page->group().range().high, 400 * 1.016);
        QVERIFY(shown.page->group().follow());
    }

    void dragPansAndDoubleClickFits() {
        Shown shown(folders_, {.name = "drag"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        wheel(loss.surface(), shown.at(loss, 200), 3);
        const PlotGroup::Range zoomed = shown.page->group().range();
        const QRect place = loss.plotRect();
        drag(loss.surface(), place.center(), place.center() - QPoint(place.width() / 4, 0));
        QVERIFY(std::abs(shown.page->group().range().low - zoomed.low - zoomed.span() / 4) < zoomed.span() / 100);
        QVERIFY(std::abs(shown.page->group().range().span() - zoomed.span()) < 1e-9);
        QVERIFY(!shown.page->group().cursor().pinned());  // a drag is no click
        QTest::mouseDClick(loss.surface(), Qt::LeftButton, {}, place.center());
        QCOMPARE(shown.page->group().range().high, 400 * 1.016);
        QVERIFY(shown.page->group().follow());
    }

    void rubberBandSetsBothAxes() {
        Shown shown(folders_, {.name = "band"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        const QPoint from = loss.pixelOf(100, 4).toPoint(), to = loss.pixelOf(200, 2).toPoint();
        drag(loss.surface(), from, to, Qt::ShiftModifier);
        QVERIFY(std::abs(shown.page->group().range().low - 100) < 1);
        QVERIFY(std::abs(shown.page->group().range().high - 200) < 1);
        QVERIFY(std::abs(loss.yRange().first - 2) < 0.05);
        QVERIFY(std::abs(loss.yRange().second - 4) < 0.05);
        QVERIFY(!shown.page->group().follow());
        // Now that the range is the user's, dragging moves it up and down too.
        const auto before = loss.yRange();
        drag(loss.surface(), loss.plotRect().center(),
             loss.plotRect().center() + QPoint(0, loss.plotRect().height() / 2));
        QVERIFY(std::abs(loss.yRange().first - before.first - 1) < 0.05);
        QTest::mouseClick(&shown.page->toolBar().followBox(), Qt::LeftButton, {}, QPoint(8, 10));
        QVERIFY(loss.yIsAutomatic());
        QCOMPARE(loss.yRange().first, 0.0);
    }

    void cursorIsLinkedPinnedAndMovedByKeys() {
        Shown shown(folders_, {.name = "cursor"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        LinkedCursor& cursor = shown.page->group().cursor();
        moveMouse(*loss.surface(), shown.at(loss, 120));
        QVERIFY(cursor.step().has_value());
        QVERIFY(std::abs(*cursor.step() - 120) <= 1);
        QVERIFY(!cursor.pinned());
        QTest::mouseClick(loss.surface(), Qt::LeftButton, {}, shown.at(loss, 200));
        QVERIFY(cursor.pinned());
        const double pinned = *cursor.step();
        QVERIFY(std::abs(pinned - 200) <= 1);
        moveMouse(*loss.surface(), shown.at(loss, 50));
        QCOMPARE(*cursor.step(), pinned);
        QTest::keyClick(loss.surface(), Qt::Key_Right);
        QCOMPARE(*cursor.step(), pinned + 1);
        QTest::keyClick(loss.surface(), Qt::Key_Left);
        QTest::keyClick(loss.surface(), Qt::Key_Left);
        QCOMPARE(*cursor.step(), pinned - 1);
        QTest::keyClick(loss.surface(), Qt::Key_End);
        QCOMPARE(*cursor.step(), 400.0);
        QTest::keyClick(loss.surface(), Qt::Key_Home);
        QCOMPARE(*cursor.step(), 1.0);
        // 1e-3 / 20 at step 1 of the warm-up, times the cosine's 0.99998.
        QCOMPARE(shown.page->card("lr")->valueText(), QStringLiteral("0.50"));
        QTest::keyClick(loss.surface(), Qt::Key_Escape);
        QVERIFY(!cursor.pinned());
        QVERIFY(!cursor.step().has_value());
        // The line is drawn in every plot, in the text colour.
        cursor.pin(200);
        for (const char* name : {"loss", "lr", "grad_norm", "throughput", "memory"}) {
            CurvePlot& plot = shown.plot(name);
            const QImage image = seen(*plot.surface());
            const int x = static_cast<int>(std::floor(plot.pixelOf(200, 1).x()));
            QCOMPARE(image.pixelColor(x, plot.plotRect().top() + 2), Theme::instance().palette().text);
        }
    }

    void inspectorGetsTheValuesAtTheCursor() {
        Shown shown(folders_, {.name = "inspect"}, [](runs::RunDbWriter& db) {
            db.add(runs::Event{wallTime(), 300, runs::Level::kInfo, "rank 0", "Checkpoint step-00000300 saved"});
        });
        QSignalSpy inspected(shown.page.get(), &Page::inspect);
        QTRY_VERIFY(shown.ready());
        QTRY_VERIFY(!inspected.isEmpty());
        shown.page->toolBar().smoothingSlider().setValue(0);
        inspected.clear();
        shown.page->group().cursor().pin(123);
        QTRY_VERIFY(!inspected.isEmpty());
        const auto seen = inspected.last()[0].value<Inspection>();
        QCOMPARE(seen.heading, QStringLiteral("Step 123"));
        QCOMPARE(seen.sections[0].columns, (QStringList{"Metric", "Smoothed", "Raw"}));
        const Series* total = shown.context->runs().series(QStringLiteral("loss/total"));
        const auto* line = lineOf(seen, QStringLiteral("loss/total"));
        QVERIFY(line != nullptr);
        QCOMPARE(line->second, shortNumber(total->value[122]));
        QCOMPARE(line->swatch, Theme::instance().seriesPen(0).color());
        QVERIFY(!lineOf(seen, QStringLiteral("optim/grad_norm"))->swatch.isValid());
        QTRY_VERIFY(lineOf(inspected.last()[0].value<Inspection>(), QStringLiteral("Experts")) != nullptr);
        const auto facts = inspected.last()[0].value<Inspection>();
        QCOMPARE(lineOf(facts, QStringLiteral("Experts"))->value, QStringLiteral("64, top 2"));
        QCOMPARE(lineOf(facts, QStringLiteral("Last checkpoint"))->value, QStringLiteral("step 300"));
        QVERIFY(QRegularExpression(QStringLiteral("^[0-9a-f]{4} [0-9a-f]{4}$"))
                    .match(lineOf(facts, QStringLiteral("Config"))->value)
                    .hasMatch());
    }

    void smoothingIsComputedOnAllRecords() {
        Shown shown(folders_, {.name = "smooth"});
        QTRY_VERIFY(shown.ready());
        shown.page->toolBar().smoothingSlider().setValue(0);
        const CurveSeries* total = shown.page->group().curves().find(QStringLiteral("loss/total"));
        QVERIFY(!total->isSmoothed());
        QTest::keyClick(&shown.page->toolBar().smoothingSlider(), Qt::Key_End);
        QCOMPARE(shown.page->toolBar().smoothing(), 0.999);
        double sum = 0, weight = 0;
        for (const double value : total->raw()) sum = 0.999 * sum + 0.001 * value, weight = 0.999 * weight + 0.001;
        QVERIFY(std::abs(total->smoothed().back() - sum / weight) < 1e-12);
        QVERIFY(!shown.page->group().curves().find(QStringLiteral("optim/lr"))->isSmoothed());
    }

    void legendHidesLines() {
        Shown shown(folders_, {.name = "legend"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        QVERIFY(loss.yRange().second > 6);
        PlotCard* card = shown.page->card("loss");
        for (const int line : {0, 1, 4}) QTest::mouseClick(card->legend(line), Qt::LeftButton);
        QVERIFY(!loss.lineVisible(0));
        // What is left are matching (at most 0.62) and balance (at most 1.61).
        QVERIFY(loss.yRange().second < 2);
        QTest::keyClick(card->legend(0), Qt::Key_Space);
        QVERIFY(loss.lineVisible(0));
        QVERIFY(loss.yRange().second > 6);
    }

    void axesSwitch() {
        Shown shown(folders_, {.name = "axes"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        shown.page->toolBar().lossAxisControl().setCurrent(1);
        QVERIFY(loss.log());
        // The smallest value is 0.28 (matching); 6 % of the axis stay free below it: 0.28 / (6.3 / 0.28) ^ 0.06.
        QVERIFY(std::abs(loss.yRange().first - 0.235) < 0.01);
        // The card's own menu changes the same switch.
        action(shown.page->card("loss")->chartMenu().menu(), QStringLiteral("Logarithmic axis"))->trigger();
        QVERIFY(!loss.log());
        QCOMPARE(shown.page->toolBar().lossAxisControl().current(), 0);
        wheel(loss.surface(), shown.at(loss, 200), 4);
        const PlotGroup::Range steps = shown.page->group().range();
        shown.page->toolBar().xAxisControl().setCurrent(2);
        // Records lie 0.2 s apart: the same records stay in sight.
        QVERIFY(std::abs(shown.page->group().range().low - (std::round(steps.low) - 1) * 0.2) < 0.21);
        QVERIFY(std::abs(shown.page->group().range().high - (std::round(steps.high) - 1) * 0.2) < 0.21);
        shown.page->group().setFollow(true);
        QVERIFY(std::abs(shown.page->group().range().high - 399 * 0.2 * 1.016) < 0.01);
        shown.page->group().cursor().pin(301);
        QCOMPARE(shown.page->group().curves().xOf(301, XAxis::kTime), 60.0);
        shot(*shown.page, QStringLiteral("curves-time"));
    }

    void nonFiniteValuesAreMarkedAndShown() {
        Shown shown(folders_, {.name = "nan", .nan_step = 270});
        QTRY_VERIFY(shown.ready());
        MessageBanner& banner = shown.page->banner();
        QTRY_VERIFY(banner.isVisible());
        QCOMPARE(banner.text(),
                 QStringLiteral("First non-finite value: <code><b>loss/contrastive</b></code> at step 270 on rank 0."));
        CurvePlot& loss = shown.plot("loss");
        // The marker: a triangle of the danger colour on the axis, and a line above it.
        QTest::qWait(20);  // a replot waits for the event loop
        const QImage image = seen(*loss.surface());
        const QPointF foot(loss.pixelOf(270, 0).x(), loss.plotRect().bottom());
        QCOMPARE(image.pixelColor(static_cast<int>(foot.x()) + 3, static_cast<int>(foot.y()) - 1),
                 Theme::instance().palette().danger);
        const QColor line = image.pixelColor(static_cast<int>(std::floor(foot.x())), loss.plotRect().top() + 60);
        QVERIFY(line.red() > line.blue() + 40);
        wheel(loss.surface(), shown.at(loss, 10), 12);
        QVERIFY(shown.page->group().range().high < 270);
        const auto buttons = banner.findChildren<QPushButton*>();
        QCOMPARE(buttons.first()->text(), QStringLiteral("Show step 270"));
        QTest::mouseClick(buttons.first(), Qt::LeftButton);
        QCOMPARE(*shown.page->group().cursor().step(), 270.0);
        QVERIFY(shown.page->group().cursor().pinned());
        QVERIFY(shown.page->group().range().low < 270 && shown.page->group().range().high > 270);
        QTest::mouseClick(banner.findChildren<QToolButton*>().first(), Qt::LeftButton);
        QVERIFY(!banner.isVisible());
        shown.page->group().setFollow(true);
        shotInBothThemes(*shown.page, QStringLiteral("curves-876"));
    }

    void resumesAreMarked() {
        Shown shown(folders_, {.name = "resume"}, [](runs::RunDbWriter& db) {
            db.add(
                runs::Event{wallTime(), -1, runs::Level::kInfo, "supervisor", "Resumed from step-00000150 on 1 rank"});
            db.add(runs::Metric{150, "eval/retrieval/text_to_image_r1", 0.25, wallTime()});
            db.add(runs::Metric{150, "eval/retrieval/image_to_text_r1", 0.30, wallTime()});
            db.add(runs::Metric{300, "eval/retrieval/text_to_image_r1", 0.50, wallTime()});
            db.add(runs::Metric{300, "eval/retrieval/image_to_text_r1", 0.625, wallTime()});
            db.add(runs::Metric{300, "eval/retrieval/text_to_image_r10", 0.875, wallTime()});
        });
        QTRY_VERIFY(shown.ready());
        QTRY_COMPARE(shown.page->group().seams(), std::vector<double>({150}));
        CurvePlot& loss = shown.plot("loss");
        QTest::qWait(20);  // a replot waits for the event loop
        const QImage image = seen(*loss.surface());
        const int x = static_cast<int>(std::floor(loss.pixelOf(150, 1).x()));
        int dots = 0, gaps = 0;
        for (int y = loss.plotRect().top() + 30; y < loss.plotRect().bottom() - 20; ++y) {
            const bool on = image.pixelColor(x, y).lightness() > 150;
            dots += on;
            gaps += !on;
        }
        QVERIFY(dots > 30 && gaps > dots);  // 2 on, 3 off
        // Evaluation is a card of its own once there is one.
        PlotCard* eval = shown.page->card("eval");
        QVERIFY(eval->isVisible());
        QCOMPARE(eval->plot().scale(), 100.0);
        QCOMPARE(eval->tags().first(), QStringLiteral("eval/retrieval/text_to_image_r1"));
        shown.page->resize(990, 660);
        shotInBothThemes(*shown.page, QStringLiteral("curves-eval-990"));
        action(eval->chartMenu().menu(), QStringLiteral("Recall@10"))->trigger();
        QCOMPARE(eval->tags(), (QStringList{"eval/retrieval/text_to_image_r10", "eval/retrieval/image_to_text_r10"}));
    }

private:
    OwnFolders folders_;
};

QTEST_MAIN(CurvesPageTest)
#include "curves_page_test.moc"
