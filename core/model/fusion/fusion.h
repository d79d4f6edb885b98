// SPDX-License-Identifier: MIT
// Fusion blocks: text and picture attend to each other, then one feed-forward (a mixture of experts) works on
// all text tokens and image patches together.
#pragma once

#include "core/model/text/text_encoder.h"

namespace switchyard::model {

/// One block. Both directions read the block's un-updated inputs:
///   t' = t + text_out(attention(text_q(nt), image_kv(ni))),  i' = i + image_out(attention(image_q(ni), text_kv(nt)))
///   with nt = text_norm(t), ni = image_norm(i); then [t; i] = [t'; i'] + ffn(ffn_norm([t'; i'])).
/// Parameters: text_norm.*, image_norm.*, text_q.*, image_kv.*, text_out.*, image_q.*, text_kv.*, image_out.*,
/// ffn_norm.*, and moe.* or ffn.*.
class FusionBlockImpl : public torch::nn::Module {
public:
    FusionBlockImpl(const RunConfig& config, std::int64_t index, ExpertShare share);
    /// Shapes: text [T, D], image [P, N, D] -> features {text, image}; tokens of [T + P N].
    UnitOutput forward(const at::Tensor& text, const at::Tensor& image, const std::vector<LengthGroup>& groups,
                       const TokenInfo& tokens, const ForwardContext& context);
    const std::string& moeName() const { return moe_name_; }

private:
    UnitOutput feedForward(const at::Tensor& text, const at::Tensor& image, const TokenInfo& tokens,
                           const ForwardContext& context);

    std::int64_t heads_;
    std::string moe_name_;  // "" = dense
    LayerNorm text_norm_{nullptr}, image_norm_{nullptr}, ffn_norm_{nullptr};
    Linear text_q_{nullptr}, image_kv_{nullptr}, text_out_{nullptr}, image_q_{nullptr}, text_kv_{nullptr},
        image_out_{nullptr};
    MoeLayer moe_{nullptr};
    FeedForward ffn_{nullptr};
};
TORCH_MODULE(FusionBlock);

/// Parameters: text_in.*, image_in.*, blocks.N.*, text_norm.*, image_norm.*.
class FusionImpl : public torch::nn::Module {
public:
    explicit FusionImpl(const RunConfig& config, ExpertShare share = {});
    /// Shapes: text [T, D_text] (pairs in the order of the groups), image [P, N, D_vision] -> [P, 2 D]: the mean
    /// text token and the mean patch of each pair, each after its last norm.
    at::Tensor forward(const at::Tensor& text, const at::Tensor& image, const std::vector<LengthGroup>& groups,
                       const TokenInfo& tokens, const ForwardContext& context, std::vector<RoutingRecord>* routing);
    std::vector<std::string> moeLayers() const;

private:
    Linear text_in_{nullptr}, image_in_{nullptr};
    std::vector<FusionBlock> blocks_;
    LayerNorm text_norm_{nullptr}, image_norm_{nullptr};
};
TORCH_MODULE(Fusion);

}  // namespace switchyard::model
