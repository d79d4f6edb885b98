// SPDX-License-Identifier: MIT
#include "core/model/multimodal_model.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/util/error.h"
#include "core/model/fusion/fusion.h"
#include "core/model/layers/init.h"
#include "core/model/moe/moe_layer.h"
#include "core/model/task_heads.h"
#include "core/model/text/text_encoder.h"
#include "core/model/vision/vision_encoder.h"

namespace switchyard::model {
namespace {

/// Matching logit of a pair: fc2(gelu(fc1([text; image]))). Parameters: fc1.*, fc2.*.
class MatchHeadImpl : public torch::nn::Module {
public:
    explicit MatchHeadImpl(std::int64_t dim) {
        fc1_ = register_module("fc1", Linear(2 * dim, dim));
        fc2_ = register_module("fc2", Linear(dim, 1));
    }
    at::Tensor forward(const at::Tensor& pooled) { return fc2_(at::gelu(fc1_(pooled))).squeeze(-1); }

private:
    Linear fc1_{nullptr}, fc2_{nullptr};
};
TORCH_MODULE(MatchHead);

/// Weights outside blocks are used from several places.
void fetchRoot(const ForwardContext& context) {
    if (context.units != nullptr) context.units->fetch(parallel::kRootUnit);
}

/// The first token of each sample. Shapes: [T, D] -> [B, D].
at::Tensor firstRows(const at::Tensor& tokens, const std::vector<std::int64_t>& lengths) {
    std::vector<std::int64_t> rows;
    std::int64_t row = 0;
    for (const std::int64_t length : lengths) {
        rows.push_back(row);
        row += length;
    }
    return tokens.index_select(0, at::tensor(rows, at::TensorOptions().dtype(at::kLong).device(tokens.device())));
}

at::Tensor normalised(const at::Tensor& x, at::ScalarType type) {
    const at::Tensor full = x.to(type);
    return full / full.norm(2, {-1}, /*keepdim=*/true).clamp_min(1e-12);
}

}  // namespace

struct MultimodalModelImpl::Impl {
    TextEncoder text{nullptr};
    VisionEncoder vision{nullptr};
    Fusion fusion{nullptr};
    Linear text_projection{nullptr}, image_projection{nullptr};
    MatchHead match_head{nullptr};
    TaskHeads heads{nullptr};
    at::Tensor logit_scale;
    Pool text_pool = Pool::kMean, image_pool = Pool::kMean;
    std::vector<dataset::TaskLabels> labels;

