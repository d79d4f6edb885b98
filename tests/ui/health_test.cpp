// SPDX-License-Identifier: GPL-3.0-or-later
// Alarms in the window while a run grows ill: on the Experts page, in the events and in the list of runs; mouse and
// keyboard lead from there to the step, on the page that shows it.
#include <QLabel>
#include <QListView>
#include <QTableView>
#include <QtTest>

#include "core/base/health/monitor.h"
#include "ui/main_window.h"
#include "ui/panels/curves_page.h"
#include "ui/panels/events_panel.h"
#include "ui/panels/experts/alarm_cards.h"
#include "ui/panels/experts/jump_list.h"
#include "ui/panels/experts_page.h"
#include "ui/panels/run_commands.h"
#include "ui/panels/run_list_panel.h"
#include "ui/services/run_feed.h"
#include "ui_tools.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

const std::string kLayer = "fusion.blocks.0.moe";

/// Steps of a run; from `ill` on the router sends all to expert 3, and step `spike` has a loss of 9.
void record(runs::RunDbWriter& db, int first, int last, int ill, int spike) {
    for (int step = first; step <= last; ++step) {
        const bool collapsed = step >= ill;
        for (const char* modality : {"text", "image"}) {
            std::vector<std::int32_t> counts(8, collapsed ? 20 : 40);
            if (collapsed) counts[3] = 180;
            db.add(runs::ExpertLoad{step, kLayer, modality, std::move(counts), 0});
        }
        const auto add = [&](const std::string& tag, double value) {
            db.add(runs::Metric{step, tag, value, wallTime()});
        };
        add("loss/total", step == spike ? 9.0 : 1.5);
        add("moe/" + kLayer + "/entropy", collapsed ? 0.05 : 1.9);
        add("moe/" + kLayer + "/max_violation", collapsed ? 3.5 : 0.2);
        add("moe/" + kLayer + "/dropped", 0);
        add("moe/" + kLayer + "/least_share", collapsed ? 0.02 : 0.9);
        add("moe/" + kLayer + "/experts_in_use_text", collapsed ? 1.2 : 7.8);
        add("moe/" + kLayer + "/experts_in_use_image", collapsed ? 1.2 : 7.8);
        add("perf/step_ms", 100);
        add("perf/data_wait_ms", 1);
    }
    db.flush();
}

QStringList texts(const JumpList& list) {
    QStringList rows;
    for (int row = 0; row < list.rows().rowCount(); ++row)
        rows << list.rows().row(row).text + u'|' + list.rows().row(row).step;
    return rows;
}

int rowWith(const QAbstractItemModel& model, const QString& text) {
    for (int row = 0; row < model.rowCount(); ++row)
        if (model.index(row, EventsModel::kText).data().toString().contains(text)) return row;
    return -1;
}

}  // namespace

class HealthTest : public QObject {
    Q_OBJECT
    OwnFolders folders_;

private Q_SLOTS:
    void alarmsAppearAndLeadToTheirStep() {
        const QString runs_dir = folders_.path("runs");
        QDir().mkpath(runs_dir);
        makeRun(runs_dir, {.name = "healthy", .recorded = 60, .experts = 8, .dead_expert = -1});
        const runs::RunPaths paths = makeRun(runs_dir, {.name = "ill", .recorded = 0, .experts = 8, .state = ""});
        runs::RunDbWriter db(paths.database());
        record(db, 1, 60, 1000, 1000);
        MainWindow window(runs_dir, QString::fromStdString(paths.dir.string()), folders_.path("window.ini"));
        window.resize(1280, 800);
        window.show();
        window.showPage("experts");
        auto* experts = static_cast<ExpertsPage*>(window.page("experts"));
        QTRY_COMPARE(experts->state(), RecordPage::State::kContent);
        QTRY_VERIFY(window.context().runs().complete());
        QCOMPARE(experts->alarms().list().rows().rowCount(), 0);

        // The run goes on; the window has not been touched.
        record(db, 61, 120, 81, 70);
        QTRY_COMPARE(texts(experts->alarms().list()),
                     (QStringList{"Collapsed, all tokens to E3|88", "Loss leapt to 9.000|70"}));
        QCOMPARE(window.context().runs().alarms(), health::alarmsOf(paths.dir.string()));  // as the command line says
        shotInBothThemes(window, "health-experts");

        // Mouse: the router's alarm on this page, the loss's on the Curves page.
        JumpList& list = experts->alarms().list();
        const auto click = [](QAbstractItemView& view, const QModelIndex& at) {
            view.scrollTo(at);
            QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, view.visualRect(at).center());
        };
        click(list, list.model()->index(0, 0));
        QCOMPARE(experts->focus().step(), 88.0);
        QCOMPARE(experts->focus().expert(), 3);
        click(list, list.model()->index(1, 0));
        QCOMPARE(window.currentPage(), QString("curves"));
        auto* curves = static_cast<CurvesPage*>(window.page("curves"));
        QTRY_COMPARE(curves->group().cursor().step(), std::optional<double>(70));
        QVERIFY(curves->group().cursor().pinned());
        shotInBothThemes(window, "health-curves");

