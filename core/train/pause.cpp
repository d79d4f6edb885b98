// SPDX-License-Identifier: MIT
#include "core/train/pause.h"

#include <ATen/ATen.h>

#include <chrono>
#include <string>
#include <thread>

#include "core/base/util/log.h"
#include "core/train/stop_signal.h"

namespace switchyard::train {
namespace {

constexpr auto kBetweenLooks = std::chrono::milliseconds(100);

/// What all ranks together wish.
Wishes agreed(Assembly& assembly, const Wishes& own) {
    at::Tensor sums = at::tensor({own.stop ? 1.0 : 0.0, own.checkpoint ? 1.0 : 0.0, own.pause ? 1.0 : 0.0}, at::kDouble)
                          .to(assembly.device);
    assembly.mesh->world().allReduceSum(sums, "pause");
    sums = sums.cpu();
    const auto* all = sums.const_data_ptr<double>();
    return {.stop = all[0] > 0, .checkpoint = all[1] > 0, .pause = all[2] > 0};
}

}  // namespace

Wishes CommandInbox::take() {
    Wishes wishes;
    for (const nlohmann::json& message : channel_.poll()) {
        const auto found = message.find("command");
        if (found == message.end() || !found->is_string()) continue;
        const auto& command = found->get_ref<const std::string&>();
        if (command == "stop") stop_ = true;
        if (command == "pause" || command == "resume") pause_ = command == "pause";
        if (command == "checkpoint") wishes.checkpoint = true;
    }
    wishes.stop = stop_ || stopSignal() != 0;
    wishes.pause = pause_ && speaks_;
    wishes.checkpoint = wishes.checkpoint && speaks_;
    return wishes;
}

bool holdRanks(Assembly& assembly, const StepResult& result, CommandInbox& inbox, CheckpointHook& checkpoints,
               Heartbeat& heartbeat, launch::WorkerChannel& channel) {
    const bool tells = assembly.mesh->rank() == 0;
    const std::string step = std::to_string(result.step);
    logLine(LogLevel::kInfo, "paused at step " + step);
    if (tells) channel.send({{"event", "paused"}, {"step", result.step}});
    for (;;) {
        heartbeat.phase("paused", result.step);
        checkpoints.tellIfSaved();
        const Wishes wishes = agreed(assembly, inbox.take());
        if (wishes.stop) {
            checkpoints.saveNow(assembly, result, /*must_succeed=*/true);
            return true;
        }
        if (wishes.checkpoint) checkpoints.saveNow(assembly, result, /*must_succeed=*/false);
        if (!wishes.pause) break;
        std::this_thread::sleep_for(kBetweenLooks);
    }
    logLine(LogLevel::kInfo, "goes on at step " + step);
    if (tells) channel.send({{"event", "resumed"}, {"step", result.step}});
    return false;
}

}  // namespace switchyard::train
