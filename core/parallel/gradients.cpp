// SPDX-License-Identifier: MIT
// The two places where gradients cross ranks.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "core/parallel/collectives.h"

namespace switchyard::parallel {
namespace {

class GatherFunction : public torch::autograd::Function<GatherFunction> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& tensor,
                              std::int64_t collectives, const std::string& name) {
        context->saved_data["collectives"] = collectives;
        context->saved_data["name"] = name;
        return reinterpret_cast<Collectives*>(collectives)->allGather(tensor, name.c_str());
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients) {
        auto& collectives = *reinterpret_cast<Collectives*>(context->saved_data["collectives"].toInt());
        const std::string name = context->saved_data["name"].toStringRef() + ".backward";
        at::Tensor sum = gradients[0].contiguous().clone();
        collectives.allReduceSum(sum, name.c_str());
        const std::int64_t rows = sum.size(0) / collectives.size();
        return {sum.narrow(0, collectives.rank() * rows, rows), at::Tensor(), at::Tensor()};
    }
};

/// One flat buffer in flight.
struct Bucket {
    at::Tensor flat;
    std::vector<at::Tensor> gradients;
    std::unique_ptr<Pending> pending;
};

void start(Bucket& bucket, Collectives& collectives) {
    std::vector<at::Tensor> parts;
    for (const at::Tensor& gradient : bucket.gradients) parts.push_back(gradient.reshape({-1}));
    bucket.flat = at::cat(parts);
    bucket.pending = collectives.allReduceSumAsync(bucket.flat, "gradients");
}

void finish(Bucket& bucket, int size) {
    bucket.pending->wait();
    bucket.flat.div_(size);
    std::int64_t offset = 0;
    for (at::Tensor& gradient : bucket.gradients) {
        gradient.copy_(bucket.flat.narrow(0, offset, gradient.numel()).view(gradient.sizes()));
        offset += gradient.numel();
    }
}

}  // namespace

at::Tensor allGatherWithGradient(const at::Tensor& tensor, Collectives& collectives, const char* name) {
    return GatherFunction::apply(tensor, reinterpret_cast<std::int64_t>(&collectives), std::string(name));
}

void averageGradients(const std::vector<at::Tensor>& parameters, Collectives& collectives, std::int64_t bucket_bytes) {
    const at::NoGradGuard no_gradient;
    for (const at::Tensor& parameter : parameters) {
        if (!parameter.grad().defined()) parameter.mutable_grad() = at::zeros_like(parameter);
    }
    if (collectives.size() == 1) return;  // the average of one; saves two copies of every gradient
    std::vector<Bucket> buckets;
    std::int64_t bytes = 0;
    for (const at::Tensor& parameter : parameters) {
        const at::Tensor gradient = parameter.grad();
        const bool fits = !buckets.empty() && bytes + static_cast<std::int64_t>(gradient.nbytes()) <= bucket_bytes &&
                          buckets.back().gradients.front().scalar_type() == gradient.scalar_type();
        if (!fits) {
            if (!buckets.empty()) start(buckets.back(), collectives);
            buckets.emplace_back();
            bytes = 0;
        }
        buckets.back().gradients.push_back(gradient);
        bytes += static_cast<std::int64_t>(gradient.nbytes());
    }
    if (!buckets.empty()) start(buckets.back(), collectives);
    for (Bucket& bucket : buckets) finish(bucket, collectives.size());
}

}  // namespace switchyard::parallel
