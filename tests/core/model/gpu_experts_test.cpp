// SPDX-License-Identifier: MIT
// The experts on a GPU against the CPU's in fp64. Skipped where there is no GPU.
#include <ATen/ATen.h>

#include <unistd.h>

#include <QtTest>
#include <limits>
#include <optional>
#include <tuple>

#include "core/model/layers/draws.h"
#include "core/model/moe/moe_layer.h"
#include "core/parallel/device.h"

using namespace switchyard;

class GpuExpertsTest : public QObject {
    Q_OBJECT
    std::optional<c10::Device> device_;

private Q_SLOTS:
    void init() {
        if (device_) return;
        if (access("/dev/nvidia0", F_OK) != 0) QSKIP("this machine has no NVIDIA GPU");
        RunConfig::Parallel parallel;
        parallel.device = Device::kCuda;
        device_ = parallel::resolveDevice(parallel, launch::RankEnvironment{});  // where there is a GPU, it has to load
    }

    void drawsAreTheCpusBits() {
        const at::Tensor keys = at::randint(std::numeric_limits<std::int64_t>::max(), {257}, at::kLong) - (std::int64_t{1} << 62);
        for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
            const at::Tensor here = model::uniformRows(keys, 33, 0x9123456789abcdefULL, type);
            QVERIFY(at::equal(here, model::uniformRows(keys.to(*device_), 33, 0x9123456789abcdefULL, type).cpu()));
        }
    }

    void equalTheCpuWithinBf16() {
        at::manual_seed(11);
        constexpr std::int64_t kTokens = 512, kDim = 64, kHidden = 128, kExperts = 16;
        for (const double drops : {0.0, 0.25}) {
            model::RoutingRecord record;
            record.num_experts = kExperts;
            record.experts = std::get<1>(at::rand({kTokens, kExperts}).topk(2, -1));
            record.dropped = at::rand({kTokens, 2}).lt(drops);
            record.weights = at::rand({kTokens, 2}).masked_fill(record.dropped, 0.0);
            // Numbers that bf16 holds exactly, so that only the products' rounding differs.
            const auto rounded = [](at::IntArrayRef shape, double scale) { return (at::randn(shape) * scale).to(at::kBFloat16).to(at::kDouble); };
            const at::Tensor x = rounded({kTokens, kDim}, 1).requires_grad_();
            const at::Tensor w1 = rounded({kExperts, kDim, kHidden}, 0.1).requires_grad_(), w2 = rounded({kExperts, kHidden, kDim}, 0.1).requires_grad_();
            const at::Tensor upstream = rounded({kTokens, kDim}, 1);
            const at::Tensor y = model::expertFfn(x, w1, {}, w2, {}, record.weights.to(at::kDouble), model::makeDispatch(record), {});
            (y * upstream).sum().backward();

            const auto there = [&](const at::Tensor& from) { return from.detach().to(at::kBFloat16).to(*device_); };
            const at::Tensor gx = there(x).requires_grad_(), g1 = there(w1).requires_grad_(), g2 = there(w2).requires_grad_();
            record.experts = record.experts.to(*device_);
            record.dropped = record.dropped.to(*device_);
            record.weights = record.weights.to(*device_);
            const at::Tensor gy = model::groupedExpertFfn(gx, g1, {}, g2, {}, record, Activation::kGelu, drops > 0);
            (gy * there(upstream)).sum().backward();
            const std::vector<std::pair<at::Tensor, at::Tensor>> pairs = {{y, gy}, {x.grad(), gx.grad()}, {w1.grad(), g1.grad()}, {w2.grad(), g2.grad()}};
            for (std::size_t i = 0; i < pairs.size(); ++i) {
                const at::Tensor difference = pairs[i].second.cpu().to(at::kDouble) - pairs[i].first;
                QVERIFY2((difference.norm() / pairs[i].first.norm()).item<double>() < 0.01, std::to_string(i).c_str());
            }
        }
    }
};

QTEST_GUILESS_MAIN(GpuExpertsTest)
#include "gpu_experts_test.moc"
