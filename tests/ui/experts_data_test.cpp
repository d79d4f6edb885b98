// SPDX-License-Identifier: GPL-3.0-or-later
// What the experts page does with its data: tables, files, 512 experts, live and other runs.
#include <QCheckBox>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

#include "experts_fixture.h"
#include "support/timing.h"
#include "ui/models/expert_share_model.h"
#include "ui/panels/experts/alarm_cards.h"
#include "ui/panels/experts/experts_tool_bar.h"
#include "ui/panels/experts/hot_cold_card.h"
#include "ui/panels/experts/jump_list.h"
#include "ui/panels/experts/layer_grid.h"
#include "ui/panels/experts/load_heatmap.h"
#include "ui/panels/experts/modality_bars.h"
#include "ui/panels/experts/tiles_row.h"
#include "ui/panels/experts_page.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/table_dialog.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

class ExpertsDataTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().setDark(true); }

    void speedOfARepaint() {
        const QString runs_dir = folders_.path(QStringLiteral("runs-quick"));
        const runs::RunPaths paths =
            makeLoads(runs_dir, "quick", 512, 1200, [](int step, int e) { return 20 + (step * 7 + e * 13) % 40; });
        AppContext context(runs_dir);
        ExpertsPage page(context);
        page.resize(1700, 1000);
        page.show();
        context.selectRun(QString::fromStdString(paths.dir.string()));
        QTRY_COMPARE(page.state(), RecordPage::State::kContent);
        QTRY_VERIFY(context.runs().complete());
        QTRY_COMPARE(context.runs().loads().layer(kFusion)->ring.size(), 1200);
        LoadHeatmap& heat = page.heatmap();
        page.focus().setExpert(200);
        QImage target(heat.size(), QImage::Format_RGB32);
        double cursor = 1e9, anew = 1e9;
        QElapsedTimer clock;
        for (int i = 0; i < 20; ++i) {
            page.focus().setStep(100 + i);
            clock.start();
            heat.render(&target);
            cursor = std::min(cursor, static_cast<double>(clock.nsecsElapsed()) / 1e6);
            page.focus().setExpert(200 + i);  // moves the fish-eye: the whole picture is drawn anew
            clock.start();
            heat.render(&target);
            anew = std::min(anew, static_cast<double>(clock.nsecsElapsed()) / 1e6);
        }
        qInfo("512 x 1200 on %d x %d px: cursor moved %.2f ms, picture anew %.2f ms", heat.heatRect().width(),
              heat.heatRect().height(), cursor, anew);
        SKIP_UNLESS_TIMES_COUNT();
        QVERIFY2(cursor < 4, "moving the cursor repaints for longer than 4 ms");
        QVERIFY2(anew < 8, "a new picture takes longer than 8 ms");
    }

    void dataTablesAreTheTwins() {
        Shown shown(folders_, {.name = "tables"});
        QTRY_VERIFY(shown.ready());
        QTest::mouseClick(&shown.page->toolBar().tableButton(), Qt::LeftButton);
        auto* loads = shown.page->findChild<TableDialog*>();
        QVERIFY(loads != nullptr && loads->isVisible());
        const QAbstractItemModel& model = *loads->view()->model();
        QCOMPARE(model.rowCount(), 400);
        QCOMPARE(model.columnCount(), 3 + 64);
        QCOMPARE(model.headerData(3 + 17, Qt::Horizontal).toString(), QStringLiteral("E17"));
        QCOMPARE(model.index(349, 3 + 17).data().toString(), QStringLiteral("0.000"));
        const double ratio = shown.layer().ring.ratio(99, LoadModality::kAll, 5);
        QCOMPARE(model.index(99, 3 + 5).data().toString(), QString::number(ratio, 'f', 3));
        shot(*loads, QStringLiteral("experts-table"));
        loads->view()->setCurrentIndex(model.index(99, 0));
        QTest::keyClick(loads->view(), Qt::Key_Return);
        QCOMPARE(shown.page->focus().step(), 100.0);
        loads->close();
        QTRY_VERIFY(shown.page->findChild<TableDialog*>() == nullptr);
        action(shown.page->modalityMenu().menu(), QStringLiteral("Data table"))->trigger();
        auto* shares = shown.page->findChild<TableDialog*>();
        QVERIFY(shares != nullptr);
        QCOMPARE(shares->view()->model()->rowCount(), 64);
        const LoadRing& ring = shown.layer().ring;
        QCOMPARE(shares->view()->model()->index(5, 1).data().toString(),
                 QString::number(ring.count(99, LoadModality::kText, 5)));
        shares->close();
        QTRY_VERIFY(shown.page->findChild<TableDialog*>() == nullptr);
        action(shown.page->layersMenu().menu(), QStringLiteral("Data table"))->trigger();
        auto* layers = shown.page->findChild<TableDialog*>();
        QCOMPARE(layers->view()->model()->rowCount(), 2);
        QCOMPARE(layers->view()->model()->index(1, 0).data().toString(), QStringLiteral("fusion.0.moe"));
        QCOMPARE(layers->view()->model()->index(1, 6).data().toString(), QString::number(ratio, 'f', 3));
    }

    void exports() {
        Shown shown(folders_, {.name = "export"});
        QTRY_VERIFY(shown.ready());
        const auto save = [&](QMenu& of, const QString& entry, const QString& name) {
            return exportTo(*shown.context, of, entry, folders_.path(name));
        };
        QMenu& menu = shown.page->heatmapMenu().menu();
        const QStringList lines =
            linesOf(save(menu, QStringLiteral("Export CSV of all records..."), QStringLiteral("loads.csv")));
        QCOMPARE(lines.size(), 401);
        QVERIFY(lines[0].startsWith(QStringLiteral("first_step,last_step,records,tokens,dropped,E0,E1,")));
        const QStringList row = lines[100].split(u',');
        QCOMPARE(row.size(), 5 + 64);
        QCOMPARE(row[0], QStringLiteral("100"));
        QCOMPARE(row[3].toULongLong(), shown.layer().ring.total(99, LoadModality::kAll));
        QCOMPARE(row[5 + 7].toDouble(), shown.layer().ring.ratio(99, LoadModality::kAll, 7));
        const QImage picture(save(menu, QStringLiteral("Export PNG..."), QStringLiteral("loads.png")));
        QCOMPARE(picture.size(), shown.heat().size() * 2);
        QCOMPARE(picture.pixelColor(shown.at(17, 350) * 2), Theme::instance().palette().dead);
        const QStringList shares =
            linesOf(save(shown.page->modalityMenu().menu(), QStringLiteral("Export CSV of all records..."),
                         QStringLiteral("shares.csv")));
        QCOMPARE(shares.size(), 65);
        QCOMPARE(shares[0], QStringLiteral("Expert,Text tokens,Image tokens,Text share"));
        const QImage grid(
            save(shown.page->layersMenu().menu(), QStringLiteral("Export PNG..."), QStringLiteral("layers.png")));
        QCOMPARE(grid.size(), shown.page->layers().size() * 2);
    }

    void anotherRunReplacesThisOne() {
        Shown shown(folders_, {.name = "switch"});
        QTRY_VERIFY(shown.ready());
        const runs::RunPaths other =
            makeRun(shown.runs_dir, {.name = "other", .recorded = 90, .experts = 8, .dead_expert = -1});
        shown.page->focus().setStep(300);
        shown.page->focus().setExpert(40);
        shown.context->selectRun(QString::fromStdString(other.dir.string()));
        // The old run's records are gone at once; drawing and keys must bear that.
        moveMouse(shown.heat(), shown.heat().heatRect().center());
        QTest::keyClick(&shown.heat(), Qt::Key_Left);
        QTest::keyClick(&shown.page->layers(), Qt::Key_Down);
        for (QWidget* part : {static_cast<QWidget*>(&shown.heat()), static_cast<QWidget*>(&shown.page->modality()),
                              static_cast<QWidget*>(&shown.page->layers())})
            QVERIFY(!part->grab().isNull());
        QTRY_COMPARE(shown.page->tiles().note(TilesRow::kText), QStringLiteral("of 8"));
        QCOMPARE(shown.page->focus().expert(), -1);
        QCOMPARE(shown.page->focus().step(), 90.0);
        QVERIFY(shown.page->focus().follow());
        QCOMPARE(shown.page->alarms().list().rows().rowCount(), 0);
        shown.context->selectRun({});
        QTRY_COMPARE(shown.page->state(), RecordPage::State::kNoRun);
    }

    void liveRunsAreFollowed() {
        Shown shown(folders_, {.name = "live", .experts = 8, .state = "", .dead_expert = -1});
        QTRY_VERIFY(shown.ready());
        QCOMPARE(shown.page->focus().step(), 400.0);
        runs::RunDbWriter db(runs::RunPaths(shown.dir.toStdString()).database());
        for (int step = 401; step <= 450; ++step)
            db.add(runs::ExpertLoad{step, kFusion.toStdString(), "text", std::vector<std::int32_t>(8, 5), 0});
        db.flush();
        QTRY_COMPARE(shown.page->focus().step(), 450.0);
        shown.page->focus().setStep(100);
        shown.page->hide();
        for (int step = 451; step <= 500; ++step)
            db.add(runs::ExpertLoad{step, kFusion.toStdString(), "text", std::vector<std::int32_t>(8, 5), 0});
        db.flush();
        QTRY_COMPARE(shown.layer().ring.lastStep(), 500);
        shown.page->show();
        QCOMPARE(shown.page->focus().step(), 100.0);
        QTRY_VERIFY(shown.heat().xOf(500) <= shown.heat().heatRect().right() + 1);
        QTest::mouseClick(&shown.page->toolBar().followBox(), Qt::LeftButton, {}, QPoint(8, 10));
        QCOMPARE(shown.page->focus().step(), 500.0);
    }

    void pictures() {
        if (qEnvironmentVariableIsEmpty("SWITCHYARD_SHOTS")) QSKIP("no folder for pictures");
        for (const int experts : {8, 64, 512}) {
            Shown shown(
                folders_,
                {.name = "pictures" + std::to_string(experts), .experts = experts, .dead_expert = experts / 4 + 1},
                [](runs::RunDbWriter& db) {
                    for (int step = 100; step < 400; ++step) {
                        const double t = wallTime();
                        db.add(runs::Metric{step + 300, "moe/fusion.blocks.0.moe/dropped",
                                            0.02 + 0.03 * std::exp(-(step - 100) / 60.0) + 0.004 * std::sin(step), t});
                        db.add(runs::Metric{step + 300, "moe/fusion.blocks.0.moe/max_violation",
                                            1.5 + 0.8 * std::sin(step / 40.0), t});
                    }
                });
            QTRY_VERIFY(shown.ready());
            shown.page->focus().setStep(300);
            shown.page->focus().setExpert(experts == 512 ? 213 : 3);
            for (const QSize size : {QSize(1152, 760), QSize(992, 660), QSize(1700, 1100)}) {
                shown.page->resize(size);
                QTest::qWait(50);
                shotInBothThemes(*shown.page, QStringLiteral("experts-%1-%2").arg(experts).arg(size.width()));
            }
            shown.page->resize(1152, 760);
            QTest::qWait(20);
            LoadHeatmap& heat = shown.page->heatmap();
            const QPoint at = heat.heatRect().center();
            QMouseEvent move(QEvent::MouseMove, at, heat.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
            QApplication::sendEvent(&heat, &move);
            shown.page->toolBar().rowsControl().setCurrent(0);
            shotInBothThemes(*shown.page, QStringLiteral("experts-%1-hover").arg(experts));
        }
    }

private:
    OwnFolders folders_;
};

QTEST_MAIN(ExpertsDataTest)
#include "experts_data_test.moc"
