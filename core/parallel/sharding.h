// SPDX-License-Identifier: MIT
// Where weights, gradients and optimizer state live: parallel.shard as one interface.
//
//   none    every rank has all of it          oss    optimizer state whole parameter by whole parameter (ZeRO-1)
//   zero2   oss, and gradients likewise       fsdp   all of it in flat shares (core/parallel/fsdp.h)
//
// Experts that ranks share out (core/parallel/mesh.h) are sharded over the ranks that hold the same ones; their
// gradients, too, are averages over all ranks of the world.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/parallel/mesh.h"
#include "core/parallel/weight_units.h"

namespace switchyard::parallel {

/// A parameter as the model holds it on this rank.
struct Parameter {
    std::string name;
    at::Tensor tensor;
    bool expert = false;  ///< one of the experts that ranks share out, stacked along dimension 0
    bool trained() const { return tensor.requires_grad(); }
};

/// A run of a parameter's numbers that this rank has; where it lies in the whole parameter, read row by row.
struct Piece {
    std::string name;
    at::Tensor tensor;
    std::vector<std::int64_t> global_shape;
    std::int64_t first = 0;
    /// Which rank saves it: the one of all that have the same (everywhere), or this one or another (mine).
    bool everywhere = true, mine = true;
};

/// Tensors that every rank has whole.
std::vector<Piece> wholePieces(const std::vector<std::pair<std::string, at::Tensor>>& tensors);

/// Thread: one thread (the trainer's).
class Sharding {
public:
    virtual ~Sharding() = default;
    /// All weights that this rank keeps between steps, frozen ones too.
    virtual std::vector<Piece> weights() const = 0;
    /// What this rank's optimizer updates; after finish() their gradients are the averages over the world.
    virtual const std::vector<Piece>& updated() const = 0;
    /// Forgets all gradients.
    virtual void begin() = 0;
    /// Before each backward of a step: gradients add up until the last, in which they begin to cross ranks.
    virtual void beforeBackward(bool /*last*/) {}
    /// Collective, after the last backward: whether the gradients of this rank's own samples were finite, where they
    /// were to be had.
    virtual bool ownGradientsFinite() = 0;
    /// Collective, after ownGradientsFinite().
    virtual void finish() = 0;
    /// From now on `update(first, count)` is called, in the same order on every rank, as soon as pieces [first, first +
    /// count) of updated() have their averaged gradients; these are forgotten when it returns. fsdp only.
    virtual void updateInBackward(std::function<void(std::size_t first, std::size_t count)> /*update*/) {}
    /// Collective, after finish(): Euclidean norm of all gradients, every parameter counted once; sums in fp64.
    virtual double gradientNorm() = 0;
    /// Collective, after the update: the weights of other ranks' pieces.
    virtual void publish() = 0;
    /// To be told of the model's units; null where all weights are always there.
    virtual WeightUnits* units() { return nullptr; }
};

/// @param mesh outlives the sharding
std::unique_ptr<Sharding> makeSharding(const RunConfig::Parallel& config, std::vector<Parameter> parameters,
                                       const Mesh& mesh);

/// fairscale's rule (optim/oss.py): parameters in order, each to the rank with the fewest numbers so far (ties: lowest
/// rank). @return the owner of each
std::vector<int> owners(const std::vector<Parameter>& parameters, int ranks);

}  // namespace switchyard::parallel
