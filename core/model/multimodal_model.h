// SPDX-License-Identifier: MIT
// Dual encoder (text transformer, vision transformer) with fusion blocks on top; the parts that a task needs.
// Parameter tree: multimodal: text.*, vision.*, fusion.*, text_projection, image_projection, logit_scale, match_head.*
//                 text: text.*, heads.*      vqa: text.*, vision.*, fusion.*, heads.*
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <memory>
#include <string>
#include <vector>

#include "core/base/config/flops.h"
#include "core/base/config/run_config.h"
#include "core/base/dataset/dataset.h"
#include "core/data/batch.h"
#include "core/model/moe/aux_losses.h"
#include "core/model/routing.h"

namespace switchyard::model {

/// Packed text: rows of sample b are offsets[b] .. offsets[b + 1]; lengths rise.
struct TextEncoding {
    at::Tensor tokens;     ///< [T, D_text] after the last norm
    at::Tensor embedding;  ///< [B, embed_dim] (text tasks: [B, D_text], not projected), L2-normalised; vqa: undefined
    std::vector<std::int64_t> lengths;
    std::vector<RoutingRecord> routing;
};

struct ImageEncoding {
    at::Tensor patches;    ///< [B, N, D_vision] after the last norm
    at::Tensor embedding;  ///< [B, embed_dim], L2-normalised; vqa: undefined
    std::vector<RoutingRecord> routing;
};

struct FusionOutput {
    at::Tensor match_logits;   ///< [P]
    at::Tensor answer_logits;  ///< vqa: [P, answers], and no match_logits
    std::vector<RoutingRecord> routing;
};

/// Name of the learned log-scale of the contrastive loss: clamped to [0, ln 100] after each optimizer step.
inline constexpr const char* kLogitScale = "logit_scale";

class MultimodalModelImpl : public torch::nn::Module {
public:
    /// Weights are drawn from (config.run.seed, parameter name): the same on every rank and layout.
    /// @param labels what the heads of text tasks and vqa stand for
    explicit MultimodalModelImpl(const RunConfig& config, ExpertShare share = {},
                                 const std::vector<dataset::TaskLabels>& labels = {});
    ~MultimodalModelImpl() override;

    TextEncoding encodeText(const data::Batch& batch, const ForwardContext& context);
    ImageEncoding encodeImages(const data::Batch& batch, const ForwardContext& context);
    /// Matching logits, or answers, of pairs (text_index[p], image_index[p]); pairs need not be sorted.
    FusionOutput match(const TextEncoding& text, const ImageEncoding& images, const std::vector<std::int64_t>& text_index,
                       const std::vector<std::int64_t>& image_index, const std::vector<std::uint64_t>& pair_ids,
                       const ForwardContext& context);
    /// Text tasks: logits of each task for the samples of the batch that are its own (samplesByTask).
    std::vector<at::Tensor> textLogits(const TextEncoding& text, const data::Batch& batch, const ForwardContext& context);
    /// exp of the learned log-scale (multimodal).
    at::Tensor logitScale() const;
    /// Of the weights.
    c10::Device device() const;
    const std::vector<dataset::TaskLabels>& labels() const;
    /// Bias balancing of every router after an optimizer step; nothing without biases.
    /// @param statistics the step's, of all ranks
    void balanceRouters(const std::vector<RoutingStatistics>& statistics);
    /// Evaluation only: every MoE layer chooses by this gate from now on, with the weights it has.
    void setGate(const RunConfig::Moe& moe);
    /// Everything a checkpoint holds of the model: parameters, then buffers (a router's bias).
    std::vector<std::pair<std::string, at::Tensor>> savedTensors() const;
    /// Names of the MoE layers, in order of the forward.
    std::vector<std::string> moeLayers() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};
TORCH_MODULE(MultimodalModel);

/// Loss terms of one micro-batch. Each value is scaled so that the mean over ranks is the joined batch's.
struct LossTerms {
    at::Tensor total;
    at::Tensor contrastive, matching, task;  ///< unscaled; undefined when not computed
    AuxLosses aux;                     ///< means over the MoE layers, unscaled; undefined when not computed
    std::vector<RoutingRecord> routing;
    config::PassShape shape;  ///< what was computed on
};

/// The training objective. Text tasks and vqa: taskLoss (core/model/task_heads.h). multimodal: task.contrastive * contrastive + task.matching * matching
/// + the weighted auxiliary losses (moe/aux_losses.h), each the mean over the MoE layers.
/// Source: contrastive - Radford et al. 2021 (arXiv 2103.00020) fig. 3; matching with in-batch hard negatives -
/// Li et al. 2021 (ALBEF, arXiv 2107.07651) sec. 3.2, the hardest negative instead of a sampled one, among the
/// `task.matching_block` neighbours of the global batch.
LossTerms trainingLoss(MultimodalModel& model, const data::Batch& batch, const RunConfig& config,
                       const ForwardContext& context);

}  // namespace switchyard::model
