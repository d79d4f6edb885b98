// SPDX-License-Identifier: MIT
// Sparse upcycling: experts made of a dense feed-forward compute what it did, until noise or new features change them.
#include <ATen/ATen.h>

#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "core/base/config/config.h"
#include "core/base/util/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/tensor_file.h"
#include "core/data/eval_batch.h"
#include "core/train/start_weights.h"

using namespace switchyard;

namespace {

constexpr std::int64_t kHidden = 48;

RunConfig textConfig() {
    RunConfig config;
    config.run.seed = 21;
    config.task.kind = TaskKind::kText;
    config.data.format = DataFormat::kTsv;
    config.model.moe.experts = 0;
    RunConfig::Text& text = config.model.text;
    text.layers = 3;
    text.dim = 16;
    text.heads = 2;
    text.ffn_dim = kHidden;
    text.max_tokens = 24;
    text.vocab_size = 60;
    text.position = Position::kLearned;
    text.norm = NormPlace::kPost;
    text.token_types = 2;
    return config;
}

/// The same with experts in every block from the second on.
RunConfig sparseConfig(const std::string& from) {
    RunConfig config = textConfig();
    config.run.seed = 8;  // other routers than the source would have had
    config.model.text.moe_every = 1;
    config.model.text.init_from = from;
    config.model.moe.experts = 6;
    config.model.moe.gate = GateKind::kTopK;
    config.model.moe.top_k = 2;
    config.model.moe.hidden_dim = kHidden;
    return config;
}

at::Tensor hidden(model::MultimodalModel& model, const RunConfig& config) {
    const at::NoGradGuard no_gradient;
    model->eval();
    std::vector<text::Encoding> texts(3);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        for (std::size_t t = 0; t < 4 + 3 * i; ++t) {
            texts[i].ids.push_back(static_cast<std::int32_t>((7 * i + 11 * t + 3) % 60));
            texts[i].types.push_back(t > 2 + i ? 1 : 0);
        }
    }
    const parallel::Mesh alone;
    model::ForwardContext context;
    context.mesh = &alone;
    return model->encodeText(data::makeBatch(texts, {}, {}, config).batch, context).tokens;
}

at::Tensor named(model::MultimodalModel& model, const std::string& name) { return model->named_parameters()[name].detach(); }

double largest(const at::Tensor& x) { return x.abs().max().item<double>(); }

}  // namespace

class StartWeightsTest : public QObject {
    Q_OBJECT
    QTemporaryDir temp_;
    std::string folder_;
    RunConfig dense_config_ = textConfig();
    model::MultimodalModel dense_{nullptr};

    model::MultimodalModel started(const RunConfig& config, const model::ExpertShare& share = {}) {
        model::MultimodalModel model(config, share);
        train::startFrom(config, share, model);
        return model;
    }
    static std::string messageOf(const std::function<void()>& work) {
        try {
            work();
        } catch (const Error& error) {
            return std::string(exitCodeName(error.code())) + ": " + error.what();
        }
        return "nothing";
    }

private Q_SLOTS:
    void initTestCase() {
        folder_ = temp_.path().toStdString();
        dense_ = model::MultimodalModel(dense_config_);
        {
            const at::NoGradGuard no_gradient;
            at::manual_seed(2);
            for (auto& parameter : dense_->parameters()) parameter.add_(at::randn_like(parameter), 0.1);  // biases too
        }
        checkpoint::writeTensors(folder_ + "/model.safetensors", dense_->savedTensors());
        std::ofstream(folder_ + "/config.yaml") << config::toYaml(dense_config_);
    }

    void denseStartsEqual() {
        RunConfig config = dense_config_;
        config.run.seed = 99;
        config.model.text.init_from = folder_;
        config.model.text.max_tokens = 13;  // a shorter table of positions takes the first rows
        model::MultimodalModel model = started(config);
        QVERIFY(at::equal(named(model, "text.position"), named(dense_, "text.position").narrow(0, 0, 13)));
        QVERIFY(at::equal(hidden(model, config), hidden(dense_, dense_config_)));
    }

