// SPDX-License-Identifier: MIT
#include "core/parallel/collectives.h"

#include "core/base/util/error.h"
#include "core/parallel/device.h"
#include "core/parallel/process_group.h"
#include "core/parallel/single_rank.h"
#include "core/parallel/store.h"

namespace switchyard::parallel {

std::unique_ptr<Collectives> makeCollectives(const RunConfig::Parallel& config,
                                             const launch::RankEnvironment& environment) {
    const c10::Device device = resolveDevice(config, environment);
    const bool nccl = config.backend == Backend::kNccl || (config.backend == Backend::kAuto && device.is_cuda());
    if (nccl && !device.is_cuda()) {
        throw Error(ExitCode::kBadConfig,
                    "parallel.backend nccl exchanges GPU tensors only, and parallel.device is not cuda", {},
                    "Set parallel.device to cuda, or parallel.backend to auto");
    }
    if (environment.world_size == 1) return std::make_unique<SingleRank>();
    const auto timeout =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(config.timeout_s));
    auto store = joinStore(environment, timeout);
    auto backend =
        nccl ? makeNcclBackend(store, environment.rank, environment.world_size, device.index(), config.timeout_s)
             : makeGlooBackend(store, environment, timeout);
    return std::make_unique<ProcessGroupCollectives>(std::move(backend), std::move(store), device, timeout);
}

}  // namespace switchyard::parallel
