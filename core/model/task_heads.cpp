// SPDX-License-Identifier: MIT
#include "core/model/task_heads.h"

#include <ATen/ATen.h>

#include "core/base/dataset/text_task.h"
#include "core/base/util/random.h"
#include "core/model/layers/draws.h"
#include "core/model/layers/dropout.h"

namespace switchyard::model {
namespace {

/// Draws of a head's dropout belong to samples.
DropoutContext headDropout(const std::vector<std::uint64_t>& sample_ids, double p, const ForwardContext& context,
                           c10::Device device) {
    DropoutContext dropout;
    if (!context.training || p <= 0) return dropout;
    at::Tensor keys = at::empty({static_cast<std::int64_t>(sample_ids.size())}, at::kLong);
    auto* key = keys.mutable_data_ptr<std::int64_t>();
    for (const std::uint64_t id : sample_ids) *key++ = static_cast<std::int64_t>(randomKey({id, 2}));
    dropout.keys = keys.to(device);
    dropout.seed_key = randomKey({context.seed, static_cast<std::uint64_t>(context.step),
                                  static_cast<std::uint64_t>(Stream::kDropout), nameKey("heads")});
    return dropout;
}

at::Tensor longs(const std::vector<std::int64_t>& numbers, c10::Device device) {
    return at::tensor(numbers, at::kLong).to(device);
}

}  // namespace

std::pair<at::Tensor, at::Tensor> segmentMeans(const at::Tensor& tokens, const data::Batch& batch) {
    const std::int64_t samples = batch.size, rows = tokens.size(0);
    // A small matrix of shares: one product, and its transpose in the backward.
    at::Tensor shares = at::zeros({2 * samples, rows}, at::kFloat);
    auto* share = shares.mutable_data_ptr<float>();
    const at::Tensor types = batch.token_types.defined() ? batch.token_types.cpu() : at::Tensor();
    const auto* type = types.defined() ? types.const_data_ptr<std::int64_t>() : nullptr;
    std::int64_t row = 0;
    for (std::int64_t b = 0; b < samples; ++b) {
        const std::int64_t end = row + batch.text_lengths[static_cast<std::size_t>(b)];
        std::int64_t second = 0;
        for (std::int64_t r = row; r < end && type != nullptr; ++r) second += type[r] != 0 ? 1 : 0;
        const std::int64_t first = end - row - second;
        for (; row < end; ++row) {
            const bool of_second = type != nullptr && type[row] != 0;
            share[(of_second ? samples + b : b) * rows + row] = 1.0F / static_cast<float>(of_second ? second : first);
        }
    }
    const at::Tensor means = at::mm(shares.to(tokens.options()), tokens);
    return {means.narrow(0, 0, samples), means.narrow(0, samples, samples)};
}

TaskHeadsImpl::TaskHeadsImpl(const RunConfig& config, const std::vector<dataset::TaskLabels>& labels)
    : dropout_(config.task.head_dropout) {
    if (config.task.kind == TaskKind::kVqa) {
        const std::int64_t dim = config.model.fusion.dim, outputs = labels.empty() ? 2 : labels.front().outputs();
        const auto head = register_module("vqa", std::make_shared<torch::nn::Module>("vqa"));
        fc1_ = head->register_module("fc1", Linear(2 * dim, dim));
        fc2_ = head->register_module("fc2", Linear(dim, outputs));
        return;
    }
    for (const dataset::TaskLabels& of : labels) {
        paired_.push_back(!dataset::textTask(of.task, config.task).pair.empty());
        const std::int64_t in = config.model.text.dim * (paired_.back() ? 4 : 1);
        text_.push_back(register_module(of.task, Linear(in, of.outputs())));
    }
}

at::Tensor TaskHeadsImpl::textLogits(std::size_t task, const at::Tensor& u, const at::Tensor& v, const data::Batch& batch,
                                     const std::vector<std::int64_t>& of, const ForwardContext& context) {
    const at::Tensor rows = longs(of, u.device());
    at::Tensor x = u.index_select(0, rows);
    if (paired_[task]) {
        const at::Tensor y = v.index_select(0, rows);
        x = at::cat({x, y, (x - y).abs(), x * y}, -1);
    }
    std::vector<std::uint64_t> ids;
    for (const std::int64_t i : of) ids.push_back(batch.sample_ids[static_cast<std::size_t>(i)]);
    return text_[task](dropped(x, headDropout(ids, dropout_, context, x.device()), dropout_, 0));
}

at::Tensor TaskHeadsImpl::answerLogits(const at::Tensor& pooled, const std::vector<std::uint64_t>& sample_ids,
                                       const ForwardContext& context) {
    const DropoutContext dropout = headDropout(sample_ids, dropout_, context, pooled.device());
    return fc2_(at::gelu(fc1_(dropped(pooled, dropout, dropout_, 0))));
}

std::vector<std::vector<std::int64_t>> samplesByTask(const data::Batch& batch, std::size_t tasks) {
    std::vector<std::vector<std::int64_t>> of(tasks);
    for (std::size_t i = 0; i < batch.tasks.size(); ++i)
        of[static_cast<std::size_t>(batch.tasks[i])].push_back(static_cast<std::int64_t>(i));
    return of;
}

at::Tensor taskLoss(const std::vector<at::Tensor>& logits, const std::vector<std::vector<std::int64_t>>& of,
                    const data::Batch& batch, const std::vector<double>& weights, const std::vector<bool>& scores) {
    at::Tensor total;
    for (std::size_t task = 0; task < logits.size(); ++task) {
        std::vector<double> labels;
        for (const std::int64_t i : of[task]) labels.push_back(batch.labels[static_cast<std::size_t>(i)]);
        // In full precision whatever the rest computes in.
        const at::Tensor y = logits[task].scalar_type() == at::kDouble ? logits[task] : logits[task].to(at::kFloat);
        const at::Tensor label = at::tensor(labels, at::kDouble).to(y.device());
        at::Tensor sum = scores[task] ? at::mse_loss(y.squeeze(-1), label.to(y.scalar_type()), at::Reduction::Sum)
                                      : at::cross_entropy_loss(y, label.to(at::kLong), {}, at::Reduction::Sum, /*ignore_index=*/-1);
        const double weight = weights.empty() ? 1.0 : weights[task];
        sum = sum * (weight / static_cast<double>(batch.size));
        total = total.defined() ? total + sum : sum;
    }
    return total;
}

}  // namespace switchyard::model
