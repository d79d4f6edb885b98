// SPDX-License-Identifier: MIT
// From encoded texts, or from a fused text and image, to classes and numbers.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/dataset/dataset.h"
#include "core/data/batch.h"
#include "core/model/layers/linear.h"
#include "core/model/routing.h"

namespace switchyard::model {

/// Means over the tokens of each sample's first text and of its second (token types 0 and 1, special tokens as the
/// tokenizer counts them); 0 where there is no second text.
/// Shapes: tokens [T, D] as packed in `batch` -> two of [B, D].
std::pair<at::Tensor, at::Tensor> segmentMeans(const at::Tensor& tokens, const data::Batch& batch);

/// One linear head a text task, on u for single texts and on [u, v, |u - v|, u * v] for pairs, with u, v the segment means
/// (Conneau et al. 2017, arXiv 1705.02364, for the four parts; here both texts pass the encoder together).
/// vqa: fc2(gelu(fc1(x))) on the fused text and image.
/// Parameters: NAME.weight [outputs, in], NAME.bias; vqa: vqa.fc1.*, vqa.fc2.*.
class TaskHeadsImpl : public torch::nn::Module {
public:
    TaskHeadsImpl(const RunConfig& config, const std::vector<dataset::TaskLabels>& labels);
    /// Of samples `of` of the batch. Shapes: u, v [B, D] -> [of, outputs].
    at::Tensor textLogits(std::size_t task, const at::Tensor& u, const at::Tensor& v, const data::Batch& batch,
                          const std::vector<std::int64_t>& of, const ForwardContext& context);
    /// Shapes: pooled [P, 2 D_fusion] -> [P, outputs].
    at::Tensor answerLogits(const at::Tensor& pooled, const std::vector<std::uint64_t>& sample_ids,
                            const ForwardContext& context);

private:
    std::vector<bool> paired_;
    std::vector<Linear> text_;
    Linear fc1_{nullptr}, fc2_{nullptr};
    double dropout_;
};
TORCH_MODULE(TaskHeads);

/// The objective of text tasks and vqa: for each sample its task's weight times cross entropy (classes) or squared error
/// (numbers), the sum over the batch divided by its size. Samples without a known class give 0.
/// @param logits of each task, for the samples in `of`
at::Tensor taskLoss(const std::vector<at::Tensor>& logits, const std::vector<std::vector<std::int64_t>>& of,
                    const data::Batch& batch, const std::vector<double>& weights, const std::vector<bool>& scores);

/// The samples of each task in a batch.
std::vector<std::vector<std::int64_t>> samplesByTask(const data::Batch& batch, std::size_t tasks);

}  // namespace switchyard::model
