// SPDX-License-Identifier: GPL-3.0-or-later
// Editing on the Configure page by mouse and keyboard: fields, text, problems and what mends them.
#include <QInputMethodEvent>
#include <QScrollArea>
#include <QScrollBar>
#include <QWheelEvent>
#include <QtTest>

#include "tests/ui/configure_host.h"
#include "tests/ui/ui_tools.h"
#include "ui/models/text_change.h"
#include "ui/panels/configure/section_head.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

class ConfigureEditTest : public QObject {
    Q_OBJECT
public:
    explicit ConfigureEditTest(const OwnFolders& folders) : folders_(folders) {}

private Q_SLOTS:
    void initTestCase() { Theme::instance().setDark(false); }

    void init() { Theme::instance().setDark(false); }

    void formEditsChangeOnlyTheirValue() {
        ConfigureHost host(runs());
        QVERIFY(host.open(kSmall));
        QWidget& experts = host.input("model.moe.experts");
        QVERIFY(experts.hasFocus());
        QTest::keyClick(&experts, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(&experts, "16");
        const std::string edited = with(kSmall, "model.moe.experts", "16");
        QCOMPARE(host.text(), edited);
        QCOMPARE(host.editor().bytes(), edited);
        QVERIFY(host.button("Undo")->isEnabled());

        // The common history, with the focus still in the field.
        host.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(host.text(), std::string(kSmall));
        QCOMPARE(host.editor().bytes(), std::string(kSmall));
        QTRY_COMPARE(host.fieldText("model.moe.experts"), QStringLiteral("8"));
        host.key(Qt::Key_Z, Qt::ControlModifier);  // nothing left: the field must not use a history of its own
        QCOMPARE(host.text(), std::string(kSmall));
        QCOMPARE(host.fieldText("model.moe.experts"), QStringLiteral("8"));
        host.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(host.text(), edited);
        QTRY_COMPARE(host.fieldText("model.moe.experts"), QStringLiteral("16"));
    }

    void everyKindOfFieldWrites() {
        ConfigureHost host(runs());
        QVERIFY(host.open(kSmall));
        std::string expected = kSmall;
        host.input("optim.lr");
        host.key(Qt::Key_Up);  // the last digit, in the person's own spelling
        QCOMPARE(host.text(), expected = with(expected, "optim.lr", "3.1e-4"));
        host.input("model.moe.experts");
        host.key(Qt::Key_Down);
        QCOMPARE(host.text(), expected = with(expected, "model.moe.experts", "7"));
        QWidget& schedule = host.input("optim.schedule");
        QTest::keyClick(&schedule, Qt::Key_Down);
        QCOMPARE(host.text(), expected = with(expected, "optim.schedule", "linear"));
        host.input("run.deterministic");
        host.key(Qt::Key_Space);
        QCOMPARE(host.text(), expected = with(expected, "run.deterministic", "false"));
        QCOMPARE(host.fieldText("run.deterministic"), QStringLiteral("off"));
        host.input("run.name");
        host.key(Qt::Key_End);
        host.keys(": {x}");
        QCOMPARE(host.text(), expected = with(expected, "run.name", "\"small: {x}\""));
        host.input("run.tags");
        host.key(Qt::Key_End);
        host.keys(", c d");
        QCOMPARE(host.text(), expected = with(expected, "run.tags", "[a, b, c d]"));
        // A key that the text does not set is put into its section.
        host.input("run.seed");
        host.key(Qt::Key_Up);
        QCOMPARE(host.text(), expected.substr(0, expected.find("train:")) + "  seed: 1235\n" +
                                  expected.substr(expected.find("train:")));
        QTRY_VERIFY(host.checked());
        QTRY_COMPARE(host.editor().caret(), host.text().find("1235"));
    }

    /// Each key of each shipped config by keyboard: other bytes stay, Ctrl+Z gives the file's bytes back.
    void everyFieldOfEveryPreset_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"demo", "flickr8k", "smoke"}) QTest::newRow(name) << name;
    }

    void everyFieldOfEveryPreset() {
        QFETCH(QString, name);
        ConfigureHost host(runs());
        const std::string text = preset(name);
        QVERIFY(host.open(text));
        const ConfigCheck check = checkConfig(text);
        int written = 0;
        for (const KeySpec& key : schema()) {
            host.input(key.path);
            QVERIFY2(QApplication::focusWidget() != nullptr, key.path.c_str());
            switch (key.kind) {
                case ValueKind::kBool:
                    host.key(Qt::Key_Space);
                    break;
                case ValueKind::kChoice: {
                    auto* box = qobject_cast<QComboBox*>(QApplication::focusWidget());
                    QVERIFY2(box != nullptr, key.path.c_str());
                    if (box->count() == 1) continue;
                    QTest::keyClick(box, box->currentIndex() == 0 ? Qt::Key_Down : Qt::Key_Up);
                    break;
                }
                default:
                    host.key(Qt::Key_End);
                    host.keys(key.kind == ValueKind::kRealList || key.kind == ValueKind::kTextList ? ", 1" : "1");
            }
            const std::string now = host.text();
            QVERIFY2(now != text, key.path.c_str());
            const config::WrittenValue* value = check.find(key.path);
            if (value == nullptr) {
                const TextChange change = changeBetween(text, now);
                QVERIFY2(change.before.empty(), (key.path + "\n" + now).c_str());
            } else {
                ++written;
                QCOMPARE(now.substr(0, value->begin), text.substr(0, value->begin));
                QCOMPARE(now.substr(now.size() - (text.size() - value->end)), text.substr(value->end));
            }
            host.key(Qt::Key_Z, Qt::ControlModifier);
            QCOMPARE(host.text(), text);
            QCOMPARE(host.editor().bytes(), text);
            QTRY_VERIFY(host.checked());  // the field shows the old value before the next one is typed
        }
        QVERIFY(written > 20);
        QVERIFY(!host.page.hasUnsavedEdits());
    }

    void undoShowsWhatItChanged() {
        ConfigureHost host(runs());
        QVERIFY(host.open(kSmall));
        host.input("train.steps");
        host.key(Qt::Key_Up);
        QTRY_VERIFY(host.checked());
        host.input("model.moe.experts");
        QTRY_COMPARE(host.editor().caret(), host.text().find("8   #"));
        host.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(host.text(), std::string(kSmall));
        QTRY_COMPARE(host.form().currentKey(), std::string("train.steps"));
        QVERIFY(host.editor().caret() >= host.text().find("20}"));
        QTRY_COMPARE(host.fieldText("train.steps"), QStringLiteral("20"));
    }

    void editsInTheTextReachTheForm() {
        ConfigureHost host(runs());
        QVERIFY(host.open(kSmall));
        host.row("model.moe.experts");
        host.editor().setFocus();
        host.editor().goTo(host.text().find("8   #") + 1);
        host.keys("0");
        QCOMPARE(host.text(), with(kSmall, "model.moe.experts", "80"));
        QTRY_COMPARE(host.fieldText("model.moe.experts"), QStringLiteral("80"));
        // Enter keeps the indentation and goes deeper below a section.
        host.editor().goTo(host.text().find("\noptim"));
        host.key(Qt::Key_Return);
        host.keys("losses:");
        host.key(Qt::Key_Return);
        host.keys("z: 0.5");
        QTRY_VERIFY(host.checked());
        QCOMPARE(host.page.document().check().errors(), std::size_t(0));
        QCOMPARE(host.page.document().check().result.config.model.moe.losses.z, 0.5);
        while (host.page.document().undoStack().canUndo()) host.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(host.text(), std::string(kSmall));
        QCOMPARE(host.editor().bytes(), std::string(kSmall));
        QVERIFY(!host.page.hasUnsavedEdits());
    }

    void aBrokenTextTurnsTheFormOff() {
        ConfigureHost host(runs());
        QVERIFY(host.open(kSmall));
        FormRow& row = host.row("model.moe.experts");
        host.editor().setFocus();
        host.editor().goTo(host.text().find("train: {"));
        host.keys("log: [");
        QTRY_VERIFY(host.checked());
        QVERIFY(!row.isEnabled());
        QCOMPARE(host.fieldText("model.moe.experts"), QStringLiteral("8"));
        QVERIFY(!host.button("Start run")->isEnabled());
        auto* banner = host.form().findChild<MessageBanner*>();
        QVERIFY(banner->isVisible());
        shotInBothThemes(host.window, "broken-1150");
        host.key(Qt::Key_Z, Qt::ControlModifier);
        host.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(host.text(), std::string(kSmall));
        QTRY_VERIFY(host.checked());
        QVERIFY(row.isEnabled());
        QVERIFY(!banner->isVisible());
    }

    void resetRemovesTheKey() {
        ConfigureHost host(runs());
        const std::string text = with(kSmall, "model.moe.experts", "12");
        QVERIFY(host.open(text));
        host.input("model.moe.experts");
        host.key(Qt::Key_D, Qt::ControlModifier);
        std::string expected = text;
        const std::string line = "    experts: 12   # of each layer\n";
        expected.erase(expected.find(line), line.size());
        QCOMPARE(host.text(), expected);
        QTRY_COMPARE(host.fieldText("model.moe.experts"), QStringLiteral("8"));
        host.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(host.text(), text);
        // The button beside the field does the same, and is there only for keys that are set.
        FormRow& row = host.row("optim.lr");
        QTRY_VERIFY(host.checked());
        auto* reset = row.findChild<QToolButton*>();
        QVERIFY(reset->isVisible());
        host.click(reset);
        QVERIFY(host.text().find("lr:") == std::string::npos);
        QTRY_VERIFY(!reset->isVisible());
    }

    void anEmptiedNumberComesBack() {
        ConfigureHost host(runs());
        QVERIFY(host.open(kSmall));
        host.input("model.moe.experts");
        host.key(Qt::Key_A, Qt::ControlModifier);
        host.key(Qt::Key_Delete);
        QCOMPARE(host.text(), std::string(kSmall));
        QCOMPARE(host.fieldText("model.moe.experts"), QString());
        host.key(Qt::Key_Tab);
        QCOMPARE(host.fieldText("model.moe.experts"), QStringLiteral("8"));
        QCOMPARE(host.text(), std::string(kSmall));
    }

    void theWheelChangesNoFieldWithoutFocus() {
        ConfigureHost host(runs());
        QVERIFY(host.open(kSmall));
        host.row("model.moe.gate");
        QWidget& experts = host.input("model.moe.experts");
        QWidget* gate = host.page.findChild<FormRow*>("model.moe.gate")->field()->input();
        host.editor().setFocus();
        auto* area = host.form().findChild<QScrollArea*>();
        area->verticalScrollBar()->setValue(0);
        for (QWidget* widget : {&experts, gate}) {
            QWheelEvent wheel(QPointF(5, 5), widget->mapToGlobal(QPointF(5, 5)), QPoint(), QPoint(0, -120),
                              Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
            QSpontaneKeyEvent::setSpontaneous(&wheel);  // others go to no parent
            qApp->notify(widget, &wheel);
        }
        QCOMPARE(host.text(), std::string(kSmall));
        QVERIFY(area->verticalScrollBar()->value() > 0);  // it scrolled the form instead
    }

    void composedTextIsOneEdit() {
        ConfigureHost host(runs());
        QVERIFY(host.open(kSmall));
        host.editor().setFocus();
        host.editor().goTo(host.text().find("small\n", 10));
        for (const char* part : {"n", "ni", "\xE4\xBD\xA0"}) {
            QInputMethodEvent preedit(QString::fromUtf8(part), {});
            QApplication::sendEvent(&host.editor(), &preedit);
        }
        QCOMPARE(host.text(), std::string(kSmall));  // not before it is decided
        QInputMethodEvent commit;
        commit.setCommitString(QString::fromUtf8("\xE4\xBD\xA0"));
        QApplication::sendEvent(&host.editor(), &commit);
        const std::string expected =
            std::string(kSmall).insert(std::string(kSmall).find("small\n", 10), "\xE4\xBD\xA0");
        QCOMPARE(host.editor().bytes(), expected);
        QCOMPARE(host.text(), expected);
        host.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(host.text(), std::string(kSmall));
        QCOMPARE(host.editor().bytes(), std::string(kSmall));
    }

    void oddBytesSurvive() {
        const std::string dos = "run:\r\n  name: x\r\n\r\n# \xE2\x82\xAC\r\ntrain: {steps: 9}\r\n";
        ConfigureHost host(runs());
        QVERIFY(host.open(dos));
        host.input("train.steps");
        host.key(Qt::Key_Up);
        QCOMPARE(host.text(), with(dos, "train.steps", "10"));
        host.editor().setFocus();
        host.editor().goTo(host.text().find("\r\n\r\n"));
        host.key(Qt::Key_Return);
        host.keys("seed: 4");
        QCOMPARE(host.text(),
                 std::string("run:\r\n  name: x\r\n  seed: 4\r\n\r\n# \xE2\x82\xAC\r\ntrain: {steps: 10}\r\n"));
        // Not UTF-8: shown and refused, but not touched.
        QTemporaryDir folder;
        const std::string odd = std::string("run: {name: \xFF\xC3}  # \0 \n", 25);
        QFile file(folder.filePath("odd.yaml"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(odd.data(), 25) == 25);
        file.close();
        while (host.page.document().undoStack().canUndo()) host.page.document().undoStack().undo();
        host.context.openConfig({}, {});
        QTRY_COMPARE(host.text(), std::string());
        host.page.document().open(odd, file.fileName(), false, nullptr);
        QCOMPARE(host.editor().bytes(), odd);
        QTRY_VERIFY(host.checked());
        QVERIFY(host.page.document().check().errors() > 0);
        host.editor().setFocus();
        host.editor().goTo(0);
        host.keys("#");
        QCOMPARE(host.text(), "#" + odd);
    }

    void anErrorIsShownInBothAndMended() {
        ConfigureHost host(runs());
        QVERIFY(host.open(kSmall));
        FormRow& row = host.row("model.moe.top_k");
        auto* head = row.parentWidget()->parentWidget()->findChild<SectionHead*>();
        host.editor().setFocus();
        host.editor().goTo(host.text().find("top_k: 2") + 8);
        host.key(Qt::Key_Backspace);
        host.keys("3");
        QTRY_VERIFY(host.checked());
        // In the form: field, message, count on the section's head.
        QVERIFY(row.field()->input()->property("invalid").toBool());
        QVERIFY2(row.state().problem.contains("2 experts, not 3"), qPrintable(row.state().problem));
        QCOMPARE(head->errors(), 1);
        // In the page bar.
        QVERIFY(!host.button("Start run")->isEnabled());
        QVERIFY2(host.button("Start run")->toolTip().contains("line 5"),
                 qPrintable(host.button("Start run")->toolTip()));
        QVERIFY(host.button("1 error") != nullptr);
        // In the editor: red line, squiggle under the value, the note below it with its button.
        const std::size_t at = host.text().find("3\noptim");
        QVERIFY((host.editor().SendScintilla(QsciScintillaBase::SCI_MARKERGET, 4UL) & (1 << editor_marker::kError)) !=
                0);
        QVERIFY(host.editor().SendScintilla(QsciScintillaBase::SCI_INDICATORVALUEAT, 8UL, static_cast<long>(at)) != 0);
        QCOMPARE(host.editor().notes().size(), std::size_t(1));
        auto* note = host.editor().findChild<ProblemNote*>();
        QVERIFY(note != nullptr && note->isVisible());
        const auto line_y = static_cast<int>(
            host.editor().SendScintilla(QsciScintillaBase::SCI_POINTYFROMPOSITION, 0UL, static_cast<long>(at)));
        QCOMPARE(note->y(), line_y + 18);
        QCOMPARE(note->width(), host.editor().viewport()->width());

        host.click(host.button("Use 2"));
        QCOMPARE(host.text(), std::string(kSmall));
        QTRY_VERIFY(host.button("Start run")->isEnabled());
        QVERIFY(!row.field()->input()->property("invalid").toBool());
        QCOMPARE(head->errors(), 0);
        QVERIFY(host.editor().notes().empty());
        QVERIFY(host.button("1 error") == nullptr);
        // The mending is one step of the history like any other.
        host.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(host.text(), with(kSmall, "model.moe.top_k", "3"));
    }

    void notesStayAtTheirLine() {
        ConfigureHost host(runs());
        std::string text;
        for (int i = 0; i < 60; ++i) text += "# line " + std::to_string(i + 1) + "\n";
        text += "run: {seed: x}\ntrain: {steps: 50}\n";
        for (int i = 0; i < 60; ++i) text += "# after\n";
        QVERIFY(host.open(text));
        YamlEditor& editor = host.editor();
        auto* note = editor.findChild<ProblemNote*>();
        QVERIFY(note != nullptr);
        const auto below = [&](int line) {
            const long start =
                editor.SendScintilla(QsciScintillaBase::SCI_POSITIONFROMLINE, static_cast<unsigned long>(line - 1));
            return static_cast<int>(editor.SendScintilla(QsciScintillaBase::SCI_POINTYFROMPOSITION, 0UL, start)) + 18;
        };
        QCOMPARE(note->y(), below(61));
        QVERIFY(!editor.viewport()->rect().intersects(note->geometry()));  // out of sight
        host.click(host.button("1 error"));
        QTRY_VERIFY(editor.viewport()->rect().contains(note->geometry()));  // the whole note, not only the line
        QCOMPARE(note->y(), below(61));
        for (const int value : {10, 45, 30}) {
            editor.verticalScrollBar()->setValue(value);
            QTRY_COMPARE(note->y(), below(61));
        }
        // Lines put in above move it along before the next check.
        editor.goTo(0);
        editor.setFocus();
        host.key(Qt::Key_Return);
        editor.verticalScrollBar()->setValue(45);
        QTRY_COMPARE(note->y(), below(62));
        QVERIFY(below(62) > 0 && below(62) < editor.viewport()->height());
        QTRY_VERIFY(host.checked());
        // The check that came to the same did not make it anew, and it still works.
        QCOMPARE(editor.findChildren<ProblemNote*>(), QList<ProblemNote*>{note});
        QTRY_COMPARE(note->y(), below(62));
        QVERIFY2(note->accessibleName().contains("line 62"), qPrintable(note->accessibleName()));
        host.click(note);
        QTRY_COMPARE(editor.caret(), host.text().find("x}"));
    }

    void anErrorIsClickedToInBoth() {
        ConfigureHost host(runs());
        QVERIFY(host.open(with(with(kSmall, "train.steps", "x"), "model.moe.experts", "66.5")));
        QSignalSpy inspected(&host.page, &Page::inspect);
        host.editor().setFocus();
        host.click(host.button("2 errors"));
        QTRY_COMPARE(host.editor().caret(), host.text().find("66.5"));
        QCOMPARE(host.form().currentKey(), std::string("model.moe.experts"));
        host.key(Qt::Key_F8);
        QTRY_COMPARE(host.editor().caret(), host.text().find("x}"));
        QCOMPARE(host.form().currentKey(), std::string("train.steps"));
        host.key(Qt::Key_F8);  // around the end
        QTRY_COMPARE(host.editor().caret(), host.text().find("66.5"));
        host.key(Qt::Key_F8, Qt::ShiftModifier);
        QTRY_COMPARE(host.editor().caret(), host.text().find("x}"));
        QVERIFY(inspected.count() >= 4);
        // From the note itself, and from the form's message.
        host.click(host.editor().findChildren<ProblemNote*>().first());
        QTRY_COMPARE(host.form().currentKey(), std::string("model.moe.experts"));
        FormRow& row = *host.page.findChild<FormRow*>("train.steps");
        for (QLabel* label : row.findChildren<QLabel*>())
            if (label->text() == row.state().problem) host.click(label);
        QTRY_COMPARE(host.editor().caret(), host.text().find("x}"));
        QVERIFY(row.isAncestorOf(QApplication::focusWidget()));
    }

private:
    QString runs() const { return folders_.path("data/switchyard/runs"); }
    const OwnFolders& folders_;
};

int main(int argc, char** argv) {
    const OwnFolders folders;
    QApplication app(argc, argv);
    ConfigureEditTest test(folders);
    return QTest::qExec(&test, argc, argv);
}
#include "configure_edit_test.moc"
