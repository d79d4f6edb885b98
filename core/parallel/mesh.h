// SPDX-License-Identifier: MIT
// The parallel degrees of a run, in one place. Every rank is a data rank; `parallel.expert` consecutive ranks share out
// the experts of a layer, and ranks the same distance apart hold the same experts:
//
//   world 4, expert 2:   rank 0 1 2 3     experts {0 1} {2 3}     replicas {0 2} {1 3}
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "core/base/config/run_config.h"
#include "core/base/launch/worker_protocol.h"
#include "core/parallel/collectives.h"

namespace switchyard::parallel {

/// Thread: as Collectives.
class Mesh {
public:
    /// One rank by itself.
    Mesh();
    /// @param experts the group that shares out the experts, @param replicas the group with the same experts; null
    /// where that group is the rank alone or the world
    Mesh(std::unique_ptr<Collectives> world, int expert_ranks, std::unique_ptr<Collectives> experts,
         std::unique_ptr<Collectives> replicas);
    Mesh(Mesh&&) = default;
    Mesh& operator=(Mesh&&) = default;

    Collectives& world() const { return *world_; }
    Collectives& experts() const { return expert_ranks_ == 1 ? *alone_ : experts_ ? *experts_ : *world_; }
    Collectives& replicas() const { return expert_ranks_ == 1 ? *world_ : replicas_ ? *replicas_ : *alone_; }
    /// Collective: another group of all ranks over CPU memory (Gloo), for a thread of its own. Its exchanges may take up
    /// to `timeout`. It goes before the mesh does.
    std::unique_ptr<Collectives> newGroup(const std::string& name, std::chrono::milliseconds timeout) const;
    int rank() const { return world_->rank(); }
    int size() const { return world_->size(); }
    /// Called with (name, sequence number in its group) before each collective of any group.
    void onCollective(const std::function<void(const char*, std::uint64_t)>& callback);
    /// Collectives of every group are counted in `traffic` from now on; null: in none.
    void countIn(plan::Traffic* traffic);
    /// What newGroup makes groups with; alone, a group of one rank.
    using GroupFactory =
        std::function<std::unique_ptr<Collectives>(const std::string& name, std::chrono::milliseconds timeout)>;
    void onNewGroup(GroupFactory make) { make_group_ = std::move(make); }
    /// Puts another object in the place of each group's; for tests.
    void replace(const std::function<std::unique_ptr<Collectives>(std::unique_ptr<Collectives>)>& make);

private:
    int expert_ranks_ = 1;
    std::unique_ptr<Collectives> world_, alone_, experts_, replicas_;
    GroupFactory make_group_;
};

/// world_size 1 gives the single-rank back end; else Gloo on CPUs, NCCL (plug-in loaded by dlopen) on GPUs.
/// Throws: Error(kBadConfig) when NCCL or CUDA is asked for and not there or the expert ranks do not divide the ranks
/// (both numbers named) or a rank may not listen where MASTER_ADDR is (address.h), Error(kPeerLost) when a rank does not
/// join within the timeout.
Mesh makeMesh(const RunConfig::Parallel& config, const launch::RankEnvironment& environment);

}  // namespace switchyard::parallel
