// SPDX-License-Identifier: MIT
// Transformer over packed text; every moe_every-th block's feed-forward is a mixture of experts. With ALiBi and norms
// before each half of a block, or as BERT: learned positions, token types, norms after each half.
// Sources: Press et al. 2022 (arXiv 2108.12409) for the position bias; Devlin et al. 2019 (arXiv 1810.04805) for BERT.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <vector>

#include "core/base/config/run_config.h"
#include "core/data/batch.h"
#include "core/model/layers/attention.h"
#include "core/model/layers/dropout.h"
#include "core/model/layers/linear.h"
#include "core/model/layers/unit.h"
#include "core/model/moe/moe_layer.h"

namespace switchyard::model {

/// One transformer block. norm pre: x += out(attention(norm1(x))); x += ffn(norm2(x)).
/// norm post: x = norm1(x + out(attention(x))); x = norm2(x + ffn(x)). What is added passes dropout first.
/// Parameters: norm1.*, attention.qkv.*, attention.out.*, norm2.*, and ffn.fc1.*, ffn.fc2.* or moe.*.
class BlockImpl : public torch::nn::Module {
public:
    struct Options {
        std::int64_t dim = 0, heads = 0, ffn_dim = 0;
        bool moe = false;
        MoeOptions moe_options;
        RunConfig::Lora lora;  ///< rank 0 = none
        NormPlace norm = NormPlace::kPre;
        double norm_eps = 1e-5, dropout = 0.0;
    };
    explicit BlockImpl(const Options& options);
    /// First half: q, k, v of norm1(x) (post: of x). Shapes: [..., D] -> [..., 3 D].
    at::Tensor qkv(const at::Tensor& x, const DropoutContext* dropout);
    /// Second half. Shapes: x, attended [..., D] -> features {[..., D]}; routing has the MoE layer's record.
    UnitOutput finish(const at::Tensor& x, const at::Tensor& attended, const TokenInfo& tokens,
                      const ForwardContext& context, const DropoutContext& dropout);

    LayerNorm norm1{nullptr}, norm2{nullptr};
    Linear qkv_{nullptr}, out_{nullptr};
    FeedForward ffn_{nullptr};
    MoeLayer moe_{nullptr};

private:
    UnitOutput feedForward(const at::Tensor& middle, const TokenInfo& tokens, const ForwardContext& context,
                           const DropoutContext& dropout);

    std::int64_t dim_;
    bool post_;
    double dropout_;
};
TORCH_MODULE(Block);

/// Parameters: embedding.weight [V, D], blocks.N.*, norm.* (after the last block; post: after the embedding); with
/// learned positions position [max_tokens, D], with token types type_embedding.weight [types, D].
class TextEncoderImpl : public torch::nn::Module {
public:
    explicit TextEncoderImpl(const RunConfig& config, ExpertShare share = {});
    /// Shapes: batch.token_ids, token_positions, token_types [T] -> [T, D], after the last norm.
    at::Tensor forward(const data::Batch& batch, const std::vector<LengthGroup>& groups, const ForwardContext& context,
                       std::vector<RoutingRecord>* routing);
    std::vector<std::string> moeLayers() const { return moe_layers_; }
    const at::Tensor& anyWeight() const { return norm_->weight; }

private:
    at::Tensor embed(const data::Batch& batch, const DropoutContext& dropout);

    std::int64_t heads_;
    bool alibi_, causal_, post_;
    double dropout_, lora_dropout_;
    AlibiBias bias_;
    Embedding embedding_{nullptr}, type_embedding_{nullptr};
    at::Tensor position_;
    std::vector<Block> blocks_;
    std::vector<std::string> moe_layers_;
    LayerNorm norm_{nullptr};
};
TORCH_MODULE(TextEncoder);

/// Only adapters and experts of an encoder are trained.
void freezeBase(torch::nn::Module& encoder);

/// Keys of a text's tokens: (sample, text, position). Shapes: -> [T] on the device.
TokenInfo textTokens(const std::vector<std::uint64_t>& sample_ids, const std::vector<std::int64_t>& lengths,
                     c10::Device device);
/// Keys of pictures' patches: (sample, image, patch number). `patches` [B, N'] on the device, or undefined for
/// 0 .. N - 1. Shapes: -> [B N'] on the device.
TokenInfo imageTokens(const std::vector<std::uint64_t>& sample_ids, std::int64_t patches_each,
                      const at::Tensor& patches, c10::Device device);

}  // namespace switchyard::model