        // The events: the same alarms; Return and a click lead there.
        auto* events = window.findChild<EventsPanel*>();
        events->setOpen(true);
        auto* table = events->findChild<QTableView*>();
        QTRY_VERIFY(rowWith(*table->model(), "all tokens to E3") >= 0);
        experts->focus().setStep(10);
        table->setFocus();
        table->setCurrentIndex(table->model()->index(rowWith(*table->model(), "all tokens to E3"), EventsModel::kText));
        shotInBothThemes(window, "health-events");
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(window.currentPage(), QString("experts"));
        QTRY_COMPARE(experts->focus().step(), 88.0);
        curves->group().cursor().pin(5);
        click(*table, table->model()->index(rowWith(*table->model(), "Loss leapt"), EventsModel::kText));
        QCOMPARE(window.currentPage(), QString("curves"));
        QTRY_COMPARE(curves->group().cursor().step(), std::optional<double>(70));
        // An event that is no alarm leads nowhere.
        window.showPage("experts");
        click(*table, table->model()->index(rowWith(*table->model(), "Started on"), EventsModel::kText));
        QCOMPARE(window.currentPage(), QString("experts"));
    }

    void theListOfRunsIsMarked() {
        const QString runs_dir = folders_.path("runs-marked");
        QDir().mkpath(runs_dir);
        const runs::RunPaths well =
            makeRun(runs_dir, {.name = "well", .recorded = 60, .experts = 8, .dead_expert = -1});
        const runs::RunPaths ill = makeRun(runs_dir, {.name = "ill", .recorded = 0, .experts = 8});
        runs::RunDbWriter db(ill.database());
        record(db, 1, 120, 81, 70);
        AppContext context(runs_dir);
        RunCommands commands(context, nullptr);
        RunListPanel panel(context, commands);
        panel.resize(288, 300);
        panel.show();
        auto* rows = panel.findChild<QListView*>();
        QTRY_COMPARE(rows->model()->rowCount(), 2);
        const auto rowOf = [rows](const QString& name) {
            for (int row = 0; row < rows->model()->rowCount(); ++row)
                if (rows->model()->index(row, 0).data().toString() == name) return rows->model()->index(row, 0);
            return QModelIndex();
        };
        const auto marked = [&](const QString& name) {
            const QImage picture = rows->viewport()->grab(rows->visualRect(rowOf(name))).toImage();
            const QColor danger = Theme::instance().palette().danger;
            int pixels = 0;
            for (int y = 0; y < picture.height(); ++y)
                for (int x = picture.width() / 2; x < picture.width(); ++x)
                    pixels += picture.pixelColor(x, y) == danger ? 1 : 0;
            return pixels > 4;
        };
        QVERIFY(!marked("ill"));
        // Rank 0 raises its alarms.
        db.setMeta(health::kMetaKey, health::toMeta(health::alarmsOf(ill.dir.string())));
        db.flush();
        QTRY_VERIFY(marked("ill"));
        QVERIFY(!marked("well"));
        shotInBothThemes(panel, "health-runs");
        QVERIFY(rowOf("ill").data(Qt::AccessibleTextRole).toString().contains("2 alarms: "));
        QVERIFY(
            rowOf("ill").data(Qt::ToolTipRole).toString().contains("Collapsed, all tokens to E3 (fusion.0, step 88)"));
        QVERIFY(!rowOf("well").data(Qt::AccessibleTextRole).toString().contains("alarm"));
    }
};

QTEST_MAIN(HealthTest)
#include "health_test.moc"
