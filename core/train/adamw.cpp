// SPDX-License-Identifier: MIT
#include "core/train/adamw.h"

#include <ATen/ATen.h>

#include <vector>

namespace switchyard::train {

AdamW::AdamW(const std::vector<parallel::Piece>& pieces, const RunConfig::Optim& options)
    : options_(options), pieces_(pieces) {
    for (const parallel::Piece& piece : pieces_) {
        all_.push_back(piece.tensor);
        averages_.push_back(at::zeros_like(piece.tensor).requires_grad_(false));
        squares_.push_back(at::zeros_like(piece.tensor).requires_grad_(false));
    }
}

void AdamW::step(double lr) {
    beginUpdate();
    update(lr, 0, pieces_.size());
}

void AdamW::update(double lr, std::size_t first, std::size_t count) {
    const at::NoGradGuard no_gradient;
    for (const bool decayed : {true, false}) {
        std::vector<at::Tensor> weights, gradients, averages, squares;
        for (std::size_t i = first; i < first + count; ++i) {
            if ((pieces_[i].global_shape.size() > 1) != decayed) continue;
            weights.push_back(all_[i]);
            gradients.push_back(all_[i].grad().defined() ? all_[i].grad() : at::zeros_like(all_[i]));
            averages.push_back(averages_[i]);
            squares.push_back(squares_[i]);
        }
        if (weights.empty()) continue;
        // The kernel wants the update's number as a tensor beside every tensor.
        const at::Tensor number =
            at::full({}, static_cast<double>(updates_), weights.front().options().dtype(at::kFloat));
        const std::vector<at::Tensor> numbers(weights.size(), number);
        at::_fused_adamw_(weights, gradients, averages, squares, {}, numbers, lr, options_.betas[0], options_.betas[1],
                          decayed ? options_.weight_decay : 0.0, options_.eps, /*amsgrad=*/false, /*maximize=*/false);
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
