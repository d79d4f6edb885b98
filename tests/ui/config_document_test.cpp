// SPDX-License-Identifier: GPL-3.0-or-later
// The configuration document: edits touch one value's bytes, undo gives the exact bytes back, changes are found.
#include <QDir>
#include <QFile>
#include <QtTest>
#include <map>

#include "core/base/util/random.h"
#include "tests/ui/random_config.h"
#include "ui/models/config_document.h"
#include "ui/models/text_change.h"

using namespace switchyard;
using namespace switchyard::ui;

namespace {

std::string fileText(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

QList<QPair<QString, std::string>> shippedConfigs() {
    QList<QPair<QString, std::string>> texts;
    const QDir folder(QStringLiteral(SWITCHYARD_SOURCE_DIR "/configs"));
    for (const QString& name : folder.entryList({"*.yaml"})) texts << qMakePair(name, fileText(folder.filePath(name)));
    return texts;
}

/// Another value than the one there is.
std::vector<std::string> otherScalars(const KeySpec& key, const std::vector<std::string>& now) {
    switch (key.kind) {
        case ValueKind::kBool:
            return {now == std::vector<std::string>{"true"} ? "false" : "true"};
        case ValueKind::kInt:
            return {now == std::vector<std::string>{"3"} ? "5" : "3"};
        case ValueKind::kReal:
            return {"2.50e-1"};
        case ValueKind::kText:
            return {"it's: {new} # \xC3\xA9"};
        case ValueKind::kChoice:
            return {key.choices.back() == (now.empty() ? "" : now.front()) ? key.choices.front() : key.choices.back()};
        case ValueKind::kRealList:
            return {"0.25", "7.5e-1"};
        case ValueKind::kTextList:
            return key.choices.empty() ? std::vector<std::string>{"x", "y, z"}
                                       : std::vector<std::string>{key.choices.front()};
    }
    return {};
}

std::map<std::string, std::vector<std::string>> scalarsByKey(const std::string& text) {
    std::map<std::string, std::vector<std::string>> found;
    const auto values = config::readWrittenValues(text);
    if (!values) return found;
    for (const config::WrittenValue& value : *values) {
        auto& scalars = found[value.path];
        for (const config::WrittenScalar& scalar : value.scalars) scalars.push_back(scalar.text);
    }
    return found;
}

}  // namespace

class ConfigDocumentTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// Every shipped config and 1,000 made-up ones: an edit of any key leaves all other bytes, undo the exact text.
    void editsAreLossless() {
        QList<QPair<QString, std::string>> texts = shippedConfigs();
        constexpr std::uint64_t kMadeUp = 1000;
        QVERIFY(texts.size() >= 3);
        for (std::uint64_t seed = 0; seed < kMadeUp; ++seed)
            texts << qMakePair(QStringLiteral("seed %1").arg(seed), test::randomConfig(seed));
        int edits = 0, inserted = 0, made_up = 0;
        for (const auto& [name, text] : texts) {
            ConfigCheck check = checkConfig(text);
            const std::string first = check.result.problems.empty() ? "" : check.result.problems.front().message;
            QVERIFY2(check.errors() == 0, (name.toStdString() + ": " + first + "\n" + text).c_str());
            if (name.startsWith("seed")) ++made_up;
            ConfigDocument document;
            document.open(text, name, false, nullptr);
            const auto before = scalarsByKey(text);
            for (const KeySpec& key : schema()) {
                const config::WrittenValue* value = check.find(key.path);
                if (value == nullptr && (edits + inserted) % 5 != 0) {  // a part of the keys that are not there
                    ++inserted;
                    continue;
                }
                const auto old = before.find(key.path);
                const auto next = otherScalars(key, old == before.end() ? std::vector<std::string>() : old->second);
                QVERIFY2(document.setValue(key.path, next), (key.path + " in\n" + text).c_str());
                const std::string now = document.text();
                auto expected = before;
                expected[key.path] = next;
                QVERIFY2(scalarsByKey(now) == expected, (key.path + " in\n" + text + "\ngave\n" + now).c_str());
                if (value != nullptr && (!value->list || text[value->begin] == '[')) {
                    // Head and tail around the value are the same bytes.
                    const std::size_t tail = text.size() - value->end;
                    QCOMPARE(now.substr(0, value->begin), text.substr(0, value->begin));
                    QVERIFY(now.size() >= value->begin + tail);
                    QCOMPARE(now.substr(now.size() - tail), text.substr(value->end));
                } else if (value == nullptr) {
                    const TextChange change = changeBetween(text, now);
                    QVERIFY2(change.before.empty(), (key.path + " in\n" + text + "\ngave\n" + now).c_str());
                    ++inserted;
                }
                if (now == text) {  // a choice of one, written as it was
                    QVERIFY(!document.isEdited());
                    continue;
                }
                document.undoStack().undo();
                QCOMPARE(document.text(), text);
                document.undoStack().redo();
                QCOMPARE(document.text(), now);
                if (edits % 3 == 0) {
                    QVERIFY(document.resetValue(key.path));
                    auto rest = before;
                    rest.erase(key.path);
                    QVERIFY2(scalarsByKey(document.text()) == rest, (key.path + " out of\n" + now).c_str());
                    document.undoStack().undo();
                    QCOMPARE(document.text(), now);
                }
                document.undoStack().undo();
                QCOMPARE(document.text(), text);
                QVERIFY(!document.isEdited());
                ++edits;
            }
        }
        QCOMPARE(made_up, static_cast<int>(kMadeUp));
        QVERIFY2(edits > 20000, qPrintable(QString::number(edits)));
    }

