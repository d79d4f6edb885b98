// SPDX-License-Identifier: GPL-3.0-or-later
// The Configure page as a whole: what it opens with, search, presets, keyboard, themes, sizes, the window.
#include <QScrollArea>
#include <QtTest>

#include "tests/ui/configure_host.h"
#include "tests/ui/ui_tools.h"
#include "ui/main_window.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

int shippedPresets() { return static_cast<int>(QDir(SWITCHYARD_SOURCE_DIR "/configs").entryList({"*.yaml"}).size()); }

}  // namespace

class ConfigurePageTest : public QObject {
    Q_OBJECT
public:
    explicit ConfigurePageTest(const OwnFolders& folders) : folders_(folders) {}

private Q_SLOTS:
    void initTestCase() { Theme::instance().setDark(false); }

    void init() { Theme::instance().setDark(false); }

    void opensThePresetForBeginners() {
        ConfigureHost host(runs());
        QVERIFY(host.show());
        QCOMPARE(host.text(), preset("demo"));
        QCOMPARE(host.editor().bytes(), preset("demo"));
        QCOMPARE(host.combo("Preset")->currentText(), QStringLiteral("demo"));
        QCOMPARE(host.combo("Preset")->count(), shippedPresets());
        QVERIFY(host.button("Start run")->isEnabled());
        QVERIFY(!host.page.hasUnsavedEdits());
    }

    void opensSmokeWithoutDemo() {
        QTemporaryDir folder;
        QDir(folder.path()).mkpath("configs");
        QDir(folder.path()).mkpath("resources");
        QVERIFY(QFile::copy(SWITCHYARD_SOURCE_DIR "/configs/smoke.yaml", folder.filePath("configs/smoke.yaml")));
        const QByteArray before = qgetenv("SWITCHYARD_RESOURCES");
        qputenv("SWITCHYARD_RESOURCES", folder.filePath("resources").toUtf8());
        ConfigureHost host(runs());
        const bool shown = host.show();
        qputenv("SWITCHYARD_RESOURCES", before);
        QVERIFY(shown);
        QCOMPARE(host.text(), preset("smoke"));
    }

    void aRequestedTextComesFirst() {
        ConfigureHost host(runs());
        host.context.openConfig(QString::fromStdString(kSmall), "/nowhere/mine.yaml");
        host.window.show();
        QTRY_COMPARE(host.text(), std::string(kSmall));
        QTRY_COMPARE(host.combo("Preset")->count(), shippedPresets());
        QTest::qWait(100);  // a preset that came late would replace the text now
        QCOMPARE(host.text(), std::string(kSmall));
        QCOMPARE(host.combo("Preset")->currentIndex(), -1);
        QVERIFY(host.strip().command().contains("/nowhere/mine.yaml"));
    }

    void searchAndChangedOnly() {
        ConfigureHost host(runs());
        QVERIFY(host.open(kSmall));
        const auto visible = [&] {
            QStringList keys;
            for (FormRow* row : host.page.findChildren<FormRow*>())
                if (row->isVisibleTo(&host.form())) keys << row->objectName();
            keys.sort();
            return keys;
        };
        host.editor().setFocus();
        host.key(Qt::Key_F, Qt::ControlModifier);
        host.keys("learning rate highest");  // label and description
        QCOMPARE(visible(), QStringList({"optim.lr"}));
        shot(host.window, "search-1150");
        host.key(Qt::Key_Return);
        QVERIFY(host.page.findChild<FormRow*>("optim.lr")->isAncestorOf(QApplication::focusWidget()));
        host.key(Qt::Key_F, Qt::ControlModifier);
        host.key(Qt::Key_A, Qt::ControlModifier);
        host.keys("no such thing");
        QCOMPARE(visible(), QStringList());
        shot(host.window, "search-none-1150");
        host.click(host.button("Show all keys"));
        host.keys("x");
        host.key(Qt::Key_Escape);
        QVERIFY(visible().contains("model.moe.experts"));
        QVERIFY(!visible().contains("optim.lr"));  // its section was closed before

        auto* changed = host.form().findChild<QCheckBox*>(QString(), Qt::FindChildrenRecursively);
        for (QCheckBox* box : host.form().findChildren<QCheckBox*>())
            if (box->text() == "Changed only") changed = box;
        host.click(changed);
        QStringList expected = {"model.moe.experts", "model.moe.top_k", "optim.lr", "optim.schedule",
                                "run.deterministic", "run.name",        "run.tags", "train.steps"};
        QCOMPARE(visible(), expected);
        shot(host.window, "changed-only-1150");
        host.editor().goTo(host.text().find("train:"));
        host.editor().setFocus();
        host.keys("log: {every: 5}");
        host.key(Qt::Key_Return);
        QTRY_VERIFY(visible().contains("log.every"));
    }

