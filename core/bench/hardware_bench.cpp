// SPDX-License-Identifier: MIT
#include "core/bench/hardware_bench.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "core/base/util/cores.h"
#include "core/bench/timing.h"
#include "core/parallel/mesh.h"
#include "core/train/peak_memory.h"

namespace switchyard::bench {
namespace {

constexpr double kLeast_ms = 60;                           ///< that a figure is measured for
constexpr std::int64_t kNoCache = std::int64_t{96} << 20;  ///< bytes

/// Of one call: the fastest of several rounds of so many calls that a clock can tell.
template <typename Body>
double fastest(const Body& body) {
    body();
    std::int64_t calls = 1;
    while (calls < (1 << 20)) {
        const double ms = millisecondsOf([&] {
            for (std::int64_t i = 0; i < calls; ++i) body();
        });
        if (ms >= kLeast_ms / 6) break;
        calls *= 2;
    }
    double best = 1e30;
    for (int round = 0; round < 6; ++round) {
        best = std::min(best, millisecondsOf([&] {
                                  for (std::int64_t i = 0; i < calls; ++i) body();
                              }) / static_cast<double>(calls));
    }
    return best;
}

/// The three products of a layer, forward and both gradients, of four times as many rows as columns, as tokens through
/// a layer; as in a training on numbers that the operations before have driven out of the caches.
nlohmann::json products(at::ScalarType type) {
    struct Layer {
        at::Tensor rows, weight, out;
    };
    nlohmann::json speeds = nlohmann::json::array();
    for (const std::int64_t side : {16, 32, 64, 128, 256, 512, 1024}) {
        const std::int64_t bytes = 9 * side * side * static_cast<std::int64_t>(c10::elementSize(type));
        std::vector<Layer> layers(static_cast<std::size_t>(std::clamp<std::int64_t>(kNoCache / bytes, 1, 128)));
        for (Layer& layer : layers) {
            layer.rows = at::randn({4 * side, side}).to(type);
            layer.weight = at::randn({side, side}).to(type);
            layer.out = at::randn({4 * side, side}).to(type);
        }
        at::Tensor out = at::empty_like(layers[0].out), weight = at::empty_like(layers[0].weight);
        std::size_t next = 0;
        const double gflop = 8e-9 * static_cast<double>(side * side * side);
        const double ms = fastest([&] {
            const Layer& layer = layers[next++ % layers.size()];
            at::mm_out(out, layer.rows, layer.weight.t());
            at::mm_out(weight, layer.out.t(), layer.rows);
            at::mm_out(out, layer.out, layer.weight);
        });
        speeds.push_back({gflop, 3e3 * gflop / ms});
    }
    return speeds;
}

/// Copying what no cache holds: read once, written once.
double memoryBandwidth() {
    const at::Tensor from = at::ones({64 << 20}, at::kFloat);
    at::Tensor to = at::zeros_like(from);
    return 2e-6 * static_cast<double>(from.nbytes()) / fastest([&] { to.copy_(from); });
}

/// Bytes that operations between products write and read, as a plan counts them (each tensor once and once), in a
/// second of one core: norms, activations in the type that is computed in, and sums, one block after another and back,
/// so that what the forward has made is in no cache when the backward comes to it.
double tensors(at::ScalarType type) {
    constexpr std::int64_t kRows = 2048, kWidth = 256;
    constexpr int kBlocks = 12;
    const at::Tensor start = at::randn({kRows, kWidth}).requires_grad_(), weight = at::ones({kWidth}),
                     bias = at::zeros({kWidth}), gradient = at::ones({kRows, kWidth});
    const double ms = fastest([&] {
        at::Tensor x = start;
        for (int block = 0; block < kBlocks; ++block)
            x = x + at::gelu(at::layer_norm(x, {kWidth}, weight, bias).to(type)).to(at::kFloat);
        start.mutable_grad() = at::Tensor();
        x.backward(gradient);
    });
    // There and back each three tensors; where it is narrow, two of that type, and one to come back from it.
    const double a_number = 2 * (type == at::kFloat ? 3 * 4 : 3 * 4 + 2 * 2);
    return 2e-6 * a_number * kBlocks * static_cast<double>(kRows * kWidth) / ms;
}

/// Forward and backward of an operation on almost no numbers, for each of the tensors it makes.
double operation() {
    constexpr int kOperations = 64;
    const at::Tensor start = at::ones({16}).requires_grad_();
    const double ms = fastest([&] {
        at::Tensor x = start;
        for (int i = 0; i < kOperations; ++i) x = at::gelu(x);
        start.mutable_grad() = at::Tensor();
        x.backward(at::ones({16}));
    });
    return 1e3 * ms / (2 * kOperations);
}

/// Of two ranks also the way between them, and what they make of tensors while both compute.
nlohmann::json links(const launch::RankEnvironment& environment) {
    RunConfig::Parallel config;
    config.device = Device::kCpu;
    const parallel::Mesh mesh = parallel::makeMesh(config, environment);
    const auto timed = [&](std::int64_t numbers, int calls) {
        at::Tensor sum = at::ones({numbers}, at::kFloat);
        double best = 1e30;
        for (int round = 0; round < 6; ++round) {
            mesh.world().barrier("together");
            best = std::min(best, millisecondsOf([&] {
                                      for (int i = 0; i < calls; ++i) mesh.world().allReduceSum(sum, "sum");
                                  }) / calls);
        }
        return best;
    };
    const double small = timed(2, 500);
    nlohmann::json found = {{"latency_us", 1e3 * small}};
    if (environment.world_size == 2) {
        constexpr std::int64_t kNumbers = 4 << 20;
        const double large = timed(kNumbers, 4);
        found["gb_per_s"] = 4e-6 * kNumbers / std::max(large - small, 1e-6);
        mesh.world().barrier("together");
        found["tensor_gb_per_s"] = {{"fp32", tensors(at::kFloat)}, {"bf16", tensors(at::kBFloat16)}};
    }
    mesh.world().barrier("end");
    return found;
}

}  // namespace

nlohmann::json benchHardware(const launch::RankEnvironment& environment) {
    train::keepFreedMemory();  // as a rank does
    at::set_num_threads(environment.world_size > 1 ? 1 : usableCores());
    if (environment.world_size > 1) return links(environment);
    const double bandwidth = memoryBandwidth();
    at::set_num_threads(1);
    const double of_a_core = memoryBandwidth();
    return {{"products", {{"fp32", products(at::kFloat)}, {"bf16", products(at::kBFloat16)}}},
            {"memory_gb_per_s", bandwidth},
            {"core_memory_gb_per_s", of_a_core},
            {"operation_us", operation()}};
}

}  // namespace switchyard::bench
