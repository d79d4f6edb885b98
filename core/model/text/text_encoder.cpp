// SPDX-License-Identifier: MIT
#include "core/model/text/text_encoder.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <iterator>

#include "core/base/config/moe_layers.h"
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

BlockImpl::BlockImpl(const Options& options)
    : dim_(options.dim), post_(options.norm == NormPlace::kPost), dropout_(options.dropout) {
    norm1 = register_module("norm1", LayerNorm(options.dim, options.norm_eps));
    const auto attention = register_module("attention", std::make_shared<Group>());
    qkv_ = attention->register_module("qkv", Linear(options.dim, 3 * options.dim));
    out_ = attention->register_module("out", Linear(options.dim, options.dim));
    norm2 = register_module("norm2", LayerNorm(options.dim, options.norm_eps));
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
    return qkv_(post_ ? x : norm1(x), dropout);
}

UnitOutput BlockImpl::feedForward(const at::Tensor& middle, const TokenInfo& tokens, const ForwardContext& context,
                                  const DropoutContext& dropout) {
    static const std::uint64_t place = nameKey("ffn_dropout");
    const at::Tensor in = post_ ? middle : norm2(middle);
    UnitOutput out;
    at::Tensor added;
    if (moe_) {
        MoeLayerImpl::Output sparse = moe_(in.reshape({-1, dim_}), tokens, context);
        added = sparse.y.view(middle.sizes());
        out.routing.push_back(std::move(sparse.routing));
    } else {
        added = ffn_(in, &dropout);
    }
    const at::Tensor sum = addDropped(middle, added, dropout, dropout_, place);
    out.features = {post_ ? norm2(sum) : sum};
    return out;
}

UnitOutput BlockImpl::finish(const at::Tensor& x, const at::Tensor& attended, const TokenInfo& tokens,
                             const ForwardContext& context, const DropoutContext& dropout) {
    static const std::uint64_t place = nameKey("attention_dropout");
    const at::Tensor sum = addDropped(x, out_(attended, &dropout), dropout, dropout_, place);
    const at::Tensor middle = post_ ? norm1(sum) : sum;
    if (context.checkpointing != ActivationCheckpointing::kSelective)
        return feedForward(middle, tokens, context, dropout);
    return recomputed({middle}, context,
                      [this, tokens, dropout](const std::vector<at::Tensor>& features, const ForwardContext& again) {
                          return feedForward(features[0], tokens, again, dropout);
                      });
}

TextEncoderImpl::TextEncoderImpl(const RunConfig& config, ExpertShare share)
    : heads_(config.model.text.heads),
      alibi_(config.model.text.position == Position::kAlibi),
      causal_(config.model.text.causal),
      post_(config.model.text.norm == NormPlace::kPost),
      dropout_(config.model.text.dropout),
      lora_dropout_(config.model.text.lora.rank > 0 ? config.model.text.lora.dropout : 0.0),
      bias_(heads_, causal_, alibi_) {
    const RunConfig::Text& text = config.model.text;
    embedding_ = register_module("embedding", Embedding(text.vocab_size, text.dim));
    if (!alibi_) position_ = register_parameter("position", at::empty({text.max_tokens, text.dim}));
    if (text.token_types > 0)
        type_embedding_ = register_module("type_embedding", Embedding(text.token_types, text.dim));
    const auto list = register_module("blocks", std::make_shared<Group>());
    for (std::int64_t i = 0; i < text.layers; ++i) {
        BlockImpl::Options options;
        options.dim = text.dim;
        options.heads = text.heads;
        options.ffn_dim = text.ffn_dim;
        options.lora = text.lora;
        options.norm = text.norm;
        options.norm_eps = text.norm_eps;
        options.dropout = text.dropout;
        options.moe = config.model.moe.experts > 0 && text.moe_every > 0 && (i + 1) % text.moe_every == 0;
        const std::string name = "text.blocks." + std::to_string(i) + ".moe";
        // A dense block takes its activation from there.
        const auto nth = static_cast<std::int64_t>(moe_layers_.size());
        const RunConfig::Moe moe = options.moe ? config::moeOf(config, config::MoePart::kText, nth) : config.model.moe;
        options.moe_options = {text.dim, moe, nameKey(name), name, share};
        if (options.moe) moe_layers_.push_back(name);
        blocks_.push_back(list->register_module(std::to_string(i), Block(options)));
    }
    norm_ = register_module("norm", LayerNorm(text.dim, text.norm_eps));
    if (text.lora.rank > 0 && text.lora.freeze_base) freezeBase(*this);
}

void freezeBase(torch::nn::Module& encoder) {
    for (auto& entry : encoder.named_parameters()) {
        const bool trained =
            entry.key().find(".lora_") != std::string::npos || entry.key().find(".moe.") != std::string::npos;
        entry.value().set_requires_grad(trained);
    }
}

at::Tensor TextEncoderImpl::embed(const data::Batch& batch, const DropoutContext& dropout) {
    static const std::uint64_t place = nameKey("embedding_dropout");
    at::Tensor x = embedding_(batch.token_ids);
    if (position_.defined()) x = x + at::embedding(position_, batch.token_positions);
    if (type_embedding_) {
        x = x + type_embedding_(batch.token_types.defined() ? batch.token_types : at::zeros_like(batch.token_ids));
    }
    if (post_) x = norm_(x);
    return dropped(x, dropout, dropout_, place);
}

at::Tensor TextEncoderImpl::forward(const data::Batch& batch, const std::vector<LengthGroup>& groups,
                                    const ForwardContext& context, std::vector<RoutingRecord>* routing) {
    const bool drops = context.training && (dropout_ > 0 || lora_dropout_ > 0);
    const c10::Device device = batch.token_ids.device();
    const TokenInfo tokens =
        moe_layers_.empty() && !drops ? TokenInfo{} : textTokens(batch.sample_ids, batch.text_lengths, device);
    DropoutContext dropout;
    if (drops) dropout.keys = tokens.keys;
    const auto seedOf = [&](std::uint64_t depth) {
        return randomKey({context.seed, static_cast<std::uint64_t>(context.step),
                          static_cast<std::uint64_t>(Stream::kDropout), nameKey("text"), depth});
    };
    dropout.seed_key = seedOf(0);
    // Its backward needs no weights, but for the norm after it, which is of the root unit.
    if (context.units != nullptr) context.units->fetch("text.embedding");
    at::Tensor x = embed(batch, dropout);
    if (context.units != nullptr) context.units->release("text.embedding");
    std::int64_t index = 0;
    for (Block& block : blocks_) {
        dropout.seed_key = seedOf(static_cast<std::uint64_t>(index) + 1);
        const auto body = [this, block, groups, tokens, dropout](const std::vector<at::Tensor>& in,
                                                                 const ForwardContext& of) mutable {
            const at::Tensor attended = packedSelfAttention(block->qkv(in[0], &dropout), groups, heads_, bias_);
            return block->finish(in[0], attended, tokens, of, dropout);
        };
        UnitOutput out = runUnit("text.blocks." + std::to_string(index++), {x}, context, body);
        x = out.features[0];
        std::move(out.routing.begin(), out.routing.end(), std::back_inserter(*routing));
    }
    return post_ ? x : norm_(x);
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
