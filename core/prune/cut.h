// SPDX-License-Identifier: MIT
// The weights and the configuration of a model without some of its experts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/checkpoint/checkpoint.h"
#include "core/prune/choice.h"

namespace switchyard::prune {

/// What each MoE layer keeps, by its name ("fusion.blocks.0.moe").
using KeptByLayer = std::map<std::string, Kept>;

/// Takes the other experts' slabs and their rows of the router (weights, noise weights, selection bias) out. The rest
/// stays what it was, byte for byte.
void cutExperts(checkpoint::NamedTensors* weights, const KeptByLayer& kept);

/// Into which kept expert each removed one of a layer goes, by its number.
using Merges = std::map<std::int64_t, std::int64_t>;

/// The kept expert to which each removed one is most alike (of equals the first). @param similarity [E][E]
Merges mergesOf(const Kept& kept, const std::vector<std::vector<double>>& similarity);

/// Each kept expert becomes the mean of itself and of those that go into it, weighed by their usage (without any it
/// stays). In place. Matrices are averaged as they stand: experts with a common start, such as copies of a dense layer,
/// have their hidden features in the same order. Source: Li et al. 2024 (MC-SMoE, arXiv 2310.01334) sec. 3.2, its
/// usage-weighted mean.
/// @param usage [E] tokens of each expert
void mergeExperts(const checkpoint::NamedTensors& weights, const std::string& layer, const Merges& merges,
                  const std::vector<double>& usage);

/// The configuration for so many experts in each MoE layer, in the layers' order, valid by itself; fewer expert ranks
/// where they no longer divide. Throws: Error(kBadConfig) when tokens choose more experts than are left.
RunConfig configFor(const RunConfig& config, const std::vector<std::int64_t>& experts);

}  // namespace switchyard::prune
