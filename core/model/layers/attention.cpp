// SPDX-License-Identifier: MIT
#include "core/model/layers/attention.h"

#include <ATen/ATen.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include <bit>
#include <cmath>
#include <limits>
#include <optional>

namespace switchyard::model {
namespace {

std::vector<std::int64_t> rowCounts(const std::vector<LengthGroup>& groups) {
    std::vector<std::int64_t> rows;
    for (const LengthGroup& group : groups) rows.push_back(group.rows());
    return rows;
}

std::vector<std::int64_t> sampleCounts(const std::vector<LengthGroup>& groups) {
    std::vector<std::int64_t> samples;
    for (const LengthGroup& group : groups) samples.push_back(group.samples);
    return samples;
}

/// [n, L, D] -> [n, heads, L, D / heads]
at::Tensor splitHeads(const at::Tensor& x, std::int64_t heads) {
    return x.view({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
}

/// [n, heads, L, d] -> [n, L, heads * d]
at::Tensor joinHeads(const at::Tensor& x) {
    return x.transpose(1, 2).reshape({x.size(0), x.size(2), x.size(1) * x.size(3)});
}

at::Tensor join(std::vector<at::Tensor>&& pieces) { return pieces.size() == 1 ? pieces.front() : at::cat(pieces, 0); }

/// bf16 and fp16 attention on CPUs is done in fp32, between casts: LibTorch's backward is far faster there than in bf16
/// (tests/bench/peers/attention.py), and the sums are more exact.
at::ScalarType scoreType(const at::Tensor& q) {
    const bool narrow = q.scalar_type() == at::kBFloat16 || q.scalar_type() == at::kHalf;
    return narrow && q.device().is_cpu() ? at::kFloat : q.scalar_type();
}

/// Scaled dot-product attention; a bias is of the scores' type.
at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const std::optional<at::Tensor>& bias = std::nullopt) {
    const at::ScalarType type = scoreType(q);
    if (type == q.scalar_type()) return at::scaled_dot_product_attention(q, k, v, bias);
    const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::DispatchKey::AutocastCPU);
    return at::scaled_dot_product_attention(q.to(type), k.to(type), v.to(type), bias).to(q.scalar_type());
}

std::vector<at::Tensor> split(const at::Tensor& x, const std::vector<std::int64_t>& sizes) {
    if (sizes.size() == 1) return {x};
    return x.split_with_sizes(sizes, 0);
}

}  // namespace

std::vector<LengthGroup> groupByLength(const std::vector<std::int64_t>& lengths) {
    std::vector<LengthGroup> groups;
    for (const std::int64_t length : lengths) {
        if (groups.empty() || groups.back().length != length) groups.push_back({0, length});
        ++groups.back().samples;
    }
    return groups;
}

std::vector<double> alibiSlopes(std::int64_t heads) {
    const auto power = static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(heads)));
    std::vector<double> slopes;
    for (std::int64_t i = 1; i <= power; ++i) {
        slopes.push_back(std::exp2(-8.0 * static_cast<double>(i) / static_cast<double>(power)));
    }
    for (std::int64_t i = 1; static_cast<std::int64_t>(slopes.size()) < heads; i += 2) {
        slopes.push_back(std::exp2(-8.0 * static_cast<double>(i) / static_cast<double>(2 * power)));
    }
    return slopes;
}

AlibiBias::AlibiBias(std::int64_t heads, bool causal, bool alibi)
    : slopes_(alibi ? alibiSlopes(heads) : std::vector<double>(static_cast<std::size_t>(heads), 0.0)),
      causal_(causal),
      alibi_(alibi) {}

