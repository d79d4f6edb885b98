// SPDX-License-Identifier: MIT
// The experts' grouped computation against a naive loop over tokens, forward and backward.
#include <ATen/ATen.h>

#include <QtTest>
#include <tuple>

#include "core/model/moe/moe_layer.h"

using namespace switchyard;
using model::RoutingRecord;

namespace {

struct Weights {
    at::Tensor w1, b1, w2, b2;
    std::vector<at::Tensor> all() const {
        std::vector<at::Tensor> list = {w1, w2};
        if (b1.defined()) list.insert(list.end(), {b1, b2});
        return list;
    }
    void clearGradients() const {
        for (const at::Tensor& tensor : all()) tensor.mutable_grad() = at::Tensor();
    }
};

Weights makeWeights(std::int64_t experts, std::int64_t dim, std::int64_t hidden, bool bias, bool gated = false) {
    Weights weights;
    const std::int64_t wide = gated ? 2 * hidden : hidden;
    weights.w1 = (at::randn({experts, dim, wide}, at::kDouble) * 0.3).requires_grad_();
    weights.w2 = (at::randn({experts, hidden, dim}, at::kDouble) * 0.3).requires_grad_();
    if (!bias) return weights;
    weights.b1 = at::randn({experts, wide}, at::kDouble).requires_grad_();
    weights.b2 = at::randn({experts, dim}, at::kDouble).requires_grad_();
    return weights;
}

/// Different experts for the choices of a token; a share of choices is dropped.
RoutingRecord randomRouting(std::int64_t tokens, std::int64_t experts, std::int64_t choices, double drop_share) {
    RoutingRecord record;
    record.num_experts = experts;
    record.experts = std::get<1>(at::rand({tokens, experts}).topk(choices, -1));
    record.dropped = at::rand({tokens, choices}).lt(drop_share);
    return record;
}

at::Tensor naive(const at::Tensor& x, const Weights& w, const at::Tensor& weights, const RoutingRecord& record, Activation activation) {
    std::vector<at::Tensor> rows;
    for (std::int64_t t = 0; t < x.size(0); ++t) {
        at::Tensor y = at::zeros({x.size(1)}, x.options());
        for (std::int64_t k = 0; k < record.experts.size(1); ++k) {
            if (record.dropped[t][k].item<bool>()) continue;
            const auto e = record.experts[t][k].item<std::int64_t>();
            at::Tensor h = at::matmul(x[t], w.w1[e]);
            if (w.b1.defined()) h = h + w.b1[e];
            const auto half = h.size(0) / 2;
            h = activation == Activation::kGelu   ? at::gelu(h)
                : activation == Activation::kRelu ? at::relu(h)
                                                  : at::silu(h.narrow(0, 0, half)) * h.narrow(0, half, half);
            at::Tensor out = at::matmul(h, w.w2[e]);
            if (w.b2.defined()) out = out + w.b2[e];
            y = y + weights[t][k] * out;
        }
        rows.push_back(y);
    }
    return at::stack(rows);
}

double largest(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

}  // namespace

class ExpertsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsANaiveLoop_data() {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<int>("experts");
        QTest::addColumn<int>("choices");
        QTest::addColumn<double>("drops");
        QTest::addColumn<bool>("bias");
        QTest::addColumn<int>("kind");
        QTest::addColumn<bool>("recompute");
        QTest::newRow("small experts, one a thread") << 60 << 8 << 2 << 0.0 << true << static_cast<int>(Activation::kGelu) << false;
        QTest::newRow("large experts, threads inside") << 600 << 2 << 1 << 0.0 << true << static_cast<int>(Activation::kGelu) << false;
        QTest::newRow("recompute") << 60 << 8 << 2 << 0.0 << true << static_cast<int>(Activation::kGelu) << true;
        QTest::newRow("drops, no bias") << 50 << 5 << 2 << 0.4 << false << static_cast<int>(Activation::kGelu) << false;
        QTest::newRow("more experts than tokens") << 3 << 32 << 2 << 0.0 << true << static_cast<int>(Activation::kRelu) << false;
        QTest::newRow("everything dropped") << 7 << 4 << 2 << 1.1 << true << static_cast<int>(Activation::kGelu) << false;
        QTest::newRow("one expert") << 9 << 1 << 1 << 0.0 << false << static_cast<int>(Activation::kRelu) << true;
        QTest::newRow("one token") << 1 << 4 << 2 << 0.0 << true << static_cast<int>(Activation::kSwiGlu) << false;
        QTest::newRow("all experts chosen") << 12 << 4 << 4 << 0.0 << true << static_cast<int>(Activation::kGelu) << false;
        QTest::newRow("swiglu") << 60 << 8 << 2 << 0.1 << true << static_cast<int>(Activation::kSwiGlu) << false;
        QTest::newRow("swiglu, recompute") << 60 << 8 << 2 << 0.1 << false << static_cast<int>(Activation::kSwiGlu) << true;
    }

