// SPDX-License-Identifier: MIT
#include "core/train/bf16_moments.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <c10/util/BFloat16.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/base/util/random.h"
#include "core/base/util/vector_clones.h"

namespace switchyard::train {
namespace {

/// Numbers that one thread takes at a time.
constexpr std::int64_t kGrain = 1 << 14;
/// Numbers whose noise the tensor operations hold at a time.
constexpr std::int64_t kTensorChunk = std::int64_t{1} << 22;

/// 32 bits that look random, of the number's place. Its low half rounds the first moment, its high half the second.
/// Source: C. Wellons' hash prospector, "lowbias32" as improved by T. Ettinger; full avalanche on 32 bits.
SWITCHYARD_INLINE std::uint32_t noiseOf(std::uint32_t key, std::uint32_t place) {
    std::uint32_t x = place ^ key;
    x ^= x >> 16;
    x *= 0x21f0aaadU;
    x ^= x >> 15;
    x *= 0x735a2d97U;
    return x ^ (x >> 15);
}

SWITCHYARD_INLINE float widened(std::uint16_t half) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16);
}
SWITCHYARD_INLINE std::uint16_t rounded(float value, std::uint32_t noise16) {
    return static_cast<std::uint16_t>((std::bit_cast<std::uint32_t>(value) + noise16) >> 16);
}

/// The step's numbers as the loop uses them.
struct Factors {
    float keep, beta1, rest1, beta2, rest2, lr, root2, eps;
    explicit Factors(const AdamWStep& step)
        : keep(static_cast<float>(1.0 - step.lr * step.weight_decay)),
          beta1(static_cast<float>(step.beta1)),
          rest1(static_cast<float>(1.0 - step.beta1)),
          beta2(static_cast<float>(step.beta2)),
          rest2(static_cast<float>(1.0 - step.beta2)),
          lr(static_cast<float>(step.lr / (1.0 - std::pow(step.beta1, static_cast<double>(step.number))))),
          root2(static_cast<float>(std::sqrt(1.0 - std::pow(step.beta2, static_cast<double>(step.number))))),
          eps(static_cast<float>(step.eps)) {}
};

SWITCHYARD_CLONES void updateRun(float* __restrict weight, const float* __restrict gradient,
                                 std::uint16_t* __restrict average, std::uint16_t* __restrict square,
                                 std::int64_t count, const Factors& factors, std::uint32_t key, std::uint32_t first) {
    const Factors f = factors;
    for (std::int64_t i = 0; i < count; ++i) {
        const float g = gradient[i];
        const float m = f.beta1 * widened(average[i]) + f.rest1 * g;
        const float v = f.beta2 * widened(square[i]) + f.rest2 * g * g;
        weight[i] = weight[i] * f.keep - f.lr * m / (std::sqrt(v) / f.root2 + f.eps);
        const std::uint32_t noise = noiseOf(key, first + static_cast<std::uint32_t>(i));
        average[i] = rounded(m, noise & 0xffffU);
        square[i] = rounded(v, noise >> 16);
    }
}

/// noiseOf for a run of places, in 64-bit integers: tensors have no unsigned 32-bit arithmetic.
at::Tensor noiseTensor(NoisePlace place, std::int64_t count, at::Device device) {
    constexpr std::int64_t kMask = 0xffffffff;
    const auto product = [](const at::Tensor& x, std::int64_t factor) { return (x * factor).bitwise_and_(kMask); };
    const std::int64_t first = place.first;
    at::Tensor x = at::arange(first, first + count, at::TensorOptions().dtype(at::kLong).device(device));
    x = x.bitwise_and_(kMask).bitwise_xor_(static_cast<std::int64_t>(place.key));
    x = x.bitwise_xor(x.bitwise_right_shift(16));
    x = product(x, 0x21f0aaad);
    x = x.bitwise_xor(x.bitwise_right_shift(15));
    x = product(x, 0x735a2d97);
    return x.bitwise_xor(x.bitwise_right_shift(15));
}

/// Of fp32 numbers; bf16's low half is 0 then.
at::Tensor roundedTensor(const at::Tensor& values, const at::Tensor& noise16) {
    const at::Tensor bits = values.view(at::kInt) + noise16.to(at::kInt);
    return bits.bitwise_and_(static_cast<std::int64_t>(-65536)).view(at::kFloat).to(at::kBFloat16);
}

}  // namespace

NoisePlace noisePlace(const std::string& parameter, std::int64_t first, std::int64_t update) {
    std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a: the same on every machine
    for (const char letter : parameter) hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211ULL;
    const std::uint64_t key = mix64(mix64(hash) + static_cast<std::uint64_t>(update));
    return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(first)};
}

void updateWithBf16Moments(const at::Tensor& weight, const at::Tensor& gradient, const at::Tensor& average,
                           const at::Tensor& square, const AdamWStep& step, NoisePlace place) {
    const at::Tensor given = gradient.defined() ? gradient.contiguous() : at::zeros_like(weight);
    if (!weight.device().is_cpu()) {
        updateWithBf16MomentsByTensors(weight, given, average, square, step, place);
        return;
    }
    const Factors factors(step);
    auto* weights = weight.mutable_data_ptr<float>();
    const auto* gradients = given.const_data_ptr<float>();
    auto* averages = reinterpret_cast<std::uint16_t*>(average.mutable_data_ptr<c10::BFloat16>());
    auto* squares = reinterpret_cast<std::uint16_t*>(square.mutable_data_ptr<c10::BFloat16>());
    at::parallel_for(0, weight.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        updateRun(weights + begin, gradients + begin, averages + begin, squares + begin, end - begin, factors,
                  place.key, place.first + static_cast<std::uint32_t>(begin));
    });
}

void updateWithBf16MomentsByTensors(const at::Tensor& weight, const at::Tensor& gradient, const at::Tensor& average,
                                    const at::Tensor& square, const AdamWStep& step, NoisePlace place) {
    const at::NoGradGuard no_gradient;
    const at::Tensor given = gradient.defined() ? gradient : at::zeros_like(weight);
    const at::Tensor weights = weight.view({-1}), gradients = given.reshape({-1}), averages = average.view({-1}),
                     squares = square.view({-1});
    const Factors f(step);
    for (std::int64_t begin = 0; begin < weights.numel(); begin += kTensorChunk) {
        const std::int64_t count = std::min(kTensorChunk, weights.numel() - begin);
        at::Tensor w = weights.narrow(0, begin, count), m16 = averages.narrow(0, begin, count),
                   v16 = squares.narrow(0, begin, count);
        const at::Tensor g = gradients.narrow(0, begin, count);
        const at::Tensor m = m16.to(at::kFloat).mul_(f.beta1).add_(g, f.rest1);
        const at::Tensor v = v16.to(at::kFloat).mul_(f.beta2).addcmul_(g, g, f.rest2);
        w.mul_(f.keep).addcdiv_(m, v.sqrt().div_(f.root2).add_(f.eps), -f.lr);
        const NoisePlace here{place.key, place.first + static_cast<std::uint32_t>(begin)};
        const at::Tensor noise = noiseTensor(here, count, w.device());
        m16.copy_(roundedTensor(m, noise.bitwise_and(0xffff)));
        v16.copy_(roundedTensor(v, noise.bitwise_right_shift(16)));
    }
}

}  // namespace switchyard::train
