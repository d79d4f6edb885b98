// SPDX-License-Identifier: MIT
#include <QTest>
#include <map>

#include "core/base/config/config.h"
#include "core/base/config/document.h"
#include "core/base/util/random.h"

using namespace switchyard;
using namespace switchyard::config;

namespace {

std::string set(const std::string& text, const char* path, const char* value) {
    const auto splice = setValueSplice(text, path, value);
    return splice ? config::apply(text, *splice) : "(none)";
}

std::string removed(const std::string& text, const char* path) {
    const auto splice = removeValueSplice(text, path);
    return splice ? config::apply(text, *splice) : "(none)";
}

/// Writes random but valid documents with comments, in mixed styles.
class DocumentMaker {
public:
    explicit DocumentMaker(std::uint64_t seed) : random_(randomKey({seed})) {
        newline_ = chance(4) ? "\r\n" : "\n";
        step_ = 1 + random_.below(4);
    }

    std::string make() {
        std::string out;
        if (chance(3)) out += "# head: {not: yaml" + newline_;
        if (chance(6)) out += "---" + newline_;
        out += blockMap("", 0);
        if (chance(3) && out.size() > 2) out.erase(out.find_last_not_of("\r\n") + 1);  // no final line end
        return out;
    }

private:
    bool chance(std::uint64_t n) { return random_.below(n) == 0; }

    std::string comment() {
        const std::array<const char*, 5> kComments = {"# plain", "# a: b, {c]", "#  \xC3\xA9 \"quote", "# 'x", "#"};
        return chance(3) ? std::string(1 + random_.below(3), ' ') + kComments[random_.below(kComments.size())] : "";
    }

    std::vector<std::string> children(const std::string& section) {
        std::vector<std::string> names;
        for (const KeySpec& key : schema()) {
            if (!section.empty() && key.path.rfind(section + ".", 0) != 0) continue;
            const std::size_t from = section.empty() ? 0 : section.size() + 1;
            const std::string name = key.path.substr(from, key.path.find('.', from) - from);
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        }
        std::vector<std::string> picked;
        for (const std::string& name : names) {
            if (chance(2)) picked.insert(picked.begin() + static_cast<long>(random_.below(picked.size() + 1)), name);
        }
        return picked;
    }

    std::string keyText(const std::string& name) {
        if (chance(8)) return '"' + name + '"';
        if (chance(12)) return '\'' + name + '\'';
        return name;
    }

    std::string textValue(bool flow) {
        const std::array<const char*, 8> kTexts = {"word", "\"a, {b}: #c\"",   "'it''s # 1'", "two words", "\"\\\"\"",
                                                   "~/x",  "\"\xE2\x82\xAC\"", "a#b"};
        if (!flow && chance(6)) return "x:y, [z";
        return kTexts[random_.below(kTexts.size())];
    }

    std::string scalar(const KeySpec& key, bool flow) {
        if (key.kind == ValueKind::kText || (key.kind == ValueKind::kTextList && key.choices.empty()))
            return textValue(flow);
        if (key.kind == ValueKind::kTextList) return key.choices[random_.below(key.choices.size())];
        if (key.kind == ValueKind::kRealList) return chance(2) ? "0.5" : "1.0e-1";
        return formatValue(key, key.default_value);
    }

    std::string flowValue(const std::string& path) {
        const KeySpec* key = findKey(path);
        std::string out;
        if (key == nullptr) {
            out = chance(2) ? "{" : "{ ";
            const auto names = children(path);
            for (std::size_t i = 0; i < names.size(); ++i) {
                out += (i > 0 ? (chance(3) ? " , " : ", ") : "") + keyText(names[i]) + ": " +
                       flowValue(path + "." + names[i]);
            }
            return out + (chance(6) && !names.empty() ? "," : "") + (chance(2) ? "}" : " }");
        }
        if (key->kind != ValueKind::kTextList && key->kind != ValueKind::kRealList) return scalar(*key, true);
        for (std::uint64_t i = random_.below(4); i > 0; --i) out += (out.empty() ? "" : ", ") + scalar(*key, true);
        return "[" + out + "]";
    }

