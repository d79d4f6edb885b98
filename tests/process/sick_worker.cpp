// SPDX-License-Identifier: MIT
// The rank program with an illness in it: SWITCHYARD_WORKER names this program, SWITCHYARD_TEST_ILLNESS what befalls
// the fusion layer's router or the training after step SWITCHYARD_TEST_AT. All else is the trainer as it is.
//
//   collapse  the router prefers expert 3 for whatever comes
//   dead      the router refuses experts 2 and 5
//   starved   all image patches look the same to the router, which sends them to expert 6
//   drops     the router prefers experts 0 and 1 a little: with a capacity they overflow
//   balance   the balance loss's weight does not reach the sum of the losses
//   nan       one number of expert 4's weights is not finite
//   spike     the learned scale of the contrastive logits is torn up to its bound
#include <ATen/ATen.h>

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/worker/failure.h"
#include "core/base/launch/worker_protocol.h"
#include "core/train/hook.h"
#include "core/train/trainer.h"

using namespace switchyard;

namespace {

std::string fromEnvironment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

class Illness final : public train::Hook {
public:
    Illness(std::string name, std::int64_t step) : name_(std::move(name)), step_(step) {}

    void afterStep(train::Assembly& assembly, const train::StepReport& report) override {
        if (report.result.step != step_) return;
        const at::NoGradGuard no_gradient;
        if (name_ == "nan") return damage(*assembly.sharding);
        parameters_.clear();
        for (const auto& item : assembly.model->named_parameters()) parameters_[item.key()] = item.value();
        at::Tensor router = of("moe.router.weight"), shift = of("ffn_norm.bias");
        if (name_ == "collapse") {
            shift.fill_(2.0);  // in every token now: a norm's output alone has no direction of its own
            router[3].fill_(0.3);
        } else if (name_ == "dead") {
            shift.fill_(1.0);
            for (const std::int64_t expert : {2, 5}) router[expert].fill_(-0.5);
        } else if (name_ == "starved") {
            at::Tensor direction = at::ones({router.size(1)});
            direction.slice(0, 0, c10::nullopt, 2).fill_(-1.0);
            parameters_.at("fusion.image_in.bias").copy_(20.0 * direction);
            router[6].copy_(0.3 * direction);
        } else if (name_ == "drops") {
            shift.fill_(1.0);
            for (const std::int64_t expert : {0, 1}) router[expert].add_(0.055);
        } else if (name_ == "balance") {
            assembly.config.model.moe.losses.balance = 0;
        } else if (name_ == "spike") {
            parameters_.at("logit_scale").fill_(std::log(100.0));
        }
    }

private:
    /// The number is in whichever piece of the weights this or another rank has.
    static void damage(const parallel::Sharding& sharding) {
        for (const parallel::Piece& piece : sharding.weights()) {
            if (piece.name != "fusion.blocks.0.moe.experts.w1") continue;
            const std::int64_t place = 4 * piece.global_shape[1] * piece.global_shape[2] - piece.first;
            if (place < 0 || place >= piece.tensor.numel()) continue;
            piece.tensor.view(-1)[place] = std::numeric_limits<float>::quiet_NaN();
        }
    }
    at::Tensor of(const std::string& name) { return parameters_.at("fusion.blocks.0." + name); }

    std::string name_;
    std::int64_t step_;
    std::map<std::string, at::Tensor> parameters_;
};

}  // namespace

int main() {
    const launch::RankEnvironment environment = launch::RankEnvironment::fromEnvironment();
    launch::WorkerChannel channel(environment.supervisor_fd);
    try {
        std::vector<std::unique_ptr<train::Hook>> hooks;
        hooks.push_back(std::make_unique<Illness>(fromEnvironment("SWITCHYARD_TEST_ILLNESS"),
                                                  std::atoll(fromEnvironment("SWITCHYARD_TEST_AT").c_str())));
        train::runRank(runs::RunPaths(fromEnvironment("SWITCHYARD_RUN_DIR")), channel, environment,
                       fromEnvironment("SWITCHYARD_RESUME"), std::move(hooks));
        return 0;
    } catch (...) {
        const Error error = worker::currentError("rank " + std::to_string(environment.rank));
        nlohmann::json event = worker::errorJson(error);
        event["event"] = "error";
        channel.send(event);
        std::cerr << error.what() << std::endl;
        std::_Exit(static_cast<int>(error.code()));
    }
}
