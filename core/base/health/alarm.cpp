// SPDX-License-Identifier: MIT
#include "core/base/health/alarm.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

namespace switchyard::health {
namespace {

constexpr std::array<const char*, kKinds> kNames = {"non_finite",
                                                    "loss_spike",
                                                    "stalled_data",
                                                    "collapse",
                                                    "starved_modality",
                                                    "dead_experts",
                                                    "balance_loss_disconnected",
                                                    "drop_burst",
                                                    "load_violation",
                                                    "entropy_collapse"};
constexpr std::size_t kNamedExperts = 6;

std::string number(double value, int digits) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    return text.data();
}

std::string percent(double share) {
    return number(100.0 * share, 0) + " %";
}

/// "expert 3", "experts 1, 4 and 6", "9 experts".
std::string names(const std::vector<int>& experts) {
    if (experts.empty()) return "experts";
    if (experts.size() == 1) return "expert " + std::to_string(experts.front());
    if (experts.size() > kNamedExperts) return std::to_string(experts.size()) + " experts";
    std::string text = "experts ";
    for (std::size_t i = 0; i < experts.size(); ++i) {
        if (i > 0) text += i + 1 == experts.size() ? " and " : ", ";
        text += std::to_string(experts[i]);
    }
    return text;
}

AlarmWords nonFinite(const Alarm& alarm) {
    if (!alarm.layer.empty()) {
        return {alarm.layer + ": the weights of " + names(alarm.experts) + " are not finite",
                "Only there: an update of this expert overflowed, or its weights were damaged.",
                "Resume from a checkpoint before step " + std::to_string(alarm.first_step) +
                    "; lower optim.lr or optim.expert_lr, set optim.grad_clip"};
    }
    return {
        "The loss or a gradient is not finite",
        "No expert's weights are the cause: a sample with values out of range, or a learning rate that is too high.",
        "Look for the sample with `switchyard data check`; lower optim.lr, raise optim.warmup_steps, or set "
        "train.non_finite"};
}

AlarmWords collapse(const Alarm& alarm) {
    const bool one = alarm.experts.size() == 1;
    return {alarm.layer + ": the router sends " + (one ? "every token to " : "all tokens to ") + names(alarm.experts),
            "The router has become the same for all tokens: balancing is off or too weak, or the learning rate is too "
            "high.",
            "Resume from before step " + std::to_string(alarm.first_step) +
                "; raise model.moe.losses.balance or z, lower optim.lr"};
}

AlarmWords starved(const Alarm& alarm) {
    const std::string who = alarm.modality == "image" ? "Image patches" : "Text tokens";
    const std::string advice =
        "Set model.moe.losses.limoe_local and limoe_global, which look at each modality by itself; raise "
        "capacity_factor or choose drop: priority";
    if (alarm.tag.ends_with("/dropped"))
        return {alarm.layer + ": " + percent(alarm.value) + " of the choices of " +
                    (alarm.modality == "image" ? "image patches" : "text tokens") + " are dropped",
                "The experts they choose are full with the other modality's tokens.", advice};
    if (alarm.tag.ends_with("/tokens"))
        return {alarm.layer + ": " + who + " do not come any more, the other modality does",
                "The data stopped giving this modality, or it is masked out as a whole.",
                "Look at the data with `switchyard data stats` and at data.image.augment"};
    return {alarm.layer + ": " + who + " are all routed to " + names(alarm.experts),
            "The balance loss looks at both modalities together and is content while the other one fills the experts.",
            advice};
}

}  // namespace

const char* kindName(Kind kind) {
    return kNames[static_cast<std::size_t>(kind)];
}

bool isRouting(Kind kind) {
    return kind != Kind::kNonFinite && kind != Kind::kLossSpike && kind != Kind::kStalledData;
}

bool isSerious(Kind kind) {
    return kind == Kind::kNonFinite || kind == Kind::kCollapse || kind == Kind::kDead;
}