    void equalsANaiveLoop() {
        QFETCH(int, tokens);
        QFETCH(int, experts);
        QFETCH(int, choices);
        QFETCH(double, drops);
        QFETCH(bool, bias);
        QFETCH(int, kind);
        QFETCH(bool, recompute);
        at::manual_seed(tokens * 31 + experts);
        const auto activation = static_cast<Activation>(kind);
        const Weights w = makeWeights(experts, 6, 10, bias, activation == Activation::kSwiGlu);
        const RoutingRecord record = randomRouting(tokens, experts, choices, drops);
        const at::Tensor x = at::randn({tokens, 6}, at::kDouble).requires_grad_();
        const at::Tensor gate = at::rand({tokens, choices}, at::kDouble).requires_grad_();
        // The gate hands over 0 for dropped choices.
        const auto kept = [&] { return gate.masked_fill(record.dropped, 0.0); };
        const at::Tensor upstream = at::randn({tokens, 6}, at::kDouble);

        const at::Tensor expected = naive(x, w, kept(), record, activation);
        // Nothing reaches the weights when every choice was dropped.
        if (expected.requires_grad()) (expected * upstream).sum().backward();
        std::vector<at::Tensor> gradients;
        std::vector<at::Tensor> inputs = {x, gate};
        for (const at::Tensor& tensor : w.all()) inputs.push_back(tensor);
        for (const at::Tensor& tensor : inputs) gradients.push_back(tensor.grad().defined() ? tensor.grad().clone() : at::zeros_like(tensor));
        x.mutable_grad() = at::Tensor();
        gate.mutable_grad() = at::Tensor();
        w.clearGradients();

        const model::Dispatch dispatch = model::makeDispatch(record);
        QCOMPARE(dispatch.offsets.back(), (~record.dropped).sum().item<std::int64_t>());
        const at::Tensor y = model::expertFfn(x, w.w1, w.b1, w.w2, w.b2, kept(), dispatch, {activation, recompute});
        QVERIFY(largest(y, expected) < 1e-12);
        (y * upstream).sum().backward();
        QVERIFY(largest(x.grad(), gradients[0]) < 1e-12);
        QVERIFY(largest(gate.grad(), gradients[1]) < 1e-12);
        std::size_t next = 2;
        for (const at::Tensor& tensor : w.all()) QVERIFY(largest(tensor.grad(), gradients[next++]) < 1e-11);
    }

