// SPDX-License-Identifier: MIT
#include <QFile>
#include <QRegularExpression>
#include <QTest>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "core/base/config/config.h"
#include "core/base/config/edit_distance.h"
#include "core/base/config/schema.h"

using namespace switchyard;

namespace {

/// A legal value of the key that is not its default.
ConfigValue otherValue(const KeySpec& key) {
    const auto real = [&](double from) {
        const double low = std::isfinite(key.min) ? key.min : from - 10;
        const double high = std::isfinite(key.max) ? key.max : from + 10;
        return from != low + (high - low) * 0.3 ? low + (high - low) * 0.3 : high;
    };
    switch (key.kind) {
        case ValueKind::kBool:
            return !std::get<bool>(key.default_value);
        case ValueKind::kInt:
            return std::get<std::int64_t>(key.default_value) + 1;
        case ValueKind::kReal:
            return real(std::get<double>(key.default_value));
        case ValueKind::kText:
            return std::string("other \"text\": ${x} # \\ \n\t\xC3\xA9 \xE2\x80\xA8 -");
        case ValueKind::kChoice:
            return key.choices.back();
        case ValueKind::kRealList:
            return std::vector<double>{real(0.1), std::isfinite(key.min) ? key.min : 0.1,
                                       1.0 / 3.0 + (key.min > 0 ? key.min : 0)};
        case ValueKind::kTextList:
            if (!key.choices.empty()) return std::vector<std::string>{key.choices.back()};
            return std::vector<std::string>{"a b", "", "null", "1e5", "[x", "- y", "c,d", "true", "~", "'"};
    }
    return key.default_value;
}

}  // namespace

