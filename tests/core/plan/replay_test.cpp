// SPDX-License-Identifier: MIT
// Replayed layers against peaks worked out by hand, and the list of tensors against the count of parameters.
#include <QtTest>
#include <numeric>

#include "core/base/config/config.h"
#include "core/base/dataset/text_task.h"
#include "core/base/plan/ops.h"
#include "core/base/plan/parameters.h"

using namespace switchyard;
using namespace switchyard::plan;

namespace {

constexpr double kMiB = 1 << 20;

/// On a "GPU", where nothing is rounded up or kept: the peak is what is in use.
struct Bench {
    MemoryPool pool{MemoryPool::Kind::kGpu, true};
    std::vector<ParameterTensor> list;
    std::vector<Buffer> gradients;
    Graph graph{pool, [this](int, Buffer gradient) { gradients.push_back(std::move(gradient)); }};
    Widths widths;
    Casts casts{pool, list, widths};
    Products products;
    Work work;
    Ops ops{graph, casts, products, work, list, widths, true};

    LinearPlaces linear(std::int64_t in, std::int64_t out) {
        LinearPlaces places;
        places.in = in;
        places.out = out;
        places.weight = static_cast<int>(list.size());
        list.push_back({in * out, 0, false, true});
        return places;  // no bias: the sums below stay whole
    }
    double inUse() {
        pool.restart();
        return pool.peak();
    }
};

}  // namespace

class ReplayTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// x [1024, 512] (2 MiB) -> h [1024, 1024] (4 MiB) -> y [1024, 256] (1 MiB), fp32.
    void twoLinearLayers() {
        Bench bench;
        const LinearPlaces first = bench.linear(512, 1024), second = bench.linear(1024, 256);  // 2 MiB and 1 MiB
        Value x = bench.graph.made(1024 * 512, 4, -1);
        Value y;
        {
            const Value h = bench.ops.linear(x, 1024, first);
            y = bench.ops.linear(h, 1024, second);
        }
        x = {};
        // Kept: x and h for the weights' gradients, and y.
        QCOMPARE(bench.inUse(), 7 * kMiB);
        const int step = y.step;
        y = {};
        bench.pool.restart();
        bench.graph.backward(step, bench.graph.take(1 * kMiB));
        // Second layer: x 2, h 4, gradient of y 1, of its weight 1, of h 4 = 12; then the first: x 2, gradient of h 4,
        // of the second weight 1, of the first 2 = 9 (x itself wants none).
        QCOMPARE(bench.pool.peak(), 12 * kMiB);
        QCOMPARE(bench.gradients.size(), std::size_t{2});
        QCOMPARE(bench.inUse(), 3 * kMiB);  // the gradients alone
    }

    /// The gradient of a sum is shared by its two sides; where one of them comes back, a new tensor takes the total.
    void aResidualBranch() {
        Bench bench;
        const LinearPlaces into = bench.linear(512, 512), branch = bench.linear(512, 512);  // 1 MiB each
        int last = -1;
        {
            const Value x = bench.ops.linear(bench.graph.made(1024 * 512, 4, -1), 1024, into);
            const Value sum = bench.ops.add(x, bench.ops.linear(x, 1024, branch));
            last = sum.step;
        }
        QCOMPARE(bench.inUse(), 4 * kMiB);  // the input and x, 2 MiB each
        bench.graph.backward(last, bench.graph.take(2 * kMiB));
        // Branch: input 2, x 2, gradient of the sum 2 (also x's), of the branch's weight 1, of x through the branch 2 =
        // 9; then the two are added: x is gone, a third tensor of 2 beside both: input 2, three gradients 6, weight 1
        // = 9.
        QCOMPARE(bench.pool.peak(), 9 * kMiB);
        QCOMPARE(bench.inUse(), 2 * kMiB);
    }

    void nothingIsKeptWithoutRecording() {
        Bench bench;
        const LinearPlaces first = bench.linear(512, 1024);
        bench.graph.recording = false;
        Value y = bench.ops.linear(bench.graph.made(1024 * 512, 4, -1), 1024, first);
        QCOMPARE(y.step, -1);
        QCOMPARE(bench.inUse(), 4 * kMiB);
    }

    void frozenWeightsKeepNoInput() {
        Bench bench;
        const LinearPlaces first = bench.linear(512, 1024), second = bench.linear(1024, 256);
        bench.list[1].trained = false;
        Value y;
        {
            const Value h = bench.ops.linear(bench.graph.made(1024 * 512, 4, -1), 1024, first);
            y = bench.ops.linear(h, 1024, second);
        }
        QCOMPARE(bench.inUse(), 3 * kMiB);  // x and y; h only passes
        bench.graph.backward(y.step, bench.graph.take(1 * kMiB));
        QCOMPARE(bench.gradients.size(), std::size_t{1});
    }

    void tensorsAddUpToTheParameters_data() {
        QTest::addColumn<QString>("config");
        QTest::addColumn<QStringList>("sets");
        for (const char* name : {"smoke", "demo", "flickr8k", "glue", "text", "vqa", "base", "large"})
            QTest::newRow(name) << name << QStringList{};
        QTest::newRow("frozen") << "smoke"
                                << QStringList{"model.vision.lora.freeze_base=true",
                                               "model.vision.lora.targets=[q, v, o, fc1, fc2]"};
        QTest::newRow("noisy, swiglu") << "smoke"
                                       << QStringList{"model.vision.moe_every=2", "model.moe.activation=swiglu",
                                                      "model.moe.bias=false", "model.moe.gate=noisy_topk"};
        QTest::newRow("dense, convolutions") << "smoke" << QStringList{"model.moe.experts=0", "model.vision.stem=conv"};
        QTest::newRow("class token") << "smoke"
                                     << QStringList{"model.vision.class_token=true", "model.vision.input_norm=true"};
        QTest::newRow("adapters on text")
            << "glue" << QStringList{"model.text.lora.rank=3", "model.text.lora.targets=[q, fc1, fc2]"};
    }

    void tensorsAddUpToTheParameters() {
        QFETCH(QString, config);
        QFETCH(QStringList, sets);
        std::vector<config::Override> overrides = {{"parallel.expert", "1"}, {"parallel.ranks", "1"}};
        for (const QString& set : sets) overrides.push_back(config::parseOverride(set.toStdString()));
        const config::LoadResult loaded =
            config::loadFile(SWITCHYARD_SOURCE_DIR "/configs/" + config.toStdString() + ".yaml", overrides);
        QVERIFY(loaded.ok());
        const std::vector<config::HeadSize> heads = dataset::knownHeads(loaded.config);
        const ModelTensors model = modelTensors(loaded.config, heads);
        std::int64_t total = 0, trained = 0, experts = 0;
        for (const ParameterTensor& tensor : model.list) {
            total += tensor.count;
            trained += tensor.trained ? tensor.count : 0;
            experts += tensor.expert ? tensor.count : 0;
        }
        const config::ParameterCounts counts = config::countParameters(loaded.config, heads);
        QCOMPARE(total, counts.total());
        QCOMPARE(trained, counts.trained());
        QCOMPARE(experts, counts.experts);
    }
};

QTEST_GUILESS_MAIN(ReplayTest)
#include "replay_test.moc"
