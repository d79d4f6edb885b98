// SPDX-License-Identifier: MIT
// Experts that are taken out of a model, against the same experts masked in its routers, bit by bit and for every gate;
// a masked router against logits of -inf, and the experts' scores against their formulas, in plain loops.
#include <ATen/ATen.h>

#include <QtTest>
#include <cmath>
#include <limits>
#include <random>

#include "core/data/eval_batch.h"
#include "core/model/moe/moe_layer.h"
#include "core/model/multimodal_model.h"
#include "core/parallel/mesh.h"
#include "core/prune/cut.h"
#include "core/prune/expert_scores.h"
#include "support/tiny_training.h"

using namespace switchyard;

namespace {

constexpr std::int64_t kExperts = 8;

std::vector<std::string> gateKeys(const char* gate) {
    std::vector<std::string> keys;
    for (const QByteArray& key : QByteArray(gate).split(' ')) keys.push_back("model.moe." + key.toStdString());
    return keys;
}

/// A model with experts everywhere and weights far from the start's small numbers.
RunConfig configOf(const char* gate) {
    std::vector<std::string> keys = gateKeys(gate);
    for (const char* key : {"model.moe.experts=8", "model.text.moe_every=1", "model.vision.moe_every=2"})
        keys.emplace_back(key);
    return test::tinyConfig(keys);
}

model::MultimodalModel randomModel(const RunConfig& config) {
    model::MultimodalModel model(config);
    model->eval();
    const at::NoGradGuard no_gradient;
    at::manual_seed(11);
    for (at::Tensor& parameter : model->parameters()) parameter.add_(at::randn_like(parameter), 0.15);
    for (at::Tensor& buffer : model->buffers()) buffer.copy_(at::randn_like(buffer) * 0.2);
    return model;
}

struct Outputs {
    at::Tensor text, image, match;
    std::vector<model::RoutingRecord> routing;
};

Outputs outputsOf(model::MultimodalModel& model, const RunConfig& config) {
    const at::NoGradGuard no_gradient;
    std::mt19937 draw(5);
    std::vector<std::vector<std::int32_t>> texts;
    std::vector<io::Image> pictures;
    for (std::size_t i = 0; i < 9; ++i) {
        std::vector<std::int32_t> ids(3 + draw() % 9);
        for (std::int32_t& id : ids) id = static_cast<std::int32_t>(draw() % 120);
        texts.push_back(ids);
        io::Image picture;
        picture.width = picture.height = 16;
        picture.pixels.resize(3 * 16 * 16);
        for (auto& value : picture.pixels) value = static_cast<std::uint8_t>(draw() % 256);
        pictures.push_back(picture);
    }
    const parallel::Mesh alone;
    model::ForwardContext context;
    context.mesh = &alone;
    context.seed = 3;
    const data::Batch batch = data::makeBatch(texts, pictures, config).batch;
    const model::TextEncoding text = model->encodeText(batch, context);
    const model::ImageEncoding image = model->encodeImages(batch, context);
    const std::vector<std::int64_t> each = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    const model::FusionOutput fused = model->match(text, image, each, each, batch.sample_ids, context);
    Outputs out{text.tokens, image.patches, fused.match_logits, text.routing};
    for (const auto* more : {&image.routing, &fused.routing})
        out.routing.insert(out.routing.end(), more->begin(), more->end());
    return out;
}

/// Other experts in every layer. @param keep of each layer
prune::KeptByLayer someKept(model::MultimodalModel& model, const std::vector<std::int64_t>& keep) {
    prune::KeptByLayer kept;
    std::int64_t first = 1;
    std::size_t place = 0;
    for (const std::string& layer : model->moeLayers()) {
        const std::int64_t of_layer = keep.at(place++);
        for (std::int64_t i = 0; i < of_layer; ++i) kept[layer].push_back((first + i) % kExperts);
        std::sort(kept[layer].begin(), kept[layer].end());
        first += 3;
    }
    return kept;
}

void copyInto(model::MultimodalModel& to, const checkpoint::NamedTensors& from) {
    const at::NoGradGuard no_gradient;
    std::map<std::string, at::Tensor> named(from.begin(), from.end());
    for (auto& [name, tensor] : to->savedTensors()) {
        QVERIFY2(named.contains(name) && named[name].sizes() == tensor.sizes(), name.c_str());
        tensor.copy_(named[name]);
    }
}

bool same(const at::Tensor& a, const at::Tensor& b) {
    return a.sizes() == b.sizes() && at::equal(a, b);
}

model::MoeLayer doubleLayer(GateKind gate, std::int64_t top_k, RouterScore score, bool bias) {
    model::MoeOptions options;
    options.dim = 6;
    options.name = "moe";
    options.moe.experts = kExperts;
    options.moe.hidden_dim = 5;
    options.moe.gate = gate;
    options.moe.top_k = top_k;
    options.moe.score = score;
    options.moe.bias_balance = bias ? 0.01 : 0;
    model::MoeLayer layer(options);
    layer->to(at::kDouble);
    layer->eval();
    const at::NoGradGuard no_gradient;
    at::manual_seed(7);
    for (at::Tensor& parameter : layer->parameters()) parameter.copy_(at::randn_like(parameter) * 0.6);
    if (bias) layer->router()->bias.copy_(at::randn({kExperts}, at::kDouble) * 0.3);
    return layer;
}

/// What one expert makes of one token, by the formula.
at::Tensor expertOutput(const model::MoeLayer& layer, std::int64_t expert, const at::Tensor& x) {
    const auto named = layer->named_parameters();
    const auto of = [&](const char* name) { return named["experts." + std::string(name)][expert]; };
    return at::matmul(at::gelu(at::matmul(x, of("w1")) + of("b1")), of("w2")) + of("b2");
}

model::TokenInfo tokensOf(std::int64_t count) {
    return {(at::arange(count, at::kLong) % 3).eq(0).to(at::kChar), at::arange(count, at::kLong)};
}

}  // namespace