const at::Tensor& AlibiBias::get(std::int64_t length, at::ScalarType dtype, c10::Device device) {
    at::Tensor& bias = cache_[{length, dtype, device.type()}];
    if (!bias.defined()) {
        const at::Tensor place = at::arange(length, at::kDouble);
        const at::Tensor distance = (place.unsqueeze(0) - place.unsqueeze(1)).abs();
        bias = distance.unsqueeze(0) * at::tensor(slopes_, at::kDouble).neg().view({-1, 1, 1});
        if (causal_) {
            bias = bias.masked_fill(at::ones({length, length}, at::kBool).triu(1), -std::numeric_limits<double>::infinity());
        }
        bias = bias.unsqueeze(0).to(device, dtype);
    }
    return bias;
}

at::Tensor packedSelfAttention(const at::Tensor& qkv, const std::vector<LengthGroup>& groups, std::int64_t heads,
                               AlibiBias& bias) {
    const std::int64_t dim = qkv.size(1) / 3;
    const std::vector<at::Tensor> parts = split(qkv, rowCounts(groups));
    std::vector<at::Tensor> out;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const auto [samples, length] = groups[g];
        const at::Tensor part = parts[g].view({samples, length, 3, heads, dim / heads}).permute({2, 0, 3, 1, 4});
        const std::vector<at::Tensor> qkv_parts = part.unbind(0);  // one copy in the backward
        const std::optional<at::Tensor> mask =
            bias.none() ? std::nullopt : std::optional(bias.get(length, scoreType(qkv), qkv.device()));
        const at::Tensor y = attend(qkv_parts[0], qkv_parts[1], qkv_parts[2], mask);
        out.push_back(joinHeads(y).view({samples * length, dim}));
    }
    return join(std::move(out));
}

at::Tensor textToImageAttention(const at::Tensor& q, const at::Tensor& kv, const std::vector<LengthGroup>& groups,
                                std::int64_t heads) {
    const std::int64_t dim = q.size(1);
    const std::vector<at::Tensor> queries = split(q, rowCounts(groups)), pictures = split(kv, sampleCounts(groups));
    std::vector<at::Tensor> out;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const auto [samples, length] = groups[g];
        const std::vector<at::Tensor> keys_values = pictures[g].split(dim, -1);
        const at::Tensor y = attend(splitHeads(queries[g].view({samples, length, dim}), heads),
                                                              splitHeads(keys_values[0], heads), splitHeads(keys_values[1], heads));
        out.push_back(joinHeads(y).view({samples * length, dim}));
    }
    return join(std::move(out));
}

at::Tensor imageToTextAttention(const at::Tensor& q, const at::Tensor& kv, const std::vector<LengthGroup>& groups,
                                std::int64_t heads) {
    const std::int64_t dim = q.size(2);
    const std::vector<at::Tensor> texts = split(kv, rowCounts(groups)), queries = split(q, sampleCounts(groups));
    std::vector<at::Tensor> out;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const auto [samples, length] = groups[g];
        const std::vector<at::Tensor> keys_values = texts[g].view({samples, length, 2 * dim}).split(dim, -1);
        out.push_back(joinHeads(attend(splitHeads(queries[g], heads), splitHeads(keys_values[0], heads),
                                                                 splitHeads(keys_values[1], heads))));
    }
    return join(std::move(out));
}

at::Tensor selfAttention(const at::Tensor& qkv, std::int64_t heads) {
    const std::int64_t dim = qkv.size(2) / 3;
    const at::Tensor parts = qkv.view({qkv.size(0), qkv.size(1), 3, heads, dim / heads}).permute({2, 0, 3, 1, 4});
    const std::vector<at::Tensor> qkv_parts = parts.unbind(0);
    return joinHeads(attend(qkv_parts[0], qkv_parts[1], qkv_parts[2]));
}

at::Tensor packedMean(const at::Tensor& x, const std::vector<LengthGroup>& groups) {
    const std::vector<at::Tensor> parts = split(x, rowCounts(groups));
    std::vector<at::Tensor> out;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        out.push_back(parts[g].view({groups[g].samples, groups[g].length, x.size(1)}).mean(1));
    }
    return join(std::move(out));
}

}  // namespace switchyard::model
