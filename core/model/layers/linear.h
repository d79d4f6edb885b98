// SPDX-License-Identifier: MIT
// A linear layer with optional low-rank adapters on slices of its output.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/model/layers/dropout.h"

namespace switchyard::model {

/// y = x W^T + b, plus (alpha / r) (x A^T) B^T on the output columns of each adapter
/// (alpha / sqrt(r) when rank-stabilised). Source: Hu et al. 2021 (arXiv 2106.09685), Kalajdzievski 2023 (2312.03732).
/// Parameters: weight [out, in], bias [out], and per adapter lora_NAME_a [r, in], lora_NAME_b [slice, r].
class LinearImpl : public torch::nn::Module {
public:
    LinearImpl(std::int64_t in, std::int64_t out, bool bias = true);
    /// Adds an adapter on output columns [begin, begin + columns). Call before the first forward.
    void adapt(const std::string& name, std::int64_t begin, std::int64_t columns, const RunConfig::Lora& options);
    /// Shapes: x [..., in] -> [..., out].
    at::Tensor forward(const at::Tensor& x, const DropoutContext* dropout = nullptr);
    /// W with every adapter added, in the weight's dtype. Throws: Error(kNonFinite) when a value is not finite.
    at::Tensor mergedWeight() const;
    bool adapted() const { return !adapters_.empty(); }

    at::Tensor weight, bias;

private:
    struct Adapter {
        std::int64_t begin, columns;
        double scale, dropout;
        std::uint64_t key;
        at::Tensor a, b;
    };
    std::vector<Adapter> adapters_;
};
TORCH_MODULE(Linear);

/// y = (x - mean) / sqrt(var + eps) * weight + bias over the last dimension. Parameters: weight, bias [dim].
class LayerNormImpl : public torch::nn::Module {
public:
    explicit LayerNormImpl(std::int64_t dim, double eps = 1e-5);
    at::Tensor forward(const at::Tensor& x);
    at::Tensor weight, bias;

private:
    double eps_;
};
TORCH_MODULE(LayerNorm);

/// Rows of a table. Parameters: weight [rows, dim].
class EmbeddingImpl : public torch::nn::Module {
public:
    EmbeddingImpl(std::int64_t rows, std::int64_t dim);
    /// Shapes: ids [T] int64 -> [T, dim].
    at::Tensor forward(const at::Tensor& ids);
    at::Tensor weight;
};
TORCH_MODULE(Embedding);

/// fc2(act(fc1(x))). Parameters: fc1.*, fc2.*.
class FeedForwardImpl : public torch::nn::Module {
public:
    FeedForwardImpl(std::int64_t dim, std::int64_t hidden, Activation activation);
    at::Tensor forward(const at::Tensor& x, const DropoutContext* dropout = nullptr);
    Linear fc1{nullptr}, fc2{nullptr};

private:
    Activation activation_;
};
TORCH_MODULE(FeedForward);

}  // namespace switchyard::model
