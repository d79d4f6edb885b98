// SPDX-License-Identifier: MIT
// fp16 with a scaled loss, updates in the backward, and what activation checkpointing saves; one rank.
#include <ATen/ATen.h>

#include <QTemporaryDir>
#include <QtTest>

#include "core/runtime/cpu_allocator.h"
#include "core/train/grad_scaler.h"
#include "core/train/peak_memory.h"
#include "support/tiny_training.h"

using namespace switchyard;

class PrecisionTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;

    train::Assembly tiny(const std::vector<std::string>& overrides) {
        const RunConfig config = test::tinyConfig(overrides);
        return train::assemble(config, test::tinyTokenizer(config, folder_.path().toStdString()), {});
    }
    static std::vector<at::Tensor> copies(train::Assembly& assembly) {
        std::vector<at::Tensor> all;
        for (const parallel::Piece& piece : assembly.sharding->weights()) all.push_back(piece.tensor.detach().clone());
        return all;
    }
    static bool equal(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (!at::equal(a[i].view({-1}), b[i].view({-1}))) return false;
        }
        return a.size() == b.size();
    }

private Q_SLOTS:
    void theScaleFollowsTheRule() {
        train::GradScaler scaler(true);
        QCOMPARE(scaler.scale(), 65536.0);
        scaler.update(false);
        QCOMPARE(scaler.scale(), 32768.0);
        for (int i = 0; i < 1999; ++i) scaler.update(true);
        QCOMPARE(scaler.scale(), 32768.0);
        scaler.update(true);
        QCOMPARE(scaler.scale(), 65536.0);
        scaler.update(true);
        QCOMPARE(scaler.cleanSteps(), 1);
        train::GradScaler none;
        none.update(false);
        QCOMPARE(none.scale(), 1.0);
    }

    void narrowTypesTrainAsFp32Does_data() {
        QTest::addColumn<QString>("precision");
        QTest::newRow("fp16") << "fp16";
        QTest::newRow("bf16") << "bf16";
    }
    void narrowTypesTrainAsFp32Does() {
        QFETCH(QString, precision);
        train::Assembly full = tiny({}), narrow = tiny({"train.precision=" + precision.toStdString()});
        narrow.scaler.restore(1024, 0);  // where fp16 has no need to skip its first steps
        const auto a = test::trainSteps(full, 0, 20), b = test::trainSteps(narrow, 0, 20);
        for (std::size_t i = 0; i < a.size(); ++i) {
            QVERIFY2(std::abs(a[i].loss - b[i].loss) < 0.03 * a[i].loss, QByteArray::number(static_cast<int>(i)));
            QVERIFY(!b[i].skipped);
        }
        QVERIFY(b.back().loss < 0.95 * b.front().loss);
    }

    void aStepBeyondFp16IsSkipped() {
        train::Assembly assembly = tiny({"train.precision=fp16"});
        assembly.scaler.restore(1024, 0);
        test::trainSteps(assembly, 0, 2);
        assembly.scaler.restore(std::exp2(60), 7);
        const auto before = copies(assembly);
        const train::StepResult result = test::trainSteps(assembly, 2, 3).front();
        QVERIFY(result.skipped);
        QVERIFY(equal(before, copies(assembly)));
        QCOMPARE(assembly.optimizer->updates(), 2);
        QCOMPARE(assembly.scaler.scale(), std::exp2(59));
        QCOMPARE(assembly.scaler.cleanSteps(), 0);
    }

    void updatesInBackwardAreTheSame() {
        for (const char* checkpointing : {"none", "block"}) {
            const std::vector<std::string> common = {"parallel.shard=fsdp", "optim.grad_clip=0",
                                                     "model.vision.lora.rank=4",
                                                     std::string("train.activation_checkpointing=") + checkpointing};
            std::vector<std::string> early = common;
            early.push_back("optim.in_backward=true");
            train::Assembly late = tiny(common), in_backward = tiny(early);
            const auto a = test::trainSteps(late, 0, 6), b = test::trainSteps(in_backward, 0, 6);
            for (std::size_t i = 0; i < a.size(); ++i) {
                QCOMPARE(a[i].loss, b[i].loss);
                QVERIFY(std::abs(a[i].grad_norm - b[i].grad_norm) < 1e-12 * a[i].grad_norm);
            }
            QVERIFY(equal(copies(late), copies(in_backward)));
        }
    }

    void clippingInBackwardGoesByTheStepBefore() {
        train::Assembly assembly = tiny({"parallel.shard=fsdp", "optim.in_backward=true", "optim.grad_clip=0.5"});
        train::Assembly unclipped = tiny({"parallel.shard=fsdp", "optim.in_backward=true", "optim.grad_clip=0"});
        const auto a = test::trainSteps(assembly, 0, 1), b = test::trainSteps(unclipped, 0, 1);
        QVERIFY(equal(copies(assembly), copies(unclipped)));  // nothing is known before the first
        QCOMPARE(assembly.last_norm, a[0].grad_norm);
        QVERIFY(assembly.last_norm > 0.5);
        test::trainSteps(assembly, 1, 2);
        test::trainSteps(unclipped, 1, 2);
        const auto moment = [](train::Assembly& of) { return of.optimizer->state().front().tensor.clone(); };
        QVERIFY(!at::equal(moment(assembly), moment(unclipped)));
    }

    /// 8 layers: what the forward leaves for the backward, in the allocator's own count.
    void checkpointingCutsActivationsThreefold() {
        train::keepFreedMemory();
        const auto kept = [&](const char* checkpointing) {
            RunConfig config =
                test::tinyConfig({"model.text.layers=8", "model.text.dim=256", "model.text.heads=8",
                                  "model.text.ffn_dim=1024", "model.text.max_tokens=64", "model.text.moe_every=0",
                                  "task.matching=0", std::string("train.activation_checkpointing=") + checkpointing});
            train::Assembly assembly;
            assembly.config = config;
            train::makeModel(assembly, 0);
            data::Batch batch;
            batch.size = 32;
            batch.text_lengths.assign(32, 64);
            batch.token_ids = at::randint(100, {32 * 64}, at::kLong);
            for (int i = 0; i < 32; ++i) batch.sample_ids.push_back(static_cast<std::uint64_t>(i));
            model::ForwardContext context;
            context.training = true;
            context.mesh = assembly.mesh.get();
            context.checkpointing = config.train.activation_checkpointing;
            const auto before = runtime::cpuAllocatorStatistics().in_use_bytes;
            const model::TextEncoding text = assembly.model->encodeText(batch, context);
            return static_cast<double>(runtime::cpuAllocatorStatistics().in_use_bytes - before);
        };
        const double all = kept("none"), block = kept("block"), selective = kept("selective");
        qInfo() << "MiB kept: none" << all / (1 << 20) << "selective" << selective / (1 << 20) << "block"
                << block / (1 << 20);
        QVERIFY2(all > 3 * block, QByteArray::number(all / block));
        QVERIFY2(all > 1.5 * selective, QByteArray::number(all / selective));
    }
};

QTEST_GUILESS_MAIN(PrecisionTest)
#include "precision_test.moc"
