// SPDX-License-Identifier: MIT
// Vision transformer: stem, learned positions, pre-norm blocks with optional LoRA and experts.
// Sources: Dosovitskiy et al. 2021 (arXiv 2010.11929); convolutional stem - Xiao et al. 2021 (arXiv 2106.14881).
#pragma once

#include "core/model/text/text_encoder.h"

namespace switchyard::model {

/// Parameters: weight [out, in, k, k], bias [out].
class ConvolutionImpl : public torch::nn::Module {
public:
    ConvolutionImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride);
    /// Padding k / 2, of gelu(x) when asked for. Shapes: [B, in, S, S] -> [B, out, S / stride, S / stride].
    at::Tensor forward(const at::Tensor& x, bool after_gelu);
    at::Tensor weight, bias;

private:
    std::int64_t kernel_, stride_;
};
TORCH_MODULE(Convolution);

/// Linear stem: one matrix over the flattened patch ([D, 3 p p], channel first). Convolutional stem: log2(p)
/// 3x3 convolutions of stride 2 with GELU, channels D / 2^(k-1-i), then a 1x1 convolution to D.
/// Parameters: linear.* or convs.N.{weight,bias}.
class PatchStemImpl : public torch::nn::Module {
public:
    explicit PatchStemImpl(const RunConfig::Vision& options);
    /// Shapes: images [B, 3, S, S] (and kept patch numbers [B, N'] or undefined) -> [B, N or N', D].
    at::Tensor forward(const at::Tensor& images, const at::Tensor& patches);

private:
    std::int64_t patch_size_, dim_;
    Linear linear_{nullptr};
    std::vector<Convolution> convs_;
};
TORCH_MODULE(PatchStem);

/// Parameters: stem.*, position [N, D], blocks.N.*, norm.*; with a class token, which is the first of the N tokens,
/// class_embedding [D]; input_norm.*.
class VisionEncoderImpl : public torch::nn::Module {
public:
    explicit VisionEncoderImpl(const RunConfig& config, ExpertShare share = {});
    /// Shapes: batch.images [B, 3, S, S] -> [B, N, D] (N' with batch.patches), after the last norm.
    at::Tensor forward(const data::Batch& batch, const ForwardContext& context, std::vector<RoutingRecord>* routing);
    std::vector<std::string> moeLayers() const { return moe_layers_; }
    std::int64_t patches() const { return patches_; }

private:
    std::int64_t heads_, patches_;
    double lora_dropout_ = 0;
    PatchStem stem_{nullptr};
    at::Tensor position_, class_token_;
    LayerNorm input_norm_{nullptr};
    std::vector<Block> blocks_;
    std::vector<std::string> moe_layers_;
    LayerNorm norm_{nullptr};
};
TORCH_MODULE(VisionEncoder);

}  // namespace switchyard::model
