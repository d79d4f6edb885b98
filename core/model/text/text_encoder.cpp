// SPDX-License-Identifier: MIT
#include "core/model/text/text_encoder.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <iterator>

#include "core/base/util/random.h"
#include "core/model/layers/draws.h"

namespace switchyard::model {
namespace {

/// A module that only groups names ("attention", "blocks").
class Group : public torch::nn::Module {};

bool targets(const RunConfig::Lora& lora, const char* name) {
    return lora.rank > 0 && std::find(lora.targets.begin(), lora.targets.end(), name) != lora.targets.end();
}

at::Tensor ofModality(Modality modality, std::int64_t tokens, c10::Device device) {
    return at::full({tokens}, static_cast<std::int64_t>(modality), at::TensorOptions().dtype(at::kChar).device(device));
}

}  // namespace

BlockImpl::BlockImpl(const Options& options) : dim_(options.dim) {
    norm1 = register_module("norm1", LayerNorm(options.dim));
    const auto attention = register_module("attention", std::make_shared<Group>());
    qkv_ = attention->register_module("qkv", Linear(options.dim, 3 * options.dim));
    out_ = attention->register_module("out", Linear(options.dim, options.dim));
    norm2 = register_module("norm2", LayerNorm(options.dim));
    std::int64_t slice = 0;
    for (const char* name : {"q", "k", "v"}) {
        if (targets(options.lora, name)) qkv_->adapt(name, slice, options.dim, options.lora);
        slice += options.dim;
    }
    if (targets(options.lora, "o")) out_->adapt("o", 0, options.dim, options.lora);
    if (options.moe) {
        moe_ = register_module("moe", MoeLayer(options.moe_options));
    } else {
        ffn_ = register_module("ffn", FeedForward(options.dim, options.ffn_dim, options.moe_options.moe.activation));
        if (targets(options.lora, "fc1")) ffn_->fc1->adapt("fc1", 0, options.ffn_dim, options.lora);
        if (targets(options.lora, "fc2")) ffn_->fc2->adapt("fc2", 0, options.dim, options.lora);
    }
}

at::Tensor BlockImpl::qkv(const at::Tensor& x, const DropoutContext* dropout) {
    return qkv_(norm1(x), dropout);
}

UnitOutput BlockImpl::feedForward(const at::Tensor& middle, const TokenInfo& tokens, const ForwardContext& context,
                                  const DropoutContext& dropout) {
    const at::Tensor normed = norm2(middle);
    if (!moe_) return {{middle + ffn_(normed, &dropout)}, {}};
    MoeLayerImpl::Output sparse = moe_(normed.reshape({-1, dim_}), tokens, context);
    return {{middle + sparse.y.view(middle.sizes())}, {std::move(sparse.routing)}};
}

UnitOutput BlockImpl::finish(const at::Tensor& x, const at::Tensor& attended, const TokenInfo& tokens,
                             const ForwardContext& context, const DropoutContext& dropout) {
    const at::Tensor middle = x + out_(attended, &dropout);
    if (context.checkpointing != ActivationCheckpointing::kSelective)
        return feedForward(middle, tokens, context, dropout);
    return recomputed({middle}, context,
                      [this, tokens, dropout](const std::vector<at::Tensor>& features, const ForwardContext& again) {
                          return feedForward(features[0], tokens, again, dropout);
                      });
}

TextEncoderImpl::TextEncoderImpl(const RunConfig& config, ExpertShare share)
    : heads_(config.model.text.heads), bias_(heads_, config.model.text.causal) {
    const RunConfig::Text& text = config.model.text;
    embedding_ = register_module("embedding", Embedding(text.vocab_size, text.dim));
    const auto list = register_module("blocks", std::make_shared<Group>());
    for (std::int64_t i = 0; i < text.layers; ++i) {
        BlockImpl::Options options;
        options.dim = text.dim;
        options.heads = text.heads;
        options.ffn_dim = text.ffn_dim;
        options.moe = config.model.moe.experts > 0 && text.moe_every > 0 && (i + 1) % text.moe_every == 0;
        const std::string name = "text.blocks." + std::to_string(i) + ".moe";
        options.moe_options = {text.dim, config.model.moe, nameKey(name), name, share};
        if (options.moe) moe_layers_.push_back(name);
        blocks_.push_back(list->register_module(std::to_string(i), Block(options)));
    }
    norm_ = register_module("norm", LayerNorm(text.dim));
}

at::Tensor TextEncoderImpl::forward(const data::Batch& batch, const std::vector<LengthGroup>& groups,
                                    const ForwardContext& context, std::vector<RoutingRecord>* routing) {
    if (context.units != nullptr) context.units->fetch("text.embedding");
    at::Tensor x = embedding_(batch.token_ids);
    if (context.units != nullptr) context.units->release("text.embedding");  // its backward needs no weights
    const TokenInfo tokens = moe_layers_.empty() ? TokenInfo{} : textTokens(batch.sample_ids, batch.text_lengths, x.device());
    std::int64_t index = 0;
    for (Block& block : blocks_) {
        const auto body = [this, block, groups, tokens](const std::vector<at::Tensor>& in,
                                                        const ForwardContext& of) mutable {
            const at::Tensor attended = packedSelfAttention(block->qkv(in[0], nullptr), groups, heads_, bias_);
            return block->finish(in[0], attended, tokens, of, {});
        };
        UnitOutput out = runUnit("text.blocks." + std::to_string(index++), {x}, context, body);
        x = out.features[0];
        std::move(out.routing.begin(), out.routing.end(), std::back_inserter(*routing));
    }
    return norm_(x);
}

TokenInfo textTokens(const std::vector<std::uint64_t>& sample_ids, const std::vector<std::int64_t>& lengths,
                     c10::Device device) {
    std::int64_t total = 0;
    for (const std::int64_t length : lengths) total += length;
    TokenInfo info;
    info.keys = at::empty({total}, at::kLong);
    auto* key = info.keys.mutable_data_ptr<std::int64_t>();
    for (std::size_t b = 0; b < lengths.size(); ++b) {
        for (std::int64_t i = 0; i < lengths[b]; ++i) {
            *key++ = static_cast<std::int64_t>(randomKey({sample_ids[b], 0, static_cast<std::uint64_t>(i)}));
        }
    }
    info.keys = info.keys.to(device);
    info.modality = ofModality(Modality::kText, total, device);
    return info;
}

TokenInfo imageTokens(const std::vector<std::uint64_t>& sample_ids, std::int64_t patches_each,
                      const at::Tensor& patches, c10::Device device) {
    const auto samples = static_cast<std::int64_t>(sample_ids.size());
    at::Tensor of_sample = at::empty({samples, 1}, at::kLong);
    auto* key = of_sample.mutable_data_ptr<std::int64_t>();
    for (const std::uint64_t id : sample_ids) *key++ = static_cast<std::int64_t>(randomKey({id, 1}));
    // The last part of a key, the patch's number, is added on the device: there the numbers are.
    const at::Tensor numbers =
        patches.defined() ? patches : at::arange(patches_each, of_sample.options().device(device)).unsqueeze(0);
    TokenInfo info;
    info.keys = mixed(at::bitwise_xor(of_sample.to(device), mixed(numbers))).flatten();
    info.modality = ofModality(Modality::kImage, samples * patches_each, device);
    return info;
}

}  // namespace switchyard::model
