// SPDX-License-Identifier: MIT
// How a plan changes with what decides about memory: batch, ranks, sharding, checkpointing, precision of the moments.
#include <QTemporaryDir>
#include <QtTest>

#include "core/base/config/config.h"
#include "core/base/config/flops.h"
#include "core/base/plan/plan.h"

using namespace switchyard;
using namespace switchyard::plan;

namespace {

/// On GPUs nothing is rounded up or kept, so laws hold exactly.
Machine gpus(double bytes = 1e15) {
    return withGpus(bytes);
}

RunConfig loaded(const std::vector<std::string>& sets) {
    std::vector<config::Override> overrides;
    for (const std::string& set : sets) overrides.push_back(config::parseOverride(set));
    return config::loadOrThrow(SWITCHYARD_SOURCE_DIR "/tests/process/plan/base.yaml", overrides);
}

/// Texts of one length: no spread between batches.
DataFacts even() {
    DataFacts facts;
    facts.lengths = {10};
    facts.samples = 256;
    return facts;
}

Plan planned(const std::vector<std::string>& sets, const Machine& machine = gpus()) {
    return makePlan(loaded(sets), even(), machine);
}

bool near(double value, double expected, double share) {
    return std::abs(value - expected) <= share * expected;
}

}  // namespace

#define QVERIFY_NEAR(value, expected, share) \
    QVERIFY2(near(value, expected, share), qPrintable(QString("%1 is not %2").arg(value).arg(expected)))

class LawsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void stateOfOneRank() {
        const Plan plan = planned({});
        const auto total = static_cast<double>(plan.parameters.total());
        QCOMPARE(plan.most.weights, 4 * total);
        QCOMPARE(plan.most.optimizer, 8 * total);
        QVERIFY(plan.most.gradients >= 4 * total && plan.most.gradients < 4.2 * total);
        QCOMPARE(plan.most.all_to_all, 0.0);
        QCOMPARE(plan.at_peak.total(), plan.peak_bytes);
        QVERIFY(plan.peak_bytes > 12 * total);
    }

    void activationsGrowWithTheBatch() {
        const Plan one = planned({"train.global_batch=16"}), two = planned({"train.global_batch=32"});
        QVERIFY_NEAR(two.most.activations, 2 * one.most.activations, 0.06);
        QCOMPARE(two.most.weights, one.most.weights);
        // Cut into passes it is the pass that counts.
        const Plan cut = planned({"train.global_batch=32", "train.micro_batch=16"});
        QVERIFY_NEAR(cut.most.activations, one.most.activations, 0.02);
    }

    void ranksShareTheBatchAndTheState() {
        const Plan one = planned({"train.global_batch=32"});
        const Plan replicated = planned({"train.global_batch=64", "parallel.ranks=2"});
        QVERIFY_NEAR(replicated.most.activations, one.most.activations, 0.02);
        QCOMPARE(replicated.most.optimizer, one.most.optimizer);
        const Plan oss = planned({"train.global_batch=64", "parallel.ranks=2", "parallel.shard=oss"});
        QVERIFY_NEAR(oss.most.optimizer, one.most.optimizer / 2, 0.05);
        QCOMPARE(oss.most.weights, one.most.weights);
        const Plan fsdp = planned({"train.global_batch=64", "parallel.ranks=2", "parallel.shard=fsdp"});
        QVERIFY_NEAR(fsdp.most.optimizer, one.most.optimizer / 2, 0.01);
        const Plan more = planned({"train.global_batch=128", "parallel.ranks=4", "parallel.shard=fsdp"});
        QVERIFY_NEAR(more.most.optimizer, one.most.optimizer / 4, 0.01);
        // Of many small blocks a rank has its share of all, and two or three blocks whole.
        const std::vector<std::string> deep = {"model.moe.experts=0", "model.vision.layers=20", "train.global_batch=64"};
        std::vector<std::string> flat = deep;
        flat.insert(flat.end(), {"parallel.ranks=8", "parallel.shard=fsdp"});
        const Plan whole = planned(deep), shared = planned(flat);
        QVERIFY(shared.at_peak.weights > whole.most.weights / 8);
        QVERIFY(shared.at_peak.weights < 0.4 * whole.most.weights);
    }

    void expertsAreSharedOut() {
        const Plan one = planned({});
        const Plan two = planned({"train.global_batch=64", "parallel.ranks=2", "parallel.expert=2"});
        QCOMPARE(two.parameters.total(), one.parameters.total());
        const double experts = 4.0 * static_cast<double>(one.parameters.experts);
        QVERIFY(two.most.weights < one.most.weights - 0.45 * experts);
        QVERIFY(two.most.all_to_all > 0);
        QCOMPARE(one.most.all_to_all, 0.0);
    }

    void whatIsComputedAgainIsNotKept() {
        const std::vector<std::string> deep = {"model.vision.layers=8"};
        const auto with = [&](std::string set) {
            std::vector<std::string> sets = deep;
            sets.push_back(std::move(set));
            return planned(sets).most.activations;
        };
        const double all = planned(deep).most.activations, selective = with("train.activation_checkpointing=selective"),
                     block = with("train.activation_checkpointing=block");
        QVERIFY(selective < 0.9 * all);
        QVERIFY(block < 0.7 * selective);
        QVERIFY(with("model.moe.recompute=true") < all);
    }

    void momentsAndGradients() {
        const Plan usual = planned({}), narrow = planned({"optim.state_dtype=bf16"});
        QCOMPARE(narrow.most.optimizer, usual.most.optimizer / 2);
        const std::vector<std::string> flat = {"model.moe.experts=0", "model.vision.layers=20", "parallel.ranks=2", "parallel.shard=fsdp"};
        std::vector<std::string> early = flat;
        early.emplace_back("optim.in_backward=true");
        QVERIFY(planned(early).most.gradients < 0.7 * planned(flat).most.gradients);
        const Plan frozen = planned({"model.vision.lora.rank=4", "model.vision.lora.freeze_base=true"});
        QCOMPARE(frozen.most.optimizer, 8.0 * static_cast<double>(frozen.parameters.trained()));
        QVERIFY(frozen.parameters.trained() < frozen.parameters.total());
    }

    void bf16() {
        const Plan usual = planned({}), narrow = planned({"train.precision=bf16"});
        QVERIFY(narrow.most.activations < 0.75 * usual.most.activations);
        QVERIFY(narrow.most.weights > usual.most.weights);  // copies to compute with
    }

    void aCopyForTheCheckpoint() {
        Machine host = thisMachine();
        const Plan plan = planned({"checkpoint.async=true", "checkpoint.every=1"}, host);
        QCOMPARE(plan.most.checkpoint, 12.0 * static_cast<double>(plan.parameters.total()));
        QVERIFY(plan.peak_bytes > planned({}, host).peak_bytes + 0.8 * plan.most.checkpoint);
    }

    void operationsOfAToken() {
        const Plan plan = planned({"task.matching=0"});
        config::PassShape shape;
        shape.text_tokens = 10;
        shape.text_squares = 100;
        shape.images = 1;
        shape.image_tokens = 64;
        shape.image_squares = 64 * 64;
        QVERIFY_NEAR(plan.flops_per_token, config::trainingFlops(loaded({}), shape) / 74, 1e-9);
        QCOMPARE(plan.tokens_per_sample, 74.0);
    }

    void fitsInWhatIsThere() {
        const double peak = planned({}).peak_bytes;
        QVERIFY(planned({}, gpus(peak)).fits);
        QVERIFY(!planned({}, gpus(peak - 1)).fits);
        // On a host all ranks together have to fit.
        Machine host = thisMachine();
        const Plan two = planned({"parallel.ranks=2"}, host);
        QCOMPARE(two.needed_bytes, 2 * two.peak_bytes);
        host.memory_bytes = 1.5 * two.peak_bytes;
        QVERIFY(!planned({"parallel.ranks=2"}, host).fits);
    }

    /// What is proposed was tried, and holds when it is planned anew.
    void alternativesHold() {
        const RunConfig config = loaded({"train.global_batch=64"});
        const Machine machine = gpus(0.7 * makePlan(config, even(), gpus()).peak_bytes);
        const std::vector<Alternative> found = alternatives(config, even(), machine);
        QVERIFY(!found.empty() && found.size() <= 3);
        for (const Alternative& of : found) {
            QVERIFY(of.fits);
            std::vector<std::string> sets = {"train.global_batch=64"};
            sets.insert(sets.end(), of.sets.begin(), of.sets.end());
            const Plan again = planned(sets, machine);
            QVERIFY(again.fits);
            QCOMPARE(again.peak_bytes, of.peak_bytes);
        }
        // Where nothing is enough, what saves most comes first and says so.
        const std::vector<Alternative> hopeless = alternatives(config, even(), gpus(1 << 20));
        QVERIFY(!hopeless.empty() && !hopeless.front().fits);
        QVERIFY(hopeless.front().needed_bytes <= hopeless.back().needed_bytes);
    }

    void sizesOfTheLargeConfigs() {
        const RunConfig config = config::loadOrThrow(SWITCHYARD_SOURCE_DIR "/configs/large.yaml", {});
        const Plan plan = makePlan(config, assumedFacts(config, "a test"), gpus());
        QCOMPARE(plan.parameters.total(), std::int64_t{13'077'113'858});
        QVERIFY_NEAR(plan.most.optimizer, 8 * 13'077'113'858.0 / plan.ranks, 0.05);
        // The whole of a rank's experts and of what is dense is there once, when the shares are made.
        QVERIFY(plan.most.weights > 4.0 * 13'077'113'858.0 / static_cast<double>(config.parallel.expert));
    }
};

QTEST_GUILESS_MAIN(LawsTest)
#include "laws_test.moc"