    /// Of the unit that is always there; its type and device are the whole model's.
    const at::Tensor& anyWeight() const { return text->anyWeight(); }
    at::ScalarType type() const { return anyWeight().scalar_type(); }
};

MultimodalModelImpl::MultimodalModelImpl(const RunConfig& config, ExpertShare share,
                                         const std::vector<dataset::TaskLabels>& labels)
    : impl_(std::make_unique<Impl>()) {
    const RunConfig::Model& model = config.model;
    const TaskKind kind = config.task.kind;
    impl_->text_pool = model.text.pool;
    impl_->image_pool = model.vision.pool;
    impl_->labels = labels;
    impl_->text = register_module("text", TextEncoder(config, share));
    if (kind != TaskKind::kText) impl_->vision = register_module("vision", VisionEncoder(config, share));
    if (kind == TaskKind::kMultimodal) {
        impl_->text_projection = register_module("text_projection", Linear(model.text.dim, model.embed_dim));
        impl_->image_projection = register_module("image_projection", Linear(model.vision.dim, model.embed_dim));
        impl_->logit_scale = register_parameter(kLogitScale, at::empty({1}));
    }
    if (kind != TaskKind::kText) impl_->fusion = register_module("fusion", Fusion(config, share));
    if (kind == TaskKind::kMultimodal) {
        impl_->match_head = register_module("match_head", MatchHead(model.fusion.dim));
    } else {
        impl_->heads = register_module("heads", TaskHeads(config, labels));
    }
    initialise(*this, static_cast<std::uint64_t>(config.run.seed), share);
    if (config.train.precision == Precision::kFp64) to(at::kDouble);
}

MultimodalModelImpl::~MultimodalModelImpl() = default;

TextEncoding MultimodalModelImpl::encodeText(const data::Batch& batch, const ForwardContext& context) {
    fetchRoot(context);
    const std::vector<LengthGroup> groups = groupByLength(batch.text_lengths);
    TextEncoding out;
    out.lengths = batch.text_lengths;
    out.tokens = impl_->text->forward(batch, groups, context, &out.routing);
    if (impl_->fusion && !impl_->text_projection) return out;
    at::Tensor pooled = impl_->text_pool == Pool::kMean ? packedMean(out.tokens, groups) : firstRows(out.tokens, out.lengths);
    if (impl_->text_projection) pooled = impl_->text_projection(pooled);
    out.embedding = normalised(pooled, impl_->type());
    return out;
}

ImageEncoding MultimodalModelImpl::encodeImages(const data::Batch& batch, const ForwardContext& context) {
    fetchRoot(context);
    ImageEncoding out;
    if (batch.images.scalar_type() == impl_->type()) {
        out.patches = impl_->vision->forward(batch, context, &out.routing);
    } else {
        data::Batch converted = batch;
        converted.images = batch.images.to(impl_->type());
        out.patches = impl_->vision->forward(converted, context, &out.routing);
    }
    if (!impl_->image_projection) return out;
    const at::Tensor pooled = impl_->image_pool == Pool::kMean ? out.patches.mean(1) : out.patches.select(1, 0);
    out.embedding = normalised(impl_->image_projection(pooled), impl_->type());
    return out;
}

FusionOutput MultimodalModelImpl::match(const TextEncoding& text, const ImageEncoding& images,
                                        const std::vector<std::int64_t>& text_index, const std::vector<std::int64_t>& image_index,
                                        const std::vector<std::uint64_t>& pair_ids, const ForwardContext& context) {
    fetchRoot(context);
    FusionOutput out;
    if (text_index.empty()) {
        out.match_logits = at::zeros({0}, impl_->anyWeight().options());
        return out;
    }
    // Pairs by rising text length, so that groups form; the logits go back to the order asked for.
    std::vector<std::int64_t> order(text_index.size());
    std::iota(order.begin(), order.end(), 0);
    const auto lengthOf = [&](std::int64_t pair) {
        return text.lengths[static_cast<std::size_t>(text_index[static_cast<std::size_t>(pair)])];
    };
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return lengthOf(a) < lengthOf(b); });

    std::vector<std::int64_t> offsets(text.lengths.size() + 1, 0);
    for (std::size_t b = 0; b < text.lengths.size(); ++b) offsets[b + 1] = offsets[b] + text.lengths[b];
    std::vector<std::int64_t> rows, pictures, lengths, back(order.size());
    std::vector<std::uint64_t> ids;
    for (std::size_t p = 0; p < order.size(); ++p) {
        const auto pair = static_cast<std::size_t>(order[p]);
        const auto sample = static_cast<std::size_t>(text_index[pair]);
        for (std::int64_t row = offsets[sample]; row < offsets[sample + 1]; ++row) rows.push_back(row);
        lengths.push_back(text.lengths[sample]);
        pictures.push_back(image_index[pair]);
        ids.push_back(pair_ids[pair]);
        back[pair] = static_cast<std::int64_t>(p);
    }
    const auto longs = at::TensorOptions().dtype(at::kLong).device(text.tokens.device());
    const at::Tensor pair_text = text.tokens.index_select(0, at::tensor(rows, longs));
    const at::Tensor pair_image = images.patches.index_select(0, at::tensor(pictures, longs));
    const c10::Device device = text.tokens.device();
    const TokenInfo text_info = textTokens(ids, lengths, device),
                    image_info = imageTokens(ids, pair_image.size(1), {}, device);
    const TokenInfo info{at::cat({text_info.modality, image_info.modality}), at::cat({text_info.keys, image_info.keys})};
    const at::Tensor pooled = impl_->fusion->forward(pair_text, pair_image, groupByLength(lengths), info, context, &out.routing);
    const at::Tensor in_order = at::tensor(back, longs);
    if (impl_->match_head) {
        out.match_logits = impl_->match_head(pooled).to(impl_->type()).index_select(0, in_order);
    } else {
        out.answer_logits = impl_->heads->answerLogits(pooled, ids, context).to(impl_->type()).index_select(0, in_order);
    }
    return out;
}

std::vector<at::Tensor> MultimodalModelImpl::textLogits(const TextEncoding& text, const data::Batch& batch,
                                                        const ForwardContext& context) {
    const auto [u, v] = segmentMeans(text.tokens, batch);
    const std::vector<std::vector<std::int64_t>> of = samplesByTask(batch, impl_->labels.size());
    std::vector<at::Tensor> logits;
    for (std::size_t task = 0; task < of.size(); ++task)
        logits.push_back(impl_->heads->textLogits(task, u, v, batch, of[task], context).to(impl_->type()));
    return logits;
}

c10::Device MultimodalModelImpl::device() const { return impl_->anyWeight().device(); }

const std::vector<dataset::TaskLabels>& MultimodalModelImpl::labels() const { return impl_->labels; }

at::Tensor MultimodalModelImpl::logitScale() const { return impl_->logit_scale.exp(); }

void MultimodalModelImpl::balanceRouters(const std::vector<RoutingStatistics>& statistics) {
    for (MoeLayerImpl* layer : moeLayersOf(*this)) {
        for (const RoutingStatistics& of_layer : statistics) {
            if (of_layer.layer == layer->layerName()) layer->router()->balance(of_layer.counts.sum(0));
        }
    }
}

void MultimodalModelImpl::setGate(const RunConfig::Moe& moe) {
    for (MoeLayerImpl* layer : moeLayersOf(*this)) layer->setGate(moe);
}

std::vector<std::pair<std::string, at::Tensor>> MultimodalModelImpl::savedTensors() const {
    std::vector<std::pair<std::string, at::Tensor>> tensors;
    for (const auto& item : named_parameters()) tensors.emplace_back(item.key(), item.value());
    for (const auto& item : named_buffers()) tensors.emplace_back(item.key(), item.value());
    return tensors;
}

std::vector<std::string> MultimodalModelImpl::moeLayers() const {
    std::vector<std::string> names = impl_->text->moeLayers();
    std::vector<std::string> more;
    if (impl_->vision) more = impl_->vision->moeLayers();
    names.insert(names.end(), more.begin(), more.end());
    more.clear();
    if (impl_->fusion) more = impl_->fusion->moeLayers();
    names.insert(names.end(), more.begin(), more.end());
    return names;
}

}  // namespace switchyard::model
