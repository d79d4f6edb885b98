// SPDX-License-Identifier: MIT
#include "core/bench/hardware_bench.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>

#include "core/base/util/cores.h"
#include "core/bench/timing.h"
#include "core/parallel/mesh.h"
#include "core/train/peak_memory.h"

namespace switchyard::bench {
namespace {

constexpr double kLeast_ms = 60;  ///< that a figure is measured for

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

/// Four times as many rows as columns, as tokens through a layer.
nlohmann::json products(at::ScalarType type) {
    nlohmann::json speeds = nlohmann::json::array();
    for (const std::int64_t side : {16, 32, 64, 128, 256, 512, 1024}) {
        const at::Tensor rows = at::randn({4 * side, side}).to(type), weight = at::randn({side, side}).to(type);
        at::Tensor out = at::empty({4 * side, side}, rows.options());
        const double gflop = 8e-9 * static_cast<double>(side * side * side);
        speeds.push_back({gflop, gflop / fastest([&] { at::mm_out(out, rows, weight); }) * 1e3});
    }
    return speeds;
}

/// Copying what no cache holds: read once, written once.
double memoryBandwidth() {
    const at::Tensor from = at::ones({64 << 20}, at::kFloat);
    at::Tensor to = at::zeros_like(from);
    return 2e-6 * static_cast<double>(from.nbytes()) / fastest([&] { to.copy_(from); });
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
    const double small = timed(2, 500), ranks = environment.world_size;
    constexpr std::int64_t kNumbers = 4 << 20;
    const double sent = 2 * (ranks - 1) / ranks * 4 * kNumbers;
    const double large = timed(kNumbers, 4);
    mesh.world().barrier("end");
    return {{"latency_us", 1e3 * small}, {"gb_per_s", 1e-6 * sent / std::max(large - small, 1e-6)}};
}

}  // namespace

nlohmann::json benchHardware(const launch::RankEnvironment& environment) {
    train::keepFreedMemory();  // as a rank does
    at::set_num_threads(environment.world_size > 1 ? 1 : usableCores());
    if (environment.world_size > 1) return links(environment);
    const double bandwidth = memoryBandwidth();
    at::set_num_threads(1);
    return {{"products", {{"fp32", products(at::kFloat)}, {"bf16", products(at::kBFloat16)}}},
            {"memory_gb_per_s", bandwidth},
            {"operation_us", operation()}};
}

}  // namespace switchyard::bench
