// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include <iterator>
#include <numeric>

#include "core/model/matching.h"
#include "core/model/multimodal_model.h"
#include "core/model/task_heads.h"

namespace switchyard::model {
namespace {

config::PassShape shapeOf(const TextEncoding& text) {
    config::PassShape shape;
    for (const std::int64_t length : text.lengths) {
        shape.text_tokens += static_cast<double>(length);
        shape.text_squares += static_cast<double>(length * length);
    }
    return shape;
}

void addImages(const ImageEncoding& image, config::PassShape* shape) {
    const auto images = static_cast<double>(image.patches.size(0)), each = static_cast<double>(image.patches.size(1));
    shape->images = images;
    shape->image_tokens = images * each;
    shape->image_squares = images * each * each;
}

void addPairs(const TextEncoding& text, const ImageEncoding& image, const std::vector<std::int64_t>& texts,
              config::PassShape* shape) {
    const auto each = static_cast<double>(image.patches.size(1));
    shape->pairs = static_cast<double>(texts.size());
    for (const std::int64_t of : texts)
        shape->pair_text_tokens += static_cast<double>(text.lengths[static_cast<std::size_t>(of)]);
    shape->pair_image_tokens = shape->pairs * each;
    shape->pair_products = shape->pair_text_tokens * each;
}

at::Tensor contrastiveLoss(const at::Tensor& text, const at::Tensor& image, const at::Tensor& scale,
                           parallel::Collectives& collectives) {
    const at::Tensor all_text = parallel::allGatherWithGradient(text, collectives, "contrastive_text");
    const at::Tensor all_image = parallel::allGatherWithGradient(image, collectives, "contrastive_image");
    const std::int64_t first = collectives.rank() * text.size(0);
    const at::Tensor label = at::arange(first, first + text.size(0), text.options().dtype(at::kLong));
    const at::Tensor by_text = at::mm(text, all_image.t()) * scale, by_image = at::mm(image, all_text.t()) * scale;
    return (at::cross_entropy_loss(by_text, label) + at::cross_entropy_loss(by_image, label)) / 2;
}

at::Tensor matchingLoss(MultimodalModel& model, const TextEncoding& text, const ImageEncoding& image,
                        const data::Batch& batch, const RunConfig& config, const ForwardContext& context,
                        std::vector<RoutingRecord>* routing, config::PassShape* shape) {
    const at::Tensor similarity = at::mm(text.embedding.detach(), image.embedding.detach().t());
    const MatchingPairs pairs = choosePairs(batch, similarity, config.task.matching_block, config.task.matching_share);
    FusionOutput fused = model->match(text, image, pairs.text, pairs.image, pairs.id, context);
    addPairs(text, image, pairs.text, shape);
    *routing = std::move(fused.routing);
    at::Tensor count = at::full({1}, static_cast<double>(pairs.label.size()), at::kDouble);
    context.mesh->world().allReduceSum(count, "matching_pairs");
    const at::Tensor label = at::tensor(pairs.label, at::kDouble).to(fused.match_logits.options());
    const at::Tensor sum = at::binary_cross_entropy_with_logits(fused.match_logits, label, {}, {}, at::Reduction::Sum);
    return sum * (static_cast<double>(context.mesh->size()) / count.item<double>());
}

/// The loss of text tasks or vqa.
void addTaskLoss(MultimodalModel& model, const data::Batch& batch, const RunConfig& config,
                 const ForwardContext& context, LossTerms* terms) {
    TextEncoding text = model->encodeText(batch, context);
    terms->routing = std::move(text.routing);
    terms->shape = shapeOf(text);
    const auto append = [&](std::vector<RoutingRecord>&& more) {
        std::move(more.begin(), more.end(), std::back_inserter(terms->routing));
    };
    if (config.task.kind == TaskKind::kText) {
        std::vector<bool> scores;
        for (const dataset::TaskLabels& of : model->labels()) scores.push_back(of.classes.empty());
        terms->task = taskLoss(model->textLogits(text, batch, context), samplesByTask(batch, scores.size()), batch,
                               config.task.weights, scores);
    } else {
        ImageEncoding image = model->encodeImages(batch, context);
        append(std::move(image.routing));
        std::vector<std::int64_t> all(static_cast<std::size_t>(batch.size));
        std::iota(all.begin(), all.end(), 0);
        addImages(image, &terms->shape);
        addPairs(text, image, all, &terms->shape);
        FusionOutput fused = model->match(text, image, all, all, batch.sample_ids, context);
        append(std::move(fused.routing));
        terms->task = taskLoss({fused.answer_logits}, {all}, batch, {}, {false});
    }
    terms->total = terms->task;
}

void addContrastiveAndMatching(MultimodalModel& model, const data::Batch& batch, const RunConfig& config,
                               const ForwardContext& context, LossTerms* terms) {
    TextEncoding text = model->encodeText(batch, context);
    ImageEncoding image = model->encodeImages(batch, context);
    terms->contrastive = contrastiveLoss(text.embedding, image.embedding, model->logitScale(), context.mesh->world());
    terms->total = terms->contrastive * config.task.contrastive;
    terms->shape = shapeOf(text);
    addImages(image, &terms->shape);
    terms->routing = std::move(text.routing);
    terms->routing.insert(terms->routing.end(), image.routing.begin(), image.routing.end());
    if (config.task.matching > 0) {
        std::vector<RoutingRecord> fused;
        terms->matching = matchingLoss(model, text, image, batch, config, context, &fused, &terms->shape);
        terms->total = terms->total + terms->matching * config.task.matching;
        terms->routing.insert(terms->routing.end(), fused.begin(), fused.end());
    }
}

}  // namespace

LossTerms trainingLoss(MultimodalModel& model, const data::Batch& batch, const RunConfig& config,
                       const ForwardContext& context) {
    LossTerms terms;
    if (config.task.kind == TaskKind::kMultimodal) {
        addContrastiveAndMatching(model, batch, config, context, &terms);
    } else {
        addTaskLoss(model, batch, config, context, &terms);
    }
    const RunConfig::Losses& losses = config.model.moe.losses;
    for (RoutingRecord& record : terms.routing) {
        if (context.watched) record.balance_pull = std::make_shared<at::Tensor>();
        const AuxLosses of_layer = auxLosses(record, losses, context.mesh->world());
        for (std::size_t i = 0; i < kAuxLosses; ++i) {
            if (!of_layer[i].defined()) continue;
            const at::Tensor part = of_layer[i] / static_cast<double>(terms.routing.size());
            terms.aux[i] = terms.aux[i].defined() ? terms.aux[i] + part : part;
        }
    }
    for (std::size_t i = 0; i < kAuxLosses; ++i) {
        const double weight = auxLossWeight(static_cast<AuxLoss>(i), losses);
        if (terms.aux[i].defined() && weight > 0) terms.total = terms.total + terms.aux[i] * weight;
    }
    return terms;
}

}  // namespace switchyard::model
