// SPDX-License-Identifier: GPL-3.0-or-later
// Languages: what the window shows goes through tr() and has room to grow (a made-up language shows it), and the German
// translation is whole.
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QLibraryInfo>
#include <QPointer>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QStandardPaths>
#include <QTextDocument>
#include <QXmlStreamReader>

#include "core/base/config/schema.h"
#include "painted_texts.h"
#include "ui/models/run_words.h"
#include "ui/panels/routing/load_card.h"
#include "ui/services/language.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/yaml_editor.h"
#include "window_walk.h"

using namespace switchyard;
using namespace switchyard::test;
using namespace switchyard::ui;

namespace {

/// What is no language: names of keys, values, files, units, runs and metrics. Lower case.
const QSet<QString>& dataWords() {
    static const QSet<QString> words = [] {
        QSet<QString> all = {
            // Names
            "switchyard",
            "english",
            "deutsch",
            "mib",
            "gib",
            "tib",
            "kib",
            "inf",
            "nan",
            "png",
            "jsonl",
            "yaml",
            "cpu",
            "gpu",
            "switchyard-workbench",
            "ctrl",
            "shift",
            "demo",
            "shipped",
            "encoder",
            "vision",
            "fusion",
            "top",
            // The runs of the walk, what they recorded and what their events say (core speaks English).
            "trained",
            "failed",
            "lost",
            "smoke",
            "made-up",
            "runs",
            "runs-none",
            "shapes",
            "rank",
            "supervisor",
            "started",
            "on",
            "the",
            "is",
            "not",
            "finite",
            "was",
            "ended",
            "by",
            "signal",
            "sigkill",
            "likely",
            "system",
            "ran",
            "out",
            "of",
            "memory",
            "or",
            "someone",
            "process",
            "see",
            "log",
            "line",
            "s",
            "a",
            "small",
            "large",
            "red",
            "green",
            "blue",
            "yellow",
            "circle",
            "square",
            "triangle",
            "step",
            "and",
            "in",
            "image",
            "text",
            "loss",
            "saved",
            "checkpoint",
            "finished",
        };
        const auto add = [&all](const std::string& text) {
            for (const QString& word : QString::fromStdString(text).toLower().split(QRegularExpression("[^\\w]+")))
                all.insert(word);
        };
        for (const KeySpec& key : schema()) {
            add(key.path);
            add(formatValue(key, key.default_value));
            for (const std::string& choice : key.choices) add(choice);
        }
        for (const char* name : {"smoke", "demo", "vqa", "glue", "retrieval", "base", "large"}) {
            all.insert(QLatin1String(name));
        }
        return all;
    }();
    return words;
}

/// What core says in English, whatever the window's language: events, notes of a plan, names of metrics.
const QRegularExpression& coreSays() {
    static const QRegularExpression says(
        QStringLiteral("Text lengths: every text.*|.*max_tokens tokens.*|.*Could not open the data file.*|.*inished at "
                       "step.*|.*Evaluation: .*|rank \\d+ of .*|rank 0: .*|\\d+ parameters, .*|step \\d+ / .*|"
                       "(retrieval|loss) [a-z0-9 ]+|a (small|large) .*|No such file or directory.*|^sup$|^ "
                       "?at$|--[a-z-]+|\\bE\\d+\\b|step-\\d+|SÎGgKILL|"
                       "\\b[0-9a-f]{4} [0-9a-f]{4}\\b"));  // the last: a configuration's hash
    return says;
}

/// Words that the made-up language would have changed: with a plain vowel, and no data.
QStringList plainWords(QString text) {
    if (text.contains(u'…') && !text.contains(u'«')) return {};  // data that is cut; its whole text is in the tooltip
    if (Qt::mightBeRichText(text)) {
        QTextDocument document;
        document.setHtml(text);
        text = document.toPlainText();
    }
    text.replace(coreSays(), QStringLiteral(" "));
    static const QRegularExpression path(
        QStringLiteral("[\\w.~-]*[/][\\w./*~-]+|[\\w-]+\\.[a-z_0-9]+(\\.[\\w]+)*|\\S*[=_<>]\\S*"));
    text.replace(path, QStringLiteral(" "));
    static const QRegularExpression word(QStringLiteral("[\\p{L}\\p{N}-]{2,}"));
    static const QRegularExpression vowel(QStringLiteral("[aeiouAEIOU]"));
    QStringList plain;
    for (auto it = word.globalMatch(text); it.hasNext();) {
        const QString found = it.next().captured();
        const bool letters = found.contains(vowel) && !found.at(0).isDigit();
        if (letters && !dataWords().contains(found.toLower())) plain.append(found);
    }
    return plain;
}

bool isData(const QWidget* widget) {
    for (const QWidget* at = widget; at != nullptr; at = at->parentWidget()) {
        if (qobject_cast<const YamlEditor*>(at) != nullptr) return true;
        const QString name = QString::fromLatin1(at->metaObject()->className()).section("::", -1);
        if (name == "SampleListView" || name == "TokenStrip" || name == "LogView" || name == "CommandStrip")
            return true;
    }
    return false;
}

QStringList textsOf(QWidget& widget) {
    QStringList texts = {widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.statusTip()};
    if (widget.isWindow() || widget.inherits("QDockWidget")) texts << widget.windowTitle();
    if (auto* button = qobject_cast<QAbstractButton*>(&widget)) texts << button->text();
    if (auto* label = qobject_cast<QLabel*>(&widget)) texts << label->text();
    if (auto* line = qobject_cast<QLineEdit*>(&widget)) texts << line->placeholderText();
    for (const QAction* action : widget.actions()) texts << action->text() << action->toolTip();
    if (auto* header = qobject_cast<QHeaderView*>(&widget); header != nullptr && header->model() != nullptr) {
        for (int i = 0; i < header->count(); ++i)
            texts << header->model()->headerData(i, header->orientation()).toString();
    }
    return texts + paintedTexts(widget);
}

QString named(const QWidget& widget) {
    return QStringLiteral("%1 %2 in %3")
        .arg(QLatin1String(widget.metaObject()->className()), widget.objectName(),
             widget.parentWidget() == nullptr ? QString()
                                              : QLatin1String(widget.parentWidget()->metaObject()->className()));
}

/// These show as much as there is room for; the whole text is spoken (accessible name) or stands in the tooltip.
bool isTight(const QWidget& widget) {
    static const QSet<QString> tight = {"SegmentedControl", "Tile",     "LegendEntry", "ContrastTable",
                                        "TilesRow",         "DropZone", "HotColdCard"};
    for (const QWidget* at = &widget; at != nullptr; at = at->parentWidget())
        if (tight.contains(QString::fromLatin1(at->metaObject()->className()).section("::", -1))) return true;
    return false;
}

/// A text that has less room than it needs, where nothing tells that there is more.
bool isCut(const QWidget& widget) {
    if (const auto* label = qobject_cast<const QLabel*>(&widget)) {
        if (qobject_cast<const ElidedLabel*>(label) != nullptr || label->text().isEmpty()) return false;
        if (label->wordWrap()) return label->heightForWidth(label->width()) > label->height() + 1;
        return label->sizeHint().width() > label->width() + 1;
    }
    if (const auto* button = qobject_cast<const QAbstractButton*>(&widget)) {
        if (button->text().isEmpty() || qobject_cast<const SectionHead*>(button) != nullptr) return false;
        const auto* tool = qobject_cast<const QToolButton*>(button);
        if (tool != nullptr && tool->toolButtonStyle() == Qt::ToolButtonIconOnly && !tool->icon().isNull())
            return false;
        return button->sizeHint().width() > button->width() + 1;
    }
    return false;
}

/// Not only until the layout that a new text asked for has been made.
bool staysCut(const QPointer<QWidget>& widget) {
    const auto cut = [&widget] { return widget && widget->isVisible() && isCut(*widget) && !isTight(*widget); };
    return cut() && !QTest::qWaitFor([&cut] { return !cut(); }, 500);
}

/// The made-up language, with a memory of what was asked for.
class Recorder : public PseudoTranslator {
public:
    using PseudoTranslator::PseudoTranslator;
    QString translate(const char* context, const char* source, const char* note, int n) const override {
        asked.insert({QString::fromUtf8(context), QString::fromUtf8(source)});
        return PseudoTranslator::translate(context, source, note, n);
    }
    mutable QSet<QPair<QString, QString>> asked;
};

struct Message {
    QString context, source, translation;
    bool finished = true, numerus = false;
};

QList<Message> readTs(const QString& path) {
    QFile file(path);
    QList<Message> messages;
    if (!file.open(QIODevice::ReadOnly)) return messages;
    QXmlStreamReader xml(&file);
    QString context;
    while (!xml.atEnd()) {
        xml.readNext();
        if (!xml.isStartElement()) continue;
        if (xml.name() == u"name") context = xml.readElementText();
        if (xml.name() == u"message") {
            Message message{context, {}, {}, true, xml.attributes().value("numerus") == u"yes"};
            messages.append(message);
        }
        if (xml.name() == u"source") messages.last().source = xml.readElementText();
        if (xml.name() == u"translation") {
            messages.last().finished = !xml.attributes().hasAttribute("type");
            messages.last().translation = xml.readElementText(QXmlStreamReader::IncludeChildElements);
        }
    }
    return messages;
}

QStringList sorted(QStringList list) {
    list.sort();
    return list;
}

/// %1, %2, %n and tags, in order of the alphabet.
QStringList places(const QString& text) {
    static const QRegularExpression place(QStringLiteral("%L?[0-9]|%n|</?[a-z]+>|\\*\\.[a-z]+"));
    QStringList found;
    for (auto it = place.globalMatch(text); it.hasNext();) found << it.next().captured();
    found.sort();
    return found;
}

QString germanFile() {
    return QStringLiteral(SWITCHYARD_SOURCE_DIR "/resources/translations/switchyard_de.ts");
}

}  // namespace

