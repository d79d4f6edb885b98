// SPDX-License-Identifier: MIT
// Collectives with a planted fault: what a test must notice.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "core/parallel/mesh.h"

namespace switchyard::test {

/// fault: "divide" - averages are not divided; "backward" - the gradients of gathered features are not summed;
/// "skip" - gradients stay each rank's own; "exchange" - gradients of rows do not come back from other ranks' experts.
class Faulty final : public parallel::Collectives {
public:
    Faulty(std::unique_ptr<parallel::Collectives> inner, std::string fault)
        : inner_(std::move(inner)), fault_(std::move(fault)) {}
    int rank() const override { return inner_->rank(); }
    int size() const override { return inner_->size(); }
    void allReduceSum(at::Tensor& tensor, const char* name) override {
        if (fault_ == "backward" && std::string(name) == "contrastive_text.backward") return;
        inner_->allReduceSum(tensor, name);
    }
    std::unique_ptr<parallel::Pending> allReduceSumAsync(at::Tensor& tensor, const char* name) override {
        const at::Tensor before = tensor.clone();
        auto pending = inner_->allReduceSumAsync(tensor, name);
        return spoiled(tensor, before, name, std::move(pending));
    }
    at::Tensor allGather(const at::Tensor& tensor, const char* name) override {
        return inner_->allGather(tensor, name);
    }
    std::unique_ptr<parallel::Pending> allGatherAsync(at::Tensor& output, const at::Tensor& input,
                                                      const char* name) override {
        return inner_->allGatherAsync(output, input, name);
    }
    std::unique_ptr<parallel::Pending> reduceScatterSumAsync(at::Tensor& output, const at::Tensor& input,
                                                             const char* name) override {
        const at::Tensor own = input.narrow(0, rank() * output.numel(), output.numel()).clone();
        auto pending = inner_->reduceScatterSumAsync(output, input, name);
        return spoiled(output, own, name, std::move(pending));
    }
    std::unique_ptr<parallel::Pending> allToAllAsync(at::Tensor& output, const at::Tensor& input,
                                                     std::vector<std::int64_t> received, std::vector<std::int64_t> sent,
                                                     const char* name) override {
        auto pending = inner_->allToAllAsync(output, input, std::move(received), std::move(sent), name);
        if (fault_ == "exchange" && std::string(name).ends_with(".dispatch.backward")) {
            pending->wait();
            output.zero_();
        }
        return pending;
    }
    void broadcast(at::Tensor& tensor, int root, const char* name) override { inner_->broadcast(tensor, root, name); }
    void barrier(const char* name) override { inner_->barrier(name); }

private:
    struct Done : parallel::Pending {
        void wait() override {}
    };
    std::unique_ptr<parallel::Pending> spoiled(at::Tensor& sum, const at::Tensor& own, const char* name,
                                               std::unique_ptr<parallel::Pending> pending) {
        if (std::string(name) != "gradients" || (fault_ != "divide" && fault_ != "skip")) return pending;
        pending->wait();
        if (fault_ == "divide") {
            sum.mul_(size());  // as if the sum had not been divided
        } else {
            sum.copy_(own * size());
        }
        return std::make_unique<Done>();
    }
    std::unique_ptr<parallel::Collectives> inner_;
    std::string fault_;
};

/// For train::assemble: ranks whose exchanges have the fault; "-" for none.
inline std::function<parallel::Mesh(const RunConfig::Parallel&, const launch::RankEnvironment&)> faultyMesh(
    const std::string& fault) {
    return [fault](const RunConfig::Parallel& config, const launch::RankEnvironment& environment) {
        parallel::Mesh mesh = parallel::makeMesh(config, environment);
        if (fault != "-") mesh.replace([&](auto group) { return std::make_unique<Faulty>(std::move(group), fault); });
        return mesh;
    };
}

}  // namespace switchyard::test
