// SPDX-License-Identifier: MIT
#include "core/train/step.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "core/base/util/error.h"
#include "core/parallel/squares.h"
#include "core/train/peak_memory.h"
#include "core/train/precision_scope.h"
#include "core/train/schedule.h"
#include "core/train/sick_experts.h"

namespace switchyard::train {
namespace {

/// Sums over this rank's micro-batches; the places of the numbers that ranks exchange.
struct Sums {
    double loss = 0, contrastive = 0, matching = 0, task = 0, tokens = 0, flops = 0;
    Wishes wishes;
    std::array<double, model::kAuxLosses> aux{};
    bool has_contrastive = false, has_matching = false, has_task = false;
    std::array<bool, model::kAuxLosses> has_aux{};
};

double valueOf(const at::Tensor& tensor) {
    return tensor.defined() ? tensor.detach().item<double>() : 0.0;
}

/// train.non_finite: the update is left out, or the training ends; the same on every rank. Collective.
void leaveOut(Assembly& assembly, std::int64_t step_index, const std::string& where, StepResult* result) {
    const RunConfig::Train& config = assembly.config.train;
    result->sick_experts = sickExperts(assembly);
    if (config.non_finite != NonFinite::kSkip || ++assembly.left_out > config.non_finite_limit)
        throw NonFiniteError(step_index + 1, where, result->sick_experts);
    result->skipped = true;
    result->non_finite = where;
}

/// One exchange: means of the losses, what was asked for, and each rank's health and memory in a place of its own.
/// @return ranks that are not well
std::string agree(const Sums& sums, bool finite, Assembly& assembly, StepResult* result) {
    constexpr std::int64_t kOwn = 10, kShared = kOwn + static_cast<std::int64_t>(model::kAuxLosses);
    parallel::Collectives& collectives = assembly.mesh->world();
    const int ranks = collectives.size();
    std::vector<double> numbers(static_cast<std::size_t>(kShared + 2 * ranks), 0.0);
    const double shared[kOwn] = {sums.loss,
                                 sums.contrastive,
                                 sums.matching,
                                 sums.tokens,
                                 sums.wishes.stop ? 1.0 : 0.0,
                                 sums.wishes.checkpoint ? 1.0 : 0.0,
                                 sums.wishes.pause ? 1.0 : 0.0,
                                 sums.task,
                                 sums.wishes.finish ? 1.0 : 0.0,
                                 sums.flops};
    std::copy(shared, shared + kOwn, numbers.begin());
    std::copy(sums.aux.begin(), sums.aux.end(), numbers.begin() + kOwn);
    const auto place = static_cast<std::size_t>(kShared + 2 * collectives.rank());
    numbers[place] = finite ? 0.0 : 1.0;
    numbers[place + 1] = static_cast<double>(peakMemoryBytes(assembly.device));
    at::Tensor tensor = at::tensor(numbers, at::kDouble).to(assembly.device);
    collectives.allReduceSum(tensor, "step_agreement");
    tensor = tensor.cpu();
    const auto* all = tensor.const_data_ptr<double>();
    std::string bad;  // a loss over gathered features is everyone's, so often all ranks
    for (int rank = 0; rank < ranks; ++rank) {
        result->peak_bytes = std::max(result->peak_bytes, static_cast<std::int64_t>(all[kShared + 2 * rank + 1]));
        if (all[kShared + 2 * rank] != 0.0) bad += (bad.empty() ? "rank " : ", rank ") + std::to_string(rank);
    }
    result->loss = all[0] / ranks;
    result->contrastive = all[1] / ranks;
    result->matching = all[2] / ranks;
    result->tokens = static_cast<std::int64_t>(all[3]);
    result->stop = all[4] > 0.0;
    result->checkpoint = all[5] > 0.0;
    result->pause = all[6] > 0.0;
    result->task = all[7] / ranks;
    result->finish = all[8] > 0.0;
    result->flops = all[9];
    for (std::size_t i = 0; i < model::kAuxLosses; ++i) {
        if (sums.has_aux[i]) result->aux[i] = all[kOwn + static_cast<std::int64_t>(i)] / ranks;
    }
    return bad;
}

/// Forward and backward of one micro-batch; gradients are added up, divided by `count`.
void accumulate(Assembly& assembly, const data::Batch& given, std::int64_t step_index, double count, bool last,
                bool watched, Sums* sums, std::vector<model::RoutingStatistics>* routing) {
    const data::Batch batch = data::onDevice(given, assembly.device);
    model::ForwardContext context;
    context.training = true;
    context.seed = static_cast<std::uint64_t>(assembly.config.run.seed);
    context.step = step_index;
    context.mesh = assembly.mesh.get();
    context.units = assembly.sharding->units();
    context.watched = watched;
    context.checkpointing = assembly.config.train.activation_checkpointing;
    model::LossTerms terms;
    {
        const PrecisionScope precision(assembly.config.train.precision, assembly.device);
        terms = model::trainingLoss(assembly.model, batch, assembly.config, context);
    }
    assembly.sharding->beforeBackward(last);
    (terms.total * (assembly.scaler.scale() / count)).backward();
    sums->loss += valueOf(terms.total) / count;
    sums->contrastive += valueOf(terms.contrastive) / count;
    sums->matching += valueOf(terms.matching) / count;
    sums->task += valueOf(terms.task) / count;
    for (std::size_t i = 0; i < model::kAuxLosses; ++i) {
        sums->aux[i] += valueOf(terms.aux[i]) / count;
        sums->has_aux[i] = sums->has_aux[i] || terms.aux[i].defined();
    }
    sums->has_contrastive = sums->has_contrastive || terms.contrastive.defined();
    sums->has_matching = sums->has_matching || terms.matching.defined();
    sums->has_task = sums->has_task || terms.task.defined();
    std::int64_t patches = 0;
    if (batch.patches.defined()) {
        patches = batch.patches.numel();
    } else if (batch.images.defined()) {
        const std::int64_t side = assembly.config.model.vision.patch_size;
        patches = batch.size * (batch.images.size(2) / side) * (batch.images.size(3) / side);
    }
    sums->flops += config::trainingFlops(assembly.config, terms.shape);
    sums->tokens += static_cast<double>(batch.token_ids.numel() + patches);
    if (routing == nullptr) return;
    const at::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < terms.routing.size(); ++i) {
        model::RoutingStatistics statistics = model::statisticsOf(terms.routing[i]);
        statistics.balance_pull /= assembly.scaler.scale();
        if (routing->size() <= i) {
            routing->push_back(std::move(statistics));
        } else {
            model::add((*routing)[i], statistics);
        }
    }
}

/// optim.in_backward: the norm is known only when everything is updated, so clipping goes by the step before (not at
/// all in the first). What is not finite changes no weight of its piece; the step then ends the run.
struct UpdateInBackward {
    Assembly& assembly;
    double lr;
    double squares = 0;

