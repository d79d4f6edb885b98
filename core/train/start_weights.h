// SPDX-License-Identifier: MIT
// Weights that a training starts from instead of random ones, and experts made of a dense feed-forward.
#pragma once

#include "core/base/config/run_config.h"
#include "core/model/multimodal_model.h"
#include "core/model/routing.h"

namespace switchyard::train {

/// Copies the encoders named by model.text.init_from and model.vision.init_from into the model. Adapters, routers and
/// heads stay as they are; a table of positions may be longer in the source. Where the model has experts and the source
/// a dense feed-forward, the experts are made of it (sparse upcycling):
///   expert e = c G + g holds hidden features [g H, (g + 1) H) of the dense layer in copy c, G = upcycle.groups; the
///   second matrix times G, so that equal weights 1 / G of a copy's groups give back the dense layer; all routers' rows
///   of a copy start equal for that. noise and reinit then change each copy by draws of its own.
/// Sources: Komatsuzaki et al. 2023 (arXiv 2212.05055), He et al. 2024 (arXiv 2410.07524, virtual groups), Nakamura et al.
/// 2025 (arXiv 2502.19261, re-drawn features with the mean and deviation of what they replace).
/// Throws: Error(kBadConfig) when shapes do not fit, all of them listed; Error(kIo | kCorruptCheckpoint).
void startFrom(const RunConfig& config, const model::ExpertShare& share, model::MultimodalModel& model);

}  // namespace switchyard::train
