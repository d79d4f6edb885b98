// SPDX-License-Identifier: MIT
#include <algorithm>
#include <functional>

#include "core/base/plan/plan.h"

namespace switchyard::plan {
namespace {

constexpr std::size_t kMost = 3;
constexpr std::int64_t kMostRanks = 64;

using Sets = std::vector<std::string>;

struct Change {
    Sets sets;
    RunConfig config;
};

/// Smaller micro-batches that cut a rank's share evenly: half of it, a quarter, ...
void smallerPasses(const RunConfig& config, const Sets& before, std::vector<Change>* changes) {
    const std::int64_t local = config.train.global_batch / config.parallel.ranks;
    const std::int64_t micro = config.train.micro_batch > 0 ? config.train.micro_batch : local;
    // Negatives are looked for among neighbours: fewer than a block of them would train another loss.
    const bool pairs = config.task.kind == TaskKind::kMultimodal && config.task.matching > 0;
    const std::int64_t least = pairs ? config.task.matching_block : 1;
    for (std::int64_t smaller = micro / 2; smaller >= least && smaller * 16 >= micro; smaller /= 2) {
        if (local % smaller != 0) continue;
        Change change{before, config};
        change.sets.push_back("train.micro_batch=" + std::to_string(smaller));
        change.config.train.micro_batch = smaller;
        changes->push_back(std::move(change));
    }
}

void lessKept(const RunConfig& config, const Sets& before, std::vector<Change>* changes) {
    const auto with = [&](ActivationCheckpointing what, const char* name) {
        Change change{before, config};
        change.sets.push_back(std::string("train.activation_checkpointing=") + name);
        change.config.train.activation_checkpointing = what;
        changes->push_back(std::move(change));
    };
    const ActivationCheckpointing now = config.train.activation_checkpointing;
    if (now == ActivationCheckpointing::kNone) with(ActivationCheckpointing::kSelective, "selective");
    if (now != ActivationCheckpointing::kBlock) with(ActivationCheckpointing::kBlock, "block");
}

/// On GPUs each rank brings memory of its own; on one host all ranks share it.
void moreRanks(const RunConfig& config, std::vector<Change>* changes) {
    for (std::int64_t ranks = std::max<std::int64_t>(2, config.parallel.ranks); ranks <= kMostRanks; ranks *= 2) {
        if (config.train.global_batch % ranks != 0 || ranks % config.parallel.expert != 0) continue;
        if (ranks == config.parallel.ranks && config.parallel.shard == Shard::kFsdp) continue;
        Change change{{}, config};
        if (ranks != config.parallel.ranks) change.sets.push_back("parallel.ranks=" + std::to_string(ranks));
        if (config.parallel.shard != Shard::kFsdp) change.sets.emplace_back("parallel.shard=fsdp");
        change.config.parallel.ranks = ranks;
        change.config.parallel.shard = Shard::kFsdp;
        const std::int64_t local = config.train.global_batch / ranks;
        if (config.train.micro_batch > 0 && local % config.train.micro_batch != 0) {
            change.sets.push_back("train.micro_batch=" + std::to_string(local));
            change.config.train.micro_batch = local;
        }
        changes->push_back(std::move(change));
    }
}

std::vector<Change> changesOf(const RunConfig& config, bool gpu) {
    std::vector<Change> changes;
    smallerPasses(config, {}, &changes);
    lessKept(config, {}, &changes);
    if (gpu) moreRanks(config, &changes);
    if (!gpu && config.parallel.ranks > 1 && config.parallel.shard != Shard::kFsdp) {
        Change change{{"parallel.shard=fsdp"}, config};
        change.config.parallel.shard = Shard::kFsdp;
        changes.push_back(std::move(change));
    }
    if (config.optim.state_dtype != StoredType::kBf16 && config.train.precision != Precision::kFp64) {
        Change change{{"optim.state_dtype=bf16"}, config};
        change.config.optim.state_dtype = StoredType::kBf16;
        changes.push_back(std::move(change));
    }
    // Two of them together, as the strongest of either.
    std::vector<Change> kept;
    lessKept(config, {}, &kept);
    if (!kept.empty()) smallerPasses(kept.back().config, kept.back().sets, &changes);
    return changes;
}

}  // namespace

std::vector<Alternative> alternatives(const RunConfig& config, const DataFacts& facts, const Machine& machine) {
    std::vector<Alternative> found;
    for (const Change& change : changesOf(config, machine.gpu)) {
        const Plan plan = makePlan(change.config, facts, machine);
        found.push_back({change.sets, plan.peak_bytes, plan.needed_bytes, plan.fits});
    }
    const bool any = std::any_of(found.begin(), found.end(), [](const Alternative& of) { return of.fits; });
    if (any) {
        std::erase_if(found, [](const Alternative& of) { return !of.fits; });
        // A smaller change before a larger one of the same kind is enough.
        std::vector<Alternative> first;
        for (Alternative& of : found) {
            const std::string key = of.sets.front().substr(0, of.sets.front().find('='));
            const bool known = std::any_of(first.begin(), first.end(), [&](const Alternative& other) {
                return other.sets.front().starts_with(key + "=");
            });
            if (!known) first.push_back(std::move(of));
        }
        found = std::move(first);
    } else {
        std::stable_sort(found.begin(), found.end(),
                         [](const Alternative& a, const Alternative& b) { return a.needed_bytes < b.needed_bytes; });
    }
    if (found.size() > kMost) found.resize(kMost);
    return found;
}

}  // namespace switchyard::plan
