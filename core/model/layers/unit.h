// SPDX-License-Identifier: MIT
// A block of a model as one unit: its weights are fetched for it where ranks share them, and its activations are kept
// or computed again in the backward.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

#include "core/model/routing.h"

namespace switchyard::model {

struct UnitOutput {
    std::vector<at::Tensor> features;
    std::vector<RoutingRecord> routing;  ///< of the MoE layer inside, if there is one
};

/// Computes from features alone (and from what it holds); may be called a second time, with context.replay.
using UnitBody = std::function<UnitOutput(const std::vector<at::Tensor>& features, const ForwardContext& context)>;

/// Fetches the unit's weights, computes, releases them; fetches them again for the backward. With activation
/// checkpointing by blocks the activations inside are not kept. Thread: the trainer's.
UnitOutput runUnit(const std::string& name, const std::vector<at::Tensor>& features, const ForwardContext& context,
                   const UnitBody& body);

/// Computes without keeping activations; the backward computes again, with the same draws and the routing decided
/// before. Source: Chen et al. 2016 (arXiv 1604.06174).
UnitOutput recomputed(const std::vector<at::Tensor>& features, const ForwardContext& context, const UnitBody& body);

}  // namespace switchyard::model