AlarmWords wordsOf(const Alarm& alarm) {
    switch (alarm.kind) {
        case Kind::kNonFinite:
            return nonFinite(alarm);
        case Kind::kCollapse:
            return collapse(alarm);
        case Kind::kStarved:
            return starved(alarm);
        case Kind::kLossSpike:
            return {"The loss leapt to " + number(alarm.value, 3) + ", over " + number(alarm.limit, 3),
                    "A batch unlike the others (damaged or mislabelled samples), or a step that was too long.",
                    "If it does not come back: resume from before step " + std::to_string(alarm.first_step) +
                        ", lower optim.lr or optim.grad_clip; look at the samples of that step"};
        case Kind::kStalledData:
            return {"Steps wait for data " + percent(alarm.value) + " of their time",
                    "Reading or decoding is slower than training: a slow disk or network, or too few data workers.",
                    "Raise data.workers, set data.cache, or move the data to a local disk"};
        case Kind::kDead:
            return {
                alarm.layer + ": " + names(alarm.experts) + " got no token for " + number(alarm.value, 0) + " records",
                "The router gives them so little probability that no token finds them, so they learn nothing either.",
                "Raise model.moe.losses.balance, or use a gate with noise (noisy_topk, top2) or bias_balance"};
        case Kind::kBalanceLoss:
            return {alarm.layer + ": the balance loss does not reach the router",
                    "It is configured and computed, but no gradient of the total comes back through it: its weight is "
                    "lost in "
                    "the sum, or it is cut from the graph.",
                    "See that model.moe.losses.balance is of use (0.001 to 0.1) and that the router is trained"};
        case Kind::kDropBurst:
            return {
                alarm.layer + ": " + percent(alarm.value) + " of the choices are dropped, over " + percent(alarm.limit),
                "Many tokens choose the same experts at once, or the capacity became smaller.",
                "Raise model.moe.capacity_factor or losses.balance; look at the load of the layer at that step"};
        case Kind::kViolation:
            return {alarm.layer + ": " + names(alarm.experts) + " stays at " + number(1.0 + alarm.value, 1) +
                        " times the mean load",
                    "Balancing is too weak for what this router has learned.",
                    "Raise model.moe.losses.balance or bias_balance; with experts on several ranks this one slows all"};
        case Kind::kEntropy:
            return {alarm.layer + ": the router's entropy fell to " + number(alarm.value / std::log(2.0), 2) + " bits",
                    "Its logits grew within a few steps; certain of every token, it gets hardly any gradient.",
                    "Raise model.moe.losses.z, lower optim.lr"};
    }
    return {};
}

nlohmann::json toJson(const Alarm& alarm) {
    const AlarmWords words = wordsOf(alarm);
    const auto value = [](double v) {
        return std::isfinite(v) ? nlohmann::json(v)
               : std::isnan(v)  ? nlohmann::json("nan")
                                : nlohmann::json(v > 0 ? "inf" : "-inf");
    };
    return {{"kind", kindName(alarm.kind)},
            {"layer", alarm.layer},
            {"modality", alarm.modality},
            {"tag", alarm.tag},
            {"experts", alarm.experts},
            {"first_step", alarm.first_step},
            {"raised_step", alarm.raised_step},
            {"last_step", alarm.last_step},
            {"worst_step", alarm.worst_step},
            {"ended", alarm.ended},
            {"value", value(alarm.value)},
            {"limit", value(alarm.limit)},
            {"raised_at", alarm.raised_at},
            {"what", words.what},
            {"cause", words.cause},
            {"advice", words.advice}};
}

Alarm alarmFromJson(const nlohmann::json& json) {
    Alarm alarm;
    const std::string kind = json.at("kind");
    for (int i = 0; i < kKinds; ++i)
        if (kind == kNames[static_cast<std::size_t>(i)]) alarm.kind = static_cast<Kind>(i);
    const auto value = [&](const char* key) {
        const nlohmann::json& v = json.at(key);
        if (v.is_number()) return v.get<double>();
        const double infinity = std::numeric_limits<double>::infinity();
        return v == "inf" ? infinity : v == "-inf" ? -infinity : std::nan("");
    };
    alarm.layer = json.at("layer");
    alarm.modality = json.at("modality");
    alarm.tag = json.at("tag");
    alarm.experts = json.at("experts").get<std::vector<int>>();
    alarm.first_step = json.at("first_step");
    alarm.raised_step = json.at("raised_step");
    alarm.last_step = json.at("last_step");
    alarm.worst_step = json.at("worst_step");
    alarm.ended = json.at("ended");
    alarm.value = value("value");
    alarm.limit = value("limit");
    alarm.raised_at = json.at("raised_at");
    return alarm;
}

}  // namespace switchyard::health
