// SPDX-License-Identifier: MIT
// What a step consists of: order, slices, drops, pixels.
#include <ATen/ATen.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "core/data/batcher.h"
#include "core/data/eval_batch.h"
#include "core/data/packing.h"
#include "core/data/picture.h"
#include "core/data/sample_order.h"
#include "core/data/worker_pool.h"
#include "support/photographs.h"
#include "support/tiny_training.h"

using namespace switchyard;

namespace {

/// What identifies a sample's part of a batch, wherever it stands.
struct Piece {
    std::uint64_t sample = 0, key = 0;
    at::Tensor ids, positions, image, patches;
};

std::map<std::int64_t, Piece> piecesOf(const std::vector<data::Batch>& batches) {
    std::map<std::int64_t, Piece> pieces;
    for (const data::Batch& batch : batches) {
        std::int64_t row = 0;
        for (std::int64_t b = 0; b < batch.size; ++b) {
            const auto i = static_cast<std::size_t>(b);
            const std::int64_t length = batch.text_lengths[i];
            pieces[batch.global_positions[i]] = {batch.sample_ids[i],
                                                 batch.text_keys[i],
                                                 batch.token_ids.narrow(0, row, length),
                                                 batch.token_positions.narrow(0, row, length),
                                                 batch.images[b],
                                                 batch.patches.defined() ? batch.patches[b] : at::Tensor()};
            row += length;
        }
    }
    return pieces;
}

bool same(const Piece& a, const Piece& b) {
    return a.sample == b.sample && a.key == b.key && at::equal(a.ids, b.ids) && at::equal(a.positions, b.positions) &&
           at::equal(a.image, b.image) && a.patches.defined() == b.patches.defined() &&
           (!a.patches.defined() || at::equal(a.patches, b.patches));
}

/// 2 x 2 pixels: red channel 0 100 / 200 60, the others 10 and 20.
io::Image fourPixels() {
    return {2, 2, {0, 10, 20, 100, 10, 20, 200, 10, 20, 60, 10, 20}};
}

}  // namespace

class DataTest : public QObject {
    Q_OBJECT

private:
    std::vector<data::Batch> step(const RunConfig& config, std::int64_t number, int rank, int ranks) {
        const auto data = dataset::openDataset(config, dataset::Split::kTrain);
        const text::Tokenizer tokenizer(test::tinyTokenizer(config, folder_.path().toStdString()));
        return data::StepMaker(config, *data, tokenizer, rank, ranks).make(number);
    }
    QTemporaryDir folder_;

private Q_SLOTS:
    void orderIsPermutationsInARow() {
        data::SampleOrder order(9, 13);
        std::vector<std::uint64_t> first, second;
        for (std::uint64_t i = 0; i < 13; ++i) first.push_back(order.at(i));
        for (std::uint64_t i = 13; i < 26; ++i) second.push_back(order.at(i));
        for (auto epoch : {first, second}) {
            std::sort(epoch.begin(), epoch.end());
            for (std::uint64_t i = 0; i < 13; ++i) QCOMPARE(epoch[i], i);
        }
        QVERIFY(first != second);
        QCOMPARE(order.at(3), first[3]);  // going back gives the same
        QCOMPARE(data::SampleOrder(9, 13).at(20), second[7]);
        // A rewind is another order of the same samples; none is the seed's own.
        std::vector<std::uint64_t> rewound;
        data::SampleOrder other(9, 13, 1);
        for (std::uint64_t i = 0; i < 13; ++i) rewound.push_back(other.at(i));
        QVERIFY(rewound != first && rewound != second);
        std::sort(rewound.begin(), rewound.end());
        for (std::uint64_t i = 0; i < 13; ++i) QCOMPARE(rewound[i], i);
        QCOMPARE(data::SampleOrder(9, 13, 0).at(20), second[7]);
        QVERIFY(data::SampleOrder(10, 13).at(0) != first[0] || data::SampleOrder(10, 13).at(1) != first[1]);
    }