    /// Many edits on top of each other, by form and by text, and all of them taken back one by one.
    void historyGivesEveryTextBack() {
        for (std::uint64_t seed = 0; seed < 30; ++seed) {
            ConfigDocument document;
            document.open(test::randomConfig(seed), "x.yaml", false, nullptr);
            RandomSequence random(randomKey({seed, 77}));
            std::vector<std::string> texts = {document.text()};
            for (int i = 0; i < 40; ++i) {
                const KeySpec& key = schema()[random.below(schema().size())];
                std::string text = document.text();
                switch (random.below(4)) {
                    case 0:
                        document.resetValue(key.path);
                        break;
                    case 1:
                        text.insert(random.below(text.size() + 1), "\xE2\x82\xAC x");
                        document.edit(text);
                        break;
                    case 2: {
                        const std::size_t from = random.below(text.size() + 1);
                        text.erase(from, 1 + random.below(6));
                        document.edit(text);
                        break;
                    }
                    default:
                        document.setValue(key.path, otherScalars(key, {}));
                        document.endSession();
                }
                if (document.text() != texts.back()) texts.push_back(document.text());
            }
            QVERIFY(texts.size() > 10);
            const int steps = document.undoStack().index();
            std::vector<std::string> back = {document.text()};
            while (document.undoStack().canUndo()) {
                document.undoStack().undo();
                back.push_back(document.text());
            }
            QCOMPARE(back.back(), texts.front());
            // Merged steps leave texts out, but never make one up.
            for (const std::string& text : back) QVERIFY(std::find(texts.begin(), texts.end(), text) != texts.end());
            QCOMPARE(static_cast<int>(back.size()), steps + 1);
            while (document.undoStack().canRedo()) document.undoStack().redo();
            QCOMPARE(document.text(), texts.back());
        }
    }

    void typingBecomesWords() {
        ConfigDocument document;
        document.open("a: 1\n", "", false, nullptr);
        const auto type = [&](std::size_t at, const std::string& text) {
            for (std::size_t i = 0; i < text.size(); ++i) {
                std::string now = document.text();
                now.insert(at + i, 1, text[i]);
                document.edit(now);
            }
        };
        type(5, "# two words\n");
        QCOMPARE(document.text(), std::string("a: 1\n# two words\n"));
        QStringList texts;
        while (document.undoStack().canUndo()) {
            document.undoStack().undo();
            texts << QString::fromStdString(document.text());
        }
        QCOMPARE(texts, QStringList({"a: 1\n# two words", "a: 1\n# two ", "a: 1\n# ", "a: 1\n"}));
        // Backspaces are one step, and so is a key held down.
        for (const std::size_t keep : {4U, 3U, 2U}) document.edit(document.text().substr(0, keep));
        QCOMPARE(document.undoStack().index(), 2);  // the line end on its own, then the rest of the line
        document.undoStack().undo();
        document.undoStack().undo();
        QCOMPARE(document.text(), std::string("a: 1\n"));
    }

    void oneStayInAFieldIsOneStep() {
        ConfigDocument document;
        document.open("train: {steps: 10}  # x\n", "", false, nullptr);
        for (const char* text : {"1", "15", "150", "1500"}) QVERIFY(document.setValue("train.steps", {text}));
        QCOMPARE(document.undoStack().count(), 1);
        document.endSession();
        QVERIFY(document.setValue("train.steps", {"1501"}));
        QCOMPARE(document.undoStack().count(), 2);
        document.undoStack().undo();
        QCOMPARE(document.text(), std::string("train: {steps: 1500}  # x\n"));
        document.undoStack().undo();
        QCOMPARE(document.text(), std::string("train: {steps: 10}  # x\n"));
        // There and back again leaves nothing to undo.
        document.endSession();
        QVERIFY(document.setValue("train.steps", {"11"}));
        QVERIFY(document.setValue("train.steps", {"10"}));
        QVERIFY(!document.undoStack().canUndo());
        QCOMPARE(document.undoStack().count(), 0);
    }

