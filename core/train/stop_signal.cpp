// SPDX-License-Identifier: MIT
#include "core/train/stop_signal.h"

#include <atomic>
#include <csignal>

namespace switchyard::train {
namespace {

// A signal handler has nowhere else to leave its word.
std::atomic<int> asked_by{0};
static_assert(std::atomic<int>::is_always_lock_free);

void onSignal(int number) {
    if (asked_by.exchange(number) == 0) return;
    std::signal(number, SIG_DFL);
    std::raise(number);
}

}  // namespace

void takeStopSignals() {
    for (const int number : {SIGINT, SIGTERM}) std::signal(number, &onSignal);
}

int stopSignal() {
    return asked_by.load();
}

}  // namespace switchyard::train
