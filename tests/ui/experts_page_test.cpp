// SPDX-License-Identifier: GPL-3.0-or-later
// The experts page, driven as a person does: clicks, keys, search.
#include <QAbstractButton>
#include <QCheckBox>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QSignalSpy>
#include <QTableView>
#include <QToolButton>
#include <QtTest>
#include <limits>

#include "experts_fixture.h"
#include "ui/models/expert_share_model.h"
#include "ui/panels/experts/alarm_cards.h"
#include "ui/panels/experts/experts_tool_bar.h"
#include "ui/panels/experts/hot_cold_card.h"
#include "ui/panels/experts/jump_list.h"
#include "ui/panels/experts/layer_grid.h"
#include "ui/panels/experts/load_heatmap.h"
#include "ui/panels/experts/modality_bars.h"
#include "ui/panels/experts/rank_matrix.h"
#include "ui/panels/experts/tiles_row.h"
#include "ui/panels/experts_page.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/table_dialog.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

QStringList texts(const JumpList& list) {
    QStringList rows;
    for (int row = 0; row < list.rows().rowCount(); ++row)
        rows << list.rows().row(row).text + u'|' + list.rows().row(row).where + u'|' + list.rows().row(row).step;
    return rows;
}

bool showsText(const QWidget& page, const QString& text) {
    const auto labels = page.findChildren<QLabel*>();
    return std::any_of(labels.begin(), labels.end(),
                       [&](QLabel* label) { return label->isVisible() && label->text() == text; });
}

}  // namespace

class ExpertsPageTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().setDark(true); }

    void emptyStates() {
        const QString runs_dir = folders_.path(QStringLiteral("runs-empty"));
        QDir().mkpath(runs_dir);
        const runs::RunPaths none = makeRun(runs_dir, {.name = "none", .recorded = 0, .state = "failed"});
        const runs::RunPaths dense = makeRun(runs_dir, {.name = "dense", .recorded = 0, .experts = 0});
        {
            runs::RunDbWriter db(dense.database());
            for (int step = 1; step <= 5; ++step) db.add(runs::Metric{step, "loss/total", 1.0, wallTime()});
            db.flush();
        }
        AppContext context(runs_dir);
        ExpertsPage page(context);
        page.resize(1152, 700);
        page.show();
        QTRY_COMPARE(page.state(), RecordPage::State::kNoRun);
        QVERIFY(showsText(page, QStringLiteral("No run selected")));
        context.selectRun(QString::fromStdString(none.dir.string()));
        QTRY_VERIFY(showsText(page, QStringLiteral("No records yet")));
        context.selectRun(QString::fromStdString(dense.dir.string()));
        QTRY_VERIFY(showsText(page, QStringLiteral("This model is dense")));
        shot(page, QStringLiteral("experts-dense"));
    }

    void firstSight() {
        Shown shown(folders_, {.name = "first"});
        QTRY_VERIFY(shown.ready());
        ExpertsPage& page = *shown.page;
        QCOMPARE(page.focus().layer(), kFusion);  // text and image meet there
        QCOMPARE(page.focus().step(), 400.0);
        QVERIFY(page.focus().follow());
        QComboBox& layers = page.toolBar().layerBox();
        QCOMPARE(layers.count(), 2);
        QCOMPARE(layers.itemText(0), QStringLiteral("text.1.moe"));
        QCOMPARE(layers.currentText(), QStringLiteral("fusion.0.moe"));
        QVERIFY(!page.toolBar().fishEyeBox().isVisible());
        TilesRow& tiles = page.tiles();
        QCOMPARE(tiles.figure(TilesRow::kText), QStringLiteral("38.4"));
        QCOMPARE(tiles.note(TilesRow::kText), QStringLiteral("of 64"));
        QCOMPARE(tiles.figure(TilesRow::kImage), QStringLiteral("25.6"));
        // 1.4 + 1.2 exp(-4) = 1.422 nats = 2.05 bits.
        QCOMPARE(tiles.figure(TilesRow::kEntropy), QStringLiteral("2.05"));
        QCOMPARE(tiles.figure(TilesRow::kViolation), QStringLiteral("0.81"));
        QCOMPARE(tiles.note(TilesRow::kViolation), QStringLiteral("limit 4.0"));
        QCOMPARE(tiles.figure(TilesRow::kDead), QStringLiteral("1"));
        QCOMPARE(tiles.note(TilesRow::kDead), QStringLiteral("E17"));
        QCOMPARE(tiles.figureLabel(TilesRow::kDead).palette().color(QPalette::WindowText),
                 Theme::instance().palette().danger);
        // Expert 17 falls silent after step 200; after n records it is idle for n - 200, which reaches n / 4 at 266.
        QCOMPARE(texts(page.alarms().list()),
                 (QStringList{"E17 dead, 200 records idle|fusion.0|266", "E17 dead, 200 records idle|text.1|266"}));
        QCOMPARE(texts(page.dead().list()), QStringList{"E17||step 200"});
    }

    void heatmapColours() {
        Shown shown(folders_, {.name = "colours"});
        QTRY_VERIFY(shown.ready());
        shown.page->focus().setStep(1);  // the cursor out of the way
        const Palette& p = Theme::instance().palette();
        const HeatColors colors = heatColors(p.diverging, p.dead);
        const QImage image = seen(shown.heat());
        const LoadRing& ring = shown.layer().ring;
        for (const int expert : {0, 5, 30, 63}) {
            const double ratio = ring.ratio(ring.columnAt(320), LoadModality::kAll, expert);
            QCOMPARE(image.pixelColor(shown.at(expert, 320)), QColor(colors[HeatLevels::levelOf(ratio)]));
        }
        QCOMPARE(image.pixelColor(shown.at(17, 350)), p.dead);
        QVERIFY(image.pixelColor(shown.at(17, 150)) != p.dead);
        QCOMPARE(QColor(colors[HeatLevels::kFair]), QColor(QStringLiteral("#2A2F37")));
        Theme::instance().setDark(false);
        QTRY_COMPARE(seen(shown.heat()).pixelColor(shown.at(17, 350)), QColor(QStringLiteral("#15181D")));
        Theme::instance().setDark(true);
    }

    void oneSelectionEverywhere() {
        Shown shown(folders_, {.name = "linked"});
        QTRY_VERIFY(shown.ready());
        ExpertsPage& page = *shown.page;
        LoadHeatmap& heat = shown.heat();
        QTest::mouseClick(&heat, Qt::LeftButton, {}, shown.at(12, 300));
        QCOMPARE(page.focus().expert(), 12);
        QVERIFY(std::abs(page.focus().step() - 300) <= 1);
        QVERIFY(!page.focus().follow());
        QVERIFY(!page.toolBar().followBox().isChecked());
        // Its outline in the heatmap: two pixels of the text colour above the row.
        const QImage image = seen(heat);
        QCOMPARE(image.pixelColor(heat.heatRect().left() + 20,
                                  static_cast<int>(heat.heatRect().top() + heat.rows().top(12)) - 1),
                 Theme::instance().palette().text);
        QTest::keyClick(&heat, Qt::Key_Down);
        QCOMPARE(page.focus().expert(), 13);
        QTest::keyClick(&heat, Qt::Key_Up);
        QTest::keyClick(&heat, Qt::Key_Up);
        QCOMPARE(page.focus().expert(), 11);
        const double step = page.focus().step();
        QTest::keyClick(&heat, Qt::Key_Left);
        QCOMPARE(page.focus().step(), step - 1);
        QTest::keyClick(&heat, Qt::Key_Home);
        QCOMPARE(page.focus().step(), 1.0);
        QTest::keyClick(&heat, Qt::Key_End);
        QCOMPARE(page.focus().step(), 400.0);
        QVERIFY(page.toolBar().followBox().isChecked());
        QTest::keyClick(&heat, Qt::Key_Escape);
        QCOMPARE(page.focus().expert(), -1);
        // The hot table leads, and follows.
        QTableView& table = page.hotCold().table();
        const QModelIndex third = table.model()->index(2, 0);
        QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, table.visualRect(third).center());
        QCOMPARE(page.focus().expert(), third.data(ExpertShareModel::kExpertRole).toInt());
        page.focus().setExpert(table.model()->index(5, 0).data(ExpertShareModel::kExpertRole).toInt());
        QCOMPARE(table.selectionModel()->selectedRows().value(0).row(), 5);
        QTest::keyClick(&table, Qt::Key_Up);
        QCOMPARE(page.focus().expert(), table.model()->index(4, 0).data(ExpertShareModel::kExpertRole).toInt());
        // Bars and layers.
        ModalityBars& bars = page.modality();
        const QRect place = bars.plotRect();
        QTest::mouseClick(&bars, Qt::LeftButton, {},
                          QPoint(place.left() + place.width() * 41 / 64 + 1, place.center().y()));
        QCOMPARE(page.focus().expert(), 41);
        LayerGrid& grid = page.layers();
        const QRectF row = grid.rowRect(0);
        QTest::mouseClick(&grid, Qt::LeftButton, {},
                          QPointF(row.left() + row.width() * 20.5 / 64, row.center().y()).toPoint());
        QCOMPARE(page.focus().layer(), kText);
        QCOMPARE(page.focus().expert(), 20);
        QCOMPARE(page.toolBar().layerBox().currentText(), QStringLiteral("text.1.moe"));
        QCOMPARE(page.tiles().figure(TilesRow::kImage), QStringLiteral("–"));
        QTest::keyClick(&grid, Qt::Key_Down);
        QCOMPARE(page.focus().layer(), kFusion);
        QTest::keyClick(&grid, Qt::Key_Right);
        QCOMPARE(page.focus().expert(), 21);
    }

    void ranksThatShareOutTheExperts() {
        // Four ranks with 16 of 64 experts each; rank r sends 100 r + 10 c + step to rank c.
        const Shown shown(folders_, {.name = "shared", .recorded = 400}, [](runs::RunDbWriter& db) {
            for (int step = 1; step <= 400; ++step) {
                runs::ExpertExchange exchange{step, kFusion.toStdString(), 4, {}};
                for (int i = 0; i < 16; ++i) exchange.tokens.push_back(100 * (i / 4) + 10 * (i % 4) + step);
                db.add(std::move(exchange));
            }
        });
        ExpertsPage& page = *shown.page;
        RankMatrix& matrix = page.rankMatrix();
        QTRY_VERIFY(shown.ready());
        page.focus().setLayer(kFusion);
        QVERIFY(matrix.isVisible());
        page.focus().setStep(200);
        QTest::mouseClick(&matrix, Qt::LeftButton, {}, matrix.cellRect(2, 1).center().toPoint());
        // 210 + 200 of 200 + 210 + 220 + 230 + 4 * 200 = 1,660
        QCOMPARE(matrix.words(), QStringLiteral("R2 to R1: 410 tokens, 24.7 % of what R2 sends"));
        QTest::keyClick(&matrix, Qt::Key_Right);
        QTest::keyClick(&matrix, Qt::Key_Up);
        QCOMPARE(matrix.from(), 1);
        QCOMPARE(matrix.to(), 2);
        QVERIFY(matrix.words().startsWith(QStringLiteral("R1 to R2: 320 tokens")));
        QTest::keyClick(&matrix, Qt::Key_Escape);
        QVERIFY2(matrix.words().endsWith(QStringLiteral("step 200")), qPrintable(matrix.words()));
        // Rows by rank: those of a rank stand together, within it by load.
        SegmentedControl& rows = page.toolBar().rowsControl();
        QTest::mouseClick(rows.findChildren<QAbstractButton*>()[2], Qt::LeftButton);
        QCOMPARE(page.focus().order(), ExpertOrder::kByRank);
        const LoadRing& ring = shown.layer().ring;
        double before = -1;
        int last_rank = 0;
        std::int64_t last_load = std::numeric_limits<std::int64_t>::max();
        for (const int expert : expertOrder(ring, LoadModality::kAll, ExpertOrder::kByRank, 4)) {
            const int rank = expert / 16;
            QVERIFY(rank == last_rank || rank == last_rank + 1);
            if (rank != last_rank) last_load = std::numeric_limits<std::int64_t>::max();
            const auto load = static_cast<std::int64_t>(ring.wholeCount(LoadModality::kAll, expert));
            QVERIFY(load <= last_load);
            const double y = shown.heat().yOf(expert);
            QVERIFY(y > before);
            before = y;
            last_rank = rank;
            last_load = load;
        }
        shotInBothThemes(page, QStringLiteral("experts-by-rank"));
        // A layer that every rank has whole has no such card, and no rows by rank.
        page.focus().setLayer(kText);
        QVERIFY(!matrix.isVisible());
        QCOMPARE(page.focus().order(), ExpertOrder::kById);
    }

    void longExchangesTakeBoundedMemory() {
        ExchangeHistory history;
        for (int step = 1; step <= 100'000; ++step)
            history.add({step, "layer", 8, std::vector<std::int32_t>(64, step)});
        QVERIFY(history.size() <= 2048);
        QCOMPARE(history.at(1e9)->step, std::int64_t{100'000});
        QCOMPARE(history.at(0)->step, std::int64_t{1});
        for (const int step : {5'000, 50'000, 99'000}) {
            const Exchange* exchange = history.at(step);
            QVERIFY(exchange->step <= step && exchange->step > step - 200);
            QCOMPARE(exchange->tokens[0], static_cast<std::int32_t>(exchange->step));
        }
        history.add({7, "layer", 2, {1, 2, 3, 4}});
        QCOMPARE(history.ranks(), 2);
        QCOMPARE(history.size(), std::size_t{1});
    }

    void hotAndColdAreExact() {
        const QString runs_dir = folders_.path(QStringLiteral("runs-hot"));
        // Expert e gets e + 1 tokens of 16 * 17 / 2 = 136: the fair share is 8.5. Expert 3 gets none.
        const runs::RunPaths paths = makeLoads(
            runs_dir, "hot", 16, 40, [](int, int e) { return e == 3 ? 0 : e + 1; },
            [](runs::RunDbWriter& db, int step) {
                db.add(runs::Metric{step, "moe/fusion.blocks.0.moe/least_share", 0.05, wallTime()});
            });
        AppContext context(runs_dir);
        ExpertsPage page(context);
        page.resize(1152, 800);
        page.show();
        context.selectRun(QString::fromStdString(paths.dir.string()));
        QTRY_COMPARE(page.state(), RecordPage::State::kContent);
        QTRY_VERIFY(context.runs().complete());
        const QAbstractItemModel& model = *page.hotCold().table().model();
        QTRY_COMPARE(model.rowCount(), 10);
        // 136 - 4 = 132 tokens, fair 8.25.
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("E15"));
        QCOMPARE(model.index(0, 1).data().toString(), QStringLiteral("1.9"));  // 16 / 8.25
        QCOMPARE(model.index(0, 2).data().toString(), QStringLiteral("12.1 % of tokens"));
        QCOMPARE(model.index(0, 3).data().toString(), QStringLiteral("100 %"));
        QCOMPARE(model.index(9, 0).data().toString(), QStringLiteral("E6"));
        page.hotCold().choice().setCurrent(1);
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("E0"));  // E3 is dead, not cold
        QCOMPARE(model.index(0, 1).data().toString(), QStringLiteral("0.12"));
        QCOMPARE(model.index(3, 0).data().toString(), QStringLiteral("E4"));
        QCOMPARE(texts(page.dead().list()), QStringList{"E3||never"});
        // At a fair share of 8.25 it would have had 256 tokens after 32 records.
        QCOMPARE(texts(page.alarms().list()), QStringList{"E3 dead, 40 records idle|fusion.0|32"});
    }

    void alarmsLeadToTheirStep() {
        const QString runs_dir = folders_.path(QStringLiteral("runs-alarms"));
        const runs::RunPaths paths = makeLoads(
            runs_dir, "alarms", 8, 200, [](int step, int e) { return e == 6 && step > 40 ? 0 : 10; },
            [](runs::RunDbWriter& db, int step) {
                const std::string prefix = "moe/fusion.blocks.0.moe/";
                db.add(runs::Metric{step, prefix + "max_violation", step == 67 ? 2.9 : 1.0, wallTime()});
                db.add(runs::Metric{step, prefix + "dropped", step == 150 ? 0.3 : 0.01, wallTime()});
                db.add(runs::Metric{step, prefix + "least_share", step > 40 ? 0.01 : 0.9, wallTime()});
                db.add(runs::Metric{step, "perf/step_ms", 400.0, wallTime()});
                db.add(runs::Metric{step, "perf/data_wait_ms", step >= 180 ? 360.0 : 1.0, wallTime()});
            });
        AppContext context(runs_dir);
        ExpertsPage page(context);
        page.resize(1152, 800);
        page.show();
        context.selectRun(QString::fromStdString(paths.dir.string()));
        QTRY_COMPARE(page.state(), RecordPage::State::kContent);
        JumpList& list = page.alarms().list();
        // Silent from 41 on: 27 records at a fair share of 9.5 are 256 tokens. The fifth record that waits is 184.
        QTRY_COMPARE(texts(list),
                     (QStringList{"Data stalled, 90 % of step time|run|184", "E6 dead, 160 records idle|fusion.0|67"}));
        QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, list.visualRect(list.model()->index(1, 0)).center());
        QCOMPARE(page.focus().step(), 67.0);
        QCOMPARE(page.tiles().figure(TilesRow::kViolation), QStringLiteral("2.90"));
        QCOMPARE(page.tiles().figureLabel(TilesRow::kViolation).palette().color(QPalette::WindowText),
                 Theme::instance().palette().warning);
        page.focus().setStep(100);
        page.focus().setExpert(-1);
        list.setCurrentIndex(list.model()->index(1, 0));
        QTest::keyClick(&list, Qt::Key_Return);
        QCOMPARE(page.focus().step(), 67.0);
        QCOMPARE(page.focus().expert(), 6);
        // What is no router's is another page's.
        QSignalSpy elsewhere_asked(&context, &AppContext::alarmRequested);
        list.setCurrentIndex(list.model()->index(0, 0));
        QTest::keyClick(&list, Qt::Key_Return);
        QCOMPARE(elsewhere_asked.count(), 1);
        QCOMPARE(page.focus().step(), 67.0);
        JumpList& dead = page.dead().list();
        QTest::mouseClick(dead.viewport(), Qt::LeftButton, {}, dead.visualRect(dead.model()->index(0, 0)).center());
        QCOMPARE(page.focus().step(), 40.0);
        // The strip: over its limit the bar is hatched in the danger colour.
        shot(page, QStringLiteral("experts-alarms"));
        const QImage image = page.heatmap().grab().toImage();
        const double scale = image.devicePixelRatio();
        const QRect strip = page.heatmap().stripRect();
        const double place = page.heatmap().xOf(150) * scale;
        int hatched = 0, elsewhere = 0;
        for (int y = static_cast<int>(strip.top() * scale); y < (strip.center().y() - 1) * scale; ++y) {
            for (int x = static_cast<int>(strip.left() * scale) + 1; x < strip.right() * scale; ++x) {
                if (image.pixelColor(x, y) != Theme::instance().palette().danger) continue;
                (std::abs(x - place) < 5 * scale ? hatched : elsewhere) += 1;
            }
        }
        QVERIFY(hatched > 0);
        QCOMPARE(elsewhere, 0);
    }

    void rowsByLoad() {
        Shown shown(folders_, {.name = "order"});
        QTRY_VERIFY(shown.ready());
        QCOMPARE(shown.heat().expertAt(shown.heat().heatRect().top() + 1), 0);
        QTest::mouseClick(shown.page->toolBar().rowsControl().findChildren<QToolButton*>().first(), Qt::LeftButton);
        const std::vector<int> order = expertOrder(shown.layer().ring, LoadModality::kAll, ExpertOrder::kByLoad);
        QCOMPARE(shown.heat().expertAt(shown.heat().heatRect().top() + 1), order.front());
        QCOMPARE(shown.heat().expertAt(shown.heat().heatRect().bottom()), order.back());
        QCOMPARE(order.back(), 17);
        QTest::keyClick(&shown.heat(), Qt::Key_Down);
        QCOMPARE(shown.page->focus().expert(), order.front());
    }

    void modalityChangesWhatIsCounted() {
        Shown shown(folders_, {.name = "modality"});
        QTRY_VERIFY(shown.ready());
        const QAbstractItemModel& model = *shown.page->hotCold().table().model();
        const LoadRing& ring = shown.layer().ring;
        for (const auto& [index, modality] : std::vector<std::pair<int, LoadModality>>{
                 {1, LoadModality::kText}, {2, LoadModality::kImage}, {0, LoadModality::kAll}}) {
            shown.page->toolBar().modalityControl().setCurrent(index);
            const auto hot = hottest(expertShares(shown.layer(), ring.size() - 1, modality), 10);
            QCOMPARE(model.index(0, 0).data(ExpertShareModel::kExpertRole).toInt(), hot.front().expert);
            QCOMPARE(model.index(0, 1).data(ExpertShareModel::kRatioRole).toDouble(), hot.front().ratio);
        }
    }

    void tooltipTellsTheCell() {
        Shown shown(folders_, {.name = "tip"});
        QTRY_VERIFY(shown.ready());
        shown.page->focus().setStep(1);
        LoadHeatmap& heat = shown.heat();
        const QImage before = seen(heat);
        moveMouse(heat, shown.at(12, 200));
        const QImage with = seen(heat);
        // A box in the text colour beside the mouse.
        const QPoint inside = shown.at(12, 200) + QPoint(14 + 6, 14 + 22);
        QCOMPARE(with.pixelColor(inside), Theme::instance().palette().text);
        QVERIFY(before.pixelColor(inside) != Theme::instance().palette().text);
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(&heat, &leave);
        QVERIFY(seen(heat) == before);
    }

    void manyExpertsHaveAFishEyeAndASearch() {
        Shown shown(folders_, {.name = "many", .recorded = 160, .experts = 512, .dead_expert = 141});
        QTRY_VERIFY(shown.ready());
        ExpertsPage& page = *shown.page;
        LoadHeatmap& heat = shown.heat();
        QVERIFY(page.toolBar().fishEyeBox().isVisible());
        QCOMPARE(heat.rows().eyeEnd(), 0);
        QLineEdit& search = page.toolBar().searchField();
        QTest::keyClicks(&search, QStringLiteral("E213"));
        QCOMPARE(page.focus().expert(), 213);
        QCOMPARE(page.toolBar().searchCount().text(), QStringLiteral("1 of 512"));
        QVERIFY(heat.rows().isLarge(213) && heat.rows().isLarge(209) && heat.rows().isLarge(217));
        QCOMPARE(heat.rows().bottom(213) - heat.rows().top(213), 16.0);
        QCOMPARE(heat.rows().bottom(208) - heat.rows().top(208), 8.0);
        QCOMPARE(heat.expertAt(heat.yOf(213)), 213);
        QTest::keyClicks(&search, QStringLiteral("9"));
        QCOMPARE(page.toolBar().searchCount().text(), QStringLiteral("0 of 512"));
        QVERIFY(search.property("invalid").toBool());
        QCOMPARE(page.focus().expert(), 213);
        search.selectAll();
        QTest::keyClick(&search, Qt::Key_Delete);
        QCOMPARE(page.focus().expert(), -1);
        page.focus().setExpert(30);
        QVERIFY(heat.rows().isLarge(30));
        QTest::mouseClick(&page.toolBar().fishEyeBox(), Qt::LeftButton, {}, QPoint(8, 10));
        QCOMPARE(heat.rows().eyeEnd(), 0);
        // Without an expert chosen the fish-eye comes to where the mouse rests.
        QTest::mouseClick(&page.toolBar().fishEyeBox(), Qt::LeftButton, {}, QPoint(8, 10));
        page.focus().setExpert(-1);
        const QPoint rest(heat.heatRect().center());
        const int expert = heat.expertAt(rest.y());
        moveMouse(heat, rest);
        QTRY_VERIFY(heat.rows().eyeEnd() > 0 && heat.rows().isLarge(expert));
        // The dead row is seen though a pixel holds several.
        const QImage image = heat.grab().toImage();
        const auto column = static_cast<int>(heat.xOf(155) * image.devicePixelRatio());
        const auto row = static_cast<int>(heat.yOf(141) * image.devicePixelRatio());
        int found = 0;
        for (int y = row - 1; y <= row + 1; ++y)
            found += image.pixelColor(column, y) == Theme::instance().palette().dead;
        QVERIFY(found >= 1);
    }

private:
    OwnFolders folders_;
};

QTEST_MAIN(ExpertsPageTest)
#include "experts_page_test.moc"
