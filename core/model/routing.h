// SPDX-License-Identifier: MIT
// What a router decided: the one record that losses, statistics, traces and tests read.
//
// Shape letters used in all model code:
//   T tokens that are not padding, D model width, H expert hidden width, E experts, K choices a token,
//   B samples, N patches a picture, L text length, V vocabulary.
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/parallel/mesh.h"
#include "core/parallel/weight_units.h"

namespace switchyard::model {

enum class Modality : std::int8_t { kText = 0, kImage = 1 };

/// Which rows of a packed [T, D] tensor belong to which sample and modality, and the key of their random draws.
struct TokenInfo {
    at::Tensor modality;  ///< [T] int8, values of Modality
    at::Tensor keys;      ///< [T] int64 (bits of an uint64): mix of sample id, modality and position in the sample
};

struct RoutingRecord;

/// Which part of every layer's experts a rank holds: of E experts, E / ranks from rank * E / ranks on.
struct ExpertShare {
    std::int64_t ranks = 1, rank = 0;
    std::int64_t chunks = 1;  ///< parallel.exchange_chunks
};

/// Passed through a forward; holds no tensor of the model.
struct ForwardContext {
    bool training = false;
    std::uint64_t seed = 0;   ///< run seed
    std::int64_t step = 0;
    const parallel::Mesh* mesh = nullptr;         ///< never null
    parallel::WeightUnits* units = nullptr;       ///< null: all weights are always there
    ActivationCheckpointing checkpointing = ActivationCheckpointing::kNone;
    bool watched = false;                         ///< the records also tell what the balance loss does in the backward
    const RoutingRecord* replay = nullptr;        ///< a recomputation: choices and drops of the forward it repeats
};

/// One MoE layer's routing of one forward.
struct RoutingRecord {
    std::string layer;    ///< "fusion.blocks.0.moe"
    at::Tensor logits;    ///< [T, E] fp32 (fp64 in fp64), with gradient, before noise
    at::Tensor probs;     ///< [T, E] softmax(logits), with gradient
    at::Tensor experts;   ///< [T, K] int64, choices before dropping, best first; -1 = none (expert_choice only)
    at::Tensor gates;     ///< [T, K] weights before dropping, with gradient
    at::Tensor weights;   ///< [T, K] combine weights after dropping and renormalising, with gradient
    at::Tensor dropped;   ///< [T, K] bool; also true where there is no choice
    at::Tensor load;      ///< noisy_topk in training: [T, E] chance of being chosen again, with gradient
    at::Tensor modality;  ///< [T] int8
    std::int64_t num_experts = 0;
    /// Where auxLosses() is to leave, in the backward, the gradient of the total by the sums of probabilities [E] that
    /// comes through the balance loss, times the tokens; null: no one asks.
    std::shared_ptr<at::Tensor> balance_pull;
    bool expert_choice = false;  ///< experts chose tokens: as many tokens each, no balance loss
};

/// Counts of one layer and modality.
struct RoutingStatistics {
    std::string layer;
    at::Tensor counts;      ///< [M, E] int64 choices before dropping (M = 2: text, image)
    at::Tensor kept;        ///< [E] int64 choices less the dropped ones
    /// [X, X] int64 tokens that rank (row) sent to rank (column) of those that share out the experts, summed over the
    /// groups that do so; after reduce() only, undefined where no experts are shared out.
    at::Tensor exchange;
    at::Tensor dropped;     ///< [M] int64
    at::Tensor prob_sums;   ///< [M, E] fp64, sums of probs
    at::Tensor entropy_sum; ///< [M] fp64, sums over tokens of H(probs) in nats
    at::Tensor tokens;      ///< [M] int64
    double balance_pull = 0;  ///< this rank's: norm of the gradient that the balance loss puts on the mean probabilities
};

/// Over one forward; add() accumulates over micro-batches, reduce() sums over ranks. `with_exchange`: also what went
/// between them. Collective.
RoutingStatistics statisticsOf(const RoutingRecord& record);
void add(RoutingStatistics& into, const RoutingStatistics& other);
void reduce(std::vector<RoutingStatistics>& statistics, const parallel::Mesh& mesh, bool with_exchange);

}  // namespace switchyard::model
