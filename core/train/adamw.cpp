// SPDX-License-Identifier: MIT
#include "core/train/adamw.h"

#include <ATen/ATen.h>

#include <map>
#include <utility>
#include <vector>

#include "core/train/bf16_moments.h"

namespace switchyard::train {

AdamW::AdamW(const std::vector<parallel::Piece>& pieces, const RunConfig::Optim& options)
    : options_(options), pieces_(pieces) {
    for (const parallel::Piece& piece : pieces_) {
        all_.push_back(piece.tensor);
        const auto kept = piece.tensor.options().requires_grad(false).dtype(
            options.state_dtype == StoredType::kBf16 ? at::kBFloat16 : piece.tensor.scalar_type());
        averages_.push_back(at::zeros(piece.tensor.sizes(), kept));
        squares_.push_back(at::zeros(piece.tensor.sizes(), kept));
    }
}

void AdamW::step(double lr) {
    beginUpdate();
    update(lr, 0, pieces_.size());
}

double AdamW::decayOf(std::size_t piece) const {
    return pieces_[piece].global_shape.size() > 1 ? options_.weight_decay : 0.0;
}

double AdamW::rateOf(std::size_t piece) const {
    const std::string& name = pieces_[piece].name;
    if (name.starts_with("heads.")) return options_.head_lr;
    return name.find(".moe.") != std::string::npos ? options_.expert_lr : 1.0;
}

void AdamW::updateRounded(double lr, std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; ++i) {
        const AdamWStep step{lr * rateOf(i), options_.betas[0], options_.betas[1], options_.eps, decayOf(i), updates_};
        updateWithBf16Moments(all_[i], all_[i].grad(), averages_[i], squares_[i], step,
                              noisePlace(pieces_[i].name, pieces_[i].first, updates_));
    }
}

void AdamW::update(double lr, std::size_t first, std::size_t count) {
    const at::NoGradGuard no_gradient;
    if (options_.state_dtype == StoredType::kBf16) {
        updateRounded(lr, first, count);
        return;
    }
    // One call of the kernel for all pieces that are updated alike.
    std::map<std::pair<double, double>, std::vector<std::size_t>> alike;
    for (std::size_t i = first; i < first + count; ++i) alike[{rateOf(i), decayOf(i)}].push_back(i);
    for (const auto& [manner, pieces] : alike) {
        std::vector<at::Tensor> weights, gradients, averages, squares;
        for (const std::size_t i : pieces) {
            weights.push_back(all_[i]);
            gradients.push_back(all_[i].grad().defined() ? all_[i].grad() : at::zeros_like(all_[i]));
            averages.push_back(averages_[i]);
            squares.push_back(squares_[i]);
        }
        // The kernel wants the update's number as a tensor beside every tensor.
        const at::Tensor number =
            at::full({}, static_cast<double>(updates_), weights.front().options().dtype(at::kFloat));
        const std::vector<at::Tensor> numbers(weights.size(), number);
        at::_fused_adamw_(weights, gradients, averages, squares, {}, numbers, lr * manner.first, options_.betas[0],
                          options_.betas[1], manner.second, options_.eps, /*amsgrad=*/false, /*maximize=*/false);
    }
}

std::vector<parallel::Piece> AdamW::state() const {
    std::vector<parallel::Piece> state;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
        parallel::Piece piece = pieces_[i];
        piece.name = pieces_[i].name + ".exp_avg";
        piece.tensor = averages_[i];
        state.push_back(piece);
        piece.name = pieces_[i].name + ".exp_avg_sq";
        piece.tensor = squares_[i];
        state.push_back(piece);
    }
    return state;
}

void unscaleAndClip(const std::vector<at::Tensor>& weights, double norm, double limit, double scale) {
    const double factor = (limit > 0.0 && norm > limit ? limit / norm : 1.0) / scale;
    if (factor == 1.0) return;
    const at::NoGradGuard no_gradient;
    for (const at::Tensor& tensor : weights) {
        if (tensor.grad().defined()) tensor.mutable_grad().mul_(factor);
    }
}

}  // namespace switchyard::train
