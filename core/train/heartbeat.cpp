// SPDX-License-Identifier: MIT
#include "core/train/hook.h"

namespace switchyard::train {
namespace {

constexpr auto kBetweenBeats = std::chrono::milliseconds(100);

}  // namespace

void Heartbeat::phase(const std::string& name, std::int64_t step) {
    const bool changed = name != phase_;
    phase_ = name;
    step_ = step;
    if (changed || std::chrono::steady_clock::now() - sent_ >= kBetweenBeats) send("", 0);
}

void Heartbeat::beat(const std::string& collective, std::uint64_t sequence) {
    if (std::chrono::steady_clock::now() - sent_ >= kBetweenBeats) send(collective, sequence);
}

void Heartbeat::send(const std::string& collective, std::uint64_t sequence) {
    sent_ = std::chrono::steady_clock::now();
    nlohmann::json message = {{"event", "progress"}, {"step", step_}, {"phase", phase_}};
    if (!collective.empty()) {
        message["collective"] = collective;
        message["sequence"] = sequence;
    }
    channel_.send(message);
}

}  // namespace switchyard::train
