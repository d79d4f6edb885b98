// SPDX-License-Identifier: MIT
// What a plan knows of the data: lengths as the tokenizer gives them, what it does without files, sums of batches.
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <numeric>

#include "core/base/config/config.h"
#include "core/base/plan/data_facts.h"
#include "core/base/plan/product_code.h"

using namespace switchyard;
using namespace switchyard::plan;

namespace {

RunConfig loaded(const std::string& name, const std::vector<config::Override>& overrides) {
    return config::loadOrThrow(SWITCHYARD_SOURCE_DIR "/configs/" + name + ".yaml", overrides);
}

double sumOf(const BatchTexts& texts) {
    return texts.each * std::accumulate(texts.lengths.begin(), texts.lengths.end(), 0.0);
}

}  // namespace

class DataFactsTest : public QObject {
    Q_OBJECT
    QTemporaryDir cache_;

private Q_SLOTS:
    void initTestCase() { qputenv("XDG_CACHE_HOME", cache_.path().toUtf8()); }

    void syntheticTextsAreMeasured() {
        const DataFacts facts = readDataFacts(loaded("smoke", {}));
        QVERIFY(facts.measured);
        QCOMPARE(facts.samples, std::int64_t{512});
        QVERIFY(std::is_sorted(facts.lengths.begin(), facts.lengths.end()));
        // "a small red circle left of a large blue square" has 9 words, "a large green cross at the top" 7.
        QVERIFY(facts.lengths.front() >= 4 && facts.lengths.back() <= 16);
        QVERIFY(facts.lengths_from.find("training texts") != std::string::npos);
        QVERIFY(facts.heads.empty());
    }

    void withoutFilesTextsAreAsLongAsMayBe() {
        const DataFacts facts = readDataFacts(loaded("text", {{"data.root", "/nowhere"}}));
        QVERIFY(!facts.measured);
        QCOMPARE(facts.lengths, std::vector<double>{96});
        QVERIFY(facts.lengths_from.find("max_tokens") != std::string::npos);
        QCOMPARE(facts.heads.size(), std::size_t{1});  // sst2's classes are known by name
        QCOMPARE(facts.heads[0].outputs, std::int64_t{2});
    }

    void headsComeFromTheData() {
        QTemporaryDir folder;
        std::ofstream(folder.filePath("rows.tsv").toStdString())
            << "words\tmood\nit was good\tglad\nit was bad\tsad\nso so\tcalm\n";
        const RunConfig config = loaded("text", {{"task.names", "[tsv]"},
                                                 {"task.tsv_text", "words"},
                                                 {"task.tsv_label", "mood"},
                                                 {"data.root", folder.path().toStdString()},
                                                 {"data.train", "[rows.tsv]"},
                                                 {"data.eval", "[]"},
                                                 {"model.text.vocab_size", "32"}});
        const DataFacts facts = readDataFacts(config);
        QCOMPARE(facts.heads.size(), std::size_t{1});
        QCOMPARE(facts.heads[0].outputs, std::int64_t{3});
        QCOMPARE(facts.samples, std::int64_t{3});
    }

    void theKeyChangesWithTheData() {
        const RunConfig config = loaded("smoke", {});
        RunConfig other = config;
        other.train.global_batch = 128;
        other.model.text.dim = 128;
        QCOMPARE(dataKey(other), dataKey(config));  // what decides nothing about the texts
        other.data.synthetic.samples = 600;
        QVERIFY(dataKey(other) != dataKey(config));
    }

    void batchesKeepTheSpread() {
        DataFacts facts;
        facts.lengths = {2, 4, 6, 8};
        QCOMPARE(sumOf(batchTexts(facts, 4, 1)), 20.0);  // each once
        QCOMPARE(sumOf(batchTexts(facts, 400, 1)), 2000.0);
        // Deviation of a length sqrt(5), of a sum of 400 about 44.7; of 1,000 batches the largest lies about 3.24
        // above.
        const double largest = sumOf(batchTexts(facts, 400, 1000));
        QVERIFY2(std::abs(largest - (2000 + 3.24 * 44.7)) < 10, qPrintable(QString::number(largest)));
        facts.lengths = {7};
        QCOMPARE(sumOf(batchTexts(facts, 10, 1e6)), 70.0);
        const BatchTexts many = batchTexts(facts, 1'000'000, 1);  // not a million numbers
        QVERIFY(many.lengths.size() < 10'000);
        QVERIFY(std::abs(sumOf(many) - 7e6) < 1);
    }

    void differentSumsOfTokens() {
        DataFacts facts;
        facts.lengths = {5};
        QCOMPARE(differentSums(facts, 64, 1000), 1000.0);  // a guess: no two batches are taken to be alike
        facts.measured = true;
        QCOMPARE(differentSums(facts, 64, 1000), 1.0);  // all batches are alike
        facts.lengths = {1, 99};                        // deviation 49 a text, 392 a batch of 64
        QVERIFY(differentSums(facts, 64, 3) > 2.9);
        const double many = differentSums(facts, 64, 100000);
        QVERIFY(many > 2000 && many < 12 * 392);
    }
};

QTEST_GUILESS_MAIN(DataFactsTest)
#include "data_facts_test.moc"
