// SPDX-License-Identifier: MIT
#include "core/model/vision/vision_encoder.h"

#include <ATen/ATen.h>

#include <bit>
#include <iterator>

#include "core/base/config/moe_layers.h"
#include "core/base/util/random.h"
#include "core/model/layers/after_gelu.h"
#include "core/model/layers/draws.h"

namespace switchyard::model {
namespace {

class Group : public torch::nn::Module {};

}  // namespace

ConvolutionImpl::ConvolutionImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride)
    : kernel_(kernel), stride_(stride) {
    weight = register_parameter("weight", at::empty({out, in, kernel, kernel}));
    bias = register_parameter("bias", at::empty({out}));
}

at::Tensor ConvolutionImpl::forward(const at::Tensor& x, bool after_gelu) {
    if (after_gelu) return geluConvolution(x, weight, bias, stride_, kernel_ / 2);
    return at::conv2d(x, weight, bias, stride_, kernel_ / 2);
}

PatchStemImpl::PatchStemImpl(const RunConfig::Vision& options) : patch_size_(options.patch_size), dim_(options.dim) {
    if (options.stem == Stem::kLinear) {
        linear_ = register_module("linear", Linear(3 * patch_size_ * patch_size_, dim_));
        return;
    }
    const auto list = register_module("convs", std::make_shared<Group>());
    const auto halvings = static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(patch_size_))) - 1;
    std::int64_t in = 3;
    for (std::int64_t i = 0; i < halvings; ++i) {
        const std::int64_t out = dim_ >> (halvings - 1 - i);
        convs_.push_back(list->register_module(std::to_string(i), Convolution(in, out, 3, 2)));
        in = out;
    }
    convs_.push_back(list->register_module(std::to_string(halvings), Convolution(dim_, dim_, 1, 1)));
}

at::Tensor PatchStemImpl::forward(const at::Tensor& images, const at::Tensor& patches) {
    const std::int64_t batch = images.size(0), grid = images.size(2) / patch_size_;
    if (linear_) {
        at::Tensor x = images.view({batch, 3, grid, patch_size_, grid, patch_size_})
                           .permute({0, 2, 4, 1, 3, 5})
                           .reshape({batch, grid * grid, 3 * patch_size_ * patch_size_});
        // Patches that are left out are not multiplied either.
        if (patches.defined()) x = x.gather(1, patches.unsqueeze(-1).expand({-1, -1, x.size(2)}));
        return linear_(x);
    }
    // Channels last is what the convolution kernels want; the tokens then come out without a copy.
    at::Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
    for (std::size_t i = 0; i < convs_.size(); ++i) x = convs_[i](x, i > 0);
    x = x.flatten(2).transpose(1, 2);
    if (patches.defined()) x = x.gather(1, patches.unsqueeze(-1).expand({-1, -1, x.size(2)}));
    return x.contiguous();
}

VisionEncoderImpl::VisionEncoderImpl(const RunConfig& config, ExpertShare share) : heads_(config.model.vision.heads) {
    const RunConfig::Vision& vision = config.model.vision;
    const std::int64_t grid = vision.image_size / vision.patch_size;
    patches_ = grid * grid + (vision.class_token ? 1 : 0);
    lora_dropout_ = vision.lora.rank > 0 ? vision.lora.dropout : 0;
    stem_ = register_module("stem", PatchStem(vision));
    position_ = register_parameter("position", at::empty({patches_, vision.dim}));
    if (vision.class_token) class_token_ = register_parameter("class_embedding", at::empty({vision.dim}));
    if (vision.input_norm) input_norm_ = register_module("input_norm", LayerNorm(vision.dim, vision.norm_eps));
    const auto list = register_module("blocks", std::make_shared<Group>());
    for (std::int64_t i = 0; i < vision.layers; ++i) {
        BlockImpl::Options options;
        options.dim = vision.dim;
        options.heads = vision.heads;
        options.ffn_dim = vision.ffn_dim;
        options.lora = vision.lora;
        options.norm_eps = vision.norm_eps;
        options.moe = config.model.moe.experts > 0 && vision.moe_every > 0 && (i + 1) % vision.moe_every == 0;
        const std::string name = "vision.blocks." + std::to_string(i) + ".moe";
        // A dense block takes its activation from there.
        const auto nth = static_cast<std::int64_t>(moe_layers_.size());
        const RunConfig::Moe moe =
            options.moe ? config::moeOf(config, config::MoePart::kVision, nth) : config.model.moe;
        options.moe_options = {vision.dim, moe, nameKey(name), name, share};
        if (options.moe) moe_layers_.push_back(name);
        blocks_.push_back(list->register_module(std::to_string(i), Block(options)));
    }
    norm_ = register_module("norm", LayerNorm(vision.dim, vision.norm_eps));
    if (vision.lora.rank > 0 && vision.lora.freeze_base) freezeBase(*this);
}

at::Tensor VisionEncoderImpl::forward(const data::Batch& batch, const ForwardContext& context,
                                      std::vector<RoutingRecord>* routing) {
    at::Tensor x = stem_(batch.images, batch.patches);
    at::Tensor numbers = batch.patches;  // of the tokens that are there; undefined = all
    if (class_token_.defined()) {
        x = at::cat({class_token_.to(x.scalar_type()).view({1, 1, -1}).expand({x.size(0), 1, -1}), x}, 1);
        if (numbers.defined()) numbers = at::cat({at::zeros({x.size(0), 1}, numbers.options()), numbers + 1}, 1);
    }
    x = x + (numbers.defined() ? at::embedding(position_, numbers) : position_);
    if (input_norm_) x = input_norm_(x);
    TokenInfo tokens;
    DropoutContext dropout;
    if (!moe_layers_.empty() || (context.training && lora_dropout_ > 0)) {
        tokens = imageTokens(batch.sample_ids, x.size(1), numbers, x.device());
    }
    if (context.training && lora_dropout_ > 0) dropout.keys = tokens.keys;
    std::uint64_t depth = 0;
    std::int64_t index = 0;
    for (Block& block : blocks_) {
        dropout.seed_key = randomKey({context.seed, static_cast<std::uint64_t>(context.step),
                                      static_cast<std::uint64_t>(Stream::kDropout), depth++});
        const auto body = [this, block, tokens, dropout](const std::vector<at::Tensor>& in,
                                                         const ForwardContext& of) mutable {
            return block->finish(in[0], selfAttention(block->qkv(in[0], &dropout), heads_), tokens, of, dropout);
        };
        UnitOutput out = runUnit("vision.blocks." + std::to_string(index++), {x}, context, body);
        x = out.features[0];
        std::move(out.routing.begin(), out.routing.end(), std::back_inserter(*routing));
    }
    return norm_(x);
}

}  // namespace switchyard::model
