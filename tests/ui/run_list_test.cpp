// SPDX-License-Identifier: GPL-3.0-or-later
// The run list by mouse and keyboard: a thousand runs, search, filters, order, notes, trash and undo, folders that
// something happened to.
#include <unistd.h>

#include <QAbstractItemView>
#include <QComboBox>
#include <QDialog>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPlainTextEdit>
#include <QProcess>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>
#include <cstdio>

#include "many_runs.h"
#include "support/program.h"
#include "support/timing.h"
#include "ui/main_window.h"
#include "ui/models/run_list_model.h"
#include "ui/services/run_feed.h"
#include "ui/services/run_keeper.h"

using namespace switchyard;
namespace fs = std::filesystem;
using test::ManyRun;
using ui::MainWindow;

namespace {

constexpr const char *kRole = "SWITCHYARD_TEST_LIST", *kSearch = "SWITCHYARD_TEST_SEARCH";

QListView* listOf(MainWindow& window) {
    return window.findChild<QListView*>("runList");
}
int shown(MainWindow& window) {
    return listOf(window)->model()->rowCount();
}

QStringList namesOf(MainWindow& window) {
    QStringList names;
    for (int row = 0; row < shown(window); ++row) names << listOf(window)->model()->index(row, 0).data().toString();
    return names;
}

QModelIndex rowOf(MainWindow& window, const QString& name) {
    const int row = static_cast<int>(namesOf(window).indexOf(name));
    return listOf(window)->model()->index(row, 0);
}

void clickRow(MainWindow& window, const QString& name, Qt::KeyboardModifiers keys = {}) {
    const QModelIndex index = rowOf(window, name);
    QVERIFY2(index.isValid(), qPrintable(name));
    listOf(window)->scrollTo(index);
    QTest::mouseClick(listOf(window)->viewport(), Qt::LeftButton, keys, listOf(window)->visualRect(index).center());
}

void search(MainWindow& window, const QString& text) {
    auto* field = window.findChild<QLineEdit*>("runSearch");
    QTest::mouseClick(field, Qt::LeftButton);
    QTest::keyClick(field, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(field, Qt::Key_Delete);
    QTest::keyClicks(field, text);
    QCOMPARE(field->text(), text);
}

/// Clicks through the menu that is open, and its sub-menus: a menu holds whoever opens it until it closes.
void chooseSoon(const QStringList& path) {
    QTimer::singleShot(50, qApp, [path] {
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        if (menu == nullptr) return chooseSoon(path);
        for (QAction* action : menu->actions()) {
            if (action->text() != path.first() && !action->text().startsWith(path.first() + " (")) continue;
            if (path.size() > 1) chooseSoon(path.mid(1));
            QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
            return;
        }
        qWarning("no %s in the menu", qPrintable(path.first()));
        while (QWidget* popup = QApplication::activePopupWidget()) popup->close();
    });
}

void chooseFrom(MainWindow& window, const char* button, const QStringList& path) {
    chooseSoon(path);
    auto* tool = window.findChild<QToolButton*>(button);
    QVERIFY(tool != nullptr);
    QTest::mouseClick(tool, Qt::LeftButton);
}

QPushButton* buttonOf(QWidget& window, const QString& text) {
    for (auto* button : window.findChildren<QPushButton*>()) {
        if (button->isVisible() && button->text() == text) return button;
    }
    return nullptr;
}

void click(QWidget* widget) {
    QTest::mouseClick(widget, Qt::LeftButton, {}, widget->rect().center());
}

/// How many of the first `count` runs a test means.
template <class Fits>
int countOf(int count, Fits fits) {
    int sum = 0;
    for (int i = 0; i < count; ++i) sum += fits(ManyRun(i)) ? 1 : 0;
    return sum;
}

/// Role of the process whose start is measured: lists, searches, says so, ends.
int measured(QApplication& application, const QString& runs_dir) {
    MainWindow window(runs_dir, {}, runs_dir + "/../measured.ini");
    window.show();
    QTimer poll;
    QObject::connect(&poll, &QTimer::timeout, &window, [&] {
        if (!window.context().runs().listed()) return;
        search(window, qEnvironmentVariable(kSearch));
        std::printf("%d of %zu\n", shown(window), window.context().runs().statuses().size());
        std::fflush(stdout);
        application.quit();
    });
    poll.start(2);
    return application.exec();
}

}  // namespace

class RunListTest : public QObject {
    Q_OBJECT
    test::OwnFolders folders_;
    QString many() const { return folders_.path("many"); }
    QString some() const { return folders_.path(QTest::currentTestFunction()); }

