// SPDX-License-Identifier: MIT
// Files of an index: written, cut off and gone on with, searched exactly and by a graph, and broken ones refused.
#include <ATen/ATen.h>

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <set>

#include "core/base/util/error.h"
#include "core/retrieval/index.h"

using namespace switchyard;
using namespace switchyard::retrieval;

namespace {

constexpr std::int64_t kDim = 24;
const nlohmann::json kKey = {{"data", "made up"}};

/// Row n of the made-up vectors, the same however many there are.
at::Tensor vectorOf(std::int64_t n) {
    const at::Tensor i = at::arange(kDim, at::kDouble);
    const at::Tensor row = at::sin(i * (1.0 + 0.37 * static_cast<double>(n)) + 0.11 * static_cast<double>(n));
    return (row / row.norm()).to(at::kFloat);
}

/// Item n has n % 3 captions; every caption with n % 6 == 1 is the same.
Item itemOf(std::int64_t n) {
    Item item{"id" + std::to_string(n), "/pictures/" + std::to_string(n) + ".png", {}};
    for (std::int64_t t = 0; t < n % 3; ++t)
        item.texts.push_back(n % 6 == 1 ? "the same" : "text " + std::to_string(n) + "." + std::to_string(t));
    return item;
}

at::Tensor textsOf(std::int64_t n) {
    std::vector<at::Tensor> rows;
    for (std::int64_t t = 0; t < n % 3; ++t) rows.push_back(vectorOf(10'000 + 3 * n + t));
    return rows.empty() ? at::empty({0, kDim}) : at::stack(rows).contiguous();
}

void addRows(IndexWriter& writer, std::int64_t begin, std::int64_t end) {
    for (std::int64_t n = begin; n < end; ++n) {
        const at::Tensor picture = vectorOf(n), texts = textsOf(n);
        writer.add(itemOf(n), picture.const_data_ptr<float>(), texts.const_data_ptr<float>());
    }
}

QByteArray bytesOf(const QString& file) {
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
}

nlohmann::json written(const QString& folder, std::int64_t rows, SearchMethod method) {
    IndexWriter writer(folder.toStdString(), kKey, kDim);
    addRows(writer, 0, rows);
    writer.commit(rows);
    return writer.build(method, {});
}

int codeOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return static_cast<int>(error.code());
    }
    return 0;
}

}  // namespace

class IndexTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    QString path(const char* name) const { return temp_.filePath(name); }