    void changedKeysHaveABar() {
        ConfigureHost host(runs());
        QVERIFY(host.show());
        FormRow& row = host.row("model.moe.experts");
        QVERIFY(!row.state().changed);
        host.key(Qt::Key_Up);
        QTRY_VERIFY(row.state().changed);
        const QImage image = row.grab().toImage();
        const qreal scale = image.devicePixelRatio();
        QCOMPARE(image.pixelColor(static_cast<int>(5 * scale), static_cast<int>(16 * scale)),
                 Theme::instance().palette().accent);
        host.key(Qt::Key_Down);
        QTRY_VERIFY(!row.state().changed);
    }

    void presetsAskBeforeEditsAreLost() {
        ConfigureHost host(runs());
        QVERIFY(host.show());
        QComboBox* presets = host.combo("Preset");
        host.choose(presets, "smoke");  // nothing to lose: no question
        QTRY_COMPARE(host.text(), preset("smoke"));
        QVERIFY(!host.banner().isVisible());
        host.input("train.steps");
        host.key(Qt::Key_Up);
        const std::string edited = host.text();
        host.choose(presets, "flickr8k");
        QTRY_VERIFY(host.banner().isVisible());
        QVERIFY2(host.banner().text().contains("unsaved edits"), qPrintable(host.banner().text()));
        QCOMPARE(host.text(), edited);
        shot(host.window, "question-1150");
        host.click(host.button("Dismiss message"));
        QCOMPARE(presets->currentText(), QStringLiteral("smoke"));
        QCOMPARE(host.text(), edited);
        host.choose(presets, "flickr8k");
        QTRY_VERIFY(host.button("Discard edits") != nullptr);
        host.click(host.button("Discard edits"));
        QTRY_COMPARE(host.text(), preset("flickr8k"));
        QCOMPARE(presets->currentText(), QStringLiteral("flickr8k"));
        QVERIFY(!host.page.hasUnsavedEdits());
        QVERIFY(!host.page.document().undoStack().canUndo());
        QVERIFY(!host.banner().isVisible());
    }

    void inspectsTheKey() {
        ConfigureHost host(runs());
        QVERIFY(host.open(kSmall));
        Inspection seen;
        connect(&host.page, &Page::inspect, &host.page, [&](const Inspection& inspection) { seen = inspection; });
        host.input("optim.lr");
        QCOMPARE(seen.heading, QStringLiteral("Learning rate"));
        QCOMPARE(seen.caption, QStringLiteral("optim.lr"));
        QStringList lines;
        for (const InspectorSection& section : seen.sections)
            for (const InspectorSection::Line& line : section.lines) lines << line.name + "=" + line.value;
        QVERIFY2(lines.contains("In the text=3.0e-4") && lines.contains("Line=6") && lines.contains("Default=0.001") &&
                     lines.contains("Range=0 to 100"),
                 qPrintable(lines.join("; ")));
        QTRY_COMPARE(host.editor().caret(), host.text().find("3.0e-4"));
        host.editor().setFocus();
        host.editor().goTo(host.text().find("small\n", 10));
        QTRY_COMPARE(seen.caption, QStringLiteral("run.name"));
        QCOMPARE(host.form().currentKey(), std::string("run.name"));
    }