    std::string blockValue(const std::string& path, std::size_t indent) {
        const KeySpec* key = findKey(path);
        if (chance(3)) return " " + flowValue(path) + comment() + newline_;
        if (key == nullptr) {
            const std::string inner = blockMap(path, indent + step_);
            return comment() + newline_ + inner;
        }
        if (key->kind == ValueKind::kTextList || key->kind == ValueKind::kRealList) {
            std::string out = comment() + newline_;
            const std::size_t inner = indent + (chance(2) ? 0 : step_);
            for (std::uint64_t i = 1 + random_.below(3); i > 0; --i) {
                if (chance(6)) out += std::string(inner, ' ') + "# in the list" + newline_;
                out += std::string(inner, ' ') + "- " + scalar(*key, false) + comment() + newline_;
            }
            return out;
        }
        if (key->kind == ValueKind::kText && chance(5)) {
            const std::array<const char*, 4> kHeaders = {" |", " >", " |-", " |+"};
            std::string out = kHeaders[random_.below(kHeaders.size())] + newline_;
            for (std::uint64_t i = 1 + random_.below(3); i > 0; --i) {
                out += std::string(indent + 2, ' ') + "line: # no comment" + newline_;
                if (chance(4)) out += newline_;
            }
            return out;
        }
        return std::string(1 + random_.below(3), ' ') + scalar(*key, false) + comment() + newline_;
    }

    std::string blockMap(const std::string& path, std::size_t indent) {
        std::string out;
        for (const std::string& name : children(path)) {
            if (chance(6)) out += std::string(indent, ' ') + "# about " + name + newline_;
            if (chance(8)) out += newline_;
            out += std::string(indent, ' ') + keyText(name) + (chance(10) ? " :" : ":") +
                   blockValue(path.empty() ? name : path + "." + name, indent);
        }
        return out;
    }

    RandomSequence random_;
    std::string newline_;
    std::size_t step_;
};

std::map<std::string, std::string> valuesOf(const LoadResult& result, const std::string& text) {
    std::map<std::string, std::string> values;
    for (const ValueRange& v : result.values) values[v.path] = text.substr(v.begin, v.end - v.begin);
    return values;
}

}  // namespace

