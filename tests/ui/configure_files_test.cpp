// SPDX-License-Identifier: GPL-3.0-or-later
// The Configure page and the world: files, comparison, the command line, starting a run.
#include <QClipboard>
#include <QFileDialog>
#include <QTableView>
#include <QtTest>

#include "core/base/launch/supervisor.h"
#include "core/base/runs/run_status.h"
#include "tests/ui/configure_host.h"
#include "tests/ui/ui_tools.h"
#include "ui/panels/configure/difference_list.h"
#include "ui/panels/configure/start_control.h"
#include "ui/services/run_feed.h"
#include "ui/services/run_launcher.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

std::string fileBytes(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : "(none)";
}

void writeFile(const QString& path, const std::string& bytes) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes.data(), static_cast<qint64>(bytes.size()));
}

/// The file dialog that is open, answered with a file.
void answerDialog(ConfigureHost& host, const QString& file) {
    QTRY_VERIFY(host.page.findChild<QFileDialog*>() != nullptr);
    auto* dialog = host.page.findChild<QFileDialog*>();
    dialog->setDirectory(QFileInfo(file).path());
    dialog->selectFile(file);
    auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
    QVERIFY(name != nullptr);
    name->setText(file);
    QMetaObject::invokeMethod(dialog, "accept");
    QTRY_VERIFY(host.page.findChild<QFileDialog*>() == nullptr);
    host.window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&host.window));
}

}  // namespace

class ConfigureFilesTest : public QObject {
    Q_OBJECT
public:
    explicit ConfigureFilesTest(const OwnFolders& folders) : folders_(folders) {}

private Q_SLOTS:
    void initTestCase() {
        Theme::instance().setDark(false);
        // Runs are driven by the command line program, looked for beside the program that starts them.
        const QString beside = QCoreApplication::applicationDirPath() + "/switchyard";
        if (!QFileInfo::exists(beside)) QFile::link(SWITCHYARD_BIN_DIR "/switchyard", beside);
    }

    void opensAndSavesFiles() {
        QTemporaryDir folder;
        const QString file = folder.filePath("mine.yaml");
        const std::string text = "# mine\nrun: {name: mine}\ntrain: {steps: 7}  # few\n";
        writeFile(file, text);
        ConfigureHost host(runs());
        QVERIFY(host.show());
        QSignalSpy reported(&host.context, &AppContext::reported);
        host.click(host.button("Open... (Ctrl+O)"));
        answerDialog(host, file);
        QTRY_COMPARE(host.text(), text);
        QTRY_VERIFY(host.checked());
        QVERIFY(host.strip().command().contains(file));
        QVERIFY(host.button("Copy command")->isEnabled());

        host.input("train.steps");
        host.key(Qt::Key_Up);
        QVERIFY(host.page.hasUnsavedEdits());
        QTRY_VERIFY(!host.button("Copy command")->isEnabled());
        host.key(Qt::Key_S, Qt::ControlModifier);
        const std::string edited = "# mine\nrun: {name: mine}\ntrain: {steps: 8}  # few\n";
        QTRY_COMPARE(fileBytes(file), edited);
        QTRY_VERIFY(!host.page.hasUnsavedEdits());
        QCOMPARE(reported.count(), 1);
        QVERIFY(host.button("Copy command")->isEnabled());
        host.click(host.button("Copy command"));
        QCOMPARE(QApplication::clipboard()->text(), "switchyard train --config " + file + " --detach");
        // Saving keeps the history: undo makes it an edited text again.
        host.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(host.text(), text);
        QVERIFY(host.page.hasUnsavedEdits());
    }

    void aPresetIsSavedAsAnotherFile() {
        QTemporaryDir folder;
        ConfigureHost host(runs());
        QVERIFY(host.show());
        host.input("model.moe.experts");
        host.key(Qt::Key_Up);
        const std::string edited = host.text();
        QTRY_VERIFY(host.page.findChild<CommandStrip*>()->command() == "switchyard train --config demo.yaml --detach");
        QVERIFY(!host.button("Copy command")->isEnabled());
        host.key(Qt::Key_S, Qt::ControlModifier);  // a preset is not written over: the dialog asks where
        answerDialog(host, folder.filePath("demo 2.yaml"));
        QTRY_COMPARE(fileBytes(folder.filePath("demo 2.yaml")), edited);
        QTRY_VERIFY(!host.page.hasUnsavedEdits());
        QCOMPARE(fileBytes(SWITCHYARD_SOURCE_DIR "/configs/demo.yaml"), preset("demo"));
        QCOMPARE(host.strip().command(), "switchyard train --config '" + folder.filePath("demo 2.yaml") + "' --detach");
        // What differs from the preset is still marked.
        QTRY_VERIFY(host.checked());
        QCOMPARE(host.page.document().changedKeys(), std::set<std::string>{"model.moe.experts"});
        QCOMPARE(host.combo("Preset")->currentText(), QStringLiteral("demo"));
    }