    void keyboardAlone() {
        ConfigureHost host(runs());
        QVERIFY(host.open(kSmall));
        host.editor().setFocus();
        host.key(Qt::Key_F, Qt::ControlModifier);
        host.keys("experts per moe");
        host.key(Qt::Key_A, Qt::ControlModifier);
        host.keys("top k");
        FormRow* row = host.page.findChild<FormRow*>("model.moe.top_k");
        for (int i = 0; i < 10 && !row->isAncestorOf(QApplication::focusWidget()); ++i) host.key(Qt::Key_Tab);
        QVERIFY(row->isAncestorOf(QApplication::focusWidget()));
        host.key(Qt::Key_Up);
        QTRY_VERIFY(host.page.document().check().errors() == 1);
        host.key(Qt::Key_F6);
        QVERIFY(host.editor().hasFocus());
        host.key(Qt::Key_Return, Qt::AltModifier);
        auto* use = qobject_cast<QPushButton*>(QApplication::focusWidget());
        QVERIFY(use != nullptr);
        QCOMPARE(use->text(), QStringLiteral("Use 2"));
        host.key(Qt::Key_Space);
        QCOMPARE(host.text(), std::string(kSmall));
        QVERIFY(host.editor().hasFocus());
        host.key(Qt::Key_F6);
        QVERIFY(row->isAncestorOf(QApplication::focusWidget()));
        // Every control of the page can be reached by Tab from the tool bar on, up to the editor, which keeps Tab.
        QWidget* first = host.combo("Preset");
        first->setFocus();
        QStringList reached;
        for (int i = 0; i < 400 && !host.editor().hasFocus(); ++i) {
            QWidget* widget = QApplication::focusWidget();
            reached << (widget->accessibleName().isEmpty() ? QStringLiteral("? ") + widget->metaObject()->className()
                                                           : widget->accessibleName());
            host.key(Qt::Key_Tab);
        }
        QVERIFY(host.editor().hasFocus());
        for (const char* name :
             {"Preset", "Compare with", "Save (Ctrl+S)", "Find a key by label, path or description", "Top k"})
            QVERIFY2(reached.contains(QString::fromLatin1(name)), qPrintable(reached.join(", ")));
        QVERIFY2(reached.filter("? ").isEmpty(), qPrintable(reached.join(", ")));
    }

    void theThemeIsSwitchedLive() {
        ConfigureHost host(runs());
        QVERIFY(host.open(with(kSmall, "model.moe.top_k", "3")));
        const auto colorOf = [&](int style) {
            return host.editor().SendScintilla(QsciScintillaBase::SCI_STYLEGETFORE, static_cast<unsigned long>(style));
        };
        const auto rgb = [](const QColor& c) {
            return static_cast<long>(c.red() | (c.green() << 8) | (c.blue() << 16));
        };
        for (const bool dark : {false, true, false}) {
            Theme::instance().setDark(dark);
            const Palette& p = Theme::instance().palette();
            QCOMPARE(colorOf(1), rgb(p.accent));  // keys
            QCOMPARE(colorOf(4), rgb(p.success));
            const QImage image = host.editor().viewport()->grab().toImage();
            const qreal scale = image.devicePixelRatio();
            const auto pixel = [&](int x, int y) {
                return image.pixelColor(static_cast<int>(x * scale), static_cast<int>(y * scale));
            };
            QCOMPARE(pixel(image.width() / static_cast<int>(scale) - 20, 30), p.panel);
            QCOMPARE(pixel(3, 30), p.raised);
            QCOMPARE(pixel(3, 4 * 18 + 9), p.ground_danger);
            QCOMPARE(host.editor().bytes(), with(kSmall, "model.moe.top_k", "3"));
        }
    }

