// SPDX-License-Identifier: MIT
#include "core/parallel/single_rank.h"

#include <ATen/ATen.h>

namespace switchyard::parallel {
namespace {

class Done final : public Pending {
public:
    void wait() override {}
};

}  // namespace

void SingleRank::allReduceSum(at::Tensor&, const char* name) {
    announce(name);
}

std::unique_ptr<Pending> SingleRank::allReduceSumAsync(at::Tensor&, const char* name) {
    announce(name);
    return std::make_unique<Done>();
}

at::Tensor SingleRank::allGather(const at::Tensor& tensor, const char* name) {
    announce(name);
    return tensor.detach().clone();
}

std::unique_ptr<Pending> SingleRank::allGatherAsync(at::Tensor& output, const at::Tensor& input, const char* name) {
    announce(name);
    output.copy_(input);
    return std::make_unique<Done>();
}

std::unique_ptr<Pending> SingleRank::reduceScatterSumAsync(at::Tensor& output, const at::Tensor& input,
                                                           const char* name) {
    announce(name);
    output.copy_(input);
    return std::make_unique<Done>();
}

std::unique_ptr<Pending> SingleRank::allToAllAsync(at::Tensor& output, const at::Tensor& input,
                                                   std::vector<std::int64_t>, std::vector<std::int64_t>,
                                                   const char* name) {
    announce(name);
    output.copy_(input);
    return std::make_unique<Done>();
}

void SingleRank::broadcast(at::Tensor&, int, const char* name) {
    announce(name);
}

void SingleRank::barrier(const char* name) {
    announce(name);
}

}  // namespace switchyard::parallel