class PruneExpertsTest : public QObject {
    Q_OBJECT
    parallel::Mesh alone_;

    model::ForwardContext context() const {
        model::ForwardContext context;
        context.mesh = &alone_;
        return context;
    }

private Q_SLOTS:
    void prunedEqualsMasked_data() {
        QTest::addColumn<QByteArray>("gate");
        for (const char* gate :
             {"gate=top2 top_k=2", "gate=top2 top_k=2 gumbel_eval=true", "gate=switch top_k=1", "gate=topk top_k=2",
              "gate=topk top_k=3 score=sigmoid bias_balance=0.01", "gate=noisy_topk top_k=2",
              "gate=expert_choice top_k=2", "gate=top2 top_k=2 eval_capacity_factor=1 min_capacity=1",
              "gate=switch top_k=1 eval_capacity_factor=1 min_capacity=1 drop=priority activation=swiglu"})
            QTest::newRow(gate) << QByteArray(gate);
    }

    void prunedEqualsMasked() {
        QFETCH(QByteArray, gate);
        const RunConfig config = configOf(gate.constData());
        model::MultimodalModel whole = randomModel(config);
        const Outputs unmasked = outputsOf(whole, config);
        QCOMPARE(unmasked.routing.size(), std::size_t{4});  // two of the text's, one of the picture's, one of both
        using Keep = std::vector<std::int64_t>;
        for (const Keep& keep : {Keep(4, 6), Keep(4, 4), Keep(4, 3), Keep{3, 7, 8, 4}}) {
            const prune::KeptByLayer kept = someKept(whole, keep);
            checkpoint::NamedTensors weights = whole->savedTensors();
            prune::cutExperts(&weights, kept);
            const RunConfig cut_config = prune::configFor(config, keep);
            model::MultimodalModel cut(cut_config);
            cut->eval();
            copyInto(cut, weights);
            for (model::MoeLayerImpl* layer : model::moeLayersOf(*whole))
                layer->router()->mask(kept.at(layer->layerName()));
            const Outputs masked = outputsOf(whole, config), pruned = outputsOf(cut, cut_config);
            for (model::MoeLayerImpl* layer : model::moeLayersOf(*whole)) layer->router()->mask({});
            QVERIFY(same(masked.text, pruned.text) && same(masked.image, pruned.image) &&
                    same(masked.match, pruned.match));
            QVERIFY(!same(masked.match, unmasked.match) &&
                    !same(masked.text, unmasked.text));  // the mask does something
            for (std::size_t i = 0; i < masked.routing.size(); ++i) {
                const model::RoutingRecord &a = masked.routing[i], &b = pruned.routing[i];
                const at::Tensor numbers = at::tensor(kept.at(a.layer), at::kLong);
                QVERIFY(same(a.weights, b.weights) && same(a.dropped, b.dropped));
                QVERIFY(same(a.logits.index_select(1, numbers), b.logits) &&
                        same(a.probs.index_select(1, numbers), b.probs));
                const at::Tensor out = at::tensor(prune::removedOf(kept.at(a.layer), kExperts), at::kLong);
                QVERIFY(at::isneginf(a.logits.index_select(1, out)).all().item<bool>());
                QCOMPARE(a.probs.index_select(1, out).abs().sum().item<double>(), 0.0);
                QVERIFY(at::where(a.experts.lt(0), -1,
                                  numbers.index_select(0, b.experts.clamp_min(0).flatten()).view_as(b.experts))
                            .masked_fill(b.experts.lt(0), -1)
                            .equal(a.experts));
            }
        }
        QVERIFY(same(outputsOf(whole, config).match, unmasked.match));  // without the mask it is the old model
    }