    void anotherProgramsEditsAreNotLost() {
        QTemporaryDir folder;
        const QString file = folder.filePath("shared.yaml");
        writeFile(file, "train: {steps: 7}\n");
        ConfigureHost host(runs());
        QVERIFY(host.open("train: {steps: 7}\n", file));
        host.input("train.steps");
        host.key(Qt::Key_Up);
        writeFile(file, "train: {steps: 99}\n");
        host.key(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(host.banner().isVisible());
        QVERIFY2(host.banner().text().contains("another program"), qPrintable(host.banner().text()));
        QCOMPARE(fileBytes(file), std::string("train: {steps: 99}\n"));
        host.click(host.button("Save over it"));
        QTRY_COMPARE(fileBytes(file), std::string("train: {steps: 8}\n"));
        QTRY_VERIFY(!host.banner().isVisible());
    }

    void failuresSayWhatToDo() {
        QTemporaryDir folder;
        ConfigureHost host(runs());
        QVERIFY(host.open("train: {steps: 7}\n", folder.filePath("gone/a.yaml")));
        host.input("train.steps");
        host.key(Qt::Key_Up);
        host.key(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(host.banner().isVisible());
        QVERIFY2(host.banner().text().contains("/gone)"), qPrintable(host.banner().text()));
        QVERIFY(host.page.hasUnsavedEdits());
        host.click(host.button("Save as..."));
        answerDialog(host, folder.filePath("there.yaml"));
        QTRY_COMPARE(fileBytes(folder.filePath("there.yaml")), std::string("train: {steps: 8}\n"));
        QTRY_VERIFY(!host.banner().isVisible());
        // A file that can not be read leaves the text.
        host.click(host.button("Open... (Ctrl+O)"));
        QTRY_VERIFY(host.page.findChild<QFileDialog*>() != nullptr);
        auto* dialog = host.page.findChild<QFileDialog*>();
        Q_EMIT dialog->fileSelected(folder.filePath("not-there.yaml"));
        dialog->reject();
        QTRY_VERIFY(host.banner().isVisible());
        QVERIFY2(host.banner().text().contains("not-there.yaml"), qPrintable(host.banner().text()));
        QCOMPARE(host.text(), std::string("train: {steps: 8}\n"));
    }

    void comparesWithPresetsAndRuns() {
        const QString runs_dir = folders_.path("data/switchyard/compared");
        QDir().mkpath(runs_dir);
        makeRun(runs_dir, {.name = "earlier", .steps = 40, .recorded = 4, .experts = 16});
        ConfigureHost host(runs_dir);
        QVERIFY(host.open(preset("smoke")));
        QComboBox* compare = host.combo("Compare with");
        QTRY_VERIFY(compare->findText("run earlier") > 0);
        QTRY_VERIFY(compare->findText("demo") > 0);
        host.choose(compare, "run earlier");
        QTRY_VERIFY(host.button("3 keys differ") != nullptr);  // name, steps, experts
        host.input("model.moe.experts");
        host.key(Qt::Key_A, Qt::ControlModifier);
        host.keys("16");
        QTRY_VERIFY(host.button("2 keys differ") != nullptr);
        host.key(Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY(host.button("3 keys differ") != nullptr);
        host.click(host.button("3 keys differ"));
        auto* list = host.page.findChild<DifferenceList*>();
        QVERIFY(list != nullptr && list->isVisible());
        auto* table = list->findChild<QTableView*>();
        QStringList cells;
        for (int row = 0; row < table->model()->rowCount(); ++row)
            for (int column = 0; column < 3; ++column) cells << table->model()->index(row, column).data().toString();
        QCOMPARE(cells, QStringList({"run.name", "smoke", "earlier", "model.moe.experts", "8", "16", "train.steps",
                                     "150", "40"}));
        shotInBothThemes(*list, "differences");
        const QModelIndex index = table->model()->index(1, 0);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::NoModifier, table->visualRect(index).center());
        QTRY_VERIFY(host.page.findChild<DifferenceList*>() == nullptr);
        QCOMPARE(host.form().currentKey(), std::string("model.moe.experts"));
        QTRY_COMPARE(host.editor().caret(), host.text().find("8, top_k"));
        shotInBothThemes(host.window, "compared-1150");
        host.resizePage(990, 660);
        shotInBothThemes(host.window, "compared-990");
        host.choose(compare, "demo");
        QTRY_VERIFY(host.button("3 keys differ") == nullptr);
        host.choose(compare, "nothing");
        for (const auto* link : host.page.findChildren<QPushButton*>())
            if (link->text().contains("differ")) QVERIFY(!link->isVisible());
    }

    void theCommandNamesTheRunsFolder() {
        QCOMPARE(shellWord("a/b-c.yaml"), QStringLiteral("a/b-c.yaml"));
        QCOMPARE(shellWord("it's here"), QStringLiteral("'it'\\''s here'"));
        ConfigureHost usual(runs());
        QVERIFY(usual.open("train: {steps: 7}\n", "/x/a.yaml"));
        QCOMPARE(usual.strip().command(), QStringLiteral("switchyard train --config /x/a.yaml --detach"));
        ConfigureHost other("/elsewhere/my runs");
        QVERIFY(other.open("train: {steps: 7}\n", "/x/a.yaml"));
        QCOMPARE(other.strip().command(),
                 QStringLiteral("switchyard train --config /x/a.yaml --set 'run.dir=/elsewhere/my runs' --detach"));
        QVERIFY(other.open("run: {dir: /own}\n", "/x/a.yaml"));
        QCOMPARE(other.strip().command(), QStringLiteral("switchyard train --config /x/a.yaml --detach"));
    }

    void startsTheTextAsItStands() {
        const QString runs_dir = folders_.path("data/elsewhere");
        ConfigureHost host(runs_dir);
        std::string text = preset("smoke") + "# not saved\n";
        text.replace(text.find("steps: 150"), 10, "steps: 2");
        QVERIFY(host.open(text));
        QSignalSpy selected(&host.context, &AppContext::selectedRunChanged);
        QSignalSpy paged(&host.context, &AppContext::pageRequested);
        QSignalSpy reported(&host.context, &AppContext::reported);
        QAbstractButton* start = host.button("Start run");
        host.click(start);
        QVERIFY(!start->isEnabled());  // no second start by a double click
        QCOMPARE(host.context.launcher().pending(), 1);
        QVERIFY2(start->toolTip().contains("being started"), qPrintable(start->toolTip()));
        QTRY_COMPARE_WITH_TIMEOUT(selected.count(), 1, 30'000);
        const QString run_dir = host.context.selectedRun();
        QCOMPARE(run_dir, runs_dir + "/smoke");
        QCOMPARE(fileBytes(run_dir + "/config.yaml"), text);
        QCOMPARE(paged.count(), 1);
        QCOMPARE(paged.first().first().toString(), QStringLiteral("run"));
        QCOMPARE(reported.last().first().toString(), QStringLiteral("info"));
        QVERIFY(start->isEnabled());
        const auto ended = [&] {
            const runs::RunStatus status = runs::readStatus(run_dir.toStdString());
            return status.result && !runs::isLive(status.state);
        };
        QTRY_VERIFY_WITH_TIMEOUT(ended(), 60'000);
        const runs::RunStatus status = runs::readStatus(run_dir.toStdString());
        QVERIFY2(status.state == runs::RunState::kFinished, status.result->error.c_str());
    }

    void aRunThatCanNotStartSaysWhy() {
        ConfigureHost host(runs());
        QVERIFY(host.show());  // the demo, whose pictures are not imported here
        QSignalSpy reported(&host.context, &AppContext::reported);
        QSignalSpy paged(&host.context, &AppContext::pageRequested);
        host.click(host.button("Start run"));
        QTRY_VERIFY_WITH_TIMEOUT(host.banner().isVisible(), 20'000);
        QVERIFY2(host.banner().text().contains("train.jsonl"), qPrintable(host.banner().text()));
        QCOMPARE(reported.last().first().toString(), QStringLiteral("error"));
        QCOMPARE(paged.count(), 0);
        QVERIFY(host.button("Start run")->isEnabled());
        shotInBothThemes(host.window, "failed-start-1150");
        host.click(host.button("Go to data.root"));  // the key that the sentence names
        QCOMPARE(host.form().currentKey(), std::string("data.root"));
        QTRY_COMPARE(host.editor().caret(), host.text().find("\"@data/demo"));
        host.click(host.button("Dismiss message"));
        QVERIFY(!host.banner().isVisible());
    }

private:
    QString runs() const { return folders_.path("data/switchyard/runs"); }
    const OwnFolders& folders_;
};

int main(int argc, char** argv) {
    const OwnFolders folders;
    QApplication app(argc, argv);
    ConfigureFilesTest test(folders);
    return QTest::qExec(&test, argc, argv);
}
#include "configure_files_test.moc"
