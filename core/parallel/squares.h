// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace switchyard::parallel {

/// Sum of squares in fp64; the same whatever the number of threads.
double squaredNorm(const at::Tensor& tensor);

/// Sum of squares in fp64 of the gradients that are there, as if they were one vector.
double squaredGradients(const std::vector<at::Tensor>& tensors);

/// Sums of squares added up where the tensors are: on a GPU nothing waits for it before value() is asked for.
class SumOfSquares {
public:
    void add(const at::Tensor& tensor);
    double value() const;

private:
    double sum_ = 0;
    at::Tensor on_device_;
};

}  // namespace switchyard::parallel