    /// The path of other devices, run on the CPU: rounding apart the same, forward and backward, dropped choices included.
    void groupedProductsEqualIt() {
        at::manual_seed(3);
        for (const Activation activation : {Activation::kGelu, Activation::kRelu, Activation::kSwiGlu}) {
            for (const double drops : {0.0, 0.3, 1.1}) {
                const Weights exact = makeWeights(5, 8, 16, /*bias=*/drops < 1, activation == Activation::kSwiGlu);
                const auto single = [](const at::Tensor& from) {
                    return from.defined() ? from.detach().to(at::kFloat).requires_grad_() : at::Tensor();
                };
                const Weights w = {single(exact.w1), single(exact.b1), single(exact.w2), single(exact.b2)};
                RoutingRecord record = randomRouting(37, 5, 2, drops);
                const at::Tensor x = at::randn({37, 8}).requires_grad_(), gate = at::rand({37, 2}).requires_grad_();
                const at::Tensor upstream = at::randn({37, 8});
                std::vector<std::vector<at::Tensor>> results;
                for (const bool grouped : {false, true}) {
                    record.weights = gate.masked_fill(record.dropped, 0.0);
                    const at::Tensor y = grouped ? model::groupedExpertFfn(x, w.w1, w.b1, w.w2, w.b2, record, activation, drops > 0)
                                                 : model::expertFfn(x, w.w1, w.b1, w.w2, w.b2, record.weights, model::makeDispatch(record), {activation, false});
                    std::vector<at::Tensor> leaves = w.all();
                    leaves.insert(leaves.end(), {x, gate});
                    for (const at::Tensor& leaf : leaves) leaf.mutable_grad() = at::Tensor();
                    (y * upstream).sum().backward();
                    std::vector<at::Tensor> found = {y.detach()};
                    for (const at::Tensor& leaf : leaves) found.push_back(leaf.grad().clone());
                    results.push_back(found);
                }
                for (std::size_t i = 0; i < results[0].size(); ++i) {
                    const double scale = 1 + results[0][i].abs().max().item<double>();
                    QVERIFY2(largest(results[0][i], results[1][i]) < 2e-6 * scale, std::to_string(i).c_str());
                }
            }
        }
    }

    void dispatchSortsByExpertInOrderOfTokens() {
        RoutingRecord record;
        record.num_experts = 3;
        record.experts = at::tensor({2, 0, 0, 2, 2, 1}, at::kLong).view({3, 2});
        record.dropped = at::tensor({0, 0, 0, 1, 0, 0}, at::kLong).to(at::kBool).view({3, 2});
        const model::Dispatch dispatch = model::makeDispatch(record);
        QCOMPARE(dispatch.offsets, (std::vector<std::int64_t>{0, 2, 3, 5}));
        // Expert 0: tokens 0 (choice 1), 1 (choice 2). Expert 1: token 2 (choice 5). Expert 2: tokens 0 (0), 2 (4).
        QVERIFY(at::equal(dispatch.row_token, at::tensor({0, 1, 2, 0, 2}, at::kLong)));
        QVERIFY(at::equal(dispatch.row_choice, at::tensor({1, 2, 5, 0, 4}, at::kLong)));
    }

    void identityExpertsReturnTheirInput() {
        // relu(x I) I = x for x >= 0, and the weights of a token sum to 1.
        at::manual_seed(1);
        const std::int64_t dim = 8, experts = 4, tokens = 40;
        const at::Tensor eye = at::eye(dim, at::kDouble).unsqueeze(0).expand({experts, dim, dim}).contiguous();
        const RoutingRecord record = randomRouting(tokens, experts, 2, 0.0);
        const at::Tensor x = at::rand({tokens, dim}, at::kDouble);
        const at::Tensor share = at::rand({tokens, 1}, at::kDouble);
        const at::Tensor y = model::expertFfn(x, eye, {}, eye, {}, at::cat({share, 1 - share}, 1), model::makeDispatch(record), {Activation::kRelu, false});
        QVERIFY(largest(y, x) < 1e-14);
    }