    /// In the real window: its shortcuts and the page's do not get in each other's way, and the inspector fits.
    void livesInTheWindow() {
        QTemporaryDir folder;
        MainWindow window(runs(), {}, folder.filePath("window.ini"));
        window.resize(1280, 800);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.showPage("configure");
        auto* page = qobject_cast<ConfigurePage*>(window.page("configure"));
        QVERIFY(page != nullptr);
        QTRY_VERIFY(page->document().isChecked() && page->document().text() == preset("demo"));
        shotInBothThemes(window, "window-1280");
        window.context().openConfig(QString::fromStdString(kSmall), {});
        QTRY_VERIFY(page->document().isChecked() && page->document().text() == kSmall);
        auto* form = page->findChild<ConfigForm*>();
        form->goTo("model.moe.experts", true);
        const auto key = [](Qt::Key pressed, Qt::KeyboardModifiers held) {
            QTest::keyClick(QApplication::focusWidget(), pressed, held);
        };
        key(Qt::Key_Up, Qt::NoModifier);
        QCOMPARE(page->document().text(), with(kSmall, "model.moe.experts", "9"));
        QTest::qWait(50);
        shotInBothThemes(window, "window-inspector-1280");
        Theme::instance().setDark(false);
        key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(page->document().text(), std::string(kSmall));
        key(Qt::Key_D, Qt::ControlModifier);
        QVERIFY(page->document().text().find("experts") == std::string::npos);
        key(Qt::Key_F6, Qt::NoModifier);
        QVERIFY(page->findChild<YamlEditor*>()->hasFocus());
        key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(page->document().text(), std::string(kSmall));
        const bool dark = Theme::instance().isDark();
        key(Qt::Key_T, Qt::ControlModifier);  // the window's, not the editor component's
        QCOMPARE(Theme::instance().isDark(), !dark);
        QCOMPARE(page->document().text(), std::string(kSmall));
        QVERIFY2(page->width() >= page->minimumSizeHint().width(), "the page is cut beside docks");
    }

    void looks_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::newRow("690, beside both docks") << 690 << 660;
        QTest::newRow("990") << 990 << 660;
        QTest::newRow("1150") << 1150 << 800;
        QTest::newRow("2200") << 2200 << 1300;
    }

    void looks() {
        QFETCH(int, width);
        QFETCH(int, height);
        ConfigureHost host(runs());
        host.resizePage(width, height);
        QVERIFY(host.show());
        shotInBothThemes(host.window, QStringLiteral("opened-%1").arg(width));
        Theme::instance().setDark(false);
        const auto set = [&](const char* path, const char* value) {
            QVERIFY(host.page.document().setValue(path, {value}));
        };
        set("model.moe.experts", "66.5");
        set("model.moe.gate", "tpo2");
        set("optim.lr", "3.0e-4");
        set("optim.warmup_steps", "3000");
        set("train.epochs", "0");
        set("train.steps", "300");
        QTRY_VERIFY(host.checked());
        host.row("model.moe.experts");
        QTest::qWait(30);
        shotInBothThemes(host.window, QStringLiteral("errors-%1").arg(width));
        // Nothing may be cut: the page fits its width, the notes the editor's.
        QVERIFY(host.window.width() <= width);
        for (ProblemNote* note : host.editor().findChildren<ProblemNote*>()) {
            QVERIFY(note->layout()->heightForWidth(note->width()) <= note->height());
            QCOMPARE(note->width(), host.editor().viewport()->width());
        }
        auto* area = host.form().findChild<QScrollArea*>();
        QVERIFY(area->widget()->minimumSizeHint().width() <= area->viewport()->width());
    }

private:
    QString runs() const { return folders_.path("data/switchyard/runs"); }
    const OwnFolders& folders_;
};

int main(int argc, char** argv) {
    const OwnFolders folders;
    QApplication app(argc, argv);
    ConfigurePageTest test(folders);
    return QTest::qExec(&test, argc, argv);
}
#include "configure_page_test.moc"