class TestConfigDocument : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void replacesValues() {
        QCOMPARE(set("run: {seed: 1, name: a}\n", "run.seed", "22"), std::string("run: {seed: 22, name: a}\n"));
        QCOMPARE(set("run:\n  seed: 1   # start\n", "run.seed", "22"), std::string("run:\n  seed: 22   # start\n"));
        QCOMPARE(set("run:\n  name: \"a # b\" # c\n", "run.name", "d"), std::string("run:\n  name: d # c\n"));
        QCOMPARE(set("run: {name: 'it''s, so'}", "run.name", "\"x, y\""), std::string("run: {name: \"x, y\"}"));
        QCOMPARE(set("run: {tags: [a, b], seed: 1}", "run.tags", "[c]"), std::string("run: {tags: [c], seed: 1}"));
        QCOMPARE(set("run:\r\n  seed: 1\r\n", "run.seed", "2"), std::string("run:\r\n  seed: 2\r\n"));
        QCOMPARE(set("run:\n  note: |\n    a\n    b\n  seed: 1\n", "run.note", "c"),
                 std::string("run:\n  note: c\n  seed: 1\n"));
        QCOMPARE(set("run:\n  note: one\n    two\n  seed: 1\n", "run.note", "c"),
                 std::string("run:\n  note: c\n  seed: 1\n"));
    }

    void replacesBlockLists() {
        QCOMPARE(set("data:\n  train: # files\n    - a # x\n    - b # last\n  root: r\n", "data.train", "[c]"),
                 std::string("data:\n  train: [c] # files # last\n  root: r\n"));
        QCOMPARE(set("data:\n  train:\n  - a\n  root: r\n", "data.train", "[]"),
                 std::string("data:\n  train: []\n  root: r\n"));
    }

    void fillsAbsentValues() {
        QCOMPARE(set("run:\n  seed:\n  name: a\n", "run.seed", "2"), std::string("run:\n  seed: 2\n  name: a\n"));
        QCOMPARE(set("run:\n  seed:  # s\n", "run.seed", "2"), std::string("run:\n  seed: 2  # s\n"));
        QCOMPARE(set("run: {seed: , name: a}", "run.seed", "2"), std::string("run: {seed: 2 , name: a}"));
        QCOMPARE(set("run: {seed}", "run.seed", "2"), std::string("run: {seed: 2}"));
        QCOMPARE(set("run:\n  seed: ~\n", "run.seed", "2"), std::string("run:\n  seed: 2\n"));
        QCOMPARE(set("run:\n  seed: null # n\n", "run.seed", "2"), std::string("run:\n  seed: 2 # n\n"));
    }

    void insertsKeys() {
        QCOMPARE(set("", "run.seed", "2"), std::string("run:\n  seed: 2\n"));
        QCOMPARE(set("# only this", "run.seed", "2"), std::string("# only this\nrun:\n  seed: 2\n"));
        QCOMPARE(set("run: {name: a}", "run.seed", "2"), std::string("run: {name: a, seed: 2}"));
        QCOMPARE(set("run: {}", "run.seed", "2"), std::string("run: {seed: 2}"));
        QCOMPARE(set("run: { name: a, }", "run.seed", "2"), std::string("run: { name: a, seed: 2, }"));
        QCOMPARE(set("run:\n    name: a # x\n# end\n", "run.seed", "2"),
                 std::string("run:\n    name: a # x\n    seed: 2\n# end\n"));
        QCOMPARE(set("run:\n    name: a", "run.seed", "2"), std::string("run:\n    name: a\n    seed: 2\n"));
        QCOMPARE(set("run:\r\n  name: a\r\n", "optim.lr", "0.1"),
                 std::string("run:\r\n  name: a\r\noptim:\r\n  lr: 0.1\r\n"));
        QCOMPARE(set("run: # r\n", "run.seed", "2"), std::string("run: # r\n  seed: 2\n"));
        QCOMPARE(set("run:", "run.seed", "2"), std::string("run:\n  seed: 2\n"));
        QCOMPARE(set("model:\n   moe:\n      top_k: 2\n   embed_dim: 8\n", "model.moe.losses.z", "0.5"),
                 std::string("model:\n   moe:\n      top_k: 2\n      losses:\n         z: 0.5\n   embed_dim: 8\n"));
        QCOMPARE(set("model: {embed_dim: 8}\n", "model.moe.losses.z", "0.5"),
                 std::string("model: {embed_dim: 8, moe: {losses: {z: 0.5}}}\n"));
        QCOMPARE(set("model: {moe: }\n", "model.moe.losses.z", "0.5"),
                 std::string("model: {moe: {losses: {z: 0.5}} }\n"));
        QCOMPARE(set("data:\n  train:\n    - a\n    - b\n# tail\n", "data.root", "r"),
                 std::string("data:\n  train:\n    - a\n    - b\n  root: r\n# tail\n"));
    }

    void removesKeys() {
        QCOMPARE(removed("run:\n  seed: 1 # s\n  name: a\n", "run.seed"), std::string("run:\n  name: a\n"));
        QCOMPARE(removed("run:\n  name: a\n  seed: 1", "run.seed"), std::string("run:\n  name: a\n"));
        QCOMPARE(removed("run:\r\n  seed: 1\r\n  name: a\r\n", "run.seed"), std::string("run:\r\n  name: a\r\n"));
        QCOMPARE(removed("run: {seed: 1, name: a}", "run.seed"), std::string("run: {name: a}"));
        QCOMPARE(removed("run: {name: a, seed: 1}", "run.seed"), std::string("run: {name: a}"));
        QCOMPARE(removed("run: {name: a, seed: 1, }", "run.seed"), std::string("run: {name: a, }"));
        QCOMPARE(removed("run: {seed: 1 }", "run.seed"), std::string("run: { }"));
        QCOMPARE(removed("run: {seed: 1, }", "run.seed"), std::string("run: { }"));
        QCOMPARE(removed("data:\n  train:\n  - a\n  - b # x\n  root: r\n", "data.train"),
                 std::string("data:\n  root: r\n"));
        QCOMPARE(removed("run:\n  note: |\n    a\n\n    b\n  seed: 1\n", "run.note"), std::string("run:\n  seed: 1\n"));
        // A comment inside the value goes with it: the text above would take it for its own.
        QCOMPARE(removed("run:\n  note: |\n    a\n  tags: [x] # t\n    # in the list\n  seed: 1\n", "run.tags"),
                 std::string("run:\n  note: |\n    a\n  seed: 1\n"));
        QCOMPARE(removed("run:\n  tags: [x]\n  # about the seed\n  seed: 1\n", "run.tags"),
                 std::string("run:\n  # about the seed\n  seed: 1\n"));
        QVERIFY(!removeValueSplice("run: {seed: 1}", "run.name"));
        QVERIFY(!removeValueSplice("", "run.name"));
    }

    void refusesBrokenTexts() {
        QVERIFY(!setValueSplice("run: {seed: 1", "run.seed", "2"));
        QVERIFY(!removeValueSplice("run: [", "run.seed"));
        QVERIFY(!setValueSplice("run: {seed: 1}", "run.seed", "{"));  // the edit itself would break it
        QVERIFY(!setValueSplice("run: {seed: 1}", "", "1"));
        // A text with mistakes that is still YAML can be edited: that is how the form corrects it.
        QCOMPARE(set("run: {sed: 1, seed: x}", "run.seed", "2"), std::string("run: {sed: 1, seed: 2}"));
    }

    void renamesKeys() {
        const auto renamed = [](const std::string& text, const char* path, const char* name) {
            const auto splice = renameKeySplice(text, path, name);
            return splice ? config::apply(text, *splice) : "(none)";
        };
        QCOMPARE(renamed("run: {sed: 1}  # x\n", "run.sed", "seed"), std::string("run: {seed: 1}  # x\n"));
        QCOMPARE(renamed("run:\n  \"sed\" : 1\n", "run.sed", "seed"), std::string("run:\n  seed : 1\n"));
        QCOMPARE(renamed("rum:\n  seed: 1\n", "rum", "run"), std::string("run:\n  seed: 1\n"));
        QVERIFY(!renameKeySplice("run: {seed: 1}", "run.sed", "seed"));
        QVERIFY(!renameKeySplice("run: {sed: 1", "run.sed", "seed"));
        QCOMPARE(valueText("run: {sed: '1'}  # x\n", "run.sed").value_or("(none)"), std::string("'1'"));
        QVERIFY(!valueText("run: {sed: 1}", "run.seed"));
    }

    void readsValuesAsWritten() {
        const std::string text =
            "run: {name: 'it''s', seed: \"${train.steps}\", tags: [a, \"b, c\"]}\noptim:\n  lr: 3.0e-4  # slow\n"
            "  betas:\n    - 0.90\n    - 0.98\n  eps:\ntrain: {stepz: 3, steps: 05, steps: 6}\nlog: 3\n";
        const auto values = readWrittenValues(text);
        QVERIFY(values);
        std::string told;
        for (const WrittenValue& value : *values) {
            told += value.path + (value.list ? " [" : " ");
            for (const WrittenScalar& scalar : value.scalars) told += "<" + scalar.text + ">";
            told += "|" + text.substr(value.key_begin, value.key_end - value.key_begin) + "|" +
                    text.substr(value.begin, value.end - value.begin) + "\n";
        }
        QCOMPARE(told, std::string("run.name <it's>|name|'it''s'\nrun.seed <${train.steps}>|seed|\"${train.steps}\"\n"
                                   "run.tags [<a><b, c>|tags|[a, \"b, c\"]\noptim.lr <3.0e-4>|lr|3.0e-4\n"
                                   "optim.betas [<0.90><0.98>|betas|- 0.90\n    - 0.98\noptim.eps |eps|\n"
                                   "train.steps <05>|steps|05\n"));
        QCOMPARE(text.substr((*values)[2].scalars[1].begin, 6), std::string("\"b, c\""));
        QVERIFY(!readWrittenValues("run: ["));
        QCOMPARE(readWrittenValues("")->size(), std::size_t(0));
    }

    void writesScalars() {
        const auto written = [](const char* path, std::vector<std::string> scalars) {
            return writeScalars(*findKey(path), scalars);
        };
        QCOMPARE(written("optim.lr", {"3.0e-4"}), std::string("3.0e-4"));
        QCOMPARE(written("optim.lr", {"fast: {"}), std::string("\"fast: {\""));
        QCOMPARE(written("train.steps", {"${checkpoint.every}"}), std::string("\"${checkpoint.every}\""));
        QCOMPARE(written("run.name", {"12"}), std::string("\"12\""));
        QCOMPARE(written("run.note", {""}), std::string("\"\""));
        QCOMPARE(written("run.tags", {}), std::string("[]"));
        QCOMPARE(written("run.tags", {"a", "b, c"}), std::string("[a, \"b, c\"]"));
        QCOMPARE(written("optim.betas", {"0.90", "0.98"}), std::string("[0.90, 0.98]"));
        QCOMPARE(written("run.deterministic", {"true"}), std::string("true"));
        // What is read and written again means the same.
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
            const std::string text = DocumentMaker(seed).make();
            const auto values = readWrittenValues(text);
            QVERIFY(values);
            for (const WrittenValue& value : *values) {
                std::vector<std::string> scalars;
                for (const WrittenScalar& scalar : value.scalars) scalars.push_back(scalar.text);
                const KeySpec& key = *findKey(value.path);
                const auto splice = setValueSplice(text, value.path, writeScalars(key, scalars));
                QVERIFY2(splice, (value.path + " in\n" + text).c_str());
                const LoadResult again = loadText(config::apply(text, *splice));
                QVERIFY2(key.get(again.config) == key.get(loadText(text).config),
                         (value.path + " in\n" + text).c_str());
            }
        }
    }

    /// The line ends of a block text belong to it or not, by what stands below.
    void blockTextsKeepTheirLineEnds() {
        const std::string kept = "run:\n  note: |+\n    a\n  seed: 1\n\n\n  name: n\n";
        const auto removal = removeValueSplice(kept, "run.seed");
        QVERIFY(removal);
        QCOMPARE(config::apply(kept, *removal), std::string("run:\n  note: |+\n    a\n  name: n\n"));
        const std::string unended = "run:\n  name: n\n  note: |\n    a";
        const auto insertion = setValueSplice(unended, "run.seed", "2");
        QVERIFY(insertion);
        QCOMPARE(config::apply(unended, *insertion), std::string("run:\n  name: n\n  seed: 2\n  note: |\n    a"));
    }

    /// Any key of any document: only that value's bytes change, it reads back, every other key stays.
    void editsTouchOneValue() {
        int documents = 0;
        int edits = 0;
        for (std::uint64_t seed = 0; seed < 250; ++seed) {
            const std::string text = DocumentMaker(seed).make();
            const LoadResult before = loadText(text);
            const auto values = valuesOf(before, text);
            for (const Problem& p :
                 before.problems) {  // rules may object to random values; YAML and keys must be right
                QVERIFY2(p.message.find("YAML") == std::string::npos && p.message.find("no key") == std::string::npos,
                         (text + "\n" + describe(p, "f")).c_str());
            }
            ++documents;
            for (std::size_t i = seed % 3; i < schema().size(); i += 3) {
                const KeySpec& key = schema()[i];
                const std::string value = key.kind == ValueKind::kTextList   ? "[n, \"e w\"]"
                                          : key.kind == ValueKind::kRealList ? "[0.25, 0.75]"
                                          : key.kind == ValueKind::kText     ? "\"new: # value\""
                                                                             : formatValue(key, key.default_value);
                const auto splice = setValueSplice(text, key.path, value);
                QVERIFY2(splice, (key.path + " in\n" + text).c_str());
                const std::string edited = config::apply(text, *splice);
                auto expected = values;
                expected[key.path] = value;
                QVERIFY2(valuesOf(loadText(edited), edited) == expected,
                         (key.path + " in\n" + text + "\ngave\n" + edited).c_str());
                const auto old = values.find(key.path);
                if (old == values.end()) {  // inserted: nothing may be taken away
                    QVERIFY2(splice->begin == splice->end || !loadText(text).ok(), (key.path + " in\n" + text).c_str());
                } else if (old->second.rfind("- ", 0) != 0) {  // replaced: exactly the old bytes (block lists move up)
                    QCOMPARE(text.substr(splice->begin, splice->end - splice->begin), old->second);
                }
                ++edits;

                const auto removal = removeValueSplice(text, key.path);
                QCOMPARE(removal.has_value(), old != values.end());
                if (removal) {
                    const std::string shorter = config::apply(text, *removal);
                    auto rest = values;
                    rest.erase(key.path);
                    QVERIFY2(valuesOf(loadText(shorter), shorter) == rest,
                             (key.path + " out of\n" + text + "\ngave\n" + shorter).c_str());
                    const LoadResult again = loadText(shorter);
                    QVERIFY(key.get(again.config) == key.default_value || key.path == "train.steps");
                }
            }
        }
        QCOMPARE(documents, 250);
        QVERIFY(edits > 7000);
    }

    void fast() {
        const std::string text = DocumentMaker(7).make();
        QBENCHMARK {
            setValueSplice(text, "model.moe.experts", "16");
        }
    }
};

QTEST_GUILESS_MAIN(TestConfigDocument)
#include "test_config_document.moc"
