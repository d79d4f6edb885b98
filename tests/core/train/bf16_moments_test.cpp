// SPDX-License-Identifier: MIT
// Moments kept in bf16: right on average, the same on every layout, and where rounding to the nearest stands still.
#include <ATen/ATen.h>

#include <QTemporaryDir>
#include <QtTest>

#include "core/parallel/single_rank.h"
#include "core/train/bf16_moments.h"
#include "support/tiny_training.h"

using namespace switchyard;

namespace {

struct State {
    at::Tensor weight, average, square;
    explicit State(std::int64_t count)
        : weight(at::zeros({count})),
          average(at::zeros({count}, at::kBFloat16)),
          square(at::zeros({count}, at::kBFloat16)) {}
};

const train::AdamWStep kUsual{1e-3, 0.9, 0.999, 1e-8, 0.1, 1};

}  // namespace

class Bf16MomentsTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;

    train::Assembly tiny(const std::vector<std::string>& overrides) {
        const RunConfig config = test::tinyConfig(overrides);
        return train::assemble(config, test::tinyTokenizer(config, folder_.path().toStdString()), {});
    }

private Q_SLOTS:
    /// A gradient of 1 for 3000 updates: both moments come to 1 - beta^3000. Rounded to the nearest, the second stops
    /// where a step is less than half of the last place.
    void momentsAreRightOnAverage() {
        constexpr int kUpdates = 3000;
        constexpr std::int64_t kCount = 4096;
        State state(kCount);
        const at::Tensor gradient = at::ones({kCount});
        at::Tensor nearest = at::zeros({1}, at::kBFloat16);
        train::AdamWStep step = kUsual;
        for (int i = 1; i <= kUpdates; ++i) {
            step.number = i;
            train::updateWithBf16Moments(state.weight, gradient, state.average, state.square, step,
                                         train::noisePlace("w", 0, i));
            nearest = (nearest.to(at::kFloat) * step.beta2 + (1 - step.beta2)).to(at::kBFloat16);
        }
        const double square = state.square.to(at::kDouble).mean().item<double>();
        const double average = state.average.to(at::kDouble).mean().item<double>();
        const double expected = 1 - std::pow(step.beta2, kUpdates);
        QVERIFY2(std::abs(square - expected) < 2e-3, QByteArray::number(square));
        QVERIFY2(std::abs(average - 1) < 2e-3, QByteArray::number(average));
        QVERIFY2(nearest.item<double>() < 0.6 * expected, "rounding to the nearest should stand still");
    }

    void theWeightSeesUnroundedMoments() {
        at::manual_seed(3);
        State state(10'001);
        state.weight = at::randn({10'001});
        at::Tensor weight = state.weight.clone(), average = at::zeros_like(weight), square = at::zeros_like(weight);
        const at::Tensor gradient = at::randn_like(weight);
        train::updateWithBf16Moments(state.weight, gradient, state.average, state.square, kUsual,
                                     train::noisePlace("w", 0, 1));
        at::_fused_adamw_({weight}, {gradient}, {average}, {square}, {}, {at::ones({})}, kUsual.lr, kUsual.beta1,
                          kUsual.beta2, kUsual.weight_decay, kUsual.eps, false, false);
        QVERIFY(at::allclose(state.weight, weight, 1e-6, 1e-7));
        // Within one unit of the last place, up or down.
        QVERIFY(at::allclose(state.average.to(at::kFloat), average, 1.0 / 128, 0));
        QVERIFY(at::allclose(state.square.to(at::kFloat), square, 1.0 / 128, 0));
        QVERIFY((state.average.to(at::kFloat).abs() > average.abs()).any().item<bool>());
        QVERIFY((state.average.to(at::kFloat).abs() < average.abs()).any().item<bool>());
    }

    void partsEqualTheWhole() {
        at::manual_seed(4);
        constexpr std::int64_t kCount = 70'001, kCut = 33'333;
        State whole(kCount), first(kCut), second(kCount - kCut);
        for (int i = 1; i <= 3; ++i) {
            const at::Tensor gradient = at::randn({kCount});
            train::AdamWStep step = kUsual;
            step.number = i;
            train::updateWithBf16Moments(whole.weight, gradient, whole.average, whole.square, step,
                                         train::noisePlace("w", 0, i));
            train::updateWithBf16Moments(first.weight, gradient.narrow(0, 0, kCut), first.average, first.square, step,
                                         train::noisePlace("w", 0, i));
            train::updateWithBf16Moments(second.weight, gradient.narrow(0, kCut, kCount - kCut), second.average,
                                         second.square, step, train::noisePlace("w", kCut, i));
        }
        QVERIFY(at::equal(whole.weight, at::cat({first.weight, second.weight})));
        QVERIFY(at::equal(whole.average, at::cat({first.average, second.average})));
        QVERIFY(at::equal(whole.square, at::cat({first.square, second.square})));
    }

    void noiseDependsOnNameAndUpdate() {
        const auto moments = [](const char* name, std::int64_t update) {
            State state(1000);
            train::updateWithBf16Moments(state.weight, at::full({1000}, 0.37), state.average, state.square, kUsual,
                                         train::noisePlace(name, 0, update));
            return state.average;
        };
        QVERIFY(at::equal(moments("a", 1), moments("a", 1)));
        QVERIFY(!at::equal(moments("a", 1), moments("b", 1)));
        QVERIFY(!at::equal(moments("a", 1), moments("a", 2)));
    }

    /// The path of other devices.
    void tensorOperationsDoTheSame() {
        at::manual_seed(5);
        constexpr std::int64_t kCount = 50'000;
        State loop(kCount), tensors(kCount);
        loop.weight = at::randn({kCount});
        tensors.weight = loop.weight.clone();
        for (int i = 1; i <= 3; ++i) {
            const at::Tensor gradient = at::randn({kCount});
            train::AdamWStep step = kUsual;
            step.number = i;
            const train::NoisePlace place = train::noisePlace("w", 4'294'950'000, i);  // wraps around on the way
            train::updateWithBf16Moments(loop.weight, gradient, loop.average, loop.square, step, place);
            train::updateWithBf16MomentsByTensors(tensors.weight, gradient, tensors.average, tensors.square, step,
                                                  place);
        }
        QVERIFY(at::allclose(loop.weight, tensors.weight, 1e-6, 1e-6));
        // The noise is the same, so that only values at the edge of a rounding differ.
        const auto differing = [](const at::Tensor& a, const at::Tensor& b) { return (a != b).sum().item<double>(); };
        QVERIFY2(differing(loop.average, tensors.average) < 2e-3 * kCount, "first moment");
        QVERIFY2(differing(loop.square, tensors.square) < 2e-3 * kCount, "second moment");
    }

    void trainsAsFp32Does() {
        train::Assembly full = tiny({}), rounded = tiny({"optim.state_dtype=bf16"});
        const auto a = test::trainSteps(full, 0, 40), b = test::trainSteps(rounded, 0, 40);
        double difference = 0;
        for (std::size_t i = 0; i < a.size(); ++i)
            difference = std::max(difference, std::abs(a[i].loss - b[i].loss) / a[i].loss);
        QVERIFY2(difference < 0.02, QByteArray::number(difference));
        QVERIFY2(difference > 0, "moments should differ");
        for (const parallel::Piece& piece : rounded.optimizer->state())
            QVERIFY(piece.tensor.scalar_type() == at::kBFloat16);
    }

    void resumingIsBitwise() {
        const std::vector<std::string> keys = {"optim.state_dtype=bf16", "parallel.shard=fsdp"};
        train::Assembly through = tiny(keys), before = tiny(keys), after = tiny(keys);
        const auto whole = test::trainSteps(through, 0, 8);
        test::trainSteps(before, 0, 5);
        checkpoint::Contents contents;
        contents.model = train::savedWeights(before);
        contents.optim = before.optimizer->state();
        contents.step = 5;
        contents.info = train::checkpointInfo(before, 5);
        parallel::SingleRank alone;
        const auto saved = checkpoint::save(folder_.path().toStdString() + "/checkpoints", contents, alone);
        QCOMPARE(train::resume(after, saved), 5);
        const auto rest = test::trainSteps(after, 5, 8);
        for (std::size_t i = 0; i < rest.size(); ++i) QCOMPARE(rest[i].loss, whole[5 + i].loss);
        const auto a = through.optimizer->state(), b = after.optimizer->state();
        for (std::size_t i = 0; i < a.size(); ++i) QVERIFY2(at::equal(a[i].tensor, b[i].tensor), a[i].name.c_str());
    }
};

QTEST_GUILESS_MAIN(Bf16MomentsTest)
#include "bf16_moments_test.moc"
