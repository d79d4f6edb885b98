// SPDX-License-Identifier: MIT
#include "core/bench/start_bench.h"

#include <ATen/ATen.h>

#include <chrono>

#include "core/base/util/error.h"
#include "core/parallel/mesh.h"

namespace switchyard::bench {

nlohmann::json benchStart(const launch::RankEnvironment& environment) {
    RunConfig::Parallel config;
    config.device = Device::kCpu;
    const parallel::Mesh mesh = parallel::makeMesh(config, environment);
    at::Tensor sum = at::ones({1}, at::kFloat);
    mesh.world().allReduceSum(sum, "first");
    const double now =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
    if (sum.item<float>() != static_cast<float>(environment.world_size))
        throw Error(ExitCode::kRunFailed, "The ranks' first sum is wrong");
    const double last = mesh.world().allGather(at::full({1}, now, at::kDouble), "end").max().item<double>();
    return {{"ranks", environment.world_size}, {"finished_ms", last}};
}

}  // namespace switchyard::bench
