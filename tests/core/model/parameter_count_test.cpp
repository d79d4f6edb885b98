// SPDX-License-Identifier: MIT
// Parameters counted from a configuration against those of the model that is made from it.
#include <ATen/ATen.h>

#include <QtTest>

#include "core/base/config/config.h"
#include "core/base/config/parameter_count.h"
#include "core/base/dataset/text_task.h"
#include "core/model/moe/moe_layer.h"
#include "core/model/multimodal_model.h"

using namespace switchyard;

class ParameterCountTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsTheModel_data() {
        QTest::addColumn<QString>("config");
        QTest::addColumn<QStringList>("sets");
        for (const char* name : {"smoke", "demo", "flickr8k"}) QTest::newRow(name) << name << QStringList{};
        QTest::newRow("frozen under LoRA of everything")
            << "smoke" << QStringList{"model.vision.lora.freeze_base=true", "model.vision.lora.targets=[q, v, o, fc1, fc2]"};
        QTest::newRow("experts in every encoder, swiglu, no bias, noisy")
            << "smoke" << QStringList{"model.vision.moe_every=2", "model.moe.activation=swiglu", "model.moe.bias=false", "model.moe.gate=noisy_topk"};
        QTest::newRow("dense, convolutions") << "smoke" << QStringList{"model.moe.experts=0", "model.vision.stem=conv"};
        QTest::newRow("layers with experts of their own number")
            << "smoke" << QStringList{"model.vision.moe_every=2", "model.text.moe_every=1", "model.fusion.layers=2", "model.moe.layer_experts=[3, 8, 5, 2, 7]"};
        QTest::newRow("class token, input norm") << "smoke" << QStringList{"model.vision.class_token=true", "model.vision.input_norm=true"};
        QTest::newRow("text tasks, as BERT") << "glue" << QStringList{"task.names=[sst2, stsb]", "data.train=[a, b]", "data.eval=[]"};
        QTest::newRow("text tasks, experts, adapters")
            << "glue" << QStringList{"model.moe.experts=4", "model.text.moe_every=2", "model.text.lora.rank=3", "model.text.lora.targets=[q, fc1, fc2]"};
        QTest::newRow("questions") << "vqa" << QStringList{};
        QTest::newRow("switch") << "smoke" << QStringList{"model.moe.gate=switch", "model.moe.top_k=1", "model.fusion.moe=false"};
    }

    void equalsTheModel() {
        QFETCH(QString, config);
        QFETCH(QStringList, sets);
        std::vector<config::Override> overrides;
        for (const QString& text : sets) overrides.push_back(config::parseOverride(text.toStdString()));
        const RunConfig loaded =
            config::loadFile(SWITCHYARD_SOURCE_DIR "/configs/" + config.toStdString() + ".yaml", overrides).config;
        // What the training data would say of the heads.
        std::vector<dataset::TaskLabels> labels;
        std::vector<config::HeadSize> heads;
        if (loaded.task.kind == TaskKind::kVqa) {
            labels = {{"vqa", {"a", "b", "c"}}};
            heads = {{false, 3}};
        }
        for (const std::string& name : loaded.task.names) {
            const dataset::TextTask task = dataset::textTask(name, loaded.task);
            labels.push_back({name, task.classes});
            heads.push_back({!task.pair.empty(), labels.back().outputs()});
        }
        model::MultimodalModel model(loaded, model::ExpertShare{}, labels);
        std::int64_t text = 0, vision = 0, fusion = 0, total = 0, experts = 0, frozen = 0, idle = 0;
        for (const auto& item : model->named_parameters()) {
            const std::int64_t count = item.value().numel();
            total += count;
            if (item.key().starts_with("text.")) text += count;
            if (item.key().starts_with("vision.")) vision += count;
            if (item.key().starts_with("fusion.")) fusion += count;
            if (model::isExpertParameter(item.key())) {
                const std::int64_t of_layer = item.value().size(0);
                experts += count;
                idle += count / of_layer * (of_layer - loaded.model.moe.top_k);
            }
            if (!item.value().requires_grad()) frozen += count;
        }
        const config::ParameterCounts counts = config::countParameters(loaded, heads);
        QCOMPARE(counts.text, text);
        QCOMPARE(counts.vision, vision);
        QCOMPARE(counts.fusion, fusion);
        QCOMPARE(counts.total(), total);
        QCOMPARE(counts.experts, experts);
        QCOMPARE(counts.frozen, frozen);
        QCOMPARE(counts.active, total - idle - (loaded.model.text.vocab_size - 1) * loaded.model.text.dim);
    }

    /// What the first lines of configs/base.yaml and large.yaml say.
    void theLargeConfigs() {
        const auto base = config::countParameters(config::loadFile(SWITCHYARD_SOURCE_DIR "/configs/base.yaml").config);
        QCOMPARE(base.total(), 1'280'030'210);
        QVERIFY(base.active > 50'000'000 && base.active < 100'000'000);
        const auto large = config::countParameters(config::loadFile(SWITCHYARD_SOURCE_DIR "/configs/large.yaml").config);
        QCOMPARE(large.total(), 13'077'113'858);
    }
};

QTEST_GUILESS_MAIN(ParameterCountTest)
#include "parameter_count_test.moc"
