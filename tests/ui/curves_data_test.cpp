// SPDX-License-Identifier: GPL-3.0-or-later
// What the curves page does with its data: tables, files, a million records, live and other runs.
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
#include "support/timing.h"
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

class CurvesDataTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().setDark(true); }

    void dataTableIsTheTwin() {
        Shown shown(folders_, {.name = "table", .nan_step = 270});
        QTRY_VERIFY(shown.ready());
        action(shown.page->card("loss")->chartMenu().menu(), QStringLiteral("Data table"))->trigger();
        auto* dialog = shown.page->findChild<TableDialog*>();
        QVERIFY(dialog != nullptr && dialog->isVisible());
        const QAbstractItemModel& model = *dialog->view()->model();
        QCOMPARE(model.rowCount(), 400);
        QCOMPARE(model.columnCount(), 7);
        QCOMPARE(model.headerData(2, Qt::Horizontal).toString(), QStringLiteral("loss/total"));
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("1"));
        QCOMPARE(model.index(269, 2).data().toString(), QStringLiteral("NaN"));
        const double value = shown.context->runs().series(QStringLiteral("loss/balance"))->value[41];
        QCOMPARE(model.index(41, 5).data().toString(), QString::number(value, 'g', 7));
        QCOMPARE(dialog->view()->currentIndex().row(), 399);
        shot(*dialog, QStringLiteral("curves-table"));
        dialog->view()->setCurrentIndex(model.index(99, 0));
        QTest::keyClick(dialog->view(), Qt::Key_Return);
        QCOMPARE(*shown.page->group().cursor().step(), 100.0);
    }

    void exportsWriteWhatIsSeen() {
        Shown shown(folders_, {.name = "export", .nan_step = 270});
        QTRY_VERIFY(shown.ready());
        PlotCard* card = shown.page->card("loss");
        QMenu& menu = card->chartMenu().menu();
        const auto save = [&](const QString& entry, const QString& name) {
            return exportTo(*shown.context, menu, entry, folders_.path(name));
        };
        QStringList lines = linesOf(save(QStringLiteral("Export CSV of all records..."), QStringLiteral("all.csv")));
        QCOMPARE(lines.size(), 401);
        QCOMPARE(lines[0], QStringLiteral("step,time,loss/total,loss/contrastive,loss/matching,loss/balance,loss/z"));
        const QStringList row = lines[42].split(u',');
        QCOMPARE(row[0], QStringLiteral("42"));
        QCOMPARE(row[2].toDouble(), shown.context->runs().series(QStringLiteral("loss/total"))->value[41]);
        QCOMPARE(lines[270].split(u',')[2], QStringLiteral("nan"));
        const QPoint from = card->plot().pixelOf(100, 4).toPoint(), to = card->plot().pixelOf(200, 2).toPoint();
        drag(card->plot().surface(), from, to, Qt::ShiftModifier);
        lines = linesOf(save(QStringLiteral("Export CSV of the visible range..."), QStringLiteral("some.csv")));
        QVERIFY(lines.size() > 98 && lines.size() < 104);
        QVERIFY(std::abs(lines[1].split(u',')[0].toInt() - 100) <= 1);
        QImage png(save(QStringLiteral("Export PNG..."), QStringLiteral("loss.png")));
        QCOMPARE(png.width(), card->plot().surface()->width() * 2);
        QFile svg(save(QStringLiteral("Export SVG..."), QStringLiteral("loss.svg")));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        const QByteArray drawing = svg.readAll();
        QVERIFY(drawing.contains("contrastive") && drawing.contains("NaN at step 270") == false);  // out of sight now
        QFile pdf(save(QStringLiteral("Export PDF..."), QStringLiteral("loss.pdf")));
        QVERIFY(pdf.open(QIODevice::ReadOnly));
        QVERIFY(pdf.readAll().startsWith("%PDF-"));
    }

    void aSpikeOfOneInAMillionIsSeen() {
        PlotGroup group;
        group.curves().setTags({}, {QStringLiteral("loss/total")});
        Series record;
        const std::size_t count = 1'000'000, spike = 777'777;
        for (std::size_t i = 0; i < count; ++i) {
            record.step.push_back(static_cast<double>(i));
            record.time.push_back(static_cast<double>(i));
            record.value.push_back(i == spike ? 5.0 : 1.0);
        }
        group.curves().sync([&record](const QString&) { return &record; });
        group.refresh();
        CurvePlot plot(group, {QStringLiteral("Loss"), true},
                       {{QStringLiteral("loss/total"), QStringLiteral("total"), 0}});
        plot.resize(800, 300);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        QTest::qWait(20);  // a replot waits for the event loop
        const QImage image = seen(*plot.surface());
        const QPointF top = plot.pixelOf(static_cast<double>(spike), 4.5);
        const QColor blue = Theme::instance().seriesPen(0).color(), ground = Theme::instance().palette().panel;
        int touched = 0, others = 0;
        for (int x = plot.plotRect().left() + 2; x < plot.plotRect().right() - 2; ++x) {
            const QColor color = image.pixelColor(x, static_cast<int>(top.y()));
            const bool drawn = std::abs(color.blue() - blue.blue()) < 60 && color.blue() - ground.blue() > 100;
            if (drawn) (std::abs(x - top.x()) < 3 ? touched : others) += 1;
        }
        QVERIFY(touched >= 1);
        QCOMPARE(others, 0);
    }

    void speedOfAMillionRecords() {
        PlotGroup group;
        const QStringList tags = {"loss/total", "loss/contrastive", "loss/matching", "loss/balance", "loss/z"};
        group.curves().setTags(tags, {});
        group.curves().setSmoothing(0.86);
        Series record;
        quint32 state = 1;
        for (int i = 0; i < 1'000'000; ++i) {
            state = state * 1664525u + 1013904223u;
            record.step.push_back(i);
            record.time.push_back(i);
            record.value.push_back(2 + std::exp(-i / 2e5) + static_cast<double>(state >> 16) / 65536.0);
        }
        QElapsedTimer clock;
        clock.start();
        group.curves().sync([&record](const QString&) { return &record; });
        const double read_ms = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        group.refresh();
        std::vector<PlotLine> lines;
        for (const QString& tag : tags) lines.push_back({tag, tag, static_cast<int>(lines.size())});
        CurvePlot plot(group, {QStringLiteral("Loss"), true}, lines);
        plot.resize(1100, 420);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        double best = 1e9, smooth_best = 1e9;
        for (int i = 0; i < 8; ++i) {
            clock.start();
            group.zoom(0.98, 500'000 + i);
            QCoreApplication::processEvents();  // the queued replot, then the paint event
            best = std::min(best, static_cast<double>(clock.nsecsElapsed()) / 1e6);
        }
        for (int i = 0; i < 3; ++i) {
            clock.start();
            group.curves().setSmoothing(0.9 + 0.01 * i);
            smooth_best = std::min(smooth_best, static_cast<double>(clock.nsecsElapsed()) / 1e6);
        }
        qInfo("5 lines of 1,000,000 records: read %.0f ms, repaint %.1f ms, new smoothing %.0f ms", read_ms, best,
              smooth_best);
        SKIP_UNLESS_TIMES_COUNT();
        QVERIFY2(best < 40, "a repaint takes longer than 40 ms");
    }

    void anotherRunReplacesThisOne() {
        Shown shown(folders_, {.name = "switch", .nan_step = 30});
        QTRY_VERIFY(shown.ready());
        QTRY_VERIFY(shown.page->banner().isVisible());
        const runs::RunPaths other = makeRun(shown.runs_dir, {.name = "other", .recorded = 90});
        shown.page->group().cursor().pin(300);
        wheel(shown.plot("loss").surface(), shown.at(shown.plot("loss"), 200), 4);
        shown.context->selectRun(QString::fromStdString(other.dir.string()));
        QTRY_COMPARE(shown.page->group().range().high, 90 * 1.016);
        QVERIFY(shown.page->group().follow());
        QVERIFY(!shown.page->group().cursor().step().has_value());
        QVERIFY(!shown.page->banner().isVisible());
        shown.context->selectRun({});
        QTRY_COMPARE(shown.page->state(), RecordPage::State::kNoRun);
    }

    void liveRecordsAreFollowed() {
        Shown shown(folders_, {.name = "live", .state = ""});
        QTRY_VERIFY(shown.ready());
        QCOMPARE(shown.page->group().range().high, 400 * 1.016);
        runs::RunDbWriter db(runs::RunPaths(shown.dir.toStdString()).database());
        for (int step = 401; step <= 500; ++step) db.add(runs::Metric{step, "loss/total", 1.0, wallTime()});
        db.flush();
        QTRY_COMPARE(shown.page->group().range().high, 500 * 1.016);
        wheel(shown.plot("loss").surface(), shown.at(shown.plot("loss"), 100), 2);
        const double high = shown.page->group().range().high;
        // Hidden, the page takes nothing in; shown again, it does.
        shown.page->hide();
        for (int step = 501; step <= 600; ++step) db.add(runs::Metric{step, "loss/total", 1.0, wallTime()});
        db.flush();
        QTRY_COMPARE(shown.context->runs().series(QStringLiteral("loss/total"))->value.size(), std::size_t(600));
        QCOMPARE(shown.page->group().curves().find(QStringLiteral("loss/total"))->size(), std::size_t(500));
        shown.page->show();
        QTRY_COMPARE(shown.page->group().curves().find(QStringLiteral("loss/total"))->size(), std::size_t(600));
        QCOMPARE(shown.page->group().range().high, high);
    }

    void themeSwitchesLive() {
        Shown shown(folders_, {.name = "theme"});
        QTRY_VERIFY(shown.ready());
        CurvePlot& loss = shown.plot("loss");
        Theme::instance().setDark(false);
        QCOMPARE(loss.linePen(0).color(), QColor(QStringLiteral("#0996F9")));
        QTRY_COMPARE(seen(*loss.surface()).pixelColor(2, 2), Theme::instance().palette().panel);
        Theme::instance().setDark(true);
        QTRY_COMPARE(seen(*loss.surface()).pixelColor(2, 2), Theme::instance().palette().panel);
    }

    void pictures() {
        if (qEnvironmentVariableIsEmpty("SWITCHYARD_SHOTS")) QSKIP("no folder for pictures");
        Shown shown(folders_, {.name = "pictures", .nan_step = 270});
        QTRY_VERIFY(shown.ready());
        shown.page->group().cursor().pin(350);
        for (const QSize size : {QSize(876, 640), QSize(990, 660), QSize(692, 560), QSize(1600, 1100)}) {
            shown.page->resize(size);
            QTest::qWait(50);
            shotInBothThemes(*shown.page, QStringLiteral("curves-%1").arg(size.width()));
        }
    }

private:
    OwnFolders folders_;
};

QTEST_MAIN(CurvesDataTest)
#include "curves_data_test.moc"