class LanguagesTest : public QObject {
    Q_OBJECT
public:
    explicit LanguagesTest(OwnFolders& folders) : folders_(folders) {}

private:
    OwnFolders& folders_;

private Q_SLOTS:
    void theMadeUpLanguage() {
        const QString text = PseudoTranslator::pseudo(QStringLiteral("Save %1 &amp; <b>close</b> &File"));
        QVERIFY2(text.startsWith(u'«') && text.endsWith(u'»'), qPrintable(text));
        QVERIFY2(text.contains("%1") && text.contains("&amp;") && text.contains("<b>") && text.contains("&F"),
                 qPrintable(text));
        QVERIFY2(plainWords(text).isEmpty(), qPrintable(plainWords(text).join(' ')));
        QCOMPARE(plainWords(QStringLiteral("Save it")), QStringList({"Save", "it"}));
        const QString long_one = QStringLiteral("Reading the evaluation data of the model");
        const double growth =
            static_cast<double>(PseudoTranslator::pseudo(long_one).size()) / static_cast<double>(long_one.size());
        QVERIFY2(growth > 1.25 && growth < 1.45, qPrintable(QString::number(growth)));
    }

    void theChoice() {
        qputenv("LANGUAGE", "fr");
        qunsetenv("SWITCHYARD_LANGUAGE");
        QCOMPARE(chooseLanguage(QStringLiteral("de"), QStringLiteral("en")), QStringLiteral("de"));
        QCOMPARE(chooseLanguage({}, QStringLiteral("de")), QStringLiteral("de"));
        qputenv("SWITCHYARD_LANGUAGE", "pseudo");
        QCOMPARE(chooseLanguage({}, QStringLiteral("de")), QStringLiteral("pseudo"));
        qputenv("SWITCHYARD_LANGUAGE", "de_AT.UTF-8");
        QCOMPARE(chooseLanguage({}, {}), QStringLiteral("de"));
        qunsetenv("SWITCHYARD_LANGUAGE");
        QVERIFY(languages().contains(chooseLanguage(QStringLiteral("xx"), {})));
        qunsetenv("LANGUAGE");
    }

