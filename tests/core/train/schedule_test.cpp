// SPDX-License-Identifier: MIT
// Lengths, learning rates, AdamW and clipping against hand-computed numbers.
#include <ATen/ATen.h>

#include <QtTest>
#include <cmath>

#include "core/parallel/squares.h"
#include "core/train/adamw.h"
#include "core/train/schedule.h"

using namespace switchyard;

namespace {

bool near(double a, double b, double limit = 1e-12) {
    return std::abs(a - b) <= limit * std::max(1.0, std::abs(b));
}

RunConfig::Optim optim(Schedule schedule) {
    RunConfig::Optim options;
    options.lr = 0.5;
    options.warmup_steps = 4;
    options.schedule = schedule;
    return options;
}

/// One number per value, as in the paper's algorithm 2.
struct NaiveAdamW {
    double m = 0, v = 0;
    int t = 0;
    double step(double w, double g, const RunConfig::Optim& o, double lr, double decay) {
        ++t;
        m = o.betas[0] * m + (1 - o.betas[0]) * g;
        v = o.betas[1] * v + (1 - o.betas[1]) * g * g;
        const double corrected_m = m / (1 - std::pow(o.betas[0], t)), corrected_v = v / (1 - std::pow(o.betas[1], t));
        return w - lr * decay * w - lr * corrected_m / (std::sqrt(corrected_v) + o.eps);
    }
};

}  // namespace

class ScheduleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void stepsFromEpochs() {
        RunConfig::Train train;
        train.steps = 7;
        QCOMPARE(train::totalSteps(train, 1000), std::int64_t{7});
        train.steps = 0;
        train.epochs = 3;
        train.global_batch = 32;
        QCOMPARE(train::totalSteps(train, 100), std::int64_t{10});  // 300 / 32 = 9.4
        train.epochs = 0.01;
        QCOMPARE(train::totalSteps(train, 100), std::int64_t{1});
    }

    void warmUpThenSchedule() {
        // Warm-up of 4 of 12: 1/4, 2/4, 3/4, 4/4 of 0.5; then eighths of the fall.
        for (const Schedule schedule : {Schedule::kConstant, Schedule::kLinear, Schedule::kCosine}) {
            for (int step = 0; step < 4; ++step)
                QVERIFY(near(train::learningRate(optim(schedule), step, 12), 0.125 * (step + 1)));
            QVERIFY(near(train::learningRate(optim(schedule), 4, 12), 0.5));
        }
        QVERIFY(near(train::learningRate(optim(Schedule::kConstant), 11, 12), 0.5));
        QVERIFY(near(train::learningRate(optim(Schedule::kLinear), 6, 12), 0.375));    // 1 - 2/8
        QVERIFY(near(train::learningRate(optim(Schedule::kLinear), 11, 12), 0.0625));  // 1 - 7/8
        QVERIFY(near(train::learningRate(optim(Schedule::kCosine), 8, 12), 0.25));     // cos(pi/2) = 0
        QVERIFY(near(train::learningRate(optim(Schedule::kCosine), 6, 12), 0.25 * (1 + std::sqrt(0.5))));
        RunConfig::Optim none = optim(Schedule::kCosine);
        none.warmup_steps = 0;
        QVERIFY(near(train::learningRate(none, 0, 10), 0.5));
    }

    void adamWFollowsThePaper() {
        RunConfig::Optim options;
        options.betas = {0.8, 0.95};
        options.weight_decay = 0.3;
        options.eps = 1e-6;
        const auto doubles = at::TensorOptions().dtype(at::kDouble);
        const at::Tensor matrix = at::arange(1, 7, doubles).view({2, 3}).mul_(0.1).requires_grad_(true);
        const at::Tensor bias = at::arange(1, 4, doubles).mul_(-0.2).requires_grad_(true);
        train::AdamW optimizer(parallel::wholePieces({{"matrix", matrix}, {"bias", bias}}), options);
        QCOMPARE(optimizer.weights().size(), std::size_t{2});
        std::vector<NaiveAdamW> naive(9);
        std::vector<double> expected;
        for (int i = 0; i < 6; ++i) expected.push_back(0.1 * (i + 1));
        for (int i = 0; i < 3; ++i) expected.push_back(-0.2 * (i + 1));
        for (int step = 0; step < 5; ++step) {
            const double lr = 0.01 * (step + 1);
            matrix.mutable_grad() = (matrix.detach() * (step - 1.5)).clone();
            bias.mutable_grad() = step == 3 ? at::Tensor() : bias.detach().sin();  // no gradient counts as 0
            for (std::size_t i = 0; i < 9; ++i) {
                const double g = i < 6 ? expected[i] * (step - 1.5) : step == 3 ? 0.0 : std::sin(expected[i]);
                expected[i] = naive[i].step(expected[i], g, options, lr, i < 6 ? 0.3 : 0.0);
            }
            optimizer.step(lr);
        }
        const at::Tensor found = at::cat({matrix.detach().view({-1}), bias.detach()});
        for (std::size_t i = 0; i < 9; ++i)
            QVERIFY2(near(found[static_cast<int>(i)].item<double>(), expected[i]),
                     QByteArray::number(static_cast<int>(i)));
        const auto state = optimizer.state();
        QCOMPARE(state.size(), std::size_t{4});
        QCOMPARE(state[0].name, std::string("matrix.exp_avg"));
        QVERIFY(near(state[3].tensor[1].item<double>(), naive[7].v));
    }

    void clippingKeepsTheDirection() {
        const at::Tensor a = at::zeros({2}).requires_grad_(true), b = at::zeros({1}).requires_grad_(true),
                         c = at::zeros({3}).requires_grad_(true);
        a.mutable_grad() = at::tensor({3.0F, 0.0F});
        b.mutable_grad() = at::tensor({4.0F});
        const std::vector<at::Tensor> all = {a, b, c};
        QCOMPARE(std::sqrt(parallel::squaredGradients(all)), 5.0);  // 3-4-5
        train::unscaleAndClip(all, 5.0, 10.0, 1.0);
        QCOMPARE(b.grad()[0].item<float>(), 4.0F);
        train::unscaleAndClip(all, 5.0, 0.0, 1.0);
        QCOMPARE(b.grad()[0].item<float>(), 4.0F);
        train::unscaleAndClip(all, 5.0, 1.0, 1.0);
        QVERIFY(near(a.grad()[0].item<double>(), 0.6, 1e-6) && near(b.grad()[0].item<double>(), 0.8, 1e-6));
        b.mutable_grad()[0] = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(std::isnan(std::sqrt(parallel::squaredGradients(all))));
    }
};

QTEST_GUILESS_MAIN(ScheduleTest)
#include "schedule_test.moc"
