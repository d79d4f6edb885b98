// SPDX-License-Identifier: MIT
#include "core/parallel/process_group.h"

#include <ATen/ATen.h>

#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <utility>

#include "core/base/util/error.h"
#include "core/parallel/collective_failure.h"

namespace switchyard::parallel {
namespace {

std::string reasonOf(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

/// What was exchanged elsewhere comes back when it is waited for.
class CarriedBack final : public Pending {
public:
    CarriedBack(std::unique_ptr<Pending> exchange, at::Tensor from, at::Tensor to)
        : exchange_(std::move(exchange)), from_(std::move(from)), to_(std::move(to)) {}
    void wait() override {
        exchange_->wait();
        if (from_.defined()) to_.copy_(from_);
        from_ = at::Tensor();
    }

private:
    std::unique_ptr<Pending> exchange_;
    at::Tensor from_, to_;
};

/// A collective that failed, as our error. Back ends say only in words whether time ran out or a connection broke.
[[noreturn]] void fail(const char* name, std::uint64_t sequence, int rank, std::chrono::milliseconds timeout,
                       const std::string& reason) {
    const CollectiveName which{name, sequence, rank};
    const bool timed_out = reason.find("imed out") != std::string::npos || reason.find("imeout") != std::string::npos;
    if (timed_out) failNoAnswer(which, timeout);
    failPeerLost(which, reasonOf(reason));
}

class WorkPending final : public Pending {
public:
    WorkPending(c10::intrusive_ptr<c10d::Work> work, std::string name, std::uint64_t sequence, int rank,
                std::chrono::milliseconds timeout)
        : work_(std::move(work)), name_(std::move(name)), sequence_(sequence), rank_(rank), timeout_(timeout) {}
    void wait() override {
        try {
            work_->wait();
        } catch (const std::exception& error) {
            fail(name_.c_str(), sequence_, rank_, timeout_, error.what());
        }
    }

private:
    c10::intrusive_ptr<c10d::Work> work_;
    std::string name_;
    std::uint64_t sequence_;
    int rank_;
    std::chrono::milliseconds timeout_;
};

}  // namespace

ProcessGroupCollectives::ProcessGroupCollectives(c10::intrusive_ptr<c10d::Backend> backend,
                                                 c10::intrusive_ptr<c10d::Store> store, c10::Device device,
                                                 std::chrono::milliseconds timeout)
    : store_(std::move(store)), backend_(std::move(backend)), device_(device), timeout_(timeout) {}

ProcessGroupCollectives::~ProcessGroupCollectives() = default;

void ProcessGroupCollectives::exchangeDirectly() {
    if (size() > 1) direct_ = DirectExchange::make(*this, timeout_);
    sequence_ = 0;  // collectives are counted from the trainer's first
}

template <class Start>
std::unique_ptr<Pending> ProcessGroupCollectives::begin(Kind kind, const char* name, std::size_t bytes, Start&& start) {
    announce(kind, name, bytes);
    if (direct_) direct_->finishAll();
    try {
        return std::make_unique<WorkPending>(start(), name, sequence_, rank(), timeout_);
    } catch (const std::exception& error) {
        fail(name, sequence_, rank(), timeout_, error.what());
    }
}

at::Tensor ProcessGroupCollectives::carried(const at::Tensor& tensor) const {
    return tensor.device().type() == device_.type() ? tensor : tensor.to(device_);
}

template <class Start>
std::unique_ptr<Pending> ProcessGroupCollectives::beginInto(Kind kind, at::Tensor& output, const char* name,
                                                            std::size_t bytes, Start&& start) {
    at::Tensor there = carried(output);
    auto pending = begin(kind, name, bytes, [&] { return start(there); });
    if (there.is_same(output)) return pending;
    return std::make_unique<CarriedBack>(std::move(pending), there, output);
}

bool ProcessGroupCollectives::direct(const at::Tensor& tensor) const {
    return direct_ != nullptr && tensor.device().is_cpu() && DirectExchange::worthIt(tensor);
}

std::unique_ptr<Pending> ProcessGroupCollectives::allReduceSumAsync(at::Tensor& tensor, const char* name) {
    if (direct(tensor)) {
        announce(Kind::kAllReduce, name, tensor.nbytes());
        return direct_->allReduceSum(tensor, name, sequence_);
    }
    return beginInto(Kind::kAllReduce, tensor, name, tensor.nbytes(), [&](at::Tensor& sum) {
        std::vector<at::Tensor> tensors{sum};
        c10d::AllreduceOptions options;
        options.reduceOp = c10d::ReduceOp::SUM;
        options.timeout = timeout_;
        return backend_->allreduce(tensors, options);
    });
}

void ProcessGroupCollectives::allReduceSum(at::Tensor& tensor, const char* name) {
    allReduceSumAsync(tensor, name)->wait();
}

at::Tensor ProcessGroupCollectives::allGather(const at::Tensor& tensor, const char* name) {
    const at::Tensor input = tensor.detach().contiguous();
    std::vector<std::int64_t> shape = input.sizes().vec();
    shape.at(0) *= size();
    at::Tensor output = at::empty(shape, input.options());
    allGatherAsync(output, input, name)->wait();
    return output;
}

std::unique_ptr<Pending> ProcessGroupCollectives::allGatherAsync(at::Tensor& output, const at::Tensor& input,
                                                                 const char* name) {
    if (direct(output)) {
        announce(Kind::kAllGather, name, output.nbytes());
        return direct_->allGather(output, input, name, sequence_);
    }
    return beginInto(Kind::kAllGather, output, name, output.nbytes(), [&](at::Tensor& all) {
        c10d::AllgatherOptions options;
        options.timeout = timeout_;
        at::Tensor from = carried(input);
        return backend_->all_gather_single(all, from, options);
    });
}

std::unique_ptr<Pending> ProcessGroupCollectives::reduceScatterSumAsync(at::Tensor& output, const at::Tensor& input,
                                                                        const char* name) {
    if (direct(input)) {
        announce(Kind::kReduceScatter, name, input.nbytes());
        return direct_->reduceScatterSum(output, input, name, sequence_);
    }
    return beginInto(Kind::kReduceScatter, output, name, input.nbytes(), [&](at::Tensor& own) {
        c10d::ReduceScatterOptions options;
        options.reduceOp = c10d::ReduceOp::SUM;
        options.timeout = timeout_;
        at::Tensor from = carried(input);
        return backend_->reduce_scatter_single(own, from, options);
    });
}

std::unique_ptr<Pending> ProcessGroupCollectives::allToAllAsync(at::Tensor& output, const at::Tensor& input,
                                                                std::vector<std::int64_t> received,
                                                                std::vector<std::int64_t> sent, const char* name) {
    // Their sizes differ between ranks, so it can not go by them; numbers of rows are exchanged without lists.
    if (direct_ && output.device().is_cpu() && !sent.empty()) {
        announce(Kind::kAllToAll, name, input.nbytes());
        return direct_->allToAll(output, input, received, sent, name, sequence_);
    }
    return beginInto(Kind::kAllToAll, output, name, input.nbytes(), [&](at::Tensor& came) {
        c10d::AllToAllOptions options;
        options.timeout = timeout_;
        at::Tensor from = carried(input);
        return backend_->all_to_all_single(came, from, received, sent, options);
    });
}

void ProcessGroupCollectives::broadcast(at::Tensor& tensor, int root, const char* name) {
    beginInto(Kind::kBroadcast, tensor, name, tensor.nbytes(), [&](at::Tensor& same) {
        std::vector<at::Tensor> tensors{same};
        c10d::BroadcastOptions options;
        options.rootRank = root;
        options.timeout = timeout_;
        return backend_->broadcast(tensors, options);
    })->wait();
}

void ProcessGroupCollectives::barrier(const char* name) {
    begin(Kind::kBarrier, name, 0, [&] {
        c10d::BarrierOptions options;
        options.timeout = timeout_;
        if (device_.is_cuda()) options.device_ids = {device_.index()};
        return backend_->barrier(options);
    })->wait();
}

c10::intrusive_ptr<c10d::Backend> makeGlooBackend(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                                                  const std::string& address, std::chrono::milliseconds timeout) {
    auto options = c10d::ProcessGroupGloo::Options::create(timeout);
    try {
        options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(address));
        return c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
    } catch (const std::exception& error) {
        throw Error(ExitCode::kPeerLost, "The ranks could not be connected: " + reasonOf(error.what()),
                    "rank " + std::to_string(rank), "See the other ranks' logs");
    }
}

}  // namespace switchyard::parallel