    void maskedIsLogitsOfMinusInfinity_data() {
        QTest::addColumn<int>("gate");
        QTest::addColumn<int>("top_k");
        QTest::addColumn<bool>("sigmoid");
        QTest::newRow("top2") << static_cast<int>(GateKind::kTop2) << 2 << false;
        QTest::newRow("switch") << static_cast<int>(GateKind::kSwitch) << 1 << false;
        QTest::newRow("topk") << static_cast<int>(GateKind::kTopK) << 3 << false;
        QTest::newRow("topk, sigmoid and bias") << static_cast<int>(GateKind::kTopK) << 2 << true;
    }

    /// Each token by itself, in plain loops: softmax or sigmoid of logits of which some are -inf, the best of them, the
    /// sum of what these give.
    void maskedIsLogitsOfMinusInfinity() {
        QFETCH(int, gate);
        QFETCH(int, top_k);
        QFETCH(bool, sigmoid);
        const at::NoGradGuard no_gradient;
        model::MoeLayer layer = doubleLayer(static_cast<GateKind>(gate), top_k,
                                            sigmoid ? RouterScore::kSigmoid : RouterScore::kSoftmax, sigmoid);
        const std::vector<std::int64_t> kept = {0, 3, 4, 6, 7};
        layer->router()->mask(kept);
        const at::Tensor x = at::randn({40, 6}, at::kDouble);
        const model::MoeLayerImpl::Output found = layer(x, tokensOf(40), context());
        for (std::int64_t t = 0; t < 40; ++t) {
            std::vector<double> score(kExperts), wanted(kExperts);
            double sum = 0;
            for (std::int64_t e = 0; e < kExperts; ++e) {
                const auto i = static_cast<std::size_t>(e);
                const bool in = std::find(kept.begin(), kept.end(), e) != kept.end();
                const double logit = in ? (x[t] * layer->router()->weight[e]).sum().item<double>()
                                        : -std::numeric_limits<double>::infinity();
                score[i] = sigmoid ? 1 / (1 + std::exp(-logit)) : std::exp(logit);
                sum += score[i];
                wanted[i] = in ? score[i] + (sigmoid ? layer->router()->bias[e].item<double>() : 0) : -1e300;
            }
            if (!sigmoid) {
                for (double& value : score) value /= sum;
            }
            at::Tensor y = at::zeros({6}, at::kDouble);
            std::vector<std::int64_t> chosen;
            double total = 0;
            for (int k = 0; k < top_k; ++k) {
                const auto best = std::max_element(wanted.begin(), wanted.end()) - wanted.begin();
                chosen.push_back(best);
                total += score[static_cast<std::size_t>(best)];
                wanted[static_cast<std::size_t>(best)] = -1e300;
            }
            if (static_cast<GateKind>(gate) == GateKind::kSwitch) total = 1;
            for (const std::int64_t e : chosen)
                y += expertOutput(layer, e, x[t]) * (score[static_cast<std::size_t>(e)] / total);
            for (int k = 0; k < top_k; ++k)
                QCOMPARE(found.routing.experts[t][k].item<std::int64_t>(), chosen[static_cast<std::size_t>(k)]);
            QVERIFY((found.y[t] - y).abs().max().item<double>() < 1e-12);
        }
    }