    void slicesMakeUpTheGlobalBatch_data() {
        QTest::addColumn<int>("ranks");
        QTest::addColumn<QString>("micro");
        QTest::newRow("2 ranks") << 2 << "0";
        QTest::newRow("4 ranks") << 4 << "0";
        QTest::newRow("1 rank, micro-batches of 4") << 1 << "4";
        QTest::newRow("2 ranks, micro-batches of 4") << 2 << "4";
    }
    void slicesMakeUpTheGlobalBatch() {
        QFETCH(int, ranks);
        QFETCH(QString, micro);
        const RunConfig config = test::tinyConfig();
        RunConfig split = test::tinyConfig({"train.micro_batch=" + micro.toStdString()});
        for (const std::int64_t number : {0, 3, 7}) {  // step 3 of 16 reaches into the second epoch of 60
            const auto whole = piecesOf(step(config, number, 0, 1));
            QCOMPARE(whole.size(), std::size_t{16});
            std::size_t found = 0;
            for (int rank = 0; rank < ranks; ++rank) {
                const auto batches = step(split, number, rank, ranks);
                QCOMPARE(batches.size(),
                         micro == "0" ? std::size_t{1} : static_cast<std::size_t>(16 / ranks / micro.toInt()));
                for (const data::Batch& batch : batches)
                    QVERIFY(std::is_sorted(batch.text_lengths.begin(), batch.text_lengths.end()));
                for (const auto& [place, piece] : piecesOf(batches)) {
                    QCOMPARE(place / (micro == "0" ? 16 / ranks : micro.toInt()) % ranks, std::int64_t{rank});
                    QVERIFY(same(piece, whole.at(place)));
                    ++found;
                }
            }
            QCOMPARE(found, std::size_t{16});
        }
    }

