// SPDX-License-Identifier: GPL-3.0-or-later
// Small parts of the Configure page: where problems stand, what mends them, summaries, colours, spellings.
#include <QtTest>
#include <array>

#include "core/base/util/random.h"
#include "ui/models/config_files.h"
#include "ui/models/config_fix.h"
#include "ui/models/config_summary.h"
#include "ui/models/key_words.h"
#include "ui/widgets/list_text.h"
#include "ui/widgets/number_box.h"
#include "ui/widgets/yaml_tokens.h"

using namespace switchyard;
using namespace switchyard::ui;

class ConfigFixTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void mendsWhatIsWrong_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("label");
        QTest::addColumn<QString>("expected");
        QTest::newRow("value") << "model:\n  moe: {experts: 8, top_k: 3}  # c\n"
                               << "Use 2"
                               << "model:\n  moe: {experts: 8, top_k: 2}  # c\n";
        QTest::newRow("choice") << "optim: {schedule: cosin}\n"
                                << "Use cosine"
                                << "optim: {schedule: cosine}\n";
        QTest::newRow("key") << "run:\n  sed: 4  # c\n"
                             << "Use seed"
                             << "run:\n  seed: 4  # c\n";
        QTest::newRow("other section") << "train: {steps: 9, learning_rate: 0.1}\n"
                                       << "Use optim.lr"
                                       << "train: {steps: 9}\noptim:\n  lr: 0.1\n";
        QTest::newRow("list item") << "model: {vision: {lora: {rank: 2, freeze_base: false, targets: [q,  kk, v]}}}\n"
                                   << "Use k"
                                   << "model: {vision: {lora: {rank: 2, freeze_base: false, targets: [q,  k, v]}}}\n";
        QTest::newRow("whole list") << "optim: {betas: [0.9]}\n"
                                    << "Use [0.9, 0.98]"
                                    << "optim: {betas: [0.9, 0.98]}\n";
        QTest::newRow("reference") << "run: {name: \"x-${run.sed}-y\", seed: 2}\n"
                                   << "Use ${run.seed}"
                                   << "run: {name: \"x-${run.seed}-y\", seed: 2}\n";
        QTest::newRow("bool") << "run: {deterministic: yes}\n"
                              << "Use true"
                              << "run: {deterministic: true}\n";
        QTest::newRow("default of another line") << "train: {global_batch: 8}\n"
                                                 << "Use 8"
                                                 << "train: {global_batch: 8}\ntask:\n  matching_block: 8\n";
    }

    void mendsWhatIsWrong() {
        QFETCH(QString, text);
        QFETCH(QString, label);
        QFETCH(QString, expected);
        std::string now = text.toStdString();
        const ConfigCheck check = checkConfig(now);
        bool found = false;
        QStringList all;
        for (const config::Problem& problem : check.result.problems) {
            const QStringList labels = fixLabels(problem);
            all << problemMessage(problem) << labels;
            if (found || !labels.contains(label)) continue;
            found = true;
            const auto fixed = fixedText(now, check, problem, static_cast<std::size_t>(labels.indexOf(label)));
            QVERIFY(fixed);
            QCOMPARE(QString::fromStdString(*fixed), expected);
            const ConfigCheck after = checkConfig(*fixed);
            for (const config::Problem& left : after.result.problems)
                QVERIFY2(left.path != problem.path || left.warning, left.message.c_str());
        }
        QVERIFY2(found, qPrintable(all.join("\n")));
    }

    void findsPlaces() {
        const auto marked = [](const std::string& text) {
            const ConfigCheck check = checkConfig(text);
            if (check.result.problems.empty()) return std::string("(none)");
            const TextPlace place = placeOf(text, check, check.result.problems.front());
            return std::to_string(place.line) + ":" + text.substr(place.begin, place.end - place.begin);
        };
        QCOMPARE(marked("model:\n  moe:\n    experts: eight  # many\n"), std::string("3:eight"));
        QCOMPARE(marked("# \xC3\xA9\nrun: {name: \xC3\xA9, seed: x}\n"), std::string("2:x"));
        QCOMPARE(marked("run:\n  sed: 4\n"), std::string("2:sed"));
        QCOMPARE(marked("optim: {betas: [0.9, big]}\n"), std::string("1:big"));
        QCOMPARE(marked("run: {seed: 1\n"), std::string("2:"));
        QCOMPARE(lineAt("a\nb\nc", 2), 2);
        QCOMPARE(lineStart("a\nb\nc", 3), std::size_t(4));
        QCOMPARE(lineStart("a\nb", 9), std::size_t(3));
    }

    void summaries() {
        const RunConfig demo = config::loadText(readConfigFile(SWITCHYARD_SOURCE_DIR "/configs/demo.yaml").text).config;
        QCOMPARE(sectionSummary("model.text", demo), QStringLiteral("2 layers, 192 wide"));
        QCOMPARE(sectionSummary("model.moe", demo), QStringLiteral("8 experts, top2, 256 wide"));
        const auto shipped = [](const char* name) { return config::loadFile(std::string(SWITCHYARD_SOURCE_DIR "/configs/") + name).config; };
        QCOMPARE(sectionSummary("task", demo), QStringLiteral("contrastive 1, matching 0.5"));
        QCOMPARE(sectionSummary("task", shipped("text.yaml")), QStringLiteral("sst2"));
        QCOMPARE(sectionSummary("model.fusion", shipped("text.yaml")), QStringLiteral("not used"));
        QCOMPARE(sectionSummary("task", shipped("vqa.yaml")), QStringLiteral("questions, 13 answers at most"));
        QCOMPARE(sectionSummary("model.fusion", shipped("vqa.yaml")), QStringLiteral("2 layers, 128 wide"));
        QCOMPARE(sectionSummary("train", demo), QStringLiteral("72 epochs, batch 256"));
        QCOMPARE(sectionSummary("checkpoint", demo), QStringLiteral("every 200 steps, keep 2"));
        QVERIFY(sectionSummary("data.image.augment", demo).contains("contrast 0.2"));
        std::size_t keys = 0;
        for (const SectionSpec& section : schemaSections()) {
            QVERIFY2(!sectionSummary(section.path, demo).isEmpty(), section.path.c_str());
            keys += sectionKeys(section.path).size();
        }
        QCOMPARE(keys, schema().size());  // each key is in exactly one section
    }

    void steps_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("steps");
        QTest::addColumn<bool>("whole");
        QTest::addColumn<QString>("expected");
        QTest::newRow("last digit") << "1.25" << 1 << false << "1.26";
        QTest::newRow("exponent stays") << "3.0e-4" << 1 << false << "3.1e-4";
        QTest::newRow("carry") << "0.99" << 1 << false << "1.00";
        QTest::newRow("down to nothing") << "1.0e-3" << -10 << false << "0.0e-3";
        QTest::newRow("not below the range") << "0.01" << -2 << false << "0";
        QTest::newRow("not above the range") << "99.9" << 5 << false << "100";
        QTest::newRow("back into the range") << "250.0" << -1 << false << "249.9";
        QTest::newRow("no leading digit") << ".5" << 1 << false << "0.6";
        QTest::newRow("whole") << "64" << -1 << true << "63";
        QTest::newRow("whole, limit") << "100" << 1 << true << "100";
        QTest::newRow("no number") << "${optim.lr}" << 1 << false << "${optim.lr}";
        QTest::newRow("no whole number") << "1.5" << 1 << true << "1.5";
    }
    void steps() {
        QFETCH(QString, text);
        QFETCH(int, steps);
        QFETCH(bool, whole);
        QTEST(steppedNumber(text, steps, whole, 0, 100), "expected");
    }

    void listsInOneLine() {
        const std::vector<std::string> items = {"a", "b, c", "say \"x\\y\"", "", " blank "};
        QCOMPARE(listText(items), QStringLiteral("a, \"b, c\", \"say \\\"x\\\\y\\\"\", \"\", \" blank \""));
        QCOMPARE(listItems(listText(items)), items);
        QCOMPARE(listItems(" a ,, b,"), (std::vector<std::string>{"a", "b"}));
        QVERIFY(listItems("").empty());
        QCOMPARE(listItems("\"open"), std::vector<std::string>{"open"});
    }

    void colours() {
        const auto told = [](const std::string& text) {
            static constexpr std::array<const char*, 5> kNames = {"plain", "key", "number", "word", "comment"};
            std::string out;
            std::size_t last = 0;
            for (const YamlSpan& span : yamlSpans(text)) {
                if (span.begin < last || span.end > text.size() || span.end <= span.begin)
                    return std::string("(overlap)");
                last = span.end;
                out += std::string(kNames[static_cast<std::size_t>(span.token)]) + "<" +
                       text.substr(span.begin, span.end - span.begin) + ">";
            }
            return out;
        };
        QCOMPARE(told("a:\n  b: 3.0e-4  # x: y\n"), std::string("key<a>key<b>number<3.0e-4>comment<# x: y>"));
        QCOMPARE(told("a: {b: 1, 'c d': top2, e: [x, -2]}"),
                 std::string("key<a>key<b>number<1>key<'c d'>word<top2>key<e>word<x>number<-2>"));
        QCOMPARE(told("a: \"x: # y\"\nb: p#q: r\n- c: http://x\n"),
                 std::string("key<a>word<\"x: # y\">key<b>key<p#q>word<r>key<c>word<http://x>"));
        QCOMPARE(told("n: |\n  k: v\n  # no comment\nm: 1\n"),
                 std::string("key<n>word<  k: v>word<  # no comment>key<m>number<1>"));
        // Any bytes are taken, broken ones too.
        RandomSequence random(randomKey({9}));
        for (int i = 0; i < 3000; ++i) {
            std::string text;
            for (std::uint64_t n = random.below(30); n > 0; --n)
                text += "ab1 :#-{}[],|>\"'\n\\\r\xFF"[random.below(21)];
            QVERIFY2(told(text) != "(overlap)", text.c_str());
        }
    }

    void words() {
        QCOMPARE(rangeText(*findKey("model.moe.experts")), QStringLiteral("0 to 65536"));
        QCOMPARE(rangeText(*findKey("model.moe.gate")), QStringLiteral("top2, switch, topk, noisy_topk, expert_choice"));
        QCOMPARE(keyHint(*findKey("model.moe.experts")), QStringLiteral("per MoE layer"));
        QCOMPARE(keyHint(*findKey("optim.lr")), QStringLiteral("0 to 100"));
        QCOMPARE(keyHint(*findKey("run.name")), QString());
        QCOMPARE(keyHint(*findKey("model.moe.capacity_factor")), QStringLiteral("× fair share"));
        for (const KeySpec& key : schema()) {
            const QString tip = keyToolTip(key);
            QVERIFY2(tip.contains(QString::fromStdString(key.path)), key.path.c_str());
            // What a form writes for a default is read as the default.
            QCOMPARE(config::writeScalars(key, scalarsOf(key.default_value)), formatValue(key, key.default_value));
        }
    }
};

QTEST_GUILESS_MAIN(ConfigFixTest)
#include "config_fix_test.moc"
