// SPDX-License-Identifier: MIT
// Lengths and learning rates as pure functions of the step.
#pragma once

#include <cstdint>

#include "core/base/config/run_config.h"

namespace switchyard::train {

/// train.steps, or the steps that cover train.epochs of `samples` pictures (rounded up, at least 1).
std::int64_t totalSteps(const RunConfig::Train& train, std::int64_t samples);

/// Learning rate of the update numbered `step` (from 0) out of `steps`: rises linearly over the warm-up so that
/// update warmup_steps - 1 has the full rate, then stays (constant), falls linearly, or follows half a cosine; the
/// last update is the last one above zero.
double learningRate(const RunConfig::Optim& optim, std::int64_t step, std::int64_t steps);

}  // namespace switchyard::train