    std::unique_ptr<MainWindow> open(const QString& runs_dir, int count) {
        auto window = std::make_unique<MainWindow>(runs_dir, QString(), folders_.path("list.ini"));
        window->resize(1280, 800);
        window->show();
        [&] { QVERIFY(QTest::qWaitForWindowExposed(window.get())); }();
        [&] { QTRY_VERIFY_WITH_TIMEOUT(window->context().runs().listed(), 60'000); }();
        [&] { QCOMPARE(shown(*window), count); }();
        return window;
    }
    /// Milliseconds from starting a process until it has listed all runs and shows what a search found.
    qint64 startOf(const QString& runs_dir, const QString& words, const QString& expected) {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(kRole, runs_dir);
        environment.insert(kSearch, words);
        process.setProcessEnvironment(environment);
        QElapsedTimer timer;
        timer.start();
        process.start(QCoreApplication::applicationFilePath(), QStringList());
        [&] { QVERIFY(process.waitForReadyRead(60'000)); }();
        const qint64 ms = timer.elapsed();
        [&] { QCOMPARE(QString(process.readAllStandardOutput()).trimmed(), expected); }();
        process.waitForFinished();
        return ms;
    }

private Q_SLOTS:
    void initTestCase() {
        ui::Theme::instance().setDark(false);
        test::makeManyRuns(many(), 1000);
    }

    void aThousandRunsAreListedSearchedAndFiltered() {
        auto window = open(many(), 1000);
        search(*window, "experts=64 lr<1e-3");
        QCOMPARE(shown(*window), countOf(1000, [](const ManyRun& run) { return run.experts == 64 && run.lr < 1e-3; }));
        search(*window, "model.moe.experts>=32 -failed");
        QCOMPARE(shown(*window),
                 countOf(1000, [](const ManyRun& run) { return run.experts >= 32 && run.state != "failed"; }));
        search(*window, "tag:tag-42");
        QCOMPARE(shown(*window), countOf(1000, [](const ManyRun& run) { return run.hasTag("tag-42"); }));
        search(*window, "RUN-0123");
        QCOMPARE(namesOf(*window), QStringList{"run-0123"});
        search(*window, "NÄHER");  // any script's capitals
        QCOMPARE(shown(*window), 10);
        test::shotInBothThemes(*window, "list-search");
        ui::Theme::instance().setDark(false);

        // A key that no config has is said, with the one that is meant.
        auto* hint = window->findChild<QLabel*>("searchHint");
        QVERIFY(!hint->isVisible());
        search(*window, "expertz=64");
        QVERIFY(hint->isVisible() && hint->text().contains("expertz"));
        QVERIFY(buttonOf(*window, "Show all runs") != nullptr);
        click(buttonOf(*window, "Show all runs"));
        QCOMPARE(shown(*window), 1000);
        QVERIFY(!hint->isVisible());

        chooseFrom(*window, "filterButton", {"Failed"});
        QCOMPARE(shown(*window), 100);
        chooseFrom(*window, "filterButton", {"Failed or lost"});
        QCOMPARE(shown(*window), 200);
        search(*window, "experts=8");
        QCOMPARE(shown(*window), countOf(1000, [](const ManyRun& run) {
                     return run.experts == 8 && (run.state == "failed" || run.state.empty());
                 }));
        search(*window, "");
        chooseFrom(*window, "filterButton", {"All runs"});
        QCOMPARE(shown(*window), 1000);
        chooseFrom(*window, "filterButton", {"Tag", "tag-0"});
        QCOMPARE(window->findChild<QLineEdit*>("runSearch")->text(), QString("tag:tag-0"));
        QCOMPARE(shown(*window), countOf(1000, [](const ManyRun& run) { return run.hasTag("tag-0"); }));
        chooseFrom(*window, "filterButton", {"Tag", "tag-0"});  // and away again
        QCOMPARE(shown(*window), 1000);
    }

    void aConfigValueIsChosenFromWhatTheRunsHave() {
        auto window = open(many(), 1000);
        chooseFrom(*window, "filterButton", {"Config value..."});
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = window->findChild<QDialog*>()) != nullptr && dialog->isVisible());
        auto* key = dialog->findChild<QComboBox*>("filterKey");
        auto* value = dialog->findChild<QComboBox*>("filterValue");
        // What differs comes first, with the values there are.
        QStringList first;
        for (int i = 0; i < 5; ++i) first << key->itemText(i);
        QVERIFY2(first.contains("model.moe.experts") && first.contains("optim.lr"), qPrintable(first.join(' ')));
        QTest::mouseClick(key->lineEdit(), Qt::LeftButton);
        key->lineEdit()->selectAll();
        QTest::keyClicks(key->lineEdit(), "model.moe.experts");
        QTRY_COMPARE(value->count(), 3);
        QCOMPARE(value->itemText(2), QString("64"));
        QTest::mouseClick(value->lineEdit(), Qt::LeftButton);
        value->lineEdit()->selectAll();
        QTest::keyClicks(value->lineEdit(), "32");
        test::shotInBothThemes(*dialog, "list-config-filter");
        ui::Theme::instance().setDark(false);
        click(buttonOf(*dialog, "Add to search"));
        QCOMPARE(window->findChild<QLineEdit*>("runSearch")->text(), QString("model.moe.experts=32"));
        QCOMPARE(shown(*window), 250);
    }

    void orderIsChosen() {
        auto window = open(many(), 1000);
        chooseFrom(*window, "sortButton", {"By name"});
        QCOMPARE(namesOf(*window).first(), QString("run-0000"));
        QCOMPARE(namesOf(*window).last(), QString("run-0999"));
        chooseFrom(*window, "sortButton", {"Reversed"});
        QCOMPARE(namesOf(*window).first(), QString("run-0999"));
        chooseFrom(*window, "sortButton", {"Reversed"});
        chooseFrom(*window, "sortButton", {"By config value", "optim.lr"});
        const QStringList names = namesOf(*window);
        double last = 0;
        for (const QString& name : names) {
            const double lr = ManyRun(name.mid(4).toInt()).lr;
            QVERIFY(lr >= last);
            last = lr;
        }
        chooseFrom(*window, "sortButton", {"By state"});
        QCOMPARE(ManyRun(namesOf(*window).last().mid(4).toInt()).state, std::string());
    }

    void theSearchExplainsItself() {
        auto window = open(many(), 1000);
        click(window->findChild<QToolButton*>("searchHelpButton"));
        QWidget* help = window->findChild<QWidget*>("searchHelp");
        QTRY_VERIFY(help != nullptr && help->isVisible());
        test::shotInBothThemes(*help, "list-search-help");
        ui::Theme::instance().setDark(false);
        QStringList words;
        for (auto* label : help->findChildren<QLabel*>()) words << label->text();
        for (const char* part : {"experts=64", "lr<1e-3", "tag:glue", "state:failed,lost"})
            QVERIFY2(words.contains(part), part);
        QTest::keyClick(help, Qt::Key_Escape);
        QTRY_VERIFY(!help->isVisible());
    }

    void onlyWhatChangedIsTold() {
        test::makeManyRuns(some(), 30);
        auto window = open(some(), 30);
        QTest::qWait(1500);
        QSignalSpy told(&window->context().runs(), &ui::RunFeed::listChanged);
        QTest::qWait(3500);
        QCOMPARE(told.count(), 0);
        // The row that is chosen and how far the list is scrolled survive what comes and goes.
        clickRow(*window, "run-0011");
        const QString chosen = window->context().selectedRun();
        QVERIFY(chosen.endsWith("run-0011"));
        runs::setNote((some() + "/run-0020").toStdString(), "from elsewhere");
        QTRY_VERIFY(told.count() >= 1);
        QCOMPARE(QString::fromStdString(window->context().runs().status(some() + "/run-0020")->note),
                 QString("from elsewhere"));
        fs::copy(fs::path((many() + "/run-0900").toStdString()), fs::path((some() + "/copied").toStdString()),
                 fs::copy_options::recursive);
        QTRY_COMPARE(shown(*window), 31);
        QVERIFY(rowOf(*window, "copied").isValid());
        fs::remove_all((some() + "/run-0005").toStdString());
        QTRY_COMPARE(shown(*window), 30);
        QCOMPARE(window->context().selectedRun(), chosen);
        QCOMPARE(listOf(*window)->currentIndex().data().toString(), QString("run-0011"));
        clickRow(*window, "copied");
        const auto recorded = [&] { return window->context().runs().series("loss/total"); };
        QTRY_VERIFY(recorded() != nullptr && recorded()->step.size() == 20);
    }

    void notesAreWrittenInTheInspectorAndSeenByTheCommandLine() {
        test::makeManyRuns(some(), 3);
        auto window = open(some(), 3);
        clickRow(*window, "run-0001");
        QTest::keyClick(listOf(*window), Qt::Key_F2);
        QCOMPARE(window->currentPage(), QString("run"));
        auto* note = window->findChild<QPlainTextEdit*>("runNote");
        QTRY_VERIFY(note != nullptr && note->isVisible());
        QTest::mouseClick(note->viewport(), Qt::LeftButton);
        QTest::keyClicks(note, "Best so far; see run-0000");
        test::shotInBothThemes(*window, "list-note");
        ui::Theme::instance().setDark(false);
        QTest::keyClick(note, Qt::Key_Return, Qt::ControlModifier);
        const auto noteOf = [&](const char* name) {
            return test::cli({"runs", "show", some() + "/" + name, "--json"}).json()["note"].toString();
        };
        QTRY_COMPARE(noteOf("run-0001"), QString("Best so far; see run-0000"));
        QTRY_VERIFY(buttonOf(*window, "Save note") != nullptr && !buttonOf(*window, "Save note")->isEnabled());
        search(*window, "note:best");
        QTRY_COMPARE(namesOf(*window), QStringList{"run-0001"});
        search(*window, "");
        // By its button; and what the command line writes is shown.
        QTest::mouseClick(note->viewport(), Qt::LeftButton);
        QTest::keyClick(note, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(note, "second");
        click(buttonOf(*window, "Save note"));
        QTRY_COMPARE(noteOf("run-0001"), QString("second"));
        QCOMPARE(test::cli({"runs", "note", some() + "/run-0001", "by the command line"}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(note->toPlainText(), QString("by the command line"), 10'000);
        // Leaving it for another run saves it, to the run it was written for.
        QTest::mouseClick(note->viewport(), Qt::LeftButton);
        QTest::keyClick(note, Qt::Key_End, Qt::ControlModifier);
        QTest::keyClicks(note, " and by hand");
        clickRow(*window, "run-0002");
        QTRY_COMPARE(noteOf("run-0001"), QString("by the command line and by hand"));
        QCOMPARE(noteOf("run-0002"), QString());
        QTRY_COMPARE(note->toPlainText(), QString());
    }

    void severalGoToTheTrashAndComeBack() {
        test::makeManyRuns(some(), 6);
        // One that lives: this process drives it.
        runs::SupervisorRecord live;
        live.pid = getpid();
        live.start_ticks = runs::processStartTicks(getpid());
        live.boot_id = runs::bootId();
        live.phase = "running";
        runs::writeSupervisorRecord(runs::RunPaths((some() + "/run-0003").toStdString()), live);
        auto window = open(some(), 6);
        clickRow(*window, "run-0001");
        clickRow(*window, "run-0002", Qt::ControlModifier);
        clickRow(*window, "run-0003", Qt::ControlModifier);
        QTest::keyClick(listOf(*window), Qt::Key_Delete);
        QTRY_COMPARE(shown(*window), 4);
        QVERIFY(!rowOf(*window, "run-0001").isValid() && rowOf(*window, "run-0003").isValid());
        QVERIFY(QFile::exists(some() + "/.trash/run-0002/run.db"));
        // The one that lives is told; the others can be brought back all the same.
        const auto told = [&] {
            QStringList words;
            for (auto* label : window->findChildren<QLabel*>()) {
                if (label->isVisible()) words << label->text();
            }
            return words.filter("2 runs are in the trash").filter("run is live").size() == 1;
        };
        QTRY_VERIFY(told() && buttonOf(*window, "Undo") != nullptr);
        QTest::keyClick(listOf(*window), Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(shown(*window), 6);
        // By the menu and the banner's button.
        clickRow(*window, "run-0004");
        clickRow(*window, "run-0005", Qt::ShiftModifier);
        const int chosen = static_cast<int>(listOf(*window)->selectionModel()->selectedIndexes().size());
        QVERIFY(chosen >= 2);
        const QPoint at = listOf(*window)->visualRect(rowOf(*window, "run-0005")).center();
        chooseSoon({QString("Move %1 runs to trash").arg(chosen)});
        Q_EMIT listOf(*window)->customContextMenuRequested(at);
        QTRY_COMPARE(shown(*window), 6 - chosen);
        test::shotInBothThemes(*window, "list-trashed");
        ui::Theme::instance().setDark(false);
        QPushButton* undo = nullptr;
        QTRY_VERIFY((undo = buttonOf(*window, "Undo")) != nullptr);
        click(undo);
        QTRY_COMPARE(shown(*window), 6);
        QTRY_VERIFY(buttonOf(*window, "Undo") == nullptr);
        // The command line's trash is the same.
        QCOMPARE(test::cli({"runs", "delete", some() + "/run-0000"}).code, 0);
        QTRY_COMPARE(shown(*window), 5);
        QCOMPARE(test::cli({"runs", "restore", "run-0000", "--runs-dir", some()}).code, 0);
        QTRY_COMPARE(shown(*window), 6);
    }

    void brokenFoldersAreListedWithTheReasonAndBreakNothing() {
        test::makeManyRuns(some(), 12);
        const auto at = [&](const char* name) { return runs::RunPaths((some() + "/" + name).toStdString()); };
        const auto spoil = [](const fs::path& file, const char* text) { std::ofstream(file, std::ios::trunc) << text; };
        fs::remove(at("run-0001").resolvedConfig());
        fs::remove(at("run-0002").resolvedConfig());
        fs::create_directory(at("run-0002").resolvedConfig());
        spoil(at("run-0003").database(), "no database at all");
        fs::remove(at("run-0004").database());
        fs::create_directory(at("run-0004").database());
        spoil(at("run-0005").result(), "{\"state\": \"fini");
        spoil(at("run-0006").resolvedConfig(), "model: {layers: [\n");
        for (const char* name : {"config.yaml", "config.resolved.yaml", "run.db", "result.json"})
            fs::remove(at("run-0007").dir / name);
        spoil(at("run-0008").supervisor(), "\xff\xfe");
        fs::permissions(at("run-0009").dir, fs::perms::none);
        fs::resize_file(at("run-0010").database(), fs::file_size(at("run-0010").database()) / 2);
        fs::create_directories(some().toStdString() + "/foreign/lightning_logs");
        auto window = open(some(), 13);
        const std::map<QString, QString> words = {{"run-0001", "config.resolved.yaml is missing"},
                                                  {"run-0002", "config.resolved.yaml can not be read"},
                                                  {"run-0003", "run.db can not be read"},
                                                  {"run-0004", "run.db can not be read"},
                                                  {"run-0005", "result.json is damaged"},
                                                  {"run-0006", "config.resolved.yaml can not be read"},
                                                  {"run-0007", "half deleted"},
                                                  {"run-0008", "supervisor.json is damaged"},
                                                  {"foreign", "no run of this program"}};
        for (const auto& [name, part] : words) {
            const QString tip = rowOf(*window, name).data(Qt::ToolTipRole).toString();
            QVERIFY2(tip.contains(part), qPrintable(name + ": " + tip));
        }
        if (geteuid() != 0)
            QVERIFY(rowOf(*window, "run-0009").data(Qt::ToolTipRole).toString().contains("can not be looked into"));
        QVERIFY(rowOf(*window, "run-0007").data(Qt::AccessibleTextRole).toString().contains("half deleted"));
        for (const char* page : {"run", "curves", "experts", "checkpoints"}) {
            click(window->findChild<QToolButton*>(QStringLiteral("tab-") + page));
            for (const QString& name : namesOf(*window)) {
                clickRow(*window, name);
                QTRY_VERIFY_WITH_TIMEOUT(window->context().runs().complete(), 10'000);
                QTest::qWait(30);
            }
        }
        click(window->findChild<QToolButton*>("tab-run"));
        clickRow(*window, "run-0006");
        QTest::qWait(300);
        test::shotInBothThemes(*window, "list-broken");
        ui::Theme::instance().setDark(false);
        // What is whole is as usable as ever, and a broken one can be thrown away.
        clickRow(*window, "run-0000");
        const auto recorded = [&] { return window->context().runs().series("loss/total"); };
        QTRY_VERIFY(recorded() != nullptr && recorded()->step.size() == 20);
        clickRow(*window, "run-0007");
        QTest::keyClick(listOf(*window), Qt::Key_Delete);
        QTRY_COMPARE(shown(*window), 12);
        fs::permissions(at("run-0009").dir, fs::perms::owner_all);
    }

    void bigAndSmallScreens() {
        auto window = open(many(), 1000);
        clickRow(*window, namesOf(*window).value(4));
        click(window->findChild<QToolButton*>("tab-run"));
        for (const QSize& size : {QSize(1280, 800), QSize(2560, 1440)}) {
            window->resize(size);
            QTest::qWait(300);
            QCOMPARE(window->size(), size);
            test::shotInBothThemes(*window, QString("list-%1").arg(size.width()));
        }
        ui::Theme::instance().setDark(false);
    }

    /// Held to its times by ctest -L bench alone.
    void speedOfAThousandRuns() {
        const QString few = folders_.path("hundred");
        test::makeManyRuns(few, 100);
        const QString found =
            QString::number(countOf(1000, [](const ManyRun& run) { return run.experts == 64 && run.lr < 1e-3; }));
        const QString found_few =
            QString::number(countOf(100, [](const ManyRun& run) { return run.experts == 64 && run.lr < 1e-3; }));
        startOf(few, "experts=64 lr<1e-3", found_few + " of 100");  // the files of the program come from the disk once
        const qint64 hundred = startOf(few, "experts=64 lr<1e-3", found_few + " of 100");
        const qint64 thousand = startOf(many(), "experts=64 lr<1e-3", found + " of 1000");
        // How long the window is ever busy while it reads them, and per key typed.
        auto window = std::make_unique<MainWindow>(many(), QString(), folders_.path("speed.ini"));
        window->show();
        qint64 longest = 0;
        QElapsedTimer since;
        QTimer beat;
        connect(&beat, &QTimer::timeout, window.get(), [&] { longest = std::max(longest, since.restart()); });
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        since.start();
        beat.start(1);
        QTRY_VERIFY_WITH_TIMEOUT(window->context().runs().listed(), 60'000);
        beat.stop();
        QElapsedTimer typing;
        typing.start();
        search(*window, "experts=64 lr<1e-3 tag-4");
        const double per_key = static_cast<double>(typing.elapsed()) / 24;
        qInfo(
            "start to searched: 100 runs %lld ms, 1000 runs %lld ms; longest stall while reading %lld ms; a key %.1f "
            "ms",
            static_cast<long long>(hundred), static_cast<long long>(thousand), static_cast<long long>(longest),
            per_key);
        if (!test::timesCount()) return;
        QVERIFY2(hundred < 500, qPrintable(QString::number(hundred)));
        QVERIFY2(thousand < 1000, qPrintable(QString::number(thousand)));
        QVERIFY2(longest < 100, qPrintable(QString::number(longest)));
        QVERIFY2(per_key < 16, qPrintable(QString::number(per_key)));
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QString role = qEnvironmentVariable(kRole);
    if (!role.isEmpty()) {
        ui::Theme::instance().setDark(false);
        return measured(application, role);
    }
    RunListTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "run_list_test.moc"
