// SPDX-License-Identifier: MIT
// One update of the weights over all ranks.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/data/batch.h"
#include "core/model/moe/aux_losses.h"
#include "core/model/routing.h"
#include "core/train/assembly.h"
#include "core/train/sick_experts.h"

namespace switchyard::train {

/// What a rank was asked for beside training.
struct Wishes {
    bool stop = false, checkpoint = false, pause = false;
    bool finish = false;  ///< the training has reached what it was for (eval.patience)
};

/// The same on every rank.
struct StepResult {
    std::int64_t step = 0;                           ///< updates done, this one included
    double loss = 0, contrastive = 0, matching = 0;  ///< unscaled means over the global batch
    double task = 0;                                 ///< text tasks and vqa; the same kind of mean
    bool has_contrastive = false, has_matching = false, has_task = false;
    std::array<std::optional<double>, model::kAuxLosses> aux;  ///< the same of the routers; unset = not computed
    double lr = 0, grad_norm = 0;                              ///< norm before clipping
    double loss_scale = 1;                                     ///< fp16: of this step
    bool skipped = false;                           ///< nothing was updated: fp16 went beyond its range, or non_finite
    std::string non_finite;                         ///< ranks whose loss or gradient was not finite; "" = none
    std::vector<SickExpert> sick_experts;           ///< after a step that was not finite
    std::int64_t tokens = 0;                        ///< text tokens and patches of all ranks
    double flops = 0;                               ///< of all ranks (core/base/config/flops.h)
    std::int64_t peak_bytes = 0;                    ///< largest peak memory of a rank, on its device
    bool stop = false;                              ///< some rank was asked to stop
    bool checkpoint = false;                        ///< ... for a checkpoint of this step
    bool pause = false;                             ///< ... to stay after this step
    bool finish = false;                            ///< this step is the last
    std::vector<model::RoutingStatistics> routing;  ///< all ranks; empty unless asked for
};

/// Forward and backward of every micro-batch, averaging over ranks, clipping, update. Every rank calls it with its
/// part of the same step.
/// With train.non_finite skip, an update is left out when a loss or gradient of any rank is not finite, and only
/// train.non_finite_limit of them in a row.
/// Throws: NonFiniteError on every rank, before any weight changes, when a loss or gradient of any rank is not
/// finite (in fp16 when a loss is not: gradients beyond its range skip the step; with optim.in_backward other weights
/// may have changed by then, and what is in memory is not to be saved); Error(kPeerLost | kHang).
StepResult trainStep(Assembly& assembly, const std::vector<data::Batch>& batches, std::int64_t step_index,
                     const Wishes& wishes, bool with_routing);

}  // namespace switchyard::train
