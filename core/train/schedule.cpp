// SPDX-License-Identifier: MIT
#include "core/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace switchyard::train {

std::int64_t totalSteps(const RunConfig::Train& train, std::int64_t samples) {
    if (train.steps > 0) return train.steps;
    const double seen = train.epochs * static_cast<double>(samples);
    return std::max<std::int64_t>(1,
                                  static_cast<std::int64_t>(std::ceil(seen / static_cast<double>(train.global_batch))));
}

double learningRate(const RunConfig::Optim& optim, std::int64_t step, std::int64_t steps) {
    if (step < optim.warmup_steps) {
        return optim.lr * static_cast<double>(step + 1) / static_cast<double>(optim.warmup_steps);
    }
    const auto length = static_cast<double>(std::max<std::int64_t>(1, steps - optim.warmup_steps));
    const double done = std::min(1.0, static_cast<double>(step - optim.warmup_steps) / length);
    switch (optim.schedule) {
        case Schedule::kConstant:
            return optim.lr;
        case Schedule::kLinear:
            return optim.lr * (1.0 - done);
        case Schedule::kCosine:
            return optim.lr * 0.5 * (1.0 + std::cos(std::numbers::pi * done));
    }
    return optim.lr;
}

}  // namespace switchyard::train
