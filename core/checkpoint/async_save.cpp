// SPDX-License-Identifier: MIT
#include "core/checkpoint/async_save.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <utility>

#include "core/checkpoint/pace.h"

namespace switchyard::checkpoint {
namespace {

/// In the host's memory. A plain copy between CPU tensors: LibTorch's would start a second team of compute threads.
at::Tensor copyOf(const at::Tensor& tensor) {
    const at::Tensor from = tensor.detach();
    if (!from.device().is_cpu() || !from.is_contiguous())
        return from.to(at::kCPU, from.scalar_type(), false, true).contiguous();
    at::Tensor copy = at::empty(from.sizes(), from.options());
    std::memcpy(copy.mutable_data_ptr(), from.const_data_ptr(), from.nbytes());
    return copy;
}

void copyTensors(Contents* share) {
    const at::NoGradGuard no_gradient;
    for (auto* pieces : {&share->model, &share->optim}) {
        for (parallel::Piece& piece : *pieces) piece.tensor = copyOf(piece.tensor);
    }
    for (auto& [name, tensor] : share->state) tensor = copyOf(tensor);
}

/// Of a core, for hashing and writing: a training that computes on all cores loses as much, and no more.
constexpr double kShareOfCore = 1.0 / 40;

bool onCpu(const Contents& contents) {
    return contents.model.empty() || contents.model.front().tensor.device().is_cpu();
}

}  // namespace

struct AsyncSaver::State {
    std::filesystem::path checkpoints_dir;
    std::unique_ptr<parallel::Collectives> ranks;
    std::function<void()> before_copy;
    Pace pace{kShareOfCore};
    std::mutex mutex;
    std::condition_variable changed;
    bool copied = true, done = true;
    SaveOutcome outcome;

    void tell(bool State::*what) {
        const std::lock_guard lock(mutex);
        this->*what = true;
        changed.notify_all();
    }

    void save(Contents share) {
        ShareOptions options;
        // Beside a GPU the cores are free.
        if (onCpu(share)) options.after_block = [this] { pace.rest(); };
        try {
            if (before_copy) before_copy();
            copyTensors(&share);
        } catch (const std::exception& error) {
            options.problem = error.what();  // the other ranks hear of it where all agree
            share = {};
            share.step = outcome.step;
        }
        tell(&State::copied);
        try {
            outcome.folder = saveShare(checkpoints_dir, share, *ranks, options);
        } catch (...) {
            outcome.error = std::current_exception();
        }
        tell(&State::done);
    }
};

AsyncSaver::AsyncSaver(std::filesystem::path checkpoints_dir, std::unique_ptr<parallel::Collectives> ranks,
                       std::function<void()> before_copy)
    : state_(std::make_shared<State>()) {
    state_->checkpoints_dir = std::move(checkpoints_dir);
    state_->ranks = std::move(ranks);
    state_->before_copy = std::move(before_copy);
}

AsyncSaver::~AsyncSaver() {
    if (!thread_.joinable()) return;
    state_->pace.hurry();
    if (std::uncaught_exceptions() > 0) {
        thread_.detach();
    } else {
        thread_.join();
    }
}

void AsyncSaver::start(const Contents& contents) {
    state_->outcome = {};
    state_->outcome.step = contents.step;
    state_->copied = state_->done = false;
    state_->pace.start();
    thread_ = std::thread(
        [state = state_, share = shareOf(contents, *state_->ranks)]() mutable { state->save(std::move(share)); });
}

void AsyncSaver::waitForCopy() {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [this] { return state_->copied; });
}

bool AsyncSaver::done() const {
    const std::lock_guard lock(state_->mutex);
    return state_->done;
}

std::optional<SaveOutcome> AsyncSaver::finish() {
    if (!thread_.joinable()) return std::nullopt;
    state_->pace.hurry();
    thread_.join();
    return std::exchange(state_->outcome, {});
}

}  // namespace switchyard::checkpoint
