// SPDX-License-Identifier: MIT
// Attention without padding, ALiBi, adapters and the functions that compute activations again.
#include <ATen/ATen.h>

#include <QtTest>
#include <cmath>

#include "core/base/config/run_config.h"
#include "core/base/util/error.h"
#include "core/model/layers/after_gelu.h"
#include "core/model/layers/attention.h"
#include "core/model/layers/init.h"
#include "core/model/layers/linear.h"
#include "core/model/vision/vision_encoder.h"

using namespace switchyard;
using model::LengthGroup;

namespace {

double largest(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

/// softmax(q k^T / sqrt(d) + bias) v for one sequence and all heads, by the formula.
at::Tensor plainAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, std::int64_t heads, const std::vector<double>& slopes, bool causal) {
    const std::int64_t size = q.size(1) / heads;
    std::vector<at::Tensor> parts;
    for (std::int64_t h = 0; h < heads; ++h) {
        at::Tensor scores = at::mm(q.narrow(1, h * size, size), k.narrow(1, h * size, size).t()) / std::sqrt(static_cast<double>(size));
        for (std::int64_t i = 0; i < q.size(0) && !slopes.empty(); ++i) {
            for (std::int64_t j = 0; j < k.size(0); ++j) {
                scores[i][j] -= slopes[static_cast<std::size_t>(h)] * static_cast<double>(std::abs(i - j));
                if (causal && j > i) scores[i][j] = -std::numeric_limits<double>::infinity();
            }
        }
        parts.push_back(at::mm(at::softmax(scores, -1), v.narrow(1, h * size, size)));
    }
    return at::cat(parts, 1);
}

}  // namespace

class LayersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void slopesOfPowersOfTwoAndOthers() {
        // 4 heads: 2^-2, 2^-4, 2^-6, 2^-8. 6 heads: those of 4, then 2^-1 and 2^-3 of the 8-head series.
        QCOMPARE(model::alibiSlopes(4), (std::vector<double>{0.25, 0.0625, 0.015625, 0.00390625}));
        QCOMPARE(model::alibiSlopes(6), (std::vector<double>{0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125}));
        QCOMPARE(model::alibiSlopes(1), (std::vector<double>{std::exp2(-8.0)}));
        QCOMPARE(model::alibiSlopes(8).front(), 0.5);
    }

    void packedAttentionEqualsOneSequenceAtATime_data() {
        QTest::addColumn<bool>("causal");
        QTest::newRow("both ways") << false;
        QTest::newRow("causal") << true;
    }
    void packedAttentionEqualsOneSequenceAtATime() {
        QFETCH(bool, causal);
        at::manual_seed(4);
        const std::int64_t dim = 12, heads = 3;
        const std::vector<std::int64_t> lengths = {1, 3, 3, 3, 7};
        const at::Tensor qkv = at::randn({17, 3 * dim}, at::kDouble);
        model::AlibiBias bias(heads, causal);
        const at::Tensor out = model::packedSelfAttention(qkv, model::groupByLength(lengths), heads, bias);
        std::int64_t begin = 0;
        for (const std::int64_t length : lengths) {
            const auto parts = qkv.narrow(0, begin, length).split(dim, 1);
            const at::Tensor expected = plainAttention(parts[0], parts[1], parts[2], heads, model::alibiSlopes(heads), causal);
            QVERIFY(largest(out.narrow(0, begin, length), expected) < 1e-12);
            begin += length;
        }
    }

    void crossAttentionStaysInsideItsPair() {
        at::manual_seed(5);
        const std::int64_t dim = 8, heads = 2, patches = 4;
        const std::vector<LengthGroup> groups = model::groupByLength({2, 2, 5});
        const at::Tensor q = at::randn({9, dim}, at::kDouble), kv = at::randn({3, patches, 2 * dim}, at::kDouble);
        const at::Tensor out = model::textToImageAttention(q, kv, groups, heads);
        const at::Tensor image_q = at::randn({3, patches, dim}, at::kDouble), text_kv = at::randn({9, 2 * dim}, at::kDouble);
        const at::Tensor back = model::imageToTextAttention(image_q, text_kv, groups, heads);
        std::int64_t begin = 0, pair = 0;
        for (const std::int64_t length : {2, 2, 5}) {
            const auto picture = kv[pair].split(dim, 1);
            QVERIFY(largest(out.narrow(0, begin, length), plainAttention(q.narrow(0, begin, length), picture[0], picture[1], heads, {}, false)) < 1e-12);
            const auto text = text_kv.narrow(0, begin, length).split(dim, 1);
            QVERIFY(largest(back[pair], plainAttention(image_q[pair], text[0], text[1], heads, {}, false)) < 1e-12);
            begin += length;
            ++pair;
        }
    }

    void packedMeanIsEachSamplesMean() {
        const at::Tensor x = at::arange(12, at::kDouble).view({6, 2});
        // Lengths 1, 2, 3: rows {0}, {1, 2}, {3, 4, 5}.
        const at::Tensor mean = model::packedMean(x, model::groupByLength({1, 2, 3}));
        QVERIFY(at::equal(mean, at::tensor({0.0, 1.0, 3.0, 4.0, 8.0, 9.0}, at::kDouble).view({3, 2})));
    }

    void adaptersAddTheirProductToTheirColumns() {
        at::manual_seed(6);
        model::Linear linear(5, 9);
        RunConfig::Lora lora;
        lora.rank = 2;
        lora.alpha = 6;
        linear->adapt("k", 3, 3, lora);
        linear->to(at::kDouble);
        const at::NoGradGuard no_grad;
        for (auto& entry : linear->named_parameters()) entry.value().normal_();
        const at::Tensor x = at::randn({4, 5}, at::kDouble);
        const auto parameters = linear->named_parameters();
        at::Tensor expected = at::linear(x, parameters["weight"], parameters["bias"]);
        // alpha / r = 3
        expected.narrow(1, 3, 3) += 3.0 * at::mm(at::mm(x, parameters["lora_k_a"].t()), parameters["lora_k_b"].t());
        QVERIFY(largest(linear(x), expected) < 1e-12);
        QVERIFY(largest(at::linear(x, linear->mergedWeight(), parameters["bias"]), expected) < 1e-12);
    }

    void mergingANonFiniteAdapterIsRefused() {
        model::Linear linear(3, 3);
        RunConfig::Lora lora;
        lora.rank = 1;
        linear->adapt("q", 0, 3, lora);
        const at::NoGradGuard no_grad;
        for (auto& entry : linear->named_parameters()) entry.value().fill_(1);
        const at::Tensor before = linear->weight.clone();
        linear->named_parameters()["lora_q_b"].fill_(std::numeric_limits<float>::infinity());
        QVERIFY_EXCEPTION_THROWN(linear->mergedWeight(), Error);
        QVERIFY(at::equal(linear->weight, before));
    }

    void functionsThatKeepLessHaveTheSameGradients() {
        at::manual_seed(7);
        const at::Tensor x = at::randn({2, 5, 6}, at::kDouble).requires_grad_(), w = at::randn({4, 6}, at::kDouble).requires_grad_(),
                         b = at::randn({4}, at::kDouble).requires_grad_(), upstream = at::randn({2, 5, 4}, at::kDouble);
        const auto gradients = [&](const at::Tensor& y, const at::Tensor& up, std::initializer_list<at::Tensor> of) {
            (y * up).sum().backward();
            std::vector<at::Tensor> list;
            for (const at::Tensor& tensor : of) {
                list.push_back(tensor.grad().clone());
                tensor.mutable_grad() = at::Tensor();
            }
            return list;
        };
        const auto ours = gradients(model::geluLinear(x, w, b), upstream, {x, w, b});
        const auto theirs = gradients(at::linear(at::gelu(x), w, b), upstream, {x, w, b});
        for (std::size_t i = 0; i < ours.size(); ++i) QVERIFY(largest(ours[i], theirs[i]) < 1e-12);

        const at::Tensor image = at::randn({2, 3, 8, 8}, at::kDouble).requires_grad_(), kernel = at::randn({5, 3, 3, 3}, at::kDouble).requires_grad_(),
                         shift = at::randn({5}, at::kDouble).requires_grad_(), up = at::randn({2, 5, 4, 4}, at::kDouble);
        const auto conv = gradients(model::geluConvolution(image, kernel, shift, 2, 1), up, {image, kernel, shift});
        const auto plain = gradients(at::conv2d(at::gelu(image), kernel, shift, 2, 1), up, {image, kernel, shift});
        for (std::size_t i = 0; i < conv.size(); ++i) QVERIFY(largest(conv[i], plain[i]) < 1e-11);
    }

    // Stacked convolutions once shrank the picture a hundredfold before the first block saw it.
    void stemsStartWithASignalOfUsualSize_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("patch");
        for (const int patch : {4, 8, 16, 32}) {
            QTest::addRow("convolutions, patch %d", patch) << "conv" << patch;
            QTest::addRow("linear, patch %d", patch) << "linear" << patch;
        }
    }
    void stemsStartWithASignalOfUsualSize() {
        QFETCH(QString, kind);
        QFETCH(int, patch);
        RunConfig::Vision options;
        options.dim = 256;
        options.patch_size = patch;
        options.stem = kind == "conv" ? Stem::kConv : Stem::kLinear;
        model::PatchStem stem(options);
        model::initialise(*stem, 5);
        at::manual_seed(3);
        const double deviation = stem(at::randn({4, 3, 64, 64}), at::Tensor()).std().item<double>();
        QVERIFY2(deviation > 0.3 && deviation < 1.5, qPrintable(QString::number(deviation)));
    }
};

QTEST_GUILESS_MAIN(LayersTest)
#include "layers_test.moc"
