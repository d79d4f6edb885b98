// SPDX-License-Identifier: MIT
// Random tensors whose rows belong to samples, not to places in memory: row r is a function of its key alone.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

namespace switchyard::model {

/// Key of a layer's name, the `layer` part of random draws.
std::uint64_t nameKey(const std::string& name);

/// mix64 of every number, on the numbers' device. int64, which hold the bits of an uint64.
at::Tensor mixed(const at::Tensor& numbers);

/// [keys.size, columns] uniform in (0, 1), dtype fp32 or fp64, where the keys are; the same on every device. keys [R]
/// int64 hold the bits of an uint64.
at::Tensor uniformRows(const at::Tensor& keys, std::int64_t columns, std::uint64_t stream_key, at::ScalarType dtype);

/// Gumbel(0, 1) = -log(-log(u)).
at::Tensor gumbelRows(const at::Tensor& keys, std::int64_t columns, std::uint64_t stream_key, at::ScalarType dtype);

/// Normal(0, 1) by the transform of Box and Muller, a pair of uniform draws each.
at::Tensor normalRows(const at::Tensor& keys, std::int64_t columns, std::uint64_t stream_key, at::ScalarType dtype);

/// Inverted dropout of x's rows (all dimensions but the last are rows). p = 0 returns x.
at::Tensor dropoutRows(const at::Tensor& x, const at::Tensor& keys, double p, std::uint64_t stream_key);

}  // namespace switchyard::model
