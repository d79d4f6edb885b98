// SPDX-License-Identifier: MIT
// What text tasks are computed from: dropout by keys, means of segments, heads and their loss.
#include <ATen/ATen.h>

#include <QtTest>
#include <cmath>

#include "core/base/util/random.h"
#include "core/model/layers/dropout.h"
#include "core/model/task_heads.h"

using namespace switchyard;

namespace {

at::Tensor keysOf(std::int64_t rows) {
    at::Tensor keys = at::empty({rows}, at::kLong);
    for (std::int64_t r = 0; r < rows; ++r) keys[r] = static_cast<std::int64_t>(randomKey({77, static_cast<std::uint64_t>(r)}));
    return keys;
}

/// What stays, one draw after the other: 16 bits of a word each, the word of the row's key.
at::Tensor naiveKept(const at::Tensor& keys, std::int64_t columns, double p, std::uint64_t stream) {
    at::Tensor keep = at::zeros({keys.size(0), columns}, at::kDouble);
    const auto threshold = static_cast<std::uint64_t>(std::lround(p * 65536));
    for (std::int64_t r = 0; r < keys.size(0); ++r) {
        const std::uint64_t row = mix64(static_cast<std::uint64_t>(keys[r].item<std::int64_t>()) ^ stream);
        for (std::int64_t c = 0; c < columns; ++c) {
            const std::uint64_t word = mix64(row + static_cast<std::uint64_t>(c / 4));
            keep[r][c] = ((word >> (16 * (c % 4))) & 0xffffU) >= threshold ? 1.0 : 0.0;
        }
    }
    return keep;
}

data::Batch batchOf(std::vector<std::int64_t> lengths, std::vector<std::vector<std::int64_t>> types) {
    data::Batch batch;
    batch.size = static_cast<std::int64_t>(lengths.size());
    batch.text_lengths = std::move(lengths);
    std::vector<std::int64_t> flat;
    for (const auto& of : types) flat.insert(flat.end(), of.begin(), of.end());
    if (!flat.empty()) batch.token_types = at::tensor(flat, at::kLong);
    for (std::int64_t i = 0; i < batch.size; ++i) batch.sample_ids.push_back(static_cast<std::uint64_t>(i));
    return batch;
}

}  // namespace

class TextHeadsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { at::manual_seed(3); }

    void dropoutIsDrawnByKey_data() {
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("columns");
        for (const int columns : {1, 7, 64, 386}) {
            QTest::newRow(qPrintable(QString("fp32 %1").arg(columns))) << static_cast<int>(at::kFloat) << columns;
            QTest::newRow(qPrintable(QString("fp64 %1").arg(columns))) << static_cast<int>(at::kDouble) << columns;
        }
    }
    void dropoutIsDrawnByKey() {
        QFETCH(int, type);
        QFETCH(int, columns);
        const auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(type));
        const double p = 0.3;
        const at::Tensor keys = keysOf(70);
        const at::Tensor x = at::randn({70, columns}, options).requires_grad_(), y = at::randn({70, columns}, options).requires_grad_();
        const model::DropoutContext context{keys, 99};
        const at::Tensor mask = naiveKept(keys, columns, p, mix64(99ULL ^ 5ULL)) / (1.0 - static_cast<double>(std::lround(p * 65536)) / 65536.0);
        const at::Tensor out = model::addDropped(x, y, context, p, 5);
        const double tolerance = type == static_cast<int>(at::kFloat) ? 1e-6 : 1e-13;
        QVERIFY((out - (x + y * mask)).abs().max().item<double>() < tolerance);
        const at::Tensor weight = at::randn_like(out);
        (out * weight).sum().backward();
        QVERIFY((x.grad() - weight).abs().max().item<double>() < tolerance);
        QVERIFY((y.grad() - weight * mask).abs().max().item<double>() < tolerance);
        // Rows belong to keys: any other order and part gives the same rows.
        const at::Tensor order = at::tensor({3, 69, 0}, at::kLong);
        const at::Tensor part = model::addDropped(x.index_select(0, order), y.index_select(0, order), {keys.index_select(0, order), 99}, p, 5);
        QVERIFY(at::equal(part, out.index_select(0, order)));
        QVERIFY(!at::equal(model::addDropped(x, y, context, p, 6), out) || columns == 1);
        QVERIFY(at::equal(model::addDropped(x, y, {}, p, 5), x + y));
        QVERIFY(at::equal(model::dropped(y, context, 0.0, 5), y));
        QVERIFY((model::dropped(y, context, p, 5) - (out - x)).abs().max().item<double>() < 10 * tolerance);
    }

    void dropoutKeepsTheShare() {
        const at::Tensor ones = at::ones({400, 256});
        const double mean = model::dropped(ones, {keysOf(400), 4}, 0.1, 0).mean().item<double>();
        QVERIFY2(std::abs(mean - 1.0) < 0.01, qPrintable(QString::number(mean)));  // 102,400 draws: deviation 0.001
    }

    void segmentMeansAreMeans() {
        // Three samples: 2 + 1 tokens, 4 + 0, 1 + 4.
        const data::Batch batch = batchOf({3, 4, 5}, {{0, 0, 1}, {0, 0, 0, 0}, {0, 1, 1, 1, 1}});
        const at::Tensor x = at::randn({12, 6}, at::kDouble).requires_grad_();
        const auto [u, v] = model::segmentMeans(x, batch);
        QVERIFY(at::allclose(u[0], x.slice(0, 0, 2).mean(0), 1e-7));
        QVERIFY(at::allclose(v[0], x[2], 1e-7));
        QVERIFY(at::allclose(u[1], x.slice(0, 3, 7).mean(0), 1e-7));
        QVERIFY(v[1].eq(0).all().item<bool>());
        QVERIFY(at::allclose(v[2], x.slice(0, 8, 12).mean(0), 1e-7));
        u[0].sum().backward();
        QVERIFY((x.grad()[0] - 0.5).abs().max().item<double>() < 1e-7);
        QCOMPARE(x.grad().slice(0, 2).abs().sum().item<double>(), 0.0);
        data::Batch untyped = batch;
        untyped.token_types = at::Tensor();
        QVERIFY(at::allclose(model::segmentMeans(x, untyped).first[2], x.slice(0, 7, 12).mean(0), 1e-7));
    }

    void lossIsTheMeanOverTheBatch() {
        data::Batch batch = batchOf({1, 1, 1, 1}, {});
        batch.tasks = {0, 1, 0, 0};
        batch.labels = {2, 3.5, 0, -1};  // the last has no known class
        const auto of = model::samplesByTask(batch, 2);
        QCOMPARE(of[0], (std::vector<std::int64_t>{0, 2, 3}));
        const at::Tensor logits = at::randn({3, 3}, at::kDouble), number = at::randn({1, 1}, at::kDouble);
        const at::Tensor logs = logits.log_softmax(-1);
        const double expected =
            (-2.0 * (logs[0][2].item<double>() + logs[1][0].item<double>()) + std::pow(number.item<double>() - 3.5, 2)) / 4;
        const double got = model::taskLoss({logits, number}, of, batch, {2.0, 1.0}, {false, true}).item<double>();
        QVERIFY(std::abs(got - expected) < 1e-12);
    }

    void headsOfPairsSeeFourParts() {
        RunConfig config;
        config.task.kind = TaskKind::kText;
        config.task.names = {"sst2", "stsb"};
        config.model.text.dim = 8;
        const std::vector<dataset::TaskLabels> labels = {{"sst2", {"0", "1"}}, {"stsb", {}}};
        model::TaskHeads heads(config, labels);
        for (auto& parameter : heads->parameters()) parameter.detach().normal_();
        auto named = heads->named_parameters();
        QCOMPARE(named["stsb.weight"].sizes(), at::IntArrayRef({1, 32}));
        QCOMPARE(named["sst2.weight"].sizes(), at::IntArrayRef({2, 8}));
        const at::Tensor u = at::randn({3, 8}), v = at::randn({3, 8});
        const data::Batch batch = batchOf({1, 1, 1}, {});
        model::ForwardContext context;
        const at::Tensor got = heads->textLogits(1, u, v, batch, {2}, context);
        const at::Tensor features = at::cat({u[2], v[2], (u[2] - v[2]).abs(), u[2] * v[2]});
        const at::Tensor expected = at::mv(named["stsb.weight"], features) + named["stsb.bias"];
        QVERIFY((got[0] - expected).abs().max().item<double>() < 1e-5);
        QCOMPARE(heads->textLogits(0, u, v, batch, {}, context).size(0), 0);
    }
};

QTEST_APPLESS_MAIN(TextHeadsTest)
#include "text_heads_test.moc"
