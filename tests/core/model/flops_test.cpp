// SPDX-License-Identifier: MIT
// Operations counted from a configuration against those of the products that LibTorch is seen to compute.
#include <ATen/ATen.h>
#include <ATen/record_function.h>

#include <QtTest>

#include "core/base/config/config.h"
#include "core/base/config/flops.h"
#include "core/model/multimodal_model.h"
#include "core/parallel/mesh.h"

using namespace switchyard;

namespace {

double seen = 0;  // operations of one forward pass, this thread's

double product(const std::vector<std::int64_t>& sizes, std::int64_t out) {
    double all = 2;
    for (const std::int64_t size : sizes) all *= static_cast<double>(size);
    return all * static_cast<double>(out);
}

/// Counts matrix products by the shapes of their operands; an operation made of others counts once, by the inner ones.
std::unique_ptr<at::ObserverContext> count(const at::RecordFunction& of) {
    const std::string name = of.name();
    const auto inputs = of.inputs();
    const auto tensor = [&](std::size_t i) { return inputs[i].toTensor(); };
    if (name == "aten::mm") seen += product(tensor(0).sizes().vec(), tensor(1).size(1));
    if (name == "aten::addmm") seen += product(tensor(1).sizes().vec(), tensor(2).size(1));
    if (name == "aten::bmm") seen += product(tensor(0).sizes().vec(), tensor(1).size(2));
    if (name == "aten::baddbmm") seen += product(tensor(1).sizes().vec(), tensor(2).size(2));
    if (name == "aten::_scaled_dot_product_flash_attention_for_cpu")  // q k^T and the sum of v
        seen += 2 * product(tensor(0).sizes().vec(), tensor(1).size(2));
    if (name == "aten::mkldnn_convolution" || name == "aten::_slow_conv2d_forward") {
        const at::Tensor image = tensor(0), weight = tensor(1);
        const std::int64_t side = image.size(2) / (weight.size(2) == 1 ? 1 : 2);  // the strides of a stem
        seen += product({image.size(0), side * side, weight.numel() / weight.size(0)}, weight.size(0));
    }
    return nullptr;
}

RunConfig load(const QString& name, const QStringList& sets) {
    std::vector<config::Override> overrides;
    for (const QString& text : sets) overrides.push_back(config::parseOverride(text.toStdString()));
    return config::loadOrThrow(SWITCHYARD_SOURCE_DIR "/configs/" + name.toStdString() + ".yaml", overrides);
}

data::Batch someBatch(const RunConfig& config) {
    data::Batch batch;
    batch.text_lengths = {3, 5, 5, 8, 11, 12};
    batch.size = static_cast<std::int64_t>(batch.text_lengths.size());
    std::vector<std::int64_t> positions;
    for (const std::int64_t length : batch.text_lengths) {
        for (std::int64_t i = 0; i < length; ++i) positions.push_back(i);
        batch.sample_ids.push_back(batch.sample_ids.size());
        batch.global_positions.push_back(static_cast<std::int64_t>(batch.global_positions.size()));
        batch.text_keys.push_back(batch.text_keys.size());
    }
    batch.token_positions = at::tensor(positions, at::kLong);
    batch.token_ids = at::arange(static_cast<std::int64_t>(positions.size()), at::kLong) % config.model.text.vocab_size;
    const std::int64_t side = config.model.vision.image_size;
    batch.images = at::rand({batch.size, 3, side, side});
    return batch;
}

}  // namespace

class FlopsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void denseModelsAreSeen_data() {
        QTest::addColumn<QStringList>("sets");
        const QString dense = "model.moe.experts=0";
        QTest::newRow("linear stem") << QStringList{dense, "model.vision.lora.rank=0", "model.vision.stem=linear"};
        QTest::newRow("convolutions") << QStringList{dense, "model.vision.lora.rank=0", "model.vision.stem=conv"};
        QTest::newRow("wide") << QStringList{dense, "model.vision.lora.rank=0", "model.text.ffn_dim=640",
                                             "model.fusion.ffn_dim=512", "model.fusion.layers=3"};
        QTest::newRow("class token") << QStringList{dense, "model.vision.lora.rank=0", "model.vision.class_token=true"};
        QTest::newRow("adapters") << QStringList{dense, "model.vision.lora.rank=8",
                                                 "model.vision.lora.targets=[q, k, v, o, fc1, fc2]"};
    }

    void denseModelsAreSeen() {
        QFETCH(QStringList, sets);
        const RunConfig config =
            load("smoke", sets + QStringList{"task.matching_share=1", "task.matching_block=6", "train.global_batch=6"});
        model::MultimodalModel model(config);
        const parallel::Mesh alone;
        model::ForwardContext context;
        context.mesh = &alone;
        context.training = true;
        const data::Batch batch = someBatch(config);
        seen = 0;
        const auto handle = at::addThreadLocalCallback(
            at::RecordFunctionCallback(count).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
        const model::LossTerms terms = model::trainingLoss(model, batch, config, context);
        at::removeCallback(handle);
        QVERIFY(terms.shape.pairs >= 6);
        const double counted = config::forwardFlops(config, terms.shape).total();
        qInfo("counted %.6g, seen %.6g", counted, seen);
        // Seen besides: projections, the matching head, similarities of all with all; for adapters the product of their
        // pair.
        QVERIFY2(counted <= seen * 1.0001 && counted >= 0.97 * seen, qPrintable(QString::number(counted / seen)));
    }

    /// An MoE layer in place of a dense one of the experts' width changes the count by its router and by top_k.
    void expertsCountTopKTimes() {
        config::PassShape shape;
        shape.text_tokens = 100;
        shape.text_squares = 1000;
        const auto text = [&](const QStringList& sets) { return config::forwardFlops(load("glue", sets), shape).text; };
        const double dense = text({}),
                     sparse = text({"model.text.moe_every=2", "model.moe.experts=32", "model.moe.top_k=2"});
        QCOMPARE(sparse - dense, 3 * 100.0 * (2.0 * 384 * 32 + 4.0 * 384 * 1536));  // blocks 2, 4 and 6
        QCOMPARE(text({"model.text.moe_every=2", "model.moe.experts=64"}) - sparse, 3 * 100.0 * 2.0 * 384 * 32);
        QCOMPARE(config::trainingFlops(load("glue", {}), shape), 3 * dense);
        const QStringList frozen = {"model.text.lora.rank=4"};
        QCOMPARE(config::trainingFlops(load("glue", frozen), shape), 2 * text(frozen));
    }

    void severalSamplesAddUp() {
        const RunConfig config = load("vqa", {});
        config::PassShape shape{10, 100, 1, 64, 4096, 1, 10, 64, 640}, twice{20, 200, 2, 128, 8192, 2, 20, 128, 1280};
        QCOMPARE(config::trainingFlops(config, twice), 2 * config::trainingFlops(config, shape));
    }
};

QTEST_GUILESS_MAIN(FlopsTest)
#include "flops_test.moc"
