// SPDX-License-Identifier: MIT
#include "core/parallel/gradient_buckets.h"

#include <ATen/ATen.h>

#include "core/parallel/after_gradient.h"

namespace switchyard::parallel {

at::ScalarType reducedType(StoredType reduce_dtype, const at::Tensor& gradient) {
    return reduce_dtype == StoredType::kBf16 ? at::kBFloat16 : gradient.scalar_type();
}

GradientBuckets::GradientBuckets(const std::vector<at::Tensor>& parameters, Collectives& group, int divisor,
                                 StoredType reduce_dtype, std::int64_t bucket_bytes)
    : group_(group), divisor_(divisor), reduce_dtype_(reduce_dtype) {
    std::int64_t bytes = 0;
    for (auto parameter = parameters.rbegin(); parameter != parameters.rend(); ++parameter) {
        const auto own = static_cast<std::int64_t>(parameter->nbytes());
        const bool fits = !buckets_.empty() && bytes + own <= bucket_bytes &&
                          buckets_.back()->parameters.front().scalar_type() == parameter->scalar_type();
        if (!fits) {
            buckets_.push_back(std::make_unique<Bucket>());
            bytes = 0;
        }
        buckets_.back()->parameters.push_back(*parameter);
        bytes += own;
        if (group_.size() > 1)  // alone there is nothing to add
            afterGradient(*parameter, [this, bucket = buckets_.back().get()] { gradientReady(*bucket); });
    }
}

void GradientBuckets::begin() {
    for (const auto& bucket : buckets_) {
        for (const at::Tensor& parameter : bucket->parameters) parameter.mutable_grad() = at::Tensor();
        bucket->flat = at::Tensor();
        bucket->pending.reset();
    }
    sent_ = 0;
    last_ = false;
    own_ = {};
}

void GradientBuckets::beforeBackward(bool last) {
    last_ = last;
    for (const auto& bucket : buckets_) bucket->ready = 0;
}

void GradientBuckets::gradientReady(Bucket& bucket) {
    ++bucket.ready;
    if (!last_) return;
    while (sent_ < buckets_.size() && buckets_[sent_]->ready == buckets_[sent_]->parameters.size()) {
        send(*buckets_[sent_++]);
    }
}

void GradientBuckets::send(Bucket& bucket) {
    const at::NoGradGuard no_gradient;
    std::vector<at::Tensor> parts;
    for (const at::Tensor& parameter : bucket.parameters) {
        at::Tensor& gradient = parameter.mutable_grad();
        if (!gradient.defined()) gradient = at::zeros_like(parameter);
        own_.add(gradient);
        if (group_.size() > 1) parts.push_back(gradient.reshape({-1}));
    }
    if (group_.size() == 1) return;
    bucket.flat = at::cat(parts).to(reducedType(reduce_dtype_, parts.front()));
    for (const at::Tensor& parameter : bucket.parameters) parameter.mutable_grad() = at::Tensor();
    bucket.pending = group_.allReduceSumAsync(bucket.flat, "gradients");
}

double GradientBuckets::sendRest() {
    while (sent_ < buckets_.size()) send(*buckets_[sent_++]);
    return own_.value();
}

void GradientBuckets::finish() {
    const at::NoGradGuard no_gradient;
    sendRest();
    for (const auto& bucket : buckets_) {
        if (group_.size() == 1) {
            if (divisor_ == 1) continue;
            for (const at::Tensor& parameter : bucket->parameters) parameter.mutable_grad().div_(divisor_);
            continue;
        }
        bucket->pending->wait();
        bucket->pending.reset();
        view(*bucket);
    }
}

void GradientBuckets::view(Bucket& bucket) {
    const at::Tensor averages = bucket.flat.to(bucket.parameters.front().scalar_type()).div_(divisor_);
    bucket.flat = at::Tensor();
    std::int64_t offset = 0;
    for (const at::Tensor& parameter : bucket.parameters) {
        parameter.mutable_grad() = averages.narrow(0, offset, parameter.numel()).view(parameter.sizes());
        offset += parameter.numel();
    }
}

}  // namespace switchyard::parallel
