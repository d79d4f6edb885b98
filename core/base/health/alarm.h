// SPDX-License-Identifier: MIT
// Alarms of a run: what is wrong with a training, since when, and what it says of its likely cause.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace switchyard::health {

enum class Kind : std::uint8_t {
    kNonFinite,    ///< a loss, a gradient or a weight is NaN or infinite
    kLossSpike,    ///< the loss leaps above what it was
    kStalledData,  ///< steps wait for their data
    kCollapse,     ///< a layer's router sends every token to the same expert, or the same K
    kStarved,      ///< one modality is routed to the same experts, dropped or gone, the other is well
    kDead,         ///< experts that get no token any more
    kBalanceLoss,  ///< the balance loss is configured and does not reach the router
    kDropBurst,    ///< far more choices are dropped than before
    kViolation,    ///< one expert's load stays far above the mean
    kEntropy,      ///< a router became certain of every token within a few steps
};
inline constexpr int kKinds = 10;

/// "non_finite", "loss_spike", ...: in JSON and in the documentation.
const char* kindName(Kind kind);
/// Where to look at it: a router's own (the Experts page), or a curve's.
bool isRouting(Kind kind);
/// Danger instead of warning: training goes on in vain.
bool isSerious(Kind kind);

struct Alarm {
    Kind kind = Kind::kNonFinite;
    std::string layer;         ///< "fusion.blocks.0.moe"; "" = of the whole run
    std::string modality;      ///< kStarved
    std::string tag;           ///< the metric that shows it
    std::vector<int> experts;  ///< by number, where experts can be named
    std::int64_t first_step = 0, raised_step = 0, last_step = 0, worst_step = 0;
    bool ended = false;    ///< what was wrong is over
    double value = 0;      ///< the worst
    double limit = 0;      ///< beyond which it is one
    double raised_at = 0;  ///< seconds since 1970, of the record that raised it
    bool operator==(const Alarm&) const = default;
};

/// Words for a person, in English as all of the command line.
struct AlarmWords {
    std::string what;    ///< one line: "fusion.blocks.0.moe: expert 3 takes every token"
    std::string cause;   ///< the likely one
    std::string advice;  ///< what to do
};
AlarmWords wordsOf(const Alarm& alarm);

/// {"kind", "layer", "modality", "tag", "experts", "first_step", "raised_step", "last_step", "worst_step", "ended",
/// "value", "limit", "what", "cause", "advice"}; `value` a word where it is not finite.
nlohmann::json toJson(const Alarm& alarm);
/// Throws: nlohmann::json::exception.
Alarm alarmFromJson(const nlohmann::json& json);

}  // namespace switchyard::health
