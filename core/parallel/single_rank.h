// SPDX-License-Identifier: MIT
#pragma once

#include "core/parallel/collectives.h"

namespace switchyard::parallel {

/// One rank: sums and broadcasts leave tensors as they are.
class SingleRank final : public Collectives {
public:
    int rank() const override { return 0; }
    int size() const override { return 1; }
    void allReduceSum(at::Tensor& tensor, const char* name) override;
    std::unique_ptr<Pending> allReduceSumAsync(at::Tensor& tensor, const char* name) override;
    at::Tensor allGather(const at::Tensor& tensor, const char* name) override;
    std::unique_ptr<Pending> allGatherAsync(at::Tensor& output, const at::Tensor& input, const char* name) override;
    std::unique_ptr<Pending> reduceScatterSumAsync(at::Tensor& output, const at::Tensor& input,
                                                   const char* name) override;
    std::unique_ptr<Pending> allToAllAsync(at::Tensor& output, const at::Tensor& input,
                                           std::vector<std::int64_t> received, std::vector<std::int64_t> sent,
                                           const char* name) override;
    void broadcast(at::Tensor& tensor, int root, const char* name) override;
    void barrier(const char* name) override;
};

}  // namespace switchyard::parallel
