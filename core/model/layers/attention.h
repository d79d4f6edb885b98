// SPDX-License-Identifier: MIT
// Attention over packed text without padding: samples of equal length are neighbours and form one group.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <vector>

namespace switchyard::model {

/// A run of samples of equal length in a packed tensor.
struct LengthGroup {
    std::int64_t samples = 0;  ///< n
    std::int64_t length = 0;   ///< L
    std::int64_t rows() const { return samples * length; }
};

/// Lengths must rise (data::Batch's order).
std::vector<LengthGroup> groupByLength(const std::vector<std::int64_t>& lengths);

/// ALiBi slopes of `heads` heads. Power of two: 2^(-8 i / n), i = 1..n; otherwise the slopes of the power of two
/// below, then every other slope of twice that, starting with the first. Source: Press et al. 2022 (arXiv 2108.12409).
std::vector<double> alibiSlopes(std::int64_t heads);

/// -slope * |i - j| for every head (0 without ALiBi), made once a length and dtype; causal: -infinity where j > i.
/// Thread: one thread.
class AlibiBias {
public:
    AlibiBias(std::int64_t heads, bool causal, bool alibi = true);
    /// Whether there is nothing to add.
    bool none() const { return !alibi_ && !causal_; }
    /// [1, heads, length, length]
    const at::Tensor& get(std::int64_t length, at::ScalarType dtype, c10::Device device);

private:
    std::vector<double> slopes_;
    bool causal_, alibi_;
    std::map<std::tuple<std::int64_t, at::ScalarType, c10::DeviceType>, at::Tensor> cache_;
};

/// Self-attention of packed text. Shapes: qkv [T, 3 D] -> [T, D].
at::Tensor packedSelfAttention(const at::Tensor& qkv, const std::vector<LengthGroup>& groups, std::int64_t heads,
                               AlibiBias& bias);
/// Text attends to its picture. Shapes: q [T, D], kv [P, N, 2 D] (pairs in the order of the groups) -> [T, D].
at::Tensor textToImageAttention(const at::Tensor& q, const at::Tensor& kv, const std::vector<LengthGroup>& groups,
                                std::int64_t heads);
/// A picture attends to its text. Shapes: q [P, N, D], kv [T, 2 D] -> [P, N, D].
at::Tensor imageToTextAttention(const at::Tensor& q, const at::Tensor& kv, const std::vector<LengthGroup>& groups,
                                std::int64_t heads);
/// Self-attention of equally long sequences. Shapes: qkv [B, N, 3 D] -> [B, N, D].
at::Tensor selfAttention(const at::Tensor& qkv, std::int64_t heads);

/// Mean over each sample's rows. Shapes: x [T, D] -> [samples, D].
at::Tensor packedMean(const at::Tensor& x, const std::vector<LengthGroup>& groups);

}  // namespace switchyard::model