    void aTrainingIsNotMasked() {
        model::MoeLayer layer = doubleLayer(GateKind::kTop2, 2, RouterScore::kSoftmax, false);
        layer->router()->mask({1, 2});
        model::ForwardContext training = context();
        training.training = true;
        QVERIFY_THROWS_EXCEPTION(Error, layer(at::randn({4, 6}, at::kDouble), tokensOf(4), training));
    }

    /// Outputs that a watch sees are the experts' own, weighed by nothing.
    void theWatchSeesWhatExpertsGive() {
        const at::NoGradGuard no_gradient;
        model::MoeLayer layer = doubleLayer(GateKind::kTopK, 3, RouterScore::kSoftmax, false);
        const at::Tensor x = at::randn({30, 6}, at::kDouble);
        struct Watch : model::ExpertWatch {
            std::vector<at::Tensor> outputs;
            model::RoutingRecord routing;
            void see(const model::RoutingRecord& record, const std::function<at::Tensor(std::int64_t)>& of) override {
                routing = record;
                for (std::int64_t k = 0; k < record.experts.size(1); ++k) outputs.push_back(of(k));
            }
        } watch;
        layer->setWatch(&watch);
        const at::Tensor y = layer(x, tokensOf(30), context()).y;
        layer->setWatch(nullptr);
        QCOMPARE(watch.outputs.size(), std::size_t{3});
        at::Tensor sum = at::zeros_like(y);
        for (std::int64_t k = 0; k < 3; ++k) {
            const at::Tensor& of = watch.outputs[static_cast<std::size_t>(k)];
            for (std::int64_t t = 0; t < 30; ++t) {
                const at::Tensor by_hand = expertOutput(layer, watch.routing.experts[t][k].item<std::int64_t>(), x[t]);
                QVERIFY((of[t] - by_hand).abs().max().item<double>() < 1e-12);
            }
            sum += of * watch.routing.weights.select(1, k).unsqueeze(1);
        }
        QVERIFY((sum - y).abs().max().item<double>() < 1e-12);
    }

    void theLeastGo() {
        const std::vector<prune::Kept> kept =
            prune::keepInEachLayer({{0.1, 0.4, 0.3, 0.2}, {1, 0, 1, 0}, {5, 5, 5, 5}}, {2, 2, 2});
        QCOMPARE(kept[0], (prune::Kept{1, 2}));
        QCOMPARE(kept[1], (prune::Kept{0, 2}));
        QCOMPARE(kept[2], (prune::Kept{0, 1}));  // of equals the first
        QCOMPARE(prune::removedOf({1, 2}, 4), (std::vector<std::int64_t>{0, 3}));
    }

