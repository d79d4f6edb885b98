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

void SingleRank::allReduceSum(at::Tensor& tensor, const char* name) {
    announce(Kind::kAllReduce, name, tensor.nbytes());
}

std::unique_ptr<Pending> SingleRank::allReduceSumAsync(at::Tensor& tensor, const char* name) {
    announce(Kind::kAllReduce, name, tensor.nbytes());
    return std::make_unique<Done>();
}

at::Tensor SingleRank::allGather(const at::Tensor& tensor, const char* name) {
    announce(Kind::kAllGather, name, tensor.nbytes());
    return tensor.detach().clone();
}

std::unique_ptr<Pending> SingleRank::allGatherAsync(at::Tensor& output, const at::Tensor& input, const char* name) {
    announce(Kind::kAllGather, name, input.nbytes());
    output.copy_(input);
    return std::make_unique<Done>();
}

std::unique_ptr<Pending> SingleRank::reduceScatterSumAsync(at::Tensor& output, const at::Tensor& input,
                                                           const char* name) {
    announce(Kind::kReduceScatter, name, input.nbytes());
    output.copy_(input);
    return std::make_unique<Done>();
}

std::unique_ptr<Pending> SingleRank::allToAllAsync(at::Tensor& output, const at::Tensor& input,
                                                   std::vector<std::int64_t>, std::vector<std::int64_t>,
                                                   const char* name) {
    announce(Kind::kAllToAll, name, input.nbytes());
    output.copy_(input);
    return std::make_unique<Done>();
}

void SingleRank::broadcast(at::Tensor& tensor, int, const char* name) {
    announce(Kind::kBroadcast, name, tensor.nbytes());
}

void SingleRank::barrier(const char* name) {
    announce(Kind::kBarrier, name, 0);
}

}  // namespace switchyard::parallel