    void fp32StaysNearFp64_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("gelu") << static_cast<int>(Activation::kGelu);
        QTest::newRow("relu") << static_cast<int>(Activation::kRelu);
        QTest::newRow("swiglu") << static_cast<int>(Activation::kSwiGlu);
    }

    void fp32StaysNearFp64() {
        QFETCH(int, kind);
        const model::ExpertFfnOptions options{static_cast<Activation>(kind), false};
        at::manual_seed(2);
        const Weights w = makeWeights(8, 64, 96, true, options.activation == Activation::kSwiGlu);
        const RoutingRecord record = randomRouting(256, 8, 2, 0.0);
        const at::Tensor x = at::randn({256, 64}, at::kDouble), gate = at::rand({256, 2}, at::kDouble);
        const model::Dispatch dispatch = model::makeDispatch(record);
        const at::Tensor exact = model::expertFfn(x, w.w1, w.b1, w.w2, w.b2, gate, dispatch, options);
        const auto low = [&](const at::Tensor& tensor) { return tensor.detach().to(at::kFloat); };
        const at::Tensor single = model::expertFfn(low(x), low(w.w1), low(w.b1), low(w.w2), low(w.b2), low(gate), dispatch, options);
        QVERIFY(single.scalar_type() == at::kFloat);
        QVERIFY(largest(single.to(at::kDouble), exact) < 1e-6 * exact.abs().max().item<double>());
        // Their gradients too.
        at::Tensor x64 = x.clone().requires_grad_(), x32 = low(x).requires_grad_();
        const std::vector<at::Tensor> w32 = {low(w.w1).requires_grad_(), low(w.b1).requires_grad_(), low(w.w2).requires_grad_(), low(w.b2).requires_grad_()};
        model::expertFfn(x64, w.w1, w.b1, w.w2, w.b2, gate, dispatch, options).square().sum().backward();
        model::expertFfn(x32, w32[0], w32[1], w32[2], w32[3], low(gate), dispatch, options).square().sum().backward();
        const auto same = [](const at::Tensor& a, const at::Tensor& b) { return largest(a.grad().to(at::kDouble), b.grad()) < 2e-6 * b.grad().abs().max().item<double>(); };
        QVERIFY(same(x32, x64) && same(w32[0], w.w1) && same(w32[1], w.b1) && same(w32[2], w.w2) && same(w32[3], w.b2));
    }

    void noTokensAtAll() {
        const Weights w = makeWeights(4, 6, 10, true);
        RoutingRecord record;
        record.num_experts = 4;
        record.experts = at::empty({0, 2}, at::kLong);
        record.dropped = at::empty({0, 2}, at::kBool);
        const at::Tensor x = at::empty({0, 6}, at::kDouble).requires_grad_();
        const at::Tensor y = model::expertFfn(x, w.w1, w.b1, w.w2, w.b2, at::empty({0, 2}, at::kDouble), model::makeDispatch(record), {Activation::kGelu, false});
        QCOMPARE(y.size(0), 0);
        y.sum().backward();
        for (const at::Tensor& tensor : w.all()) QVERIFY(tensor.grad().defined() && tensor.grad().abs().max().item<double>() == 0);
    }

    void aPermutationOfTokensPermutesTheOutput() {
        at::manual_seed(3);
        const Weights w = makeWeights(4, 16, 24, true);
        const RoutingRecord record = randomRouting(64, 4, 2, 0.2);
        const at::Tensor x = at::randn({64, 16}, at::kDouble), gate = at::rand({64, 2}, at::kDouble).masked_fill(record.dropped, 0.0);
        const at::Tensor order = at::randperm(64, at::kLong);
        RoutingRecord moved = record;
        moved.experts = record.experts.index_select(0, order);
        moved.dropped = record.dropped.index_select(0, order);
        const auto run = [&](const RoutingRecord& r, const at::Tensor& in, const at::Tensor& g) {
            return model::expertFfn(in, w.w1, w.b1, w.w2, w.b2, g, model::makeDispatch(r), {Activation::kGelu, false});
        };
        QVERIFY(largest(run(moved, x.index_select(0, order), gate.index_select(0, order)), run(record, x, gate).index_select(0, order)) < 1e-14);
    }
};

QTEST_GUILESS_MAIN(ExpertsTest)
#include "experts_test.moc"
