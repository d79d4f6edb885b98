// SPDX-License-Identifier: MIT
// Training on a GPU: what the CPU gives, in every layout of ranks (which share the GPU where there is but one), and
// checkpoints that go from one to the other. Skipped where there is no GPU.
#include <ATen/ATen.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/checkpoint/checkpoint.h"
#include "core/eval/retrieval_eval.h"
#include "dist/rank_processes.h"
#include "support/tiny_training.h"

using namespace switchyard;

namespace {

/// words: folder, checkpoint to start from or "-", first step, end, overrides. Prints loss and norm of every step;
/// saves the weights and moments as folder/DEVICE/step-END. One rank also prints sums over the embeddings of
/// pictures and words.
void trainRole(const launch::RankEnvironment& environment, const std::vector<std::string>& words) {
    const std::vector<std::string> overrides(words.begin() + 4, words.end());
    const RunConfig config = test::tinyConfig(overrides);
    at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/false);
    train::Assembly assembly = train::assemble(config, words[0] + "/tokenizer.model", environment);
    const std::int64_t first = std::stoll(words[2]), end = std::stoll(words[3]);
    if (words[1] != "-") train::resume(assembly, words[1]);
    for (const train::StepResult& result : test::trainSteps(assembly, first, end))
        std::printf("%a %a\n", result.loss, result.grad_norm);
    checkpoint::Contents contents;
    contents.model = train::savedWeights(assembly);
    contents.optim = assembly.optimizer->state();
    contents.info = train::checkpointInfo(assembly, end);
    contents.step = end;
    checkpoint::save(std::filesystem::path(words[0]) / assembly.device.str().substr(0, 4), contents, assembly.mesh->world());
    if (environment.world_size == 1) {
        assembly.model->eval();
        model::ForwardContext context;
        context.mesh = assembly.mesh.get();
        context.units = assembly.sharding->units();
        const auto held_out = dataset::openDataset(config, dataset::Split::kEval);
        const eval::Embeddings found = eval::embed(assembly.model, config, *held_out, *assembly.tokenizer, context);
        std::printf("%a %a\n", found.images.abs().sum().item<double>(), found.texts.abs().sum().item<double>());
    }
    std::fflush(stdout);
}

const std::map<std::string, test::Role> kRoles = {{"train", trainRole}};

using Rows = std::vector<std::vector<double>>;

double difference(const Rows& a, const Rows& b) {
    if (a.empty() || a.size() != b.size()) return INFINITY;
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; j < a[i].size(); ++j)
            worst = std::max(worst, std::abs(a[i][j] - b[i][j]) / std::max(std::abs(a[i][j]), 1e-12));
    }
    return worst;
}

}  // namespace

class GpuTrainingTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;

    Rows train(int ranks, const QStringList& overrides, int first = 0, int end = 10, const QString& from = "-") {
        const QStringList words = QStringList{folder_.path(), from, QString::number(first), QString::number(end)} + overrides;
        const auto outcomes = test::runRanks(ranks, "train", words, 120'000, -1, test::Gpus::kShared);
        Rows rows;
        for (const auto& outcome : outcomes) {
            if (outcome.code != 0) qWarning() << outcome.code << outcome.err;
            if (outcome.code != 0 || outcome.out != outcomes[0].out) return {};
        }
        for (const QByteArray& line : outcomes[0].out.split('\n')) {
            if (line.isEmpty()) continue;
            rows.emplace_back();
            for (const QByteArray& word : line.split(' ')) rows.back().push_back(std::strtod(word.constData(), nullptr));
        }
        return rows;
    }

private Q_SLOTS:
    void initTestCase() { test::tinyTokenizer(test::tinyConfig(), folder_.path().toStdString()); }
    void init() {
        if (access("/dev/nvidia0", F_OK) != 0) QSKIP("this machine has no NVIDIA GPU");
    }

    void equalsTheCpu_data() {
        QTest::addColumn<QStringList>("overrides");
        QTest::newRow("top2") << QStringList{};
        QTest::newRow("top2, capacity") << QStringList{"model.moe.capacity_factor=0.6", "model.moe.drop=priority"};
        QTest::newRow("switch, jitter") << QStringList{"model.moe.gate=switch", "model.moe.top_k=1", "model.moe.jitter=0.1"};
        QTest::newRow("topk, bias, sigmoid")
            << QStringList{"model.moe.gate=topk", "model.moe.bias_balance=0.01", "model.moe.score=sigmoid"};
        QTest::newRow("noisy_topk, importance, load")
            << QStringList{"model.moe.gate=noisy_topk", "model.moe.losses.importance=0.1", "model.moe.losses.load=0.1"};
        QTest::newRow("expert_choice") << QStringList{"model.moe.gate=expert_choice", "model.moe.capacity_factor=1.0"};
        QTest::newRow("losses by modality")
            << QStringList{"model.moe.losses.limoe_local=0.1", "model.moe.losses.limoe_global=0.1"};
        QTest::newRow("swiglu, expert biases") << QStringList{"model.moe.activation=swiglu", "model.moe.bias=true"};
        QTest::newRow("LoRA with dropout") << QStringList{"model.vision.lora.rank=4", "model.vision.lora.dropout=0.2"};
        QTest::newRow("convolutions") << QStringList{"model.vision.stem=conv"};
        QTest::newRow("checkpointing block") << QStringList{"train.activation_checkpointing=block"};
        QTest::newRow("checkpointing selective, accumulation")
            << QStringList{"train.activation_checkpointing=selective", "train.micro_batch=8"};
        QTest::newRow("in backward, bf16 moments") << QStringList{"optim.in_backward=true", "optim.state_dtype=bf16", "parallel.shard=fsdp"};
        QTest::newRow("fsdp alone") << QStringList{"parallel.shard=fsdp"};
    }
    void equalsTheCpu() {
        QFETCH(QStringList, overrides);
        for (const auto& [precision, limit] : {std::pair{"fp64", 1e-8}, std::pair{"fp32", 1e-3}}) {
            if (overrides.contains("optim.state_dtype=bf16") && QByteArray(precision) == "fp64") continue;
            const QStringList all = overrides + QStringList{QString("train.precision=") + precision};
            const double found = difference(train(1, all), train(1, all + QStringList{"parallel.device=cuda"}));
            qInfo() << precision << "largest relative difference of losses and norms" << found;
            QVERIFY2(found <= limit, QByteArray::number(found));
        }
    }

    void narrowTypesFollowTheCpu_data() {
        QTest::addColumn<QString>("precision");
        QTest::newRow("bf16") << "bf16";
        QTest::newRow("fp16") << "fp16";
    }
    void narrowTypesFollowTheCpu() {
        QFETCH(QString, precision);
        const QStringList narrow = {"train.precision=" + precision};
        const Rows cpu = train(1, narrow, 0, 40), gpu = train(1, narrow + QStringList{"parallel.device=cuda"}, 0, 40);
        QCOMPARE(cpu.size(), std::size_t{41});
        QCOMPARE(gpu.size(), cpu.size());
        const std::size_t last = cpu.size() - 2;  // behind it stand the embeddings
        QVERIFY(gpu[last][0] < 0.97 * gpu[0][0]);
        const double apart = std::abs(gpu[last][0] - cpu[last][0]) / cpu[last][0];
        qInfo() << "first loss" << cpu[0][0] << gpu[0][0] << "last" << cpu[last][0] << gpu[last][0];
        QVERIFY2(apart < 0.05, QByteArray::number(apart));
    }

    void manyRanksEqualOne_data() {
        QTest::addColumn<int>("ranks");
        QTest::addColumn<int>("expert");
        QTest::addColumn<QString>("shard");
        QTest::addColumn<QStringList>("more");
        for (const char* shard : {"none", "oss", "zero2", "fsdp"}) {
            QTest::addRow("2 ranks, %s", shard) << 2 << 1 << QString(shard) << QStringList{};
            QTest::addRow("2 ranks, experts shared out, %s", shard) << 2 << 2 << QString(shard) << QStringList{};
        }
        QTest::newRow("4 ranks, experts over 2, fsdp") << 4 << 2 << "fsdp" << QStringList{"train.activation_checkpointing=block"};
        QTest::newRow("2 ranks, exchange in parts") << 2 << 2 << "fsdp" << QStringList{"parallel.exchange_chunks=2"};
        QTest::newRow("2 ranks over Gloo, fsdp") << 2 << 2 << "fsdp" << QStringList{"parallel.backend=gloo"};
        QTest::newRow("2 ranks over Gloo, oss") << 2 << 1 << "oss" << QStringList{"parallel.backend=gloo"};
    }
    void manyRanksEqualOne() {
        QFETCH(int, ranks);
        QFETCH(int, expert);
        QFETCH(QString, shard);
        QFETCH(QStringList, more);
        const QStringList base = QStringList{"parallel.device=cuda", "train.precision=fp64"} + more;
        Rows one = train(1, base + QStringList{"parallel.backend=auto"});
        if (!one.empty()) one.pop_back();  // of its embeddings
        const Rows many = train(ranks, base + QStringList{"parallel.shard=" + shard, "parallel.ranks=" + QString::number(ranks),
                                                          "parallel.expert=" + QString::number(expert)});
        const double found = difference(one, many);
        qInfo() << "largest relative difference of losses and norms" << found;
        QVERIFY2(found <= 1e-8, QByteArray::number(found));
    }

    void resumedIsNeverStopped() {
        for (const char* precision : {"fp32", "bf16", "fp16"}) {
            const QStringList gpu = {"parallel.device=cuda", QString("train.precision=") + precision};
            const Rows whole = train(1, gpu, 0, 10);
            QVERIFY(!train(1, gpu, 0, 6).empty());
            const Rows rest = train(1, gpu, 6, 10, folder_.filePath("cuda/step-00000006"));
            QCOMPARE(rest.size(), std::size_t{5});
            for (std::size_t i = 0; i < rest.size(); ++i) QCOMPARE(rest[i], whole[6 + i]);
        }
    }

    void checkpointsGoBothWays() {
        const QStringList exact = {"train.precision=fp64"}, gpu = exact + QStringList{"parallel.device=cuda"};
        const Rows whole = train(1, exact, 0, 10);
        QVERIFY(!train(1, exact, 0, 5).empty());
        Rows rest = train(1, gpu, 5, 10, folder_.filePath("cpu/step-00000005"));
        QVERIFY(difference(Rows(whole.begin() + 5, whole.end()), rest) <= 1e-8);
        QVERIFY(!train(1, gpu, 0, 5).empty());
        rest = train(1, exact, 5, 10, folder_.filePath("cuda/step-00000005"));
        QVERIFY(difference(Rows(whole.begin() + 5, whole.end()), rest) <= 1e-8);
    }
};

int main(int argc, char** argv) {
    test::playRole(kRoles, argc, argv);
    QCoreApplication application(argc, argv);
    GpuTrainingTest tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "gpu_training_test.moc"