    void copiesComputeWhatTheDenseLayerDid_data() {
        QTest::addColumn<int>("groups");
        QTest::addColumn<int>("top_k");
        QTest::addColumn<int>("gate");
        QTest::newRow("topk of whole copies") << 1 << 2 << static_cast<int>(GateKind::kTopK);
        QTest::newRow("top2 of whole copies") << 1 << 2 << static_cast<int>(GateKind::kTop2);
        QTest::newRow("2 groups, top 2") << 2 << 2 << static_cast<int>(GateKind::kTopK);
        QTest::newRow("3 groups, top 3") << 3 << 3 << static_cast<int>(GateKind::kTopK);
    }
    void copiesComputeWhatTheDenseLayerDid() {
        QFETCH(int, groups);
        QFETCH(int, top_k);
        QFETCH(int, gate);
        RunConfig config = sparseConfig(folder_);
        config.model.moe.gate = static_cast<GateKind>(gate);
        config.model.moe.top_k = top_k;
        config.model.moe.upcycle.groups = groups;
        config.model.moe.hidden_dim = kHidden / groups;
        model::MultimodalModel model = started(config);
        QCOMPARE(model->moeLayers().size(), 3U);
        const at::Tensor ours = hidden(model, config), theirs = hidden(dense_, dense_config_);
        QVERIFY2(largest(ours - theirs) < 1e-5, qPrintable(QString::number(largest(ours - theirs))));
    }

    void ranksHoldTheirPartOfTheExperts() {
        RunConfig config = sparseConfig(folder_);
        config.model.moe.upcycle.noise = 0.02;
        config.model.moe.upcycle.reinit = 0.5;
        model::MultimodalModel whole = started(config);
        for (std::int64_t rank = 0; rank < 2; ++rank) {
            model::MultimodalModel part = started(config, {2, rank, 1});
            for (const char* name : {"w1", "b1", "w2", "b2"}) {
                const std::string key = std::string("text.blocks.1.moe.experts.") + name;
                QVERIFY2(at::equal(named(part, key), named(whole, key).narrow(0, 3 * rank, 3)), name);
            }
        }
    }

    void noiseIsOfTheAskedSize() {
        RunConfig config = sparseConfig(folder_);
        config.model.moe.upcycle.noise = 0.05;
        model::MultimodalModel noisy = started(config);
        const at::Tensor dense = named(dense_, "text.blocks.0.ffn.fc1.weight");  // [H, D]
        const at::Tensor w1 = named(noisy, "text.blocks.0.moe.experts.w1");      // [E, D, H]
        const at::Tensor noise = (w1 - dense.t().unsqueeze(0)) / dense.std();
        // 6 experts of 768 numbers: the deviation is known to 1 %.
        QVERIFY2(std::abs(noise.std().item<double>() - 0.05) < 0.003, qPrintable(QString::number(noise.std().item<double>())));
        QVERIFY(largest(noise[0] - noise[1]) > 0.05);  // each expert has its own
        QVERIFY(at::equal(named(noisy, "text.blocks.0.moe.experts.b1")[3], named(dense_, "text.blocks.0.ffn.fc1.bias")));
    }

    void halfTheFeaturesAreDrawnAnew() {
        RunConfig config = sparseConfig(folder_);
        config.model.moe.upcycle.reinit = 0.5;
        model::MultimodalModel model = started(config);
        const at::Tensor dense = named(dense_, "text.blocks.2.ffn.fc1.weight"), out = named(dense_, "text.blocks.2.ffn.fc2.weight");
        const at::Tensor w1 = named(model, "text.blocks.2.moe.experts.w1"), w2 = named(model, "text.blocks.2.moe.experts.w2");
        at::Tensor first;
        for (std::int64_t e = 0; e < 6; ++e) {
            const at::Tensor kept = (w1[e].t() == dense).all(1), kept_out = (w2[e] == out.t()).all(1);
            QCOMPARE(kept.sum().item<std::int64_t>(), kHidden / 2);
            QVERIFY(at::equal(kept, kept_out));  // a feature is drawn anew on both of its sides
            if (e == 0) first = kept;
            if (e == 1) QVERIFY(!at::equal(kept, first));
            const at::Tensor fresh = w1[e].t().index_select(0, kept.logical_not().nonzero().flatten());
            const at::Tensor old = dense.index_select(0, kept.logical_not().nonzero().flatten());
            QVERIFY(std::abs(fresh.std().item<double>() / old.std().item<double>() - 1.0) < 0.15);
        }
    }

    void whatDoesNotFitIsNamed() {
        RunConfig config = sparseConfig(folder_);
        config.model.moe.hidden_dim = 20;
        QVERIFY(messageOf([&] { started(config); }).find("model.moe.hidden_dim") != std::string::npos);
        config = dense_config_;
        config.model.text.init_from = folder_;
        config.model.text.dim = 32;
        config.model.text.layers = 4;
        const std::string message = messageOf([&] { started(config); });
        QVERIFY(message.find("bad_config") == 0);
        QVERIFY(message.find("text.embedding.weight is [60, 16], not [60, 32]") != std::string::npos);
        QVERIFY(message.find("text.blocks.3.norm1.weight is missing") != std::string::npos);
        config.model.text.init_from = folder_ + "/none";
        QVERIFY(messageOf([&] { started(config); }).find("no checkpoint") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(StartWeightsTest)
#include "start_weights_test.moc"
