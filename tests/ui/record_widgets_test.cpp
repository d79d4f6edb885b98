// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages of a run's record are made of: refreshes, loading, tables, files written in the background.
#include <QClipboard>
#include <QElapsedTimer>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

#include "ui/models/curve_table.h"
#include "ui/models/load_table.h"
#include "ui/services/background_save.h"
#include "ui/widgets/chart_menu.h"
#include "ui/widgets/loading_state.h"
#include "ui/widgets/refresh_gate.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/table_dialog.h"
#include "ui_tools.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

Series series(std::vector<double> steps, std::vector<double> values) {
    Series s;
    s.time.assign(steps.size(), 1000);
    s.step = std::move(steps);
    s.value = std::move(values);
    return s;
}

}  // namespace

class RecordWidgetsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().setDark(true); }

    void manyChangesBecomeFewRefreshes() {
        QWidget view;
        RefreshGate gate(&view);
        QSignalSpy due(&gate, &RefreshGate::due);
        gate.request(true);
        QTest::qWait(150);
        QCOMPARE(due.size(), 0);  // not shown yet
        view.show();
        QTRY_COMPARE(due.size(), 1);
        QCOMPARE(due[0][0].toBool(), true);
        QElapsedTimer clock;
        clock.start();
        while (clock.elapsed() < 450) {
            gate.request(false);
            QTest::qWait(5);
        }
        QTest::qWait(120);
        // At most one every 100 ms, and the last change is not forgotten.
        QVERIFY2(due.size() >= 2 && due.size() <= 7, qPrintable(QString::number(due.size())));
        QCOMPARE(due.last()[0].toBool(), false);
        const auto before = due.size();
        view.hide();
        gate.request(false);
        QTest::qWait(150);
        QCOMPARE(due.size(), before);
    }

    void loadingIsQuietAtFirst() {
        LoadingState loading(QStringLiteral("Reading the record"));
        loading.resize(400, 300);
        loading.show();
        loading.start();
        loading.setProgress(7200, 12400, QStringLiteral("7,200 of 12,400 steps"));
        auto* cancel = loading.findChild<QPushButton*>();
        QVERIFY(!cancel->isVisible());
        QTRY_VERIFY(cancel->isVisible());
        const auto labels = loading.findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(),
                            [](QLabel* label) { return label->text() == "7,200 of 12,400 steps"; }));
        QSignalSpy cancelled(&loading, &LoadingState::cancelled);
        QTest::mouseClick(cancel, Qt::LeftButton);
        QCOMPARE(cancelled.size(), 1);
    }

    void theLastChoiceSeenHasTheRoundEnd() {
        SegmentedControl control({"By load", "By id", "By rank"});
        const auto end = [&](int i) {
            return control.findChildren<QToolButton*>()[i]->property("segmentEnd").toString();
        };
        // The border at the right is drawn in the colour of the border at the left.
        const auto closed = [&] {
            control.resize(control.sizeHint());
            const QImage drawn = control.grab().toImage();
            QToolButton* last = nullptr;
            for (auto* button : control.findChildren<QToolButton*>()) last = button->isVisible() ? button : last;
            return drawn.pixelColor(last->geometry().right(), drawn.height() / 2) ==
                   drawn.pixelColor(0, drawn.height() / 2);
        };
        control.show();
        QVERIFY(end(0) == "first" && end(1).isEmpty() && end(2) == "last" && closed());
        control.setChoiceVisible(2, false);
        QVERIFY(end(1) == "last" && closed());
        control.setChoiceVisible(2, true);
        QVERIFY(end(1).isEmpty() && end(2) == "last" && closed());
    }

    void metricsAreJoinedByStep() {
        QHash<QString, Series> records = {{"a", series({1, 2, 4}, {10, 20, 40})},
                                          {"b", series({2, 3}, {0.5, std::nan("")})}};
        RunCurves curves;
        curves.setTags({}, {"a", "b"});
        const auto lookup = [&records](const QString& tag) -> const Series* {
            const auto found = records.constFind(tag);
            return found == records.constEnd() ? nullptr : &*found;
        };
        curves.sync(lookup);
        CurveTable table(QStringList{"a", "b"});
        QCOMPARE(table.sync(curves), CurveTable::Change::kAppended);
        QCOMPARE(table.rows(), std::size_t(4));
        QCOMPARE(*table.value(1, 1), 0.5);
        QVERIFY(!table.value(0, 1).has_value());
        QCOMPARE(table.rowAt(3.5), std::size_t(2));
        QBuffer out;
        out.open(QIODevice::WriteOnly);
        table.writeCsv(out, {{2, 4}});
        QCOMPARE(out.data(), QByteArray("step,time,a,b\n2,1000.000,20,0.5\n3,1000.000,,nan\n4,1000.000,40,\n"));
        records["a"].step.push_back(5), records["a"].value.push_back(50), records["a"].time.push_back(1001);
        curves.sync(lookup);
        QCOMPARE(table.sync(curves), CurveTable::Change::kAppended);
        QCOMPARE(table.rows(), std::size_t(5));
        // A resume that repeats step 4: the rows are made anew.
        records["a"].step.push_back(4), records["a"].value.push_back(41), records["a"].time.push_back(1002);
        curves.sync(lookup);
        QCOMPARE(table.sync(curves), CurveTable::Change::kRebuilt);
        QCOMPARE(table.rows(), std::size_t(4));
        QCOMPARE(*table.value(3, 0), 41.0);
        QCOMPARE(table.sync(curves), CurveTable::Change::kNone);
    }

    void numbersReadBackAsTheSame() {
        QCOMPARE(csvNumber(0.1), QByteArray("0.1"));
        QCOMPARE(csvNumber(1.0 / 3).toDouble(), 1.0 / 3);
        QCOMPARE(csvNumber(-std::numeric_limits<double>::infinity()), QByteArray("-inf"));
        QBuffer out;
        out.open(QIODevice::WriteOnly);
        writeTableCsv(out, {"Expert", "Tokens"}, {{"E0", "1,200"}, {"E1", "say \"x\""}});
        QCOMPARE(out.data(), QByteArray("Expert,Tokens\nE0,\"1,200\"\nE1,\"say \"\"x\"\"\"\n"));
    }

    void tablesAreCopied() {
        auto* model = new TextTableModel({"Expert", "Tokens"}, {{"E0", "12"}, {"E1", "7"}, {"E2", "0"}});
        auto* dialog = new TableDialog(QStringLiteral("Tokens"), model, nullptr);
        dialog->show();
        dialog->showRow(2);
        QCOMPARE(dialog->view()->currentIndex().row(), 2);
        dialog->view()->selectionModel()->select(QItemSelection(model->index(0, 0), model->index(1, 1)),
                                                 QItemSelectionModel::ClearAndSelect);
        const auto buttons = dialog->findChildren<QPushButton*>();
        QCOMPARE(buttons.first()->text(), QStringLiteral("Copy"));
        QTest::mouseClick(buttons.first(), Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("E0\t12\nE1\t7"));
        QSignalSpy csv(dialog, &TableDialog::csvAsked);
        QTest::mouseClick(buttons[1], Qt::LeftButton);
        QCOMPARE(csv.size(), 1);
        QPointer<TableDialog> alive(dialog);
        QTest::mouseClick(buttons[2], Qt::LeftButton);
        QTRY_VERIFY(alive.isNull());
    }

    void filesAreWrittenWholeOrNotAtAll() {
        QObject context;
        QString problem = QStringLiteral("none yet");
        const auto done = [&problem](const QString& text) { problem = text; };
        const QString path = folders_.path(QStringLiteral("whole.txt"));
        saveInBackground(
            &context, path, [](QIODevice& out) { out.write("all of it"); }, done);
        QTRY_COMPARE(problem, QString());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("all of it"));
        const QString nowhere = folders_.path(QStringLiteral("no/such/folder/x.txt"));
        saveInBackground(
            &context, nowhere, [](QIODevice& out) { out.write("x"); }, done);
        QTRY_VERIFY(problem.contains(nowhere));
        QVERIFY(problem.contains(QStringLiteral("can not be written: ")));
        QVERIFY(!QFile::exists(nowhere));
    }

    void menusOfferTableAndExports() {
        ChartMenu menu(QStringLiteral("Loss"), {ChartExport::kPng, ChartExport::kCsvVisible});
        QCOMPARE(menu.accessibleName(), QStringLiteral("Menu of Loss"));
        QStringList entries;
        for (QAction* action : menu.menu().actions()) entries << action->text();
        QCOMPARE(entries, (QStringList{"Data table", "", "Export PNG...", "Export CSV of the visible range..."}));
        QSignalSpy table(&menu, &ChartMenu::tableAsked), asked(&menu, &ChartMenu::exportAsked);
        menu.menu().actions()[0]->trigger();
        menu.menu().actions()[3]->trigger();
        QCOMPARE(table.size(), 1);
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked[0][0].value<ChartExport>(), ChartExport::kCsvVisible);
    }

private:
    OwnFolders folders_;
};

QTEST_MAIN(RecordWidgetsTest)
#include "record_widgets_test.moc"