private Q_SLOTS:
    void everyRowIsFoundWhereItWasPut() {
        const nlohmann::json info = written(path("plain"), 300, SearchMethod::kAuto);
        QCOMPARE(info.at("pictures").get<int>(), 300);
        QCOMPARE(info.at("captions").get<int>(), 300);  // 0 + 1 + 2 a three
        QCOMPARE(info.at("search").get<std::string>(), std::string("exact"));
        const Index index(path("plain").toStdString());
        QCOMPARE(index.size(), 300);
        const at::Tensor query = vectorOf(5000);
        const std::vector<Hit> hits = index.pictures(query, 10);
        QCOMPARE(hits.size(), std::size_t{10});
        // A loop over all rows, by hand.
        std::vector<std::pair<double, std::int64_t>> all;
        for (std::int64_t n = 0; n < 300; ++n) all.emplace_back(-vectorOf(n).dot(query).item<double>(), n);
        std::sort(all.begin(), all.end());
        for (std::size_t i = 0; i < hits.size(); ++i) {
            QCOMPARE(hits[i].item, all[i].second);
            QVERIFY(std::abs(hits[i].score + all[i].first) < 1e-5);
            const Item item = index.item(hits[i].item), expected = itemOf(all[i].second);
            QCOMPARE(item.id, expected.id);
            QCOMPARE(item.texts, expected.texts);
        }
    }

    void aCaptionNamesItsOwnPictureAndEqualOnesCountOnce() {
        const Index index(path("plain").toStdString());
        // Item 5 has two captions: the second one's own vector finds it.
        const std::vector<Hit> own = index.captions(vectorOf(10'000 + 3 * 5 + 1), 1);
        QCOMPARE(own[0].item, 5);
        QCOMPARE(own[0].text, std::string("text 5.1"));
        const std::vector<Hit> all = index.captions(vectorOf(1), 1000);
        std::set<std::string> texts;
        for (const Hit& hit : all) QVERIFY(texts.insert(hit.text).second);
        // 50 of the 300 captions are equal (items 1, 7, 13, ...).
        QCOMPARE(all.size(), std::size_t{251});
    }

    void aBuildThatWasCutOffGoesOnAndEndsWithTheSameBytes() {
        {
            IndexWriter writer(path("parts").toStdString(), kKey, kDim);
            QCOMPARE(writer.samplesDone(), 0);
            addRows(writer, 0, 120);
            writer.skip("a bad one");
            writer.commit(121);
            addRows(writer, 120, 170);  // never committed
        }
        QVERIFY(!QFile::exists(path("parts")));
        QFile torn(path("parts") + ".part/images.f32");  // and some of it came to the disk
        QVERIFY(torn.open(QIODevice::Append));
        torn.write("torn");
        torn.close();
        IndexWriter writer(path("parts").toStdString(), kKey, kDim);
        QCOMPARE(writer.samplesDone(), 121);
        QCOMPARE(writer.pictures(), 120);
        addRows(writer, 120, 300);
        writer.commit(301);
        const nlohmann::json info = writer.build(SearchMethod::kAuto, {});
        QCOMPARE(info.at("skipped").get<int>(), 1);
        QCOMPARE(info.at("skips")[0].get<std::string>(), std::string("a bad one"));
        for (const char* file : {"/vectors.safetensors", "/items.jsonl"})
            QCOMPARE(bytesOf(path("parts") + file), bytesOf(path("plain") + file));
        QVERIFY(!QFile::exists(path("parts") + ".part"));
        QCOMPARE(QDir(path("parts")).entryList(QDir::Files).size(), 3);
    }

    void aPartOfOtherDataIsThrownAway() {
        {
            IndexWriter writer(path("other").toStdString(), {{"data", "before"}}, kDim);
            addRows(writer, 0, 50);
            writer.commit(50);
        }
        IndexWriter writer(path("other").toStdString(), kKey, kDim);
        QCOMPARE(writer.samplesDone(), 0);
        QCOMPARE(writer.pictures(), 0);
    }

    void aSecondBuilderIsRefused() {
        IndexWriter first(path("locked").toStdString(), kKey, kDim);
        QCOMPARE(codeOf([&] { IndexWriter second(path("locked").toStdString(), kKey, kDim); }), 2);
    }

    void aGraphFindsWhatAllProductsFind() {
        const nlohmann::json info = written(path("graph"), 6000, SearchMethod::kGraph);
        QCOMPARE(info.at("search").get<std::string>(), std::string("graph"));
        const Index index(path("graph").toStdString());
        int right = 0, looked = 0;
        for (std::int64_t q = 0; q < 40; ++q) {
            const at::Tensor query = vectorOf(20'000 + q);
            const at::Tensor best = std::get<1>(at::mv(index.pictureVectors(), query).topk(10));
            std::set<std::int64_t> wanted;
            for (int i = 0; i < 10; ++i) wanted.insert(best[i].item<std::int64_t>());
            for (const Hit& hit : index.pictures(query, 10)) {
                right += wanted.contains(hit.item) ? 1 : 0;
                // Scores are those of the full vectors, not of 8 bits.
                QVERIFY(std::abs(hit.score - vectorOf(hit.item).dot(query).item<float>()) < 1e-5);
                ++looked;
            }
        }
        QCOMPARE(looked, 400);
        QVERIFY2(right >= 388, qPrintable(QString("%1 of 400").arg(right)));
        QCOMPARE(index.pictures(vectorOf(3), 6000).size(), std::size_t{6000});  // so many are looked for by all products
    }

    void aGraphThatWasCancelledGoesOn() {
        std::int64_t told = 0;
        const auto stop = [&](std::int64_t done, std::int64_t, const std::string& what) {
            told = done;
            return what != "graph" || done < 2000;
        };
        {
            IndexWriter writer(path("half").toStdString(), kKey, kDim);
            addRows(writer, 0, 6000);
            writer.commit(6000);
            QCOMPARE(codeOf([&] { writer.build(SearchMethod::kGraph, stop); }), 130);
        }
        QVERIFY(!QFile::exists(path("half")));
        std::int64_t first = -1;
        const auto go = [&](std::int64_t done, std::int64_t, const std::string&) {
            if (first < 0) first = done;
            return true;
        };
        IndexWriter writer(path("half").toStdString(), kKey, kDim);
        QCOMPARE(writer.samplesDone(), 6000);
        writer.build(SearchMethod::kGraph, go);
        QVERIFY2(first > told, qPrintable(QString("began again at %1").arg(first)));
        const Index index(path("half").toStdString());
        QCOMPARE(index.pictures(vectorOf(77), 1)[0].item, 77);
    }

    void whatIsBrokenIsRefused() {
        const QString folder = path("graph");
        QFile graph(folder + "/images.hnsw");
        QVERIFY(graph.open(QIODevice::ReadWrite));
        graph.seek(graph.size() / 2);
        const char byte = graph.peek(1)[0];
        graph.write(QByteArray(1, static_cast<char>(byte ^ 1)));
        graph.close();
        QCOMPARE(codeOf([&] { Index index(folder.toStdString()); }), 83);
        QVERIFY(QFile::resize(path("plain") + "/vectors.safetensors", 1000));
        QCOMPARE(codeOf([&] { Index index(path("plain").toStdString()); }), 83);
        QVERIFY(QFile::resize(path("parts") + "/items.jsonl", 100));
        const Index cut(path("parts").toStdString());
        QCOMPARE(codeOf([&] { cut.item(200); }), 83);
        QCOMPARE(codeOf([&] { Index index(path("nowhere").toStdString()); }), 74);
    }
};

QTEST_GUILESS_MAIN(IndexTest)
#include "index_test.moc"
