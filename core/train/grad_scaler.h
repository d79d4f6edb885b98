// SPDX-License-Identifier: MIT
// Loss scaling for fp16, whose gradients would vanish unscaled.
// Source: Micikevicius et al. 2018 (arXiv 1710.03740) sec. 3.2; numbers of PyTorch's GradScaler.
#pragma once

#include <cstdint>

namespace switchyard::train {

/// The loss is multiplied by scale; a step whose gradients are not finite is skipped and halves it, and 2000 clean
/// steps in a row double it. Every rank has the same.
class GradScaler {
public:
    /// @param used else the scale is 1 for ever
    explicit GradScaler(bool used = false) : used_(used), scale_(used ? 65536.0 : 1.0) {}
    bool used() const { return used_; }
    double scale() const { return scale_; }
    std::int64_t cleanSteps() const { return clean_; }
    /// After the gradients of a step are known on all ranks.
    void update(bool finite) {
        if (!used_) return;
        clean_ = finite ? clean_ + 1 : 0;
        if (!finite) scale_ *= 0.5;
        if (clean_ < kGrowthSteps) return;
        clean_ = 0;
        scale_ *= 2.0;
    }
    /// From a checkpoint.
    void restore(double scale, std::int64_t clean_steps) {
        if (!used_) return;
        scale_ = scale;
        clean_ = clean_steps;
    }

private:
    static constexpr std::int64_t kGrowthSteps = 2000;
    bool used_;
    double scale_;
    std::int64_t clean_ = 0;
};

}  // namespace switchyard::train
