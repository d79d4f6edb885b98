// SPDX-License-Identifier: MIT
#include "core/parallel/squares.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

namespace switchyard::parallel {
namespace {

/// Numbers whose squares are summed together, whatever the number of threads.
constexpr std::int64_t kChunk = 1 << 16;

/// Of fp32 or fp64 numbers that lie in a row.
template <typename T>
double sumOfSquares(const T* values, std::int64_t count) {
    std::array<double, 16> sums{};
    std::int64_t i = 0;
    for (; i + 16 <= count; i += 16) {
        for (std::size_t lane = 0; lane < 16; ++lane) {
            const auto value = static_cast<double>(values[i + static_cast<std::int64_t>(lane)]);
            sums[lane] += value * value;
        }
    }
    for (; i < count; ++i) sums[0] += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// [] in fp64, where the tensor is.
at::Tensor squaresOnDevice(const at::Tensor& tensor) {
    return at::linalg_vector_norm(tensor, 2, std::nullopt, false, at::kDouble).square();
}

}  // namespace

double squaredNorm(const at::Tensor& tensor) {
    const bool plain = tensor.device().is_cpu() && tensor.is_non_overlapping_and_dense() &&
                       (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kDouble);
    if (!plain) return squaresOnDevice(tensor).item<double>();
    const std::int64_t count = tensor.numel(), chunks = (count + kChunk - 1) / kChunk;
    std::vector<double> sums(static_cast<std::size_t>(chunks));
    at::parallel_for(0, chunks, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t chunk = begin; chunk < end; ++chunk) {
            const std::int64_t first = chunk * kChunk, length = std::min(kChunk, count - first);
            sums[static_cast<std::size_t>(chunk)] = tensor.scalar_type() == at::kFloat
                                                        ? sumOfSquares(tensor.const_data_ptr<float>() + first, length)
                                                        : sumOfSquares(tensor.const_data_ptr<double>() + first, length);
        }
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double squaredGradients(const std::vector<at::Tensor>& tensors) {
    SumOfSquares sum;
    for (const at::Tensor& tensor : tensors) {
        if (tensor.grad().defined()) sum.add(tensor.grad());
    }
    return sum.value();
}

void SumOfSquares::add(const at::Tensor& tensor) {
    if (tensor.device().is_cpu()) {
        sum_ += squaredNorm(tensor);
    } else {
        on_device_ = on_device_.defined() ? on_device_ + squaresOnDevice(tensor) : squaresOnDevice(tensor);
    }
}

double SumOfSquares::value() const {
    return sum_ + (on_device_.defined() ? on_device_.item<double>() : 0.0);
}

}  // namespace switchyard::parallel