    void everyTextGoesThroughTr() {
        Recorder recorder;
        QCoreApplication::installTranslator(&recorder);
        QMap<QString, QString> plain, cut;
        bool wide = false;
        WindowWalk walk;
        QVERIFY(walk.prepare(folders_));
        walk.go([&](const QString& place, const QList<QWidget*>& roots) {
            wide = wide || place.startsWith("routing");  // the head of its load card; German has room (germanIsShown)
            for (QWidget* root : roots) {
                QList<QPointer<QWidget>> all = {root};
                for (QWidget* child : root->findChildren<QWidget*>()) all.append(child);
                for (const QPointer<QWidget>& widget : all) {  // pages may change while a text settles
                    if (!widget || !widget->isVisible() || isData(widget)) continue;
                    for (const QString& text : textsOf(*widget)) {
                        const QStringList words = plainWords(text);
                        if (!words.isEmpty() && !plain.contains(text))
                            plain[text] = place + ": " + named(*widget) + ": " + words.join(' ');
                    }
                    if (staysCut(widget)) {
                        const auto* button = qobject_cast<QAbstractButton*>(widget.data());
                        const QString text =
                            button != nullptr ? button->text() : static_cast<QLabel*>(widget.data())->text();
                        if (!cut.contains(text))
                            cut[text] = QStringLiteral("%1: %2: %3 of %4")
                                            .arg(place, named(*widget))
                                            .arg(widget->width())
                                            .arg(widget->sizeHint().width());
                    }
                }
                if (root == &walk.window() && root->width() > 1280 && !wide)
                    cut[QStringLiteral("window")] =
                        QStringLiteral("%1: the window grew to %2").arg(place).arg(root->width());
            }
        });
        QCoreApplication::removeTranslator(&recorder);
        for (auto it = plain.begin(); it != plain.end(); ++it)
            qWarning("not translated: \"%s\" (%s)", qPrintable(it.key()), qPrintable(it.value()));
        for (auto it = cut.begin(); it != cut.end(); ++it)
            qWarning("cut: \"%s\" (%s)", qPrintable(it.key()), qPrintable(it.value()));
        checkLookups(recorder.asked);
        QVERIFY(recorder.asked.size() > 800);  // the walk came around
        QVERIFY2(plain.isEmpty(), qPrintable(QStringLiteral("%1 texts").arg(plain.size())));
        QVERIFY2(cut.isEmpty(), qPrintable(QStringLiteral("%1 texts").arg(cut.size())));
    }

