// SPDX-License-Identifier: MIT
// What keeps a step small in memory: recomputed activations (same values, same gradients) and the allocator's bound.
#include <ATen/ATen.h>
#include <malloc.h>
#include <torch/csrc/autograd/custom_function.h>

#include <QtTest>

#include "core/model/layers/after_gelu.h"
#include "core/runtime/cpu_allocator.h"
#include "core/train/peak_memory.h"
#include "core/train/precision_scope.h"

using namespace switchyard;

namespace {

at::Tensor leaf(at::IntArrayRef shape, std::uint64_t seed) {
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    return at::randn(shape, generator, at::TensorOptions().dtype(at::kDouble)).requires_grad_(true);
}

/// Gradients of sum(y * fixed weights) by the leaves.
std::vector<at::Tensor> gradients(const at::Tensor& y, const std::vector<at::Tensor>& leaves) {
    const at::Tensor weights = at::arange(y.numel(), y.options()).sin().view(y.sizes());
    for (const at::Tensor& tensor : leaves) tensor.mutable_grad() = at::Tensor();
    (y * weights).sum().backward();
    std::vector<at::Tensor> found;
    for (const at::Tensor& tensor : leaves)
        found.push_back(tensor.grad().defined() ? tensor.grad().clone() : at::Tensor());
    return found;
}

bool near(const at::Tensor& a, const at::Tensor& b) {
    return a.defined() == b.defined() && (!a.defined() || at::allclose(a, b, 1e-12, 1e-12));
}

}  // namespace

class MemoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void linearAfterGelu() {
        const std::vector<at::Tensor> leaves = {leaf({3, 5, 7}, 1), leaf({4, 7}, 2), leaf({4}, 3)};
        const auto plain = [&] { return at::linear(at::gelu(leaves[0]), leaves[1], leaves[2]); };
        const auto fused = [&] { return model::geluLinear(leaves[0], leaves[1], leaves[2]); };
        QVERIFY(at::allclose(plain(), fused(), 1e-14, 1e-14));  // another erf, equal up to its last place
        const auto a = gradients(plain(), leaves), b = gradients(fused(), leaves);
        for (std::size_t i = 0; i < leaves.size(); ++i) QVERIFY(near(a[i], b[i]));
        leaves[1].requires_grad_(false);  // a frozen weight gets none
        const auto frozen = gradients(fused(), leaves);
        QVERIFY(near(frozen[0], a[0]) && !frozen[1].defined() && near(frozen[2], a[2]));
    }

    /// Under bf16: what fp32 gives, within bf16's rounding of the products' terms; gradients in the leaves' types.
    void linearAfterGeluInBf16() {
        const auto single = [](at::IntArrayRef shape, std::uint64_t seed) {
            return leaf(shape, seed).detach().to(at::kFloat).requires_grad_(true);
        };
        const std::vector<at::Tensor> leaves = {single({6, 64}, 1), single({32, 64}, 2), single({32}, 3)};
        const auto exact = gradients(model::geluLinear(leaves[0], leaves[1], leaves[2]), leaves);
        at::Tensor y;
        {
            const train::PrecisionScope precision(Precision::kBf16, at::kCPU);
            y = model::geluLinear(leaves[0], leaves[1], leaves[2]);
        }
        QCOMPARE(y.scalar_type(), at::kBFloat16);
        const auto rounded = gradients(y, leaves);
        for (std::size_t i = 0; i < leaves.size(); ++i) {
            QCOMPARE(rounded[i].scalar_type(), at::kFloat);
            QVERIFY2(((rounded[i] - exact[i]).norm() / exact[i].norm()).item<double>() < 0.01,
                     std::to_string(i).c_str());
        }
    }

    void convolutionAfterGelu() {
        for (const std::int64_t stride : {1, 2}) {
            const std::vector<at::Tensor> leaves = {leaf({2, 3, 8, 8}, 4), leaf({5, 3, 3, 3}, 5), leaf({5}, 6)};
            const auto plain = [&] { return at::conv2d(at::gelu(leaves[0]), leaves[1], leaves[2], stride, 1); };
            const auto fused = [&] { return model::geluConvolution(leaves[0], leaves[1], leaves[2], stride, 1); };
            QVERIFY(at::equal(plain(), fused()));
            const auto a = gradients(plain(), leaves), b = gradients(fused(), leaves);
            for (std::size_t i = 0; i < leaves.size(); ++i) QVERIFY(near(a[i], b[i]));
        }
    }

    void allocatorStaysNearItsPeak() {
        train::keepFreedMemory();
        const std::uint64_t before = runtime::cpuAllocatorStatistics().in_use_bytes;
        // Every round wants other sizes, so that nothing kept fits: without a bound 16 rounds would keep 1 GiB.
        for (std::int64_t round = 0; round < 16; ++round) {
            std::vector<at::Tensor> tensors;
            for (int i = 0; i < 8; ++i) tensors.push_back(at::zeros({(8 << 20) + (round << 20)}, at::kByte));
        }
        const auto after = runtime::cpuAllocatorStatistics();
        QCOMPARE(after.in_use_bytes, before);
        QVERIFY(after.in_use_bytes + after.cached_bytes <=
                after.peak_in_use_bytes * 104 / 100 + (std::uint64_t{32} << 20));
        // The same size again comes out of what is kept.
        const auto kept = runtime::cpuAllocatorStatistics().cached_bytes;
        const at::Tensor again = at::zeros({23 << 20}, at::kByte);
        QVERIFY(runtime::cpuAllocatorStatistics().cached_bytes < kept);
        QVERIFY(train::peakMemoryBytes() > (std::int64_t{100} << 20));
    }

    /// Small tensors find the places of those before them, also where other ones that stay lie between.
    void smallTensorsLeaveNoHoles() {
        train::keepFreedMemory();
        std::vector<at::Tensor> some, staying;
        std::size_t first = 0;
        for (int round = 0; round < 4; ++round) {
            some.clear();
            for (int i = 0; i < 20; ++i) {
                some.push_back(at::empty({200'000}, at::kFloat));
                staying.push_back(at::empty({16}, at::kFloat));
                QCOMPARE(reinterpret_cast<std::uintptr_t>(some.back().data_ptr()) % 64, std::uintptr_t{0});
            }
            if (round == 0) first = mallinfo2().arena;
        }
        QVERIFY2(mallinfo2().arena < first + (1 << 20), std::to_string(mallinfo2().arena - first).c_str());
    }
};

QTEST_GUILESS_MAIN(MemoryTest)
#include "memory_test.moc"
