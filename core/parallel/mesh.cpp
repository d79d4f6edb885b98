// SPDX-License-Identifier: MIT
#include "core/parallel/mesh.h"

#include <cstdlib>
#include <string>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <utility>

#include "core/base/util/error.h"
#include "core/parallel/address.h"
#include "core/parallel/device.h"
#include "core/parallel/process_group.h"
#include "core/parallel/single_rank.h"
#include "core/parallel/store.h"

namespace switchyard::parallel {
namespace {

/// NCCL listens on an interface of its own choice unless it is named one. A value set by the user stays.
void keepNcclOn(const ListenAddress& listen) {
    const std::string interface = listen.loopback ? "lo" : interfaceOf(listen.peers);
    if (!interface.empty()) setenv("NCCL_SOCKET_IFNAME", ("=" + interface).c_str(), /*overwrite=*/0);
}

}  // namespace

Mesh::Mesh() : world_(std::make_unique<SingleRank>()), alone_(std::make_unique<SingleRank>()) {}

Mesh::Mesh(std::unique_ptr<Collectives> world, int expert_ranks, std::unique_ptr<Collectives> experts,
           std::unique_ptr<Collectives> replicas)
    : expert_ranks_(expert_ranks),
      world_(std::move(world)),
      alone_(std::make_unique<SingleRank>()),
      experts_(std::move(experts)),
      replicas_(std::move(replicas)) {}

std::unique_ptr<Collectives> Mesh::newGroup(const std::string& name, std::chrono::milliseconds timeout) const {
    if (!make_group_) return std::make_unique<SingleRank>();
    return make_group_(name, timeout);
}

void Mesh::onCollective(const std::function<void(const char*, std::uint64_t)>& callback) {
    for (auto* group : {&world_, &alone_, &experts_, &replicas_}) {
        if (*group) (*group)->onCollective(callback);
    }
}

void Mesh::countIn(plan::Traffic* traffic) {
    for (auto* group : {&world_, &alone_, &experts_, &replicas_}) {
        if (*group) (*group)->countIn(traffic);
    }
}

void Mesh::replace(const std::function<std::unique_ptr<Collectives>(std::unique_ptr<Collectives>)>& make) {
    for (auto* group : {&world_, &alone_, &experts_, &replicas_}) {
        if (*group) *group = make(std::move(*group));
    }
}

Mesh makeMesh(const RunConfig::Parallel& config, const launch::RankEnvironment& environment) {
    const int world = environment.world_size, expert = static_cast<int>(config.expert);
    if (expert < 1 || world % expert != 0) {
        throw Error(ExitCode::kBadConfig,
                    "parallel.expert (" + std::to_string(expert) + ") does not divide the number of ranks (" +
                        std::to_string(world) + ")",
                    {}, "Change parallel.expert or the number of ranks");
    }
    const c10::Device device = resolveDevice(config, environment);
    const bool nccl = config.backend == Backend::kNccl || (config.backend == Backend::kAuto && device.is_cuda());
    if (nccl && !device.is_cuda()) {
        throw Error(ExitCode::kBadConfig,
                    "parallel.backend nccl exchanges GPU tensors only, and parallel.device is not cuda", {},
                    "Set parallel.device to cuda, or parallel.backend to auto");
    }
    if (world == 1) return {};
    const auto timeout =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(config.timeout_s));
    const ListenAddress listen = listenAddress(environment);
    if (nccl) keepNcclOn(listen);
    const auto store = joinStore(environment, listen.store, timeout);
    // Each group meets under a name of its own in the same store.
    const auto group = [&](const std::string& name, int rank, int size) -> std::unique_ptr<Collectives> {
        const c10::intrusive_ptr<c10d::Store> named = c10::make_intrusive<c10d::PrefixStore>(name, store);
        auto backend = nccl ? makeNcclBackend(named, rank, size, device.index(), config.timeout_s)
                            : makeGlooBackend(named, rank, size, listen.peers, timeout);
        const c10::Device exchanges = nccl ? device : c10::Device(c10::DeviceType::CPU);
        auto made = std::make_unique<ProcessGroupCollectives>(std::move(backend), store, exchanges, timeout);
        if (!nccl) made->exchangeDirectly();
        return made;
    };
    auto everyone = group("world", environment.rank, world);
    std::unique_ptr<Collectives> experts, replicas;
    if (expert > 1 && expert < world) {
        const int which = environment.rank / expert, place = environment.rank % expert;
        experts = group("experts" + std::to_string(which), place, expert);
        replicas = group("replicas" + std::to_string(place), which, world / expert);
    }
    Mesh mesh(std::move(everyone), expert, std::move(experts), std::move(replicas));
    mesh.onNewGroup([store, rank = environment.rank, world, address = listen.peers](const std::string& name,
                                                                                    std::chrono::milliseconds limit) {
        const c10::intrusive_ptr<c10d::Store> named = c10::make_intrusive<c10d::PrefixStore>(name, store);
        return std::make_unique<ProcessGroupCollectives>(makeGlooBackend(named, rank, world, address, limit), store,
                                                         c10::Device(c10::DeviceType::CPU), limit);
    });
    return mesh;
}

}  // namespace switchyard::parallel
