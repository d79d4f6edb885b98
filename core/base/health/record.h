// SPDX-License-Identifier: MIT
// One recorded step as detectors see it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/runs/run_db.h"

namespace switchyard::health {

/// What of a run's config detectors need to know.
struct Setup {
    int experts = 0;        ///< E; 0 = dense
    int choices = 1;        ///< K
    bool balanced = false;  ///< a balance loss is configured
    /// Expert choice fills every expert by itself: there is nothing to watch in its loads.
    bool experts_choose = false;

    static Setup of(const RunConfig& config) {
        const RunConfig::Moe& moe = config.model.moe;
        Setup setup;
        setup.experts = static_cast<int>(moe.experts);
        setup.choices = moe.gate == GateKind::kSwitch ? 1
                        : moe.gate == GateKind::kTop2 ? 2
                                                      : static_cast<int>(moe.top_k);
        setup.experts_choose = moe.gate == GateKind::kExpertChoice;
        setup.balanced = moe.losses.balance > 0 && !setup.experts_choose;
        return setup;
    }
};

/// A layer's metrics that detectors read: moe/LAYER/NAME.
enum class Slot : std::uint8_t { kInUseText, kInUseImage, kLeastShare, kBalancePull, kDropped, kViolation, kEntropy };
inline constexpr std::size_t kSlots = 7;
inline constexpr std::array<const char*, kSlots> kSlotNames = {"experts_in_use_text",
                                                               "experts_in_use_image",
                                                               "least_share",
                                                               "balance_pull",
                                                               "dropped",
                                                               "max_violation",
                                                               "entropy"};

struct LayerRecord {
    std::array<std::optional<double>, kSlots> value;
    std::array<std::optional<runs::ExpertLoad>, 2> load;  ///< text, image; none without tokens
    std::vector<int> not_finite;                          ///< experts: moe/LAYER/non_finite_expert
    const std::optional<double>& at(Slot slot) const { return value[static_cast<std::size_t>(slot)]; }
};

struct StepRecord {
    std::int64_t step = 0;
    double wall_time = 0;
    std::optional<double> loss, step_ms, wait_ms;
    std::string not_finite;       ///< a tag of a loss or of the optimizer whose value is not finite; "" = none
    double not_finite_value = 0;  ///< NaN, or an infinity
    std::map<std::string, LayerRecord> layers;
};

}  // namespace switchyard::health