    void shardsAreReadAsStreams() {
        // Three shards of 20,000, 5 and 9,995 samples.
        const std::vector<std::uint64_t> shards = {0, 20'000, 20'005};
        data::SampleOrder order(9, 30'000, 0, shards);
        std::vector<std::uint64_t> epoch, second;
        for (std::uint64_t i = 0; i < 30'000; ++i) epoch.push_back(order.at(i));
        for (std::uint64_t i = 30'000; i < 60'000; ++i) second.push_back(order.at(i));
        QVERIFY(epoch != second);
        QCOMPARE(order.at(7), epoch[7]);
        std::vector<std::uint64_t> sorted = epoch;
        std::sort(sorted.begin(), sorted.end());
        for (std::uint64_t i = 0; i < 30'000; ++i) QCOMPARE(sorted[i], i);
        // A sample never comes before it has been read: by its place in the stream of shards, at most a buffer early.
        std::vector<std::size_t> first_of(3, 30'000);
        for (std::size_t i = 0; i < epoch.size(); ++i) {
            const std::size_t shard = epoch[i] < 20'000 ? 0 : epoch[i] < 20'005 ? 1 : 2;
            first_of[shard] = std::min(first_of[shard], i);
        }
        const std::size_t earlier = first_of[0] < first_of[2] ? 0 : 2, later = 2 - earlier;  // the two large ones
        QVERIFY(first_of[later] + data::SampleOrder::kShuffleBuffer >= (earlier == 0 ? 20'000U : 9'995U));
        // And they are mixed: hardly any two neighbours of the order are neighbours of the file.
        int neighbours = 0;
        for (std::size_t i = 1; i < epoch.size(); ++i) neighbours += epoch[i] == epoch[i - 1] + 1 ? 1 : 0;
        QVERIFY(neighbours < 100);
        QVERIFY(data::SampleOrder(10, 30'000, 0, shards).at(0) != epoch[0]);
        QVERIFY(data::SampleOrder(9, 30'000, 1, shards).at(0) != epoch[0]);
    }

    /// The same pixels whatever number of threads makes them, with a file of pictures, without, and from it once more.
    void threadsAndCachesChangeNothing() {
        const QTemporaryDir folder;
        const std::string root = folder.path().toStdString();
        std::string rows;
        for (int i = 0; i < 40; ++i) {
            const std::string name = std::to_string(i) + (i % 2 == 0 ? ".png" : ".jpg");
            const io::Image image = test::naturalNoise(30 + i, 70 - i, static_cast<std::uint64_t>(i));
            i % 2 == 0 ? io::writePng(root + "/" + name, image) : io::writeJpeg(root + "/" + name, image, 90);
            rows += "{\"image\": \"" + name + "\", \"text\": \"a red circle " + std::to_string(i) + "\"}\n";
        }
        QFile file(folder.filePath("rows.jsonl"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(rows.c_str()) > 0);
        file.close();
        for (const std::string crop : {"0.7", "1"}) {
            std::map<std::int64_t, Piece> expected;
            for (const auto& [workers, cache] : std::vector<std::pair<std::string, std::string>>{
                     {"1", "false"}, {"4", "false"}, {"3", root + "/cache"}, {"1", root + "/cache"}}) {
                const auto pieces = piecesOf(step(
                    test::tinyConfig({"data.format=jsonl", "data.train=[rows.jsonl]", "data.root=" + root,
                                      "data.image.augment.crop=" + crop, "data.workers=" + workers, "data.cache=" + cache}),
                    2, 0, 1));
                if (expected.empty()) expected = pieces;
                QCOMPARE(pieces.size(), std::size_t{16});
                for (const auto& [place, piece] : pieces) QVERIFY(same(piece, expected.at(place)));
            }
        }
        QCOMPARE(QDir(folder.filePath("cache")).entryList({"*.pictures"}).size(), 2);  // of crops, and whole ones
        // A picture that is another one now is decoded anew.
        const RunConfig config = test::tinyConfig({"data.format=jsonl", "data.train=[rows.jsonl]", "data.root=" + root,
                                                   "data.cache=" + root + "/cache"});
        const auto before = piecesOf(step(config, 2, 0, 1));
        for (int i = 0; i < 40; i += 2) io::writePng(root + "/" + std::to_string(i) + ".png", test::naturalNoise(20, 20, 99));
        int changed = 0;
        for (const auto& [place, piece] : piecesOf(step(config, 2, 0, 1))) changed += at::equal(piece.image, before.at(place).image) ? 0 : 1;
        int even = 0;
        for (const auto& [place, piece] : before) even += piece.sample % 2 == 0 ? 1 : 0;
        QCOMPARE(changed, even);
        QVERIFY(even > 0);
    }

    void poolsDoEveryPieceOnce() {
        for (const std::size_t threads : {1, 2, 7}) {
            data::WorkerPool pool(threads);
            for (const std::size_t count : {0, 1, 5, 1000}) {
                std::vector<std::atomic<int>> done(count);
                pool.run(count, [&](std::size_t i) { ++done[i]; });
                for (const auto& times : done) QCOMPARE(times.load(), 1);
            }
            std::atomic<int> tried = 0;
            try {
                pool.run(100, [&](std::size_t i) {
                    ++tried;
                    if (i == 40 || i == 60) throw Error(ExitCode::kBadData, std::to_string(i));
                });
                QFAIL("no error");
            } catch (const Error& error) {
                QCOMPARE(error.message(), std::string("40"));
            }
            QCOMPARE(tried.load(), 100);
            pool.run(1, [&](std::size_t) { ++tried; });
            QCOMPARE(tried.load(), 101);
        }
    }

    void stepsDifferAndRepeat() {
        const RunConfig config = test::tinyConfig();
        const auto first = piecesOf(step(config, 2, 0, 1)), again = piecesOf(step(config, 2, 0, 1)),
                   other = piecesOf(step(config, 3, 0, 1));
        int equal = 0;
        for (const auto& [place, piece] : first) {
            QVERIFY(same(piece, again.at(place)));
            equal += same(piece, other.at(place)) ? 1 : 0;
        }
        QCOMPARE(equal, 0);
    }

    void drops() {
        const auto pieces = piecesOf(step(test::tinyConfig({"data.image.augment.token_drop=0.9"}), 1, 0, 1));
        const auto full = piecesOf(step(test::tinyConfig({"data.image.augment.token_drop=0"}), 1, 0, 1));
        for (const auto& [place, piece] : pieces) {
            const Piece& whole = full.at(place);
            QVERIFY(piece.ids.numel() >= 1);
            QCOMPARE(piece.key, whole.key);  // the key is the caption's, not what is left of it
            QVERIFY(at::equal(whole.positions, at::arange(whole.ids.numel())));
            QVERIFY(at::equal(whole.ids.index_select(0, piece.positions), piece.ids));
            QCOMPARE(piece.patches.numel(), std::int64_t{3});  // 4 patches, a quarter left out
            QVERIFY((piece.patches.narrow(0, 1, 2) > piece.patches.narrow(0, 0, 2)).all().item<bool>());
            QVERIFY(piece.patches.min().item<std::int64_t>() >= 0 && piece.patches.max().item<std::int64_t>() < 4);
        }
        // Every patch is left out somewhere.
        std::set<std::int64_t> kept;
        std::int64_t tokens = 0, all_tokens = 0;
        for (const auto& [place, piece] : pieces) {
            tokens += piece.ids.numel();
            all_tokens += full.at(place).ids.numel();
            std::int64_t missing = 6 - piece.patches.sum().item<std::int64_t>();  // 0 + 1 + 2 + 3
            kept.insert(missing);
        }
        QVERIFY(kept.size() >= 3);
        QVERIFY(tokens * 2 < all_tokens);
        QVERIFY(!step(test::tinyConfig({"data.image.augment.patch_drop=0"}), 1, 0, 1)[0].patches.defined());
    }

    void batcherGivesStepsInOrderAndErrors() {
        const RunConfig config = test::tinyConfig();
        const auto data = dataset::openDataset(config, dataset::Split::kTrain);
        const text::Tokenizer tokenizer(test::tinyTokenizer(config, folder_.path().toStdString()));
        {
            data::Batcher batcher(config, *data, tokenizer, 1, 2, 2, 6);
            for (std::int64_t number = 2; number < 6; ++number) {
                const auto expected = piecesOf(step(config, number, 1, 2));
                for (const auto& [place, piece] : piecesOf(batcher.next())) QVERIFY(same(piece, expected.at(place)));
            }
        }
        { const data::Batcher unused(config, *data, tokenizer, 0, 1, 0, 100); }  // ends while the queue is full

        struct Broken final : dataset::Dataset {
            Broken() {
                for (std::uint64_t i = 0; i < 60; ++i) {
                    dataset::Sample sample;
                    sample.id = sample.picture = i;
                    sample.name = "s" + std::to_string(i);
                    sample.texts = {"red"};
                    samples_.push_back(std::move(sample));
                }
            }
            io::Image picture(const dataset::Sample& sample) const override {
                throw Error(ExitCode::kBadData, "broken", sample.name);
            }
        } broken;
        data::Batcher batcher(config, broken, tokenizer, 0, 1, 0, 5);
        QVERIFY_EXCEPTION_THROWN(batcher.next(), Error);
        QVERIFY_EXCEPTION_THROWN(batcher.next(), Error);
    }

    void pixelsByHand() {
        RunConfig config = test::tinyConfig();
        config.model.vision.image_size = 2;
        config.data.image.mean = {0.5, 0.25, 0.0};
        config.data.image.std = {0.25, 0.5, 1.0};
        std::vector<float> out(12);
        data::renderPicture(fourPixels(), {}, config, out.data());
        // red (x / 255 - 0.5) / 0.25, green (10 / 255 - 0.25) / 0.5, blue 20 / 255
        const double red[] = {0, 100, 200, 60};
        for (std::size_t i = 0; i < 4; ++i) {
            QVERIFY(std::abs(out[i] - (red[i] / 255 - 0.5) / 0.25) < 1e-6);
            QVERIFY(std::abs(out[4 + i] - (10.0 / 255 - 0.25) / 0.5) < 1e-6);
            QVERIFY(std::abs(out[8 + i] - 20.0 / 255) < 1e-6);
        }
        data::PictureDraw draw;
        draw.flip = true;
        draw.contrast = 1.5;
        draw.brightness[0] = 0.1;
        data::renderPicture(fourPixels(), draw, config, out.data());
        QVERIFY(std::abs(out[0] - ((100.0 / 255 - 0.5) * 1.5 + 0.5 + 0.1 - 0.5) / 0.25) < 1e-5);
        QVERIFY(std::abs(out[8] - ((20.0 / 255 - 0.5) * 1.5 + 0.5)) < 1e-6);

        // The middle half of the picture: samples at 0.625 - 0.5 ... : places 0.25 and 0.75 in both directions.
        draw = {};
        draw.left = draw.top = 0.25;
        draw.side = 0.5;
        data::renderPicture(fourPixels(), draw, config, out.data());
        const double top = 0.75 * 0 + 0.25 * 100, bottom = 0.75 * 200 + 0.25 * 60;
        QVERIFY(std::abs(out[0] - ((0.75 * top + 0.25 * bottom) / 255 - 0.5) / 0.25) < 1e-5);
        // A grid finer than the picture repeats the border.
        config.model.vision.image_size = 8;
        std::vector<float> large(3 * 64);
        data::renderPicture(fourPixels(), {}, config, large.data());
        QVERIFY(std::abs(large[0] - (0.0 - 0.5) / 0.25) < 1e-6);
        QVERIFY(std::abs(large[63] - (60.0 / 255 - 0.5) / 0.25) < 1e-6);
    }

    void drawsStayInside() {
        RunConfig config = test::tinyConfig();
        config.data.image.augment = {0.5, true, 0.2, 15, 0, 0};
        double smallest = 1, flips = 0;
        for (std::uint64_t sample = 0; sample < 2000; ++sample) {
            const data::PictureDraw draw = data::drawPicture(config, 3, sample);
            QVERIFY(draw.side * draw.side >= 0.5 - 1e-12 && draw.side <= 1.0);
            QVERIFY(draw.left >= 0 && draw.left + draw.side <= 1 + 1e-12 && draw.top >= 0 &&
                    draw.top + draw.side <= 1 + 1e-12);
            QVERIFY(std::abs(draw.contrast - 1) <= 0.2 && std::abs(draw.brightness[2]) <= 15 / 255.0);
            smallest = std::min(smallest, draw.side * draw.side);
            flips += draw.flip ? 1 : 0;
        }
        QVERIFY(smallest < 0.51);
        QVERIFY(flips > 900 && flips < 1100);
        config.data.image.augment = {};
        const data::PictureDraw none = data::drawPicture(config, 3, 1);
        QVERIFY(none.side == 1.0 && none.left == 0.0 && !none.flip && none.contrast == 1.0 &&
                none.brightness[0] == 0.0);
    }

    void evalBatch() {
        RunConfig config = test::tinyConfig();
        const auto data = dataset::openDataset(config, dataset::Split::kTrain);
        std::vector<io::Image> pictures;
        for (int i = 0; i < 3; ++i) pictures.push_back(data->picture(data->samples()[static_cast<std::size_t>(i)]));
        const data::OrderedBatch made = data::makeBatch({{5, 6, 7}, {8}, {5, 6}}, pictures, config);
        QVERIFY((made.order == std::vector<std::int64_t>{1, 2, 0}));
        QVERIFY((made.batch.text_lengths == std::vector<std::int64_t>{1, 2, 3}));
        QVERIFY(at::equal(made.batch.token_ids, at::tensor({8, 5, 6, 5, 6, 7}, at::kLong)));
        QVERIFY(at::equal(made.batch.token_positions, at::tensor({0, 0, 1, 0, 1, 2}, at::kLong)));
        QVERIFY(made.batch.images.sizes() == at::IntArrayRef({3, 3, 16, 16}));
        // The same pixels as a training without augmentation.
        config.data.image.augment = {};
        config.train.global_batch = 60;
        const auto pieces = piecesOf(step(config, 0, 0, 1));
        for (const auto& [place, piece] : pieces) {
            if (piece.sample == 2) QVERIFY(at::equal(piece.image, made.batch.images[1]));
        }
        const data::OrderedBatch only_pictures = data::makeBatch({}, pictures, config);
        QVERIFY(only_pictures.batch.size == 3 && only_pictures.batch.token_ids.numel() == 0);
        const data::OrderedBatch only_texts = data::makeBatch({{1, 2}}, {}, config);
        QVERIFY(!only_texts.batch.images.defined() && only_texts.batch.size == 1);
        QVERIFY_EXCEPTION_THROWN(data::makeBatch({{1}, {}}, {}, config), Error);
        QVERIFY_EXCEPTION_THROWN(data::makeBatch({{1}, {2}}, pictures, config), Error);
    }

    void batchMustDivide() { QVERIFY_EXCEPTION_THROWN(step(test::tinyConfig(), 0, 0, 3), Error); }
};

QTEST_GUILESS_MAIN(DataTest)
#include "data_test.moc"
