// SPDX-License-Identifier: MIT
#include <sys/resource.h>

#include <QTemporaryDir>
#include <QTest>
#include <ctime>
#include <fstream>

#include "core/base/config/config.h"
#include "core/base/util/error.h"

using namespace switchyard;
using config::LoadResult;
using config::loadText;

namespace {

std::string all(const LoadResult& result) {
    std::string text;
    for (const config::Problem& problem : result.problems) text += config::describe(problem, "f") + "\n";
    return text;
}

/// The only problem's line as printed; "" when there is not exactly one.
std::string only(const LoadResult& result) {
    return result.problems.size() == 1 ? config::describe(result.problems[0], "f") : "not one problem:\n" + all(result);
}

std::string loadOnly(const std::string& text) {
    return only(loadText(text));
}

}  // namespace

class TestConfigLoad : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsEveryKind() {
        const LoadResult r = loadText(
            "# comment\n"
            "run: {name: first run, tags: [a, 'b c'], seed: 7}\n"
            "model:\n"
            "  vision:\n"
            "    lora: {rank: 4, freeze_base: false}\n"
            "    stem: conv\n"
            "data:\n"
            "  train:\n"
            "    - x.jsonl\n"
            "    - \"y#.jsonl\"\n"
            "  image: {mean: [0, 0.5, 1e-1], fit: crop}\n"
            "optim:\n"
            "  lr: 2.5e-4   # a rate\n");
        QVERIFY2(r.problems.empty(), all(r).c_str());
        QCOMPARE(r.config.run.name, std::string("first run"));
        QCOMPARE(r.config.run.tags, (std::vector<std::string>{"a", "b c"}));
        QCOMPARE(r.config.run.seed, std::int64_t{7});
        QCOMPARE(r.config.model.vision.lora.freeze_base, false);
        QVERIFY(r.config.model.vision.stem == Stem::kConv);
        QCOMPARE(r.config.data.train, (std::vector<std::string>{"x.jsonl", "y#.jsonl"}));
        QCOMPARE(r.config.data.image.mean, (std::vector<double>{0, 0.5, 0.1}));
        QVERIFY(r.config.data.image.fit == ImageFit::kCrop);
        QCOMPARE(r.config.optim.lr, 2.5e-4);
    }

    void shippedConfigsAreGood() {
        for (const char* name : {"smoke", "demo", "flickr8k", "base", "large"}) {
            const LoadResult r = config::loadFile(std::string(SWITCHYARD_SOURCE_DIR "/configs/") + name + ".yaml");
            QVERIFY2(r.problems.empty(), all(r).c_str());
        }
    }

    void valueRangesAreExact() {
        const std::string text =
            "run: {name: \"a, b\", tags: [x,  y ]}\r\n"
            "optim:\r\n"
            "  lr: 1.0e-3 # \xC3\xA9\r\n"
            "  betas:\r\n"
            "  - 0.9\r\n"
            "  - 0.99 # last\r\n"
            "data: {root: 'it''s', image: {fit: pad}}\r\n"
            "task:\r\n"
            "  matching:\r\n"
            "  contrastive: 2\r\n";
        const LoadResult r = loadText(text);
        std::map<std::string, std::pair<std::string, int>> got;
        for (const config::ValueRange& v : r.values) got[v.path] = {text.substr(v.begin, v.end - v.begin), v.line};
        QCOMPARE(got.size(), std::size_t{8});
        QCOMPARE(got["run.name"], (std::pair<std::string, int>{"\"a, b\"", 1}));
        QCOMPARE(got["run.tags"], (std::pair<std::string, int>{"[x,  y ]", 1}));
        QCOMPARE(got["optim.lr"], (std::pair<std::string, int>{"1.0e-3", 3}));
        QCOMPARE(got["optim.betas"], (std::pair<std::string, int>{"- 0.9\r\n  - 0.99", 5}));
        QCOMPARE(got["data.root"], (std::pair<std::string, int>{"'it''s'", 7}));
        QCOMPARE(got["data.image.fit"], (std::pair<std::string, int>{"pad", 7}));
        QCOMPARE(got["task.matching"], (std::pair<std::string, int>{"", 9}));
        QCOMPARE(got["task.contrastive"], (std::pair<std::string, int>{"2", 10}));
    }

    void blockAndMultiLineTexts() {
        const LoadResult r =
            loadText("run:\n  note: |\n    one\n\n    two: # 3\n  name: a\n    b\n  dir: 'x\n    y'\n");
        QVERIFY2(r.problems.empty(), all(r).c_str());
        QCOMPARE(r.config.run.note, std::string("one\n\ntwo: # 3\n"));
        QCOMPARE(r.config.run.name, std::string("a b"));
        QCOMPARE(r.config.run.dir, std::string("x y"));
    }

    void tellsAllProblemsWithTheirPlace() {
        const LoadResult r = loadText(
            "model:\n"
            "  moe:\n"
            "    exprts: 8\n"
            "    top_k: two\n"
            "optim: {lr: -1, betas: 0.9}\n"
            "train: 5\n"
            "eval:\n"
            "  tasks: [retrival]\n");
        QVERIFY(!r.ok());
        const std::string expected =
            "f:3: There is no key model.moe.exprts. Did you mean model.moe.experts?\n"
            "f:4: model.moe.top_k must be a whole number, not \"two\"\n"
            "f:5: optim.lr must be 0.0 to 100.0, not -1\n"
            "f:5: optim.betas must be a list of numbers, not a single value. Write [0.9]\n"
            "f:6: train is a section of keys, not a value. Write its keys below it, as in train: {steps: ...}\n"
            "f:8: Each item of eval.tasks must be retrieval, not \"retrival\". Did you mean retrieval?\n";
        QCOMPARE(all(r), expected);
        QCOMPARE(r.problems[0].column, 5);
        QCOMPARE(r.problems[0].suggestions, std::vector<std::string>{"model.moe.experts"});
        QCOMPARE(r.problems[2].column, 13);
    }

    void columnsCountCharacters() {
        const LoadResult r = loadText("run: {name: \"\xC3\xA9\xC3\xA9\", sed: 1}\n");
        QCOMPARE(r.problems.size(), std::size_t{1});
        QCOMPARE(r.problems[0].column, 19);  // before it stand 18 characters, which are 20 bytes
    }

    void numbersAreStrict_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* text, const char* message) { QTest::newRow(text) << text << message; };
        row("optim: {lr: nan}", "f:1: optim.lr must be a finite number, not \"nan\"");
        row("optim: {lr: .inf}", "f:1: optim.lr must be a finite number, not \".inf\"");
        row("optim: {lr: 1e400}", "f:1: optim.lr is beyond what a 64-bit number can hold: \"1e400\"");
        row("optim: {lr: 1e-400}", "f:1: optim.lr is beyond what a 64-bit number can hold: \"1e-400\"");
        row("optim: {lr: 0.1x}", "f:1: optim.lr must be a finite number, not \"0.1x\"");
        row("optim: {lr: 1_0}", "f:1: optim.lr must be a finite number, not \"1_0\"");
        row("optim: {lr: '0.1'}", "f:1: optim.lr must be a number, not a text in quotes. Remove the quotes");
        row("run: {seed: 9223372036854775808}", "f:1: run.seed does not fit in 64 bits: \"9223372036854775808\"");
        row("run: {seed: 1e3}", "f:1: run.seed must be a whole number, not \"1e3\". Write 1000");
        row("run: {seed: 3.0}", "f:1: run.seed must be a whole number, not \"3.0\". Write 3");
        row("run: {seed: 3.5}", "f:1: run.seed must be a whole number, not \"3.5\"");
        row("run: {seed: 0x10}", "f:1: run.seed must be a whole number, not \"0x10\"");
        row("run: {seed: 017}", "f:1: run.seed must not start with 0, which other programs read as octal: \"017\"");
        row("run: {seed: true}", "f:1: run.seed must be a whole number, not \"true\"");
        row("run: {seed: }", "f:1: run.seed has no value. Write a value, or remove the line for the default 1234");
        row("run: {deterministic: yes}", "f:1: run.deterministic must be true or false, not \"yes\". Write true");
        row("run: {name: \"a\\0b\"}", "f:1: run.name must not hold control characters");
        row("run: {tags: a}", "f:1: run.tags must be a list of texts, not a single value. Write [a]");
        row("run: {name: [a]}", "f:1: run.name must be a text, not a list");
        row("run: {name: {a: b}}", "f:1: run.name must be a text, not a section of keys");
        row("run: {tags: [[a]]}", "f:1: Each item of run.tags must be a single value");
        row("model: {moe: {gate: top_2}}",
            "f:1: model.moe.gate must be one of top2, switch, topk, noisy_topk, expert_choice, not \"top_2\". Did you mean top2?");
    }
    void numbersAreStrict() {
        QFETCH(QString, text);
        QFETCH(QString, message);
        QCOMPARE(loadOnly(text.toStdString()), message.toStdString());
    }

    void acceptedNumbers() {
        QCOMPARE(loadText("run: {seed: +5}").config.run.seed, std::int64_t{5});
        QCOMPARE(loadText("run: {seed: 0}").config.run.seed, std::int64_t{0});
        QCOMPARE(loadText("optim: {lr: .5}").config.optim.lr, 0.5);
        QCOMPARE(loadText("optim: {lr: 1}").config.optim.lr, 1.0);
        QCOMPARE(loadText("optim: {lr: 1E-2}").config.optim.lr, 0.01);
    }

    void refusedYaml_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const QByteArray& text, const char* message) {
            QTest::newRow(name) << text << message;
        };
        row("anchor", "run: &a {seed: 1}",
            "f:1: Anchors (&name) are not allowed. Write the value out, or use ${section.key}");
        row("tag", "run: {seed: !!int 1}", "f:1: Tags (!name) are not allowed. Remove the tag");
        row("local tag", "run: {seed: ! 1}", "f:1: Tags (!name) are not allowed. Remove the tag");
        row("duplicate", "run:\n  seed: 1\n  seed: 2\n", "f:3: Key \"seed\" is given twice. Remove one of them");
        row("duplicate section", "run: {seed: 1}\nrun: {name: a}\n",
            "f:2: Key \"run\" is given twice. Remove one of them");
        row("two documents", "run: {seed: 1}\n---\nrun: {seed: 2}\n",
            "f:2: The text holds more than one YAML document. Keep only one");
        row("list", "- a\n", "f:1: A configuration holds \"key: value\" lines");
        row("scalar", "hello", "f:1: A configuration holds \"key: value\" lines");
        row("NUL", QByteArray("run: {seed: 1}\n\0", 16),
            "f:2: The text holds a control character. Remove it; is this a text file?");
        row("latin-1", "run: {name: caf\xE9}", "f:1: The text is not valid UTF-8. Save it as UTF-8");
        row("overlong", "run: {name: \xC0\xAF}", "f:1: The text is not valid UTF-8. Save it as UTF-8");
        row("surrogate", "run: {name: \xED\xA0\x80}", "f:1: The text is not valid UTF-8. Save it as UTF-8");
        row("mark", "\xEF\xBB\xBFrun: {}", "f:1: The text starts with a byte order mark. Save it as UTF-8 without one");
        row("list as key", "? [a]\n: b\n", "f:1: A key must be a word");
        row("dotted", "optim.lr: 3\n",
            "f:1: There is no key optim.lr. Dots work with --set only: nest the key in its section here");
        row("merge", "<<: {run: {seed: 1}}\n", "f:1: There is no key <<. See `switchyard config docs` for all keys");
    }
    void refusedYaml() {
        QFETCH(QByteArray, text);
        QFETCH(QString, message);
        QCOMPARE(loadOnly(text.toStdString()), message.toStdString());
    }

    void brokenYamlNamesTheLine() {
        const LoadResult r = loadText("run:\n  seed: 1\n  tags: [a\ndata: {}\n");
        QCOMPARE(r.problems.size(), std::size_t{1});
        QVERIFY2(r.problems[0].message.rfind("This is not valid YAML: ", 0) == 0, r.problems[0].message.c_str());
        QVERIFY(r.problems[0].line >= 3);
        QVERIFY(!loadText("run: \"open\n").ok());
        QVERIFY(!loadText("run: {seed: 1}}\n").ok());
        // yaml-cpp ends an open quote at the next line with less indentation, and says nothing.
        QCOMPARE(loadOnly("model:\n  moe:\n    top_k: \"2\n    gate: top2\ntask: {}\n"),
                 std::string("f:3: This is not valid YAML: a quote or a bracket is not closed"));
        QVERIFY(!loadText("a: b: c\n").ok());
        QVERIFY(!loadText("\t- x: 1\n").ok());
    }

    void emptyTextsGiveDefaults() {
        for (const char* text : {"", "\n", "# only a comment", "---\n", "{}", "run:\n", "run: ~\n", "run: {}\n"}) {
            const LoadResult r = loadText(text);
            QVERIFY2(r.problems.empty(), (std::string(text) + all(r)).c_str());
            QVERIFY(config::diff(r.config, defaultConfig()).empty());
        }
    }

    void references() {
        const LoadResult r = loadText(
            "model:\n"
            "  text: {dim: 96, heads: 4}\n"
            "  vision: {dim: \"${model.text.dim}\", heads: \"${model.text.heads}\"}\n"
            "  embed_dim: ${model.vision.dim}\n"
            "  moe: {hidden_dim: '${model.fusion.dim}'}\n"  // a default
            "run: {name: \"a-${run.seed}\", note: \"${run.name}$${x} $5\", tags: [\"${run.name}\"]}\n");
        QVERIFY2(r.problems.empty(), all(r).c_str());
        QCOMPARE(r.config.model.vision.dim, std::int64_t{96});
        QCOMPARE(r.config.model.embed_dim, std::int64_t{96});
        QCOMPARE(r.config.model.moe.hidden_dim, defaultConfig().model.fusion.dim);
        QCOMPARE(r.config.run.name, std::string("a-1234"));
        QCOMPARE(r.config.run.note, std::string("a-1234${x} $5"));
        QCOMPARE(r.config.run.tags, std::vector<std::string>{"a-1234"});
    }

    void wrongReferences() {
        QCOMPARE(loadOnly("run: {name: \"${run.nam}\"}"),
                 std::string("f:1: The reference ${run.nam} names no key. Did you mean ${run.name}?"));
        QCOMPARE(loadOnly("run: {name: \"${run.tags}\"}"),
                 std::string("f:1: The reference ${run.tags} names a list. Only single values can be referred to"));
        QCOMPARE(
            loadOnly("run: {name: \"${run.note\"}"),
            std::string("f:1: The reference in run.name is not closed. Write ${section.key}, or $${ for the characters "
                        "themselves"));
        QCOMPARE(loadOnly("run: {name: \"${run.name}\"}"),
                 std::string(
                     "f:1: The reference ${run.name} in run.name leads back to itself. Write a value in one of them"));
        const LoadResult cycle = loadText("run: {name: \"${run.note}\", note: \"${run.dir}\", dir: \"${run.name}\"}");
        QCOMPARE(only(cycle),
                 std::string("f:1: The reference ${run.name} in run.dir leads back to itself. Write a value in "
                             "one of them"));
        // The wrong type is told where the reference stands.
        QCOMPARE(loadOnly("model:\n  embed_dim: ${run.name}\n"),
                 std::string("f:2: model.embed_dim must be a whole number, not \"run\""));
    }

    void overrides() {
        const auto with = [](std::vector<config::Override> sets) {
            return loadText("run: {name: a, seed: 1}\ndata: {train: [x]}\ntrain: {steps: 70}\n", sets);
        };
        LoadResult r =
            with({{"run.seed", "5"}, {"run.seed", "6"}, {"data.train", "[p, \"q r\"]"}, {"run.note", "issue #3: [x"}});
        QVERIFY2(r.problems.empty(), all(r).c_str());
        QCOMPARE(r.config.run.seed, std::int64_t{6});  // the last one counts
        QCOMPARE(r.config.data.train, (std::vector<std::string>{"p", "q r"}));
        QCOMPARE(r.config.run.note, std::string("issue #3: [x"));
        r = with({{"model.text", "{layers: 3, dim: 32}"}, {"model.embed_dim", "${model.text.dim}"}});
        QVERIFY2(r.problems.empty(), all(r).c_str());
        QCOMPARE(r.config.model.text.layers, std::int64_t{3});
        QCOMPARE(r.config.model.embed_dim, std::int64_t{32});
        QCOMPARE(only(with({{"run.sed", "5"}})),
                 std::string("f: --set: There is no key run.sed. Did you mean run.seed?"));
        QCOMPARE(only(with({{"run.seed", "x"}})), std::string("f: --set: run.seed must be a whole number, not \"x\""));
        QVERIFY(!with({{"run.seed", "[1"}}).ok());
        QCOMPARE(with({{"run.name", ""}}).problems.size(), std::size_t{1});  // no folder has an empty name
        // One that replaces an unreadable value of the file makes it good.
        QVERIFY(loadText("run: {seed: {a: 1}}").problems.size() == 1);
    }

    void overrideSyntax() {
        const config::Override parsed = config::parseOverride("a.b=c=d");
        QCOMPARE(parsed.path, std::string("a.b"));
        QCOMPARE(parsed.value, std::string("c=d"));
        for (const char* bad : {"", "a.b", "=x"}) {
            try {
                config::parseOverride(bad);
                QFAIL("must be refused");
            } catch (const Error& error) {
                QVERIFY(error.code() == ExitCode::kUsage);
            }
        }
    }

    void lengthByStepsOrEpochs() {
        QCOMPARE(loadText("").config.train.steps, std::int64_t{100});
        QCOMPARE(loadText("train: {epochs: 2}").config.train.steps, std::int64_t{0});
        LoadResult r = loadText("train: {epochs: 2}", {{"train.steps", "5"}});
        QVERIFY(r.problems.empty() || r.ok());
        QCOMPARE(r.config.train.epochs, 0.0);
        QCOMPARE(r.config.train.steps, std::int64_t{5});
        r = loadText("train: {steps: 50}", {{"train.epochs", "1.5"}});
        QCOMPARE(r.config.train.steps, std::int64_t{0});
        QVERIFY(!loadText("train: {steps: 50, epochs: 2}").ok());
        QVERIFY(!loadText("train: {steps: 0}").ok());
    }

    /// Each must be refused within a second and without taking more than 100 MB.
    void hostileTexts() {
        std::vector<std::pair<const char*, std::string>> texts;
        texts.emplace_back("flow", std::string(10000, '['));
        texts.emplace_back("a megabyte of brackets", std::string(1000000, '['));
        texts.emplace_back("flow maps", [] {
            std::string s;
            for (int i = 0; i < 10000; ++i) s += "{a: ";
            return s;
        }());
        texts.emplace_back("closed flow", std::string(10000, '[') + std::string(10000, ']'));
        texts.emplace_back("dashes", [] {
            std::string s;
            for (int i = 0; i < 10000; ++i) s += "- ";
            return s + "x";
        }());
        texts.emplace_back("questions", [] {
            std::string s;
            for (int i = 0; i < 10000; ++i) s += "? ";
            return s + "x";
        }());
        texts.emplace_back("block maps", [] {
            std::string s;
            for (std::size_t i = 0; s.size() < 1000000; ++i) s += std::string(i, ' ') + "a:\n";
            return s;
        }());
        std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
        for (int i = 1; i < 40; ++i) {
            const std::string before = "*a" + std::to_string(i - 1);
            laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
            for (int k = 0; k < 8; ++k) laughs += ", " + before;
            laughs += "]\n";
        }
        texts.emplace_back("billion laughs", laughs);
        texts.emplace_back("alias cycle", "run: &r\n  name: *r\n");
        texts.emplace_back("reference bomb", [] {
            std::string many(9000, ' ');
            for (int i = 0; i < 9000; ++i) many += "${run.note}";
            std::string more;
            for (int i = 0; i < 9000; ++i) more += "${run.dir}";
            return "run: {name: \"" + many + "\", note: \"" + more + "\", dir: \"" + std::string(9000, 'x') + "\"}";
        }());
        texts.emplace_back("unknown keys", [] {
            std::string s;
            for (int i = 0; i < 60000; ++i) s += "modell" + std::to_string(i) + ": 1\n";
            return s;
        }());
        texts.emplace_back("empty keys in a text that is cut off", "run: {" + std::string(300, ',') + "\nmodel: {");
        texts.emplace_back("wide list", [] {
            std::string s = "run: {tags: [";
            while (s.size() < 1000000) s += "a: b,";
            return s + "]}";
        }());
        texts.emplace_back("many words", [] {
            std::string s = "run: {tags: [";
            while (s.size() < 1000000) s += "a,";
            return s + "]}";
        }());
        texts.emplace_back("long line", "run: {name: \"" + std::string(1000000, 'x') + "\"}");
        texts.emplace_back("open quote", "run: \"" + std::string(1000000, 'x'));
        texts.emplace_back("too long", std::string(50 << 20, ' '));
        for (const auto& [name, text] : texts) {
            // Quadratic parsing of a megabyte takes minutes. Processor time: other tests run beside this one.
            const std::clock_t start = std::clock();
            const LoadResult r = loadText(text);
            const double used = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
            QVERIFY2(!r.ok(), name);
            QVERIFY2(r.problems.size() <= 101, name);
            QVERIFY2(used < 1, (std::string(name) + " took " + std::to_string(used) + " s").c_str());
        }
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        QVERIFY2(usage.ru_maxrss < 200 * 1024, std::to_string(usage.ru_maxrss).c_str());  // 50 MB of it are the texts
    }

    /// Cut or changed anywhere, a text gives a result and no crash.
    void survivesDamage() {
        std::ifstream file(SWITCHYARD_SOURCE_DIR "/configs/demo.yaml");
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        QVERIFY(text.size() > 500);
        for (std::size_t i = 0; i < text.size(); ++i) {
            loadText(text.substr(0, i));
            for (const char c : {'{', '}', '[', ']', '"', '\'', ':', '\n', '#', '*', '&', '|', '?', ' ', '\xC3'}) {
                if (i % 7 != static_cast<std::size_t>(c & 7) % 7) continue;
                std::string damaged = text;
                damaged[i] = c;
                for (const config::ValueRange& v : loadText(damaged).values) {
                    QVERIFY(v.begin <= v.end && v.end <= damaged.size());
                }
            }
        }
    }

    void files() {
        const QTemporaryDir dir;
        const std::string path = dir.filePath("c.yaml").toStdString();
        std::ofstream(path) << "run: {sed: 1}\noptim: {lr: x}\n";
        try {
            config::loadOrThrow(path);
            QFAIL("must be refused");
        } catch (const Error& error) {
            QVERIFY(error.code() == ExitCode::kBadConfig);
            QCOMPARE(std::string(error.what()), path + ":1: There is no key run.sed. Did you mean run.seed?\n" + path +
                                                    ":2: optim.lr must be a finite number, not \"x\"");
        }
        for (const std::string& bad : {dir.filePath("none.yaml").toStdString(), dir.path().toStdString()}) {
            try {
                config::loadFile(bad);
                QFAIL("must be refused");
            } catch (const Error& error) {
                QVERIFY(error.code() == ExitCode::kBadConfig);
                QCOMPARE(error.where(), bad);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestConfigLoad)
#include "test_config_load.moc"