    void theLeastOfAllLayersGo() {
        // Over their layer's mean: 0.4, 1.6, 1.2, 0.8; then 0, 0, 2, 2; then 1 each.
        const std::vector<std::vector<double>> scores = {{0.1, 0.4, 0.3, 0.2}, {0, 0, 7, 7}, {500, 500, 500, 500}};
        const auto kept = prune::keepOverAll(scores, 8, 1);
        QCOMPARE(kept[0], (prune::Kept{1, 2}));
        QCOMPARE(kept[1], (prune::Kept{2, 3}));
        QCOMPARE(kept[2], (prune::Kept{0, 1, 2, 3}));
        // Each layer keeps its own best two even where another's third is better; then 1.2 and the first of the ones.
        const auto least = prune::keepOverAll({{1, 1, 1, 9}, {4, 3, 4, 4}}, 5, 2);
        QCOMPARE(least[0], (prune::Kept{0, 3}));
        QCOMPARE(least[1], (prune::Kept{0, 2, 3}));
        QCOMPARE(prune::keepOverAll(scores, 3, 1)[2], (prune::Kept{0}));
        // Nobody used a layer: it keeps what it must.
        QCOMPARE(prune::keepOverAll({{0, 0, 0}, {1, 2, 3}}, 4, 1)[0], (prune::Kept{0}));
    }

    void theMostSimilarTakesThemIn() {
        const std::vector<std::vector<double>> similarity = {
            {1, 0.2, 0.9, 0.1}, {0.2, 1, 0.3, 0.3}, {0.9, 0.3, 1, 0}, {0.1, 0.3, 0, 1}};
        QCOMPARE(prune::mergesOf({0, 1}, similarity), (prune::Merges{{2, 0}, {3, 1}}));
        QCOMPARE(prune::mergesOf({1, 2, 3}, similarity), (prune::Merges{{0, 2}}));
        // Mean weighted outputs (1, 1), (2, 2), (-1, 1) and none: cosines 1, 0 and 0.
        prune::ExpertScores scores;
        scores.counts = at::ones({2, 4}, at::kLong);
        scores.outputs = at::tensor({1.0, 1.0, 2.0, 2.0, -1.0, 1.0, 0.0, 0.0}, at::kDouble).view({4, 2});
        const at::Tensor cosines = scores.similarity();
        QVERIFY(std::abs(cosines[0][1].item<double>() - 1) < 1e-12 && std::abs(cosines[0][2].item<double>()) < 1e-12);
        QCOMPARE(cosines[3].abs().sum().item<double>(), 0.0);
    }

    /// Usage 1, 0, 3, 2; 1 and 3 go into 0 and 2: (1 w0 + 0 w1) / 1 and (3 w2 + 2 w3) / 5.
    void mergedByUsage() {
        const at::Tensor slab = at::arange(8, at::kFloat).view({4, 2}), router = slab.clone(), other = slab.clone();
        const checkpoint::NamedTensors weights = {
            {"a.moe.experts.w1", slab}, {"a.moe.router.weight", router}, {"b.moe.experts.w1", other}};
        prune::mergeExperts(weights, "a.moe", {{1, 0}, {3, 2}}, {1, 0, 3, 2});
        QVERIFY(at::equal(slab[0], at::tensor({0.0F, 1.0F})));
        QVERIFY(at::allclose(slab[2], at::tensor({(3 * 4 + 2 * 6) / 5.0F, (3 * 5 + 2 * 7) / 5.0F})));
        QVERIFY(at::equal(router, other) && at::equal(other, at::arange(8, at::kFloat).view({4, 2})));
        // Nobody used them: the kept one stays.
        prune::mergeExperts(weights, "b.moe", {{1, 0}}, {0, 0, 1, 1});
        QVERIFY(at::equal(other[0], at::tensor({0.0F, 1.0F})));
    }

    void tooFewAreRefused() {
        try {
            prune::configFor(configOf("gate=topk top_k=4"), std::vector<std::int64_t>(4, 3));
            QFAIL("three experts can not serve four choices");
        } catch (const Error& error) {
            QCOMPARE(static_cast<int>(error.code()), 78);
            QVERIFY2(QByteArray(error.what()).contains("3 experts can not serve 4 choices per token"), error.what());
        }
    }
};

QTEST_GUILESS_MAIN(PruneExpertsTest)
#include "experts_test.moc"
