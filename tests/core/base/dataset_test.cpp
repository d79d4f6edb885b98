// SPDX-License-Identifier: MIT
#include "core/base/dataset/dataset.h"

#include <set>

#include "core/base/dataset/inspect.h"
#include "core/base/text/tokenizer.h"
#include "tests/core/base/test_tools.h"

using namespace switchyard;
using namespace switchyard::test;
using dataset::Split;

namespace {

void writePicture(const fs::path& file, std::uint8_t shade) {
    fs::create_directories(file.parent_path());
    io::Image image;
    image.width = image.height = 4;
    image.pixels.assign(48, shade);
    io::writePng(file.string(), image);
}

/// Two pictures, one with two captions.
fs::path writeData(const TempFolder& folder) {
    writePicture(folder / "img/a.png", 10);
    writePicture(folder / "img/b.png", 20);
    return folder.write("train.jsonl",
                        "{\"id\": \"a0\", \"image\": \"img/a.png\", \"text\": \"a dog\", \"keywords\": [\"pet\", "
                        "\"animal\", \"dog\"]}\n"
                        "{\"id\": \"b0\", \"image\": \"img/b.png\", \"text\": \"a cat\"}\n"
                        "{\"id\": \"a1\", \"image\": \"img/a.png\", \"text\": \"the dog\"}\n");
}

RunConfig configFor(const TempFolder& folder) {
    RunConfig config;
    config.data.format = DataFormat::kJsonl;
    config.data.train = {"train.jsonl"};
    config.data.root = folder.path().string();
    config.model.text.vocab_size = 60;
    return config;
}

}  // namespace

class DatasetTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void groupsCaptionsByPicture() {
        const TempFolder folder;
        const auto data = dataset::openJsonl(writeData(folder), "", false);
        QCOMPARE(data->samples().size(), std::size_t{2});
        const dataset::Sample& a = data->samples()[0];
        QCOMPARE(a.id, std::uint64_t{0});
        QCOMPARE(a.name, std::string("a0"));
        QCOMPARE(a.texts, (std::vector<std::string>{"a dog", "the dog"}));
        QVERIFY(a.keyword_texts.empty());
        QCOMPARE(data->samples()[1].texts, (std::vector<std::string>{"a cat"}));
        QCOMPARE(int{data->picture(data->samples()[1]).pixels[0]}, 20);
    }

    void makesCaptionsFromKeywords() {
        const TempFolder folder;
        const auto data = dataset::openJsonl(writeData(folder), "", true);
        const dataset::Sample& a = data->samples()[0];
        QCOMPARE(a.texts.size(), std::size_t{2});
        const std::set<std::string> texts(a.keyword_texts.begin(), a.keyword_texts.end());
        for (const char* text : {"a dog pet", "a dog animal", "a dog dog"}) QVERIFY2(texts.count(text) == 1, text);
        // Besides those, the three keywords in one or two orders.
        QVERIFY(texts.size() == 4 || texts.size() == 5);
        QCOMPARE(texts.size(), a.keyword_texts.size());
        QCOMPARE(dataset::openJsonl(folder / "train.jsonl", "", true)->samples()[0].keyword_texts, a.keyword_texts);
    }

    void hashChangesWithTheData() {
        const TempFolder folder;
        const fs::path file = writeData(folder);
        const std::string hash = dataset::openJsonl(file, "", false)->hash();
        QCOMPARE(hash.size(), std::size_t{64});
        QCOMPARE(dataset::openJsonl(file, "", false)->hash(), hash);
        QVERIFY(dataset::openJsonl(file, "", true)->hash() != hash);
        std::string text = readFile(file);
        text.replace(text.find("a cat"), 5, "a cot");
        QVERIFY(dataset::openJsonl(folder.write("train.jsonl", text), "", false)->hash() != hash);
    }

    void opensWhatAConfigNames() {
        const TempFolder folder;
        writeData(folder);
        RunConfig config = configFor(folder);
        QCOMPARE(dataset::openDataset(config, Split::kTrain)->samples().size(), std::size_t{2});
        QVERIFY(dataset::openDataset(config, Split::kEval)->samples().empty());
        config.data.root.clear();
        config.data.train = {(folder / "train.jsonl").string()};  // the root is the first file's folder
        config.data.eval = {(folder / "train.jsonl").string()};
        QCOMPARE(dataset::openDataset(config, Split::kEval)->samples().size(), std::size_t{2});
        config.data.train = {};
        config.data.eval = {};
        QVERIFY(throwsError(ExitCode::kBadData, "data.train", [&] { dataset::openDataset(config, Split::kTrain); }));
    }

    void namesWhatIsWrong() {
        const TempFolder folder;
        const auto open = [&](const std::string& row) {
            return [&folder, row] { dataset::openJsonl(folder.write("t.jsonl", row), "", false); };
        };
        QVERIFY(throwsError(ExitCode::kBadData, "t.jsonl:1: The picture none.png",
                            open("{\"image\": \"none.png\", \"text\": \"x\"}")));
        QVERIFY(throwsError(ExitCode::kBadData, "t.jsonl:1: The row has no \"image\"", open("{\"text\": \"x\"}")));
        writePicture(folder / "a.png", 1);
        QVERIFY(throwsError(ExitCode::kBadData, "t.jsonl:1: The row has no \"text\"",
                            open("{\"image\": \"a.png\", \"text\": \" \"}")));
        QVERIFY(throwsError(ExitCode::kBadData, "no rows", open("")));
        // What only shows when the picture is read names the sample.
        folder.write("b.png", "no picture");
        const auto broken = dataset::openJsonl(
            folder.write("t.jsonl", "{\"id\": \"s7\", \"image\": \"b.png\", \"text\": \"x\"}"), "", false);
        QVERIFY(throwsError(ExitCode::kBadData, "sample s7", [&] { broken->picture(broken->samples()[0]); }));
        const auto outside = dataset::openJsonl(
            folder.write("t.jsonl", "{\"id\": \"s8\", \"image\": \"../../../../../../etc/passwd\", \"text\": \"x\"}"),
            fs::canonical(folder.path()), false);
        QVERIFY(
            throwsError(ExitCode::kBadData, "out of the data root", [&] { outside->picture(outside->samples()[0]); }));
    }

    void checkListsEveryProblem() {
        const TempFolder folder;
        writeData(folder);
        folder.write("bad.png", "no picture");
        const fs::path file = folder.write("c.jsonl",
                                           "{\"image\": \"img/a.png\", \"text\": \"x\"}\n"
                                           "{\"image\": \"bad.png\", \"text\": \"x\"}\n"
                                           "{oops\n"
                                           "{\"image\": \"bad.png\", \"text\": \"again\"}\n"
                                           "{\"image\": \"../out\\u001b.png\", \"text\": \"x\"}\n"
                                           "{\"text\": \"no picture\"}\n");
        const dataset::CheckReport report = dataset::checkJsonl(file, "", {});
        QCOMPARE(report.rows, 6);
        QCOMPARE(report.pictures, 1);
        std::vector<std::int64_t> lines;
        for (const io::BadRow& problem : report.problems) {
            lines.push_back(problem.line);
            QVERIFY(!contains(problem.message, "\x1b"));
        }
        QCOMPARE(lines, (std::vector<std::int64_t>{2, 3, 5, 6}));
        QVERIFY(dataset::checkJsonl(folder / "train.jsonl", "", {}).problems.empty());
    }

    void countsForStats() {
        const TempFolder folder;
        const auto stats = dataset::statsOfJsonl(writeData(folder), "", {});
        QCOMPARE(stats.rows, 3);
        QCOMPARE(stats.pictures, 2);
        QCOMPARE(stats.captions, 3);
        QCOMPARE(stats.distinct_words, 4);  // a dog cat the
        QCOMPARE(stats.words_per_caption.mean, 2.0);
        QCOMPARE(stats.captions_per_picture.max, 2);
        QCOMPARE(stats.width.min, 4);
        QCOMPARE(stats.formats.at("png"), 2);
        QCOMPARE(stats.missing_pictures, 0);
    }

    void syntheticIsAFunctionOfItsSeed() {
        const auto a = dataset::makeSynthetic(7, Split::kTrain, 200, 32);
        const auto b = dataset::makeSynthetic(7, Split::kTrain, 200, 32);
        const auto shorter = dataset::makeSynthetic(7, Split::kTrain, 20, 32);
        const auto other = dataset::makeSynthetic(8, Split::kTrain, 200, 32);
        const auto eval = dataset::makeSynthetic(7, Split::kEval, 200, 32);
        QCOMPARE(a->hash(), b->hash());
        QVERIFY(a->hash() != other->hash() && a->hash() != eval->hash() && a->hash() != shorter->hash());
        QCOMPARE(a->picture(a->samples()[9]).pixels, b->picture(b->samples()[9]).pixels);
        QCOMPARE(a->picture(a->samples()[9]).pixels, shorter->picture(shorter->samples()[9]).pixels);
        QCOMPARE(a->samples()[9].texts, shorter->samples()[9].texts);
        int same = 0;
        std::set<std::vector<std::uint8_t>> pictures;
        for (std::size_t i = 0; i < 200; ++i) {
            same += a->samples()[i].texts == eval->samples()[i].texts ? 1 : 0;
            pictures.insert(a->picture(a->samples()[i]).pixels);
            pictures.insert(eval->picture(eval->samples()[i]).pixels);
        }
        QVERIFY(same < 10);
        QCOMPARE(pictures.size(), std::size_t{400});
    }

    /// What the caption says is what the picture shows: looked for by colour and place.
    void syntheticPicturesFitTheirCaptions() {
        const auto data = dataset::makeSynthetic(3, Split::kTrain, 400, 32);
        int red_left = 0, checked = 0;
        double small_area = 0, large_area = 0;
        int small_count = 0, large_count = 0;
        for (const dataset::Sample& sample : data->samples()) {
            const std::string& text = sample.texts[0];
            if (!contains(text, " red ") || contains(text, " of ") || contains(text, "above")) continue;
            const io::Image image = data->picture(sample);
            double x_sum = 0;
            int count = 0;
            for (int y = 0; y < 32; ++y) {
                for (int x = 0; x < 32; ++x) {
                    const auto p = image.pixels.begin() + (y * 32 + x) * 3;
                    if (p[0] > 150 && p[1] < 120 && p[2] < 120) {
                        x_sum += x;
                        ++count;
                    }
                }
            }
            QVERIFY2(count > 0, text.c_str());
            ++checked;
            (contains(text, "small") ? small_area : large_area) += count;
            ++(contains(text, "small") ? small_count : large_count);
            if (contains(text, "on the left")) {
                ++red_left;
                QVERIFY2(x_sum / count < 13, text.c_str());
            }
            if (contains(text, "on the right")) QVERIFY2(x_sum / count > 18, text.c_str());
        }
        QVERIFY(checked > 15 && red_left > 0 && small_count > 0 && large_count > 0);
        QVERIFY(large_area / large_count > 1.8 * small_area / small_count);
    }

    void tokenizerIsFoundOrTrainedOnce() {
        const TempFolder folder, cache;
        qputenv("XDG_CACHE_HOME", QByteArray::fromStdString(cache.path().string()));
        writeData(folder);
        RunConfig config = configFor(folder);
        const auto data = dataset::openDataset(config, Split::kTrain);
        const fs::path trained = dataset::tokenizerFor(config, *data);
        QVERIFY(contains(trained.string(), cache.path().string()));
        const auto time = fs::last_write_time(trained);
        QCOMPARE(dataset::tokenizerFor(config, *data), trained);
        QCOMPARE(fs::last_write_time(trained), time);
        config.model.text.vocab_size = 30;
        QVERIFY(dataset::tokenizerFor(config, *data) != trained);

        fs::copy_file(trained, folder / "own.model");
        config.data.tokenizer = "own.model";  // below data.root
        QCOMPARE(dataset::tokenizerFor(config, *data), folder / "own.model");
        config.data.tokenizer = (folder / "own.model").string();
        QCOMPARE(dataset::tokenizerFor(config, *data), folder / "own.model");
        config.data.tokenizer = "none.model";
        QVERIFY(throwsError(ExitCode::kBadData, "none.model", [&] { dataset::tokenizerFor(config, *data); }));
    }
};

QTEST_GUILESS_MAIN(DatasetTest)
#include "dataset_test.moc"