    void update(std::size_t first, std::size_t count) {
        if (assembly.before_update) assembly.before_update();
        const std::vector<at::Tensor>& weights = assembly.optimizer->weights();
        const std::vector<at::Tensor> these(weights.begin() + static_cast<std::ptrdiff_t>(first),
                                            weights.begin() + static_cast<std::ptrdiff_t>(first + count));
        const double of_these = parallel::squaredGradients(these);
        squares += of_these;
        if (!std::isfinite(of_these)) return;
        unscaleAndClip(these, assembly.last_norm, assembly.config.optim.grad_clip, 1.0);
        assembly.optimizer->update(lr, first, count);
    }
    /// Collective.
    double norm() const {
        at::Tensor sum = at::full({1}, squares, at::TensorOptions().dtype(at::kDouble).device(assembly.device));
        assembly.mesh->world().allReduceSum(sum, "gradient_norm");
        return std::sqrt(sum.item<double>());
    }
};

/// The learned log-scale stays in [0, ln 100].
void clampLogitScale(parallel::Sharding& sharding) {
    const at::NoGradGuard no_gradient;
    for (const parallel::Piece& piece : sharding.updated()) {
        if (piece.name == model::kLogitScale) at::Tensor(piece.tensor).clamp_(0.0, std::log(100.0));
    }
}

}  // namespace

StepResult trainStep(Assembly& assembly, const std::vector<data::Batch>& batches, std::int64_t step_index,
                     const Wishes& wishes, bool with_routing) {
    AdamW& optimizer = *assembly.optimizer;
    StepResult result;
    result.step = step_index + 1;
    result.lr = learningRate(assembly.config.optim, step_index, assembly.steps);
    parallel::Sharding& sharding = *assembly.sharding;
    sharding.begin();
    const bool in_backward = assembly.config.optim.in_backward;
    UpdateInBackward early{assembly, result.lr};
    if (in_backward) {
        optimizer.beginUpdate();
        sharding.updateInBackward([&](std::size_t first, std::size_t count) { early.update(first, count); });
    }
    Sums sums;
    sums.wishes = wishes;
    const bool balanced = assembly.config.model.moe.bias_balance > 0;  // the loads are needed in every step then
    for (const data::Batch& batch : batches) {
        accumulate(assembly, batch, step_index, static_cast<double>(batches.size()), &batch == &batches.back(),
                   with_routing, &sums, with_routing || balanced ? &result.routing : nullptr);
    }
    if (in_backward) {
        sharding.finish();
        sharding.updateInBackward({});
    }
    GradScaler& scaler = assembly.scaler;
    // Looked at before averaging: afterwards a NaN of one rank is everyone's, and no one could be named. In fp16 a
    // gradient beyond the range only skips the step.
    const bool finite_gradients = sharding.ownGradientsFinite();
    const bool finite = std::isfinite(sums.loss) && (scaler.used() || finite_gradients);
    const std::string bad = agree(sums, finite, assembly, &result);
    if (!bad.empty()) leaveOut(assembly, step_index, bad, &result);
    result.has_contrastive = sums.has_contrastive;
    result.has_matching = sums.has_matching;
    result.has_task = sums.has_task;
    if (!in_backward) sharding.finish();
    result.loss_scale = scaler.scale();
    result.grad_norm = (in_backward ? early.norm() : sharding.gradientNorm()) / scaler.scale();
    const bool finite_norm = std::isfinite(result.grad_norm);
    if (bad.empty() && scaler.used()) {
        result.skipped = !finite_norm;
        scaler.update(finite_norm);
    } else if (bad.empty() && !finite_norm) {
        leaveOut(assembly, step_index, "all ranks together", &result);
    }
    if (result.skipped) result.grad_norm = 0;
    if (result.non_finite.empty()) assembly.left_out = 0;
    if (!in_backward && assembly.before_update) assembly.before_update();
    if (!in_backward && !result.skipped) {
        unscaleAndClip(optimizer.weights(), result.grad_norm, assembly.config.optim.grad_clip, result.loss_scale);
        optimizer.step(result.lr);
    }
    assembly.last_norm = result.grad_norm;
    clampLogitScale(sharding);
    sharding.publish();
    assembly.tokens_seen += result.tokens;
    if (with_routing || balanced) model::reduce(result.routing, *assembly.mesh, with_routing);
    if (balanced && result.non_finite.empty()) assembly.model->balanceRouters(result.routing);
    if (!with_routing) result.routing.clear();
    return result;
}

}  // namespace switchyard::train
