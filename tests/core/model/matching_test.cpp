// SPDX-License-Identifier: MIT
// Which pairs the matching loss looks at, and the figures of retrieval, by hand.
#include <ATen/ATen.h>

#include <QtTest>

#include "core/eval/retrieval_eval.h"
#include "core/model/matching.h"

using namespace switchyard;

namespace {

using Integers = std::vector<std::int64_t>;

/// Eight samples in two blocks of four; the batch stands in another order than the global one.
data::Batch makeBatch() {
    data::Batch batch;
    batch.size = 8;
    batch.global_positions = {4, 0, 5, 1, 6, 2, 7, 3};
    batch.sample_ids = {14, 10, 15, 11, 16, 12, 17, 13};
    batch.text_keys = {1, 2, 3, 4, 5, 6, 7, 8};
    return batch;
}

}  // namespace

class MatchingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesTheMostSimilarOtherOfTheBlock() {
        const data::Batch batch = makeBatch();
        // Text 1 (global 0) resembles picture 7 (global 3) most inside its block {1, 3, 5, 7}, and picture 0 outside it.
        at::Tensor similarity = at::zeros({8, 8}, at::kDouble);
        similarity[1][7] = 0.8;
        similarity[1][0] = 0.9;
        similarity[3][1] = 0.7;  // picture 1 resembles text 3 most
        similarity[1][1] = 1.0;
        const model::MatchingPairs pairs = model::choosePairs(batch, similarity, 4, 0.25);
        // One anchor a block: global 0 is place 1, global 4 is place 0.
        QCOMPARE(pairs.label, (std::vector<double>{1, 0, 0, 1, 0, 0}));
        QCOMPARE(Integers(pairs.text.begin(), pairs.text.begin() + 3), (Integers{1, 1, 3}));
        QCOMPARE(Integers(pairs.image.begin(), pairs.image.begin() + 3), (Integers{1, 7, 1}));
        QCOMPARE(pairs.text[3], std::int64_t{0});
        QCOMPARE(pairs.image[3], std::int64_t{0});
        // Negatives of the second block come from it: places 2, 4, 6.
        QVERIFY(pairs.image[4] == 2 || pairs.image[4] == 4 || pairs.image[4] == 6);
    }

    void equalCaptionsAndPicturesAreNoNegatives() {
        data::Batch batch = makeBatch();
        batch.text_keys[7] = batch.text_keys[1];  // the most similar one has the same caption
        batch.sample_ids[5] = batch.sample_ids[1];
        at::Tensor similarity = at::zeros({8, 8}, at::kDouble);
        similarity[1][7] = 0.9;
        similarity[1][5] = 0.8;
        similarity[1][3] = -0.5;
        const model::MatchingPairs pairs = model::choosePairs(batch, similarity, 4, 0.25);
        QCOMPARE(pairs.image[1], std::int64_t{3});
        batch.text_keys[3] = batch.text_keys[1];  // now nobody is left
        const model::MatchingPairs none = model::choosePairs(batch, similarity, 4, 0.25);
        QCOMPARE(Integers(none.text.begin(), none.text.begin() + 2), (Integers{1, 0}));
    }

    void recallAndChanceByHand() {
        // Three pictures, four captions; captions 0 and 3 are equal, so either picture is right for both.
        eval::Embeddings e;
        e.images = at::eye(3, at::kFloat);
        e.texts = at::tensor({0.1F, 0.9F, 0.0F, 0.0F, 1.0F, 0.0F, 0.5F, 0.4F, 0.3F, 0.0F, 0.2F, 0.8F}).view({4, 3});
        e.text_sample = {0, 1, 2, 2};
        e.captions = {"same", "b", "c", "same"};
        const nlohmann::json result = eval::retrievalMetrics(e);
        const nlohmann::json& m = result.at("metrics");
        // Caption 0: right are pictures 0 and 2, scores 0.1 0.9 0.0: best right one is second. Caption 1: first.
        // Caption 2: right is picture 2, third. Caption 3: picture 2, first.
        QCOMPARE(m.at("text_to_image_r1").get<double>(), 0.5);
        QCOMPARE(m.at("text_to_image_r5").get<double>(), 1.0);
        QCOMPARE(m.at("median_rank").get<double>(), 1.5);
        QCOMPARE(result.at("samples").get<int>(), 3);
        // Picture 0: right are captions 0 and 3 (equal ones); scores 0.1 0.0 0.5 0.0: second. Picture 1: 0.9 1.0 0.4 0.2:
        // caption 1 first. Picture 2: right are 2, 3 and 0: 0.0 0.0 0.3 0.8: first.
        QVERIFY(std::abs(m.at("image_to_text_r1").get<double>() - 2.0 / 3.0) < 1e-12);
        QCOMPARE(result.at("chance_r10").get<double>(), 1.0);  // ten of three pictures
    }

    void tiesCountAgainstTheModel() {
        eval::Embeddings e;
        e.images = at::ones({20, 2}, at::kFloat);
        e.texts = at::ones({20, 2}, at::kFloat);
        for (int i = 0; i < 20; ++i) {
            e.text_sample.push_back(i);
            e.captions.push_back(std::to_string(i));
        }
        QCOMPARE(eval::retrievalMetrics(e).at("metrics").at("text_to_image_r10").get<double>(), 0.0);
        // 1 - (19/20 * 18/19 * ... * 10/11) = 1/2
        QVERIFY(std::abs(eval::retrievalMetrics(e).at("chance_r10").get<double>() - 0.5) < 1e-12);
    }
};

QTEST_GUILESS_MAIN(MatchingTest)
#include "matching_test.moc"