    void germanIsWhole() {
        const QList<Message> german = readTs(germanFile());
        QVERIFY(german.size() > 1500);
        QStringList wrong;
        for (const Message& message : german) {
            const QString of = message.context + ": " + message.source;
            if (!message.finished || message.translation.isEmpty())
                wrong << "not translated: " + of;
            else if (!message.numerus && places(message.source) != places(message.translation))
                wrong << "other places: " + of + " -> " + message.translation;
            else if (message.source.count('&') != message.translation.count('&'))
                wrong << "other count of &: " + of;
            else if (!message.numerus && (message.source.startsWith(' ') != message.translation.startsWith(' ') ||
                                          message.source.endsWith(' ') != message.translation.endsWith(' ')))
                wrong << "other spaces around: " + of;
            else if (message.source.endsWith('.') != message.translation.endsWith('.') && message.source.size() > 20)
                wrong << "other end: " + of;
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join('\n')));
    }

    void germanFollowsTheSources() {
        if (QStandardPaths::findExecutable("lupdate", {"/usr/lib/qt6/bin"}).isEmpty())
            QSKIP("Qt's lupdate is not installed (installer/setup.sh)");
        const QString out = folders_.path("ts");
        QProcess update;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("SWITCHYARD_BUILD", SWITCHYARD_BUILD_DIR);
        update.setProcessEnvironment(environment);
        update.start("bash", {SWITCHYARD_SOURCE_DIR "/docs/update_translations.sh", out});
        QVERIFY(update.waitForFinished(120'000));
        QVERIFY2(update.exitCode() == 0, update.readAllStandardError().constData());
        QSet<QString> kept, wanted;
        for (const Message& message : readTs(germanFile())) kept.insert(message.context + ": " + message.source);
        for (const Message& message : readTs(out + "/switchyard_de.ts"))
            wanted.insert(message.context + ": " + message.source);
        QVERIFY(wanted.size() > 1500);
        const QStringList missing = sorted((wanted - kept).values()), gone = sorted((kept - wanted).values());
        QVERIFY2(missing.isEmpty(),
                 qPrintable("bash docs/update_translations.sh, then translate:\n" + missing.join('\n')));
        QVERIFY2(gone.isEmpty(), qPrintable("bash docs/update_translations.sh takes these out:\n" + gone.join('\n')));
    }

    void germanIsShown() {
        useLanguage(QStringLiteral("de"));
        WindowWalk walk;
        QVERIFY(walk.prepare(folders_));
        MainWindow window(walk.runs(), walk.trained(), folders_.path("german.ini"));
        window.resize(1280, 800);
        window.show();
        for (const char* name :
             {"configure", "run", "curves", "experts", "checkpoints", "retrieval", "ask", "routing"}) {
            window.showPage(QLatin1String(name));
            QTest::qWait(500);
            QVERIFY2(name == QByteArray("routing") || window.width() <= 1280,
                     qPrintable(QStringLiteral("%1: %2").arg(name).arg(window.width())));
        }
        QTRY_VERIFY_WITH_TIMEOUT(window.findChild<LoadCard*>() != nullptr && window.findChild<LoadCard*>()->isVisible(),
                                 60'000);
        QTest::qWait(500);
        QVERIFY2(window.width() <= 1280, qPrintable(QString::number(window.width())));
        QStringList menus;
        for (const QAction* action : window.menuBar()->actions()) menus << QString(action->text()).remove('&');
        QVERIFY2(menus.contains("Datei") && menus.contains("Ansicht") && menus.contains("Hilfe"),
                 qPrintable(menus.join(' ')));
        QCOMPARE(number(12345.5, 1), QStringLiteral("12 345.5").replace(2, 1, QChar(0x202F)));
        if (qEnvironmentVariable("SWITCHYARD_SHOTS").isEmpty()) return;
        window.close();
        int shots = 0;  // for the eye
        walk.go([&](const QString&, const QList<QWidget*>& roots) {
            for (QWidget* root : roots)
                shotInBothThemes(*root, QStringLiteral("de-%1").arg(++shots, 3, 10, QLatin1Char('0')));
        });
    }

private:
    /// Each text was looked up where the translation has it: a class that forgot Q_OBJECT asks in its base's context.
    void checkLookups(const QSet<QPair<QString, QString>>& asked) {
        QSet<QPair<QString, QString>> known;
        for (const Message& message : readTs(germanFile())) known.insert({message.context, message.source});
        QTranslator qt;
        const bool has_qt = qt.load("qtbase_de", QLibraryInfo::path(QLibraryInfo::TranslationsPath));
        QStringList lost;
        for (const auto& [context, source] : asked) {
            if (known.contains({context, source}) || source.trimmed().isEmpty()) continue;
            const bool qts = context.startsWith('Q') || context == QLatin1String("MAC_APPLICATION_MENU");
            if (qts && (!has_qt || !qt.translate(context.toUtf8(), source.toUtf8()).isEmpty())) continue;
            if (qts && !known.contains({context, source}) && !isOurs(source)) continue;
            lost << context + ": " + source;
        }
        QVERIFY2(lost.isEmpty(), qPrintable("looked up where no translation is:\n" + sorted(lost).join('\n')));
    }

    static bool isOurs(const QString& source) {
        static const QSet<QString> ours = [] {
            QSet<QString> all;
            for (const Message& message : readTs(germanFile())) all.insert(message.source);
            return all;
        }();
        return ours.contains(source);
    }
};

int main(int argc, char** argv) {
    OwnFolders folders;
    QApplication application(argc, argv);
    Theme::instance().setDark(true);
    LanguagesTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "languages_test.moc"