    void checksInTheBackground() {
        ConfigDocument document;
        QSignalSpy checked(&document, &ConfigDocument::checked);
        document.open("model: {moe: {experts: 8}}\n", "", false, nullptr);
        QVERIFY(!document.isChecked());
        QTRY_VERIFY(document.isChecked());
        QCOMPARE(document.check().errors(), std::size_t(0));
        document.edit("model: {moe: {experts: eight}}\n");
        QVERIFY(!document.isChecked());
        QTRY_VERIFY(document.isChecked());
        QCOMPARE(document.check().errors(), std::size_t(1));
        // Only the last of many quick edits is checked.
        const auto before = checked.count();
        for (int i = 0; i < 50; ++i) document.edit("model: {moe: {experts: " + std::to_string(i + 1) + "}}\n");
        QTRY_VERIFY(document.isChecked());
        QCOMPARE(document.check().result.config.model.moe.experts, 50);
        QVERIFY(checked.count() - before <= 2);
    }

    void marksWhatDiffersFromThePreset() {
        const std::string preset = fileText(SWITCHYARD_SOURCE_DIR "/configs/demo.yaml");
        const RunConfig base = config::loadText(preset).config;
        ConfigDocument document;
        document.open(preset, "demo.yaml", true, &base);
        QTRY_VERIFY(document.isChecked());
        QVERIFY(document.changedKeys().empty());
        QVERIFY(document.setValue("model.moe.experts", {"16"}));
        QVERIFY(document.setValue("optim.lr", {"0.00150"}));  // the same number
        QVERIFY(document.setValue("log.every", {"5"}));
        QVERIFY(document.setValue("model.moe.gate", {"tpo2"}));  // can not be read, so it is no default
        QTRY_VERIFY(document.isChecked());
        QCOMPARE(document.changedKeys(), (std::set<std::string>{"log.every", "model.moe.experts", "model.moe.gate"}));
    }

    void knowsWhetherItIsSaved() {
        ConfigDocument document;
        QSignalSpy turned(&document, &ConfigDocument::editedChanged);
        document.open("run: {seed: 1}\n", "a.yaml", false, nullptr);
        QVERIFY(!document.isEdited());
        QVERIFY(document.setValue("run.seed", {"2"}));
        QVERIFY(document.isEdited());
        document.undoStack().undo();
        QVERIFY(!document.isEdited());
        document.undoStack().redo();
        document.markSaved("b.yaml", document.text());
        QVERIFY(!document.isEdited());
        QCOMPARE(document.file(), QStringLiteral("b.yaml"));
        QCOMPARE(turned.count(), 4);
        QVERIFY(document.undoStack().canUndo());  // saving keeps the history
    }

    void refusesEditsOfBrokenTexts() {
        ConfigDocument document;
        document.open("run: {seed: 1\n", "", false, nullptr);
        QVERIFY(!document.setValue("run.seed", {"2"}));
        QVERIFY(!document.resetValue("run.seed"));
        QVERIFY(!document.setValue("run.sed", {"2"}));
        QCOMPARE(document.text(), std::string("run: {seed: 1\n"));
        QVERIFY(!document.undoStack().canUndo());
    }

    void changeIsShortAndWhole() {
        const TextChange change = changeBetween("a \xC3\xA9 b", "a \xC3\xA8 b");
        QCOMPARE(change.begin, std::size_t(2));
        QCOMPARE(change.before, std::string("\xC3\xA9"));
        QCOMPARE(change.after, std::string("\xC3\xA8"));
        QVERIFY(changeBetween("aaa", "aa").before == "a");
        QVERIFY(changeBetween("", "x").after == "x");
        RandomSequence random(randomKey({5}));
        for (int i = 0; i < 3000; ++i) {
            const auto word = [&] {
                std::string text;
                for (std::uint64_t n = random.below(7); n > 0; --n)
                    text += std::array{"a", "b", "\xC3\xA9", "\xE2\x82\xAC"}[random.below(4)];
                return text;
            };
            const std::string from = word(), to = word();
            const TextChange found = changeBetween(from, to);
            QCOMPARE(from.substr(found.begin, found.before.size()), found.before);
            std::string made = from;
            QCOMPARE(made.replace(found.begin, found.before.size(), found.after), to);
            QVERIFY(QString::fromStdString(found.before).toStdString() == found.before);  // whole characters
        }
    }

    /// What the check of a usual text costs; it runs in the background all the same.
    void costOfACheck() {
        const std::string text = fileText(SWITCHYARD_SOURCE_DIR "/configs/demo.yaml");
        QBENCHMARK {
            checkConfig(text);
        }
    }
};

QTEST_GUILESS_MAIN(ConfigDocumentTest)
#include "config_document_test.moc"
