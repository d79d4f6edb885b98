// SPDX-License-Identifier: MIT
#include "core/model/fusion/fusion.h"

#include <ATen/ATen.h>

#include <iterator>

#include "core/base/config/moe_layers.h"
#include "core/model/layers/draws.h"

namespace switchyard::model {
namespace {

class Group : public torch::nn::Module {};

}  // namespace

FusionBlockImpl::FusionBlockImpl(const RunConfig& config, std::int64_t index, ExpertShare share)
    : heads_(config.model.fusion.heads) {
    const std::int64_t dim = config.model.fusion.dim;
    text_norm_ = register_module("text_norm", LayerNorm(dim));
    image_norm_ = register_module("image_norm", LayerNorm(dim));
    text_q_ = register_module("text_q", Linear(dim, dim));
    image_kv_ = register_module("image_kv", Linear(dim, 2 * dim));
    text_out_ = register_module("text_out", Linear(dim, dim));
    image_q_ = register_module("image_q", Linear(dim, dim));
    text_kv_ = register_module("text_kv", Linear(dim, 2 * dim));
    image_out_ = register_module("image_out", Linear(dim, dim));
    ffn_norm_ = register_module("ffn_norm", LayerNorm(dim));
    if (config.model.fusion.moe && config.model.moe.experts > 0) {
        moe_name_ = "fusion.blocks." + std::to_string(index) + ".moe";
        const RunConfig::Moe moe = config::moeOf(config, config::MoePart::kFusion, index);
        moe_ = register_module("moe", MoeLayer(MoeOptions{dim, moe, nameKey(moe_name_), moe_name_, share}));
    } else {
        ffn_ = register_module("ffn", FeedForward(dim, config.model.fusion.ffn_dim, config.model.moe.activation));
    }
}

UnitOutput FusionBlockImpl::feedForward(const at::Tensor& text, const at::Tensor& image, const TokenInfo& tokens,
                                        const ForwardContext& context) {
    const std::int64_t dim = text.size(1), text_rows = text.size(0), image_rows = image.size(0) * image.size(1);
    const at::Tensor all = at::cat({text, image.reshape({image_rows, dim})}, 0);
    const at::Tensor normed = ffn_norm_(all);
    UnitOutput out;
    at::Tensor updated;
    if (moe_) {
        MoeLayerImpl::Output sparse = moe_(normed, tokens, context);
        out.routing.push_back(std::move(sparse.routing));
        updated = all + sparse.y;
    } else {
        updated = all + ffn_(normed);
    }
    out.features = updated.split_with_sizes({text_rows, image_rows}, 0);
    out.features[1] = out.features[1].view(image.sizes());
    return out;
}

UnitOutput FusionBlockImpl::forward(const at::Tensor& text, const at::Tensor& image,
                                    const std::vector<LengthGroup>& groups, const TokenInfo& tokens,
                                    const ForwardContext& context) {
    const at::Tensor normed_text = text_norm_(text), normed_image = image_norm_(image);
    const at::Tensor text_read = textToImageAttention(text_q_(normed_text), image_kv_(normed_image), groups, heads_);
    const at::Tensor image_read = imageToTextAttention(image_q_(normed_image), text_kv_(normed_text), groups, heads_);
    const at::Tensor text_middle = text + text_out_(text_read), image_middle = image + image_out_(image_read);
    if (context.checkpointing != ActivationCheckpointing::kSelective)
        return feedForward(text_middle, image_middle, tokens, context);
    return recomputed({text_middle, image_middle}, context,
                      [this, tokens](const std::vector<at::Tensor>& in, const ForwardContext& again) {
                          return feedForward(in[0], in[1], tokens, again);
                      });
}

FusionImpl::FusionImpl(const RunConfig& config, ExpertShare share) {
    const std::int64_t dim = config.model.fusion.dim;
    text_in_ = register_module("text_in", Linear(config.model.text.dim, dim));
    image_in_ = register_module("image_in", Linear(config.model.vision.dim, dim));
    const auto list = register_module("blocks", std::make_shared<Group>());
    for (std::int64_t i = 0; i < config.model.fusion.layers; ++i) {
        blocks_.push_back(list->register_module(std::to_string(i), FusionBlock(config, i, share)));
    }
    text_norm_ = register_module("text_norm", LayerNorm(dim));
    image_norm_ = register_module("image_norm", LayerNorm(dim));
}

at::Tensor FusionImpl::forward(const at::Tensor& text, const at::Tensor& image, const std::vector<LengthGroup>& groups,
                               const TokenInfo& tokens, const ForwardContext& context,
                               std::vector<RoutingRecord>* routing) {
    at::Tensor t = text_in_(text), i = image_in_(image);
    std::int64_t index = 0;
    for (FusionBlock& block : blocks_) {
        const auto body = [block, groups, tokens](const std::vector<at::Tensor>& in, const ForwardContext& of) mutable {
            return block->forward(in[0], in[1], groups, tokens, of);
        };
        UnitOutput out = runUnit("fusion.blocks." + std::to_string(index++), {t, i}, context, body);
        t = out.features[0];
        i = out.features[1];
        std::move(out.routing.begin(), out.routing.end(), std::back_inserter(*routing));
    }
    return at::cat({packedMean(text_norm_(t), groups), image_norm_(i).mean(1)}, -1);
}

std::vector<std::string> FusionImpl::moeLayers() const {
    std::vector<std::string> names;
    for (const FusionBlock& block : blocks_) {
        if (!block->moeName().empty()) names.push_back(block->moeName());
    }
    return names;
}

}  // namespace switchyard::model