class TestConfigSchema : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyRowIsComplete() {
        std::set<std::string> paths;
        std::set<std::string> sections;
        for (const SectionSpec& section : schemaSections()) sections.insert(section.path);
        for (const KeySpec& key : schema()) {
            const char* path = key.path.c_str();
            QVERIFY2(paths.insert(key.path).second, path);
            QVERIFY2(sections.count(key.path.substr(0, key.path.rfind('.'))) == 1, path);
            QVERIFY2(!key.label.empty() && std::isupper(static_cast<unsigned char>(key.label[0])), path);
            QVERIFY2(key.doc.size() > 12 && key.doc.back() == '.', path);
            QVERIFY2(key.min <= key.max, path);
            QVERIFY2(findKey(key.path) == &key, path);
            QVERIFY2(key.get(defaultConfig()) == key.default_value, path);
            if (key.kind == ValueKind::kChoice) QVERIFY2(!key.choices.empty(), path);
        }
        QVERIFY(findKey("model.moe") == nullptr);
        QVERIFY(findKey("") == nullptr);
    }

    /// A member without a row could never be set. The header's declarations are counted against the table.
    void everyMemberHasARow() {
        QFile header(SWITCHYARD_SOURCE_DIR "/core/base/config/run_config.h");
        QVERIFY(header.open(QIODevice::ReadOnly));
        QString text = QString::fromUtf8(header.readAll());
        text = text.mid(text.indexOf("struct RunConfig"));
        text.remove(QRegularExpression("//[^\n]*"));
        text.remove(QRegularExpression("= *\\{[^}]*\\}"));  // initialisers of lists hold commas
        const QRegularExpression declaration("^ +[A-Za-z_:0-9<>]+ ([a-z_][^;{}()]*); *$",
                                             QRegularExpression::MultilineOption);
        std::multiset<std::string> members;
        auto match = declaration.globalMatch(text);
        while (match.hasNext()) {
            for (const QString& one : match.next().captured(1).split(',')) {
                members.insert(one.section('=', 0, 0).trimmed().toStdString());
            }
        }
        // Those that hold further members are closed by "} name;" or declared by a nested type's name.
        for (const char* section : {"lora", "lora", "losses", "upcycle", "text", "vision", "fusion", "moe", "augment",
                                    "image", "synthetic"}) {
            QVERIFY2(members.count(section) > 0, section);
            members.erase(members.find(section));
        }
        // Both encoders have adapters, declared once.
        for (const char* adapter : {"rank", "alpha", "dropout", "rank_stabilized", "targets", "freeze_base"}) {
            members.insert(adapter);
        }
        std::multiset<std::string> keys;
        for (const KeySpec& key : schema()) keys.insert(key.path.substr(key.path.rfind('.') + 1));
        QVERIFY(members.size() > 90);
        QVERIFY(members == keys);
    }

    void everyKeyRoundTrips() {
        for (const KeySpec& key : schema()) {
            const ConfigValue value = otherValue(key);
            RunConfig config = defaultConfig();
            key.set(config, value);
            QVERIFY2(key.get(config) == value, key.path.c_str());
            // Alone in a text, and as a line of the whole; rules over several keys may object to a lone change.
            const config::LoadResult whole = config::loadText(config::toYaml(config));
            const config::LoadResult set = config::loadText("", {{key.path, formatValue(key, value)}});
            QVERIFY2(config::diff(config, whole.config).empty(), key.path.c_str());
            QVERIFY2(config::diff(config, set.config).empty() || key.path == "train.epochs", key.path.c_str());
            const bool expect_change = value != key.default_value;
            const std::vector<std::string> changed = config::diff(defaultConfig(), config);
            QCOMPARE(changed, expect_change ? std::vector<std::string>{key.path} : std::vector<std::string>{});
        }
    }

    void allKeysAtOnceRoundTrip() {
        RunConfig config = defaultConfig();
        for (const KeySpec& key : schema()) key.set(config, otherValue(key));
        QVERIFY(config::diff(config, config::loadText(config::toYaml(config)).config).empty());
    }

    void realsKeepEveryBit() {
        const KeySpec& key = *findKey("optim.lr");
        for (const double value : {0.1, 1e-3, 1.0 / 3.0, 5e-324, 0x1.fffffffffffffp+5, 1e-7, 12.0}) {
            RunConfig config = defaultConfig();
            key.set(config, value);
            QCOMPARE(config::loadText(config::toYaml(config)).config.optim.lr, value);
        }
        QCOMPARE(formatValue(key, 1e-7), std::string("1.0e-07"));  // YAML 1.1 readers want the point
        QCOMPARE(formatValue(key, 3.0), std::string("3.0"));
    }

    void defaultsAreValid() {
        const config::LoadResult result = config::loadText("");
        QVERIFY(result.problems.empty());
        QVERIFY(config::diff(result.config, defaultConfig()).empty());
    }

    void suggestions() {
        QCOMPARE(suggestKey("model.moe.exprets"), std::string("model.moe.experts"));
        QCOMPARE(suggestKey("modle.moe.experts"), std::string("model.moe.experts"));
        QCOMPARE(suggestKey("experts"), std::string("model.moe.experts"));
        QCOMPARE(suggestKey("optim.learning_rate"), std::string("optim.lr"));
        QCOMPARE(suggestKey("layers"), std::string());  // several sections have it
        QCOMPARE(suggestKey("quite.another.thing"), std::string());
        QCOMPARE(suggestKey(std::string(100000, 'x')), std::string());
    }

    void editDistances() {
        using config::editDistance;
        QCOMPARE(editDistance("", "abc"), 3);
        QCOMPARE(editDistance("kitten", "sitting"), 3);  // k->s, e->i, +g
        QCOMPARE(editDistance("top_k", "topk"), 1);
        QCOMPARE(editDistance("ab", "ba"), 1);  // a swap
        QCOMPARE(editDistance("same", "same"), 0);
    }

    /// The nearest name is found without comparing with all to the end; the same one as by comparing with all.
    void nearestOfAll() {
        std::vector<std::string> names;
        for (const KeySpec& key : schema()) names.push_back(key.path);
        std::mt19937 generator(3);
        for (int i = 0; i < 2000; ++i) {
            std::string name = names[generator() % names.size()];
            for (std::size_t edits = generator() % 9; edits > 0 && !name.empty(); --edits) {
                const std::size_t at = generator() % name.size();
                const char letter = static_cast<char>('a' + generator() % 26);
                if (generator() % 3 == 0) {
                    name.erase(at, 1);
                } else if (generator() % 2 == 0) {
                    name.insert(at, 1, letter);
                } else {
                    name[at] = letter;
                }
            }
            const int limit = static_cast<int>(1 + generator() % 8);
            int least = limit + 1;
            std::string expected;
            for (const std::string& candidate : names) {
                const int distance = config::editDistance(name, candidate);
                if (distance < least && !name.empty()) {
                    least = distance;
                    expected = candidate;
                }
            }
            QCOMPARE(config::nearest(name, names, limit), expected);
        }
    }

    void jsonSchemaListsEveryKey() {
        const nlohmann::json root = nlohmann::json::parse(config::jsonSchema());
        QCOMPARE(root.at("$schema").get<std::string>(), std::string("https://json-schema.org/draft/2020-12/schema"));
        for (const KeySpec& key : schema()) {
            std::string pointer = "/properties/";
            for (const char c : key.path) pointer += c == '.' ? std::string("/properties/") : std::string(1, c);
            const nlohmann::json& node = root.at(nlohmann::json::json_pointer(pointer));
            QVERIFY2(node.contains("default") && node.contains("description"), key.path.c_str());
        }
        QCOMPARE(root["properties"]["model"]["additionalProperties"].get<bool>(), false);
        QCOMPARE(root["properties"]["task"]["properties"]["matching_share"]["anyOf"][0]["maximum"].get<double>(), 1.0);
    }

    void docsNameEveryKey() {
        const std::string docs = config::docsMarkdown();
        for (const KeySpec& key : schema()) {
            QVERIFY2(docs.find("| `" + key.path + "` |") != std::string::npos, key.path.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestConfigSchema)
#include "test_config_schema.moc"
