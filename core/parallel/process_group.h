// SPDX-License-Identifier: MIT
// Collectives over a c10d back end: Gloo and NCCL differ only in how that back end is made.
#pragma once

#include <c10/core/Device.h>
#include <c10/util/intrusive_ptr.h>

#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include "core/parallel/collectives.h"
#include "core/parallel/direct_exchange.h"

namespace switchyard::parallel {

class ProcessGroupCollectives final : public Collectives {
public:
    /// `store` is kept so that rank 0 serves it as long as the group lives. `device`: where the back end exchanges;
    /// tensors that lie elsewhere are carried there and back.
    ProcessGroupCollectives(c10::intrusive_ptr<c10d::Backend> backend, c10::intrusive_ptr<c10d::Store> store,
                            c10::Device device, std::chrono::milliseconds timeout);
    ~ProcessGroupCollectives() override;
    /// Collective, once, before other collectives: large tensors go from memory to memory where all ranks are on one
    /// machine and may do so.
    void exchangeDirectly();
    bool exchangesDirectly() const { return direct_ != nullptr; }
    int rank() const override { return backend_->getRank(); }
    int size() const override { return backend_->getSize(); }
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

private:
    template <class Start>
    std::unique_ptr<Pending> begin(Kind kind, const char* name, std::size_t bytes, Start&& start);
    template <class Start>
    std::unique_ptr<Pending> beginInto(Kind kind, at::Tensor& output, const char* name, std::size_t bytes,
                                       Start&& start);
    at::Tensor carried(const at::Tensor& tensor) const;
    bool direct(const at::Tensor& tensor) const;

    c10::intrusive_ptr<c10d::Store> store_;
    c10::intrusive_ptr<c10d::Backend> backend_;
    c10::Device device_;
    std::chrono::milliseconds timeout_;
    std::unique_ptr<DirectExchange> direct_;
};

/// The Gloo back end of `rank` in a group of `size`, listening only on `address`. Throws: Error(kPeerLost).
c10::intrusive_ptr<c10d::Backend> makeGlooBackend(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                                                  const std::string& address, std::chrono::milliseconds timeout);

}  // namespace switchyard::parallel
