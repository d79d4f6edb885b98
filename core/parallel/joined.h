// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace switchyard::parallel {

/// Tensors one after another as if they were one vector.
class Joined {
public:
    void add(const at::Tensor& tensor) {
        begins_.push_back(size_);
        size_ += tensor.numel();
        tensors_.push_back(tensor);
    }
    std::int64_t size() const { return size_; }
    /// Calls visit(part of a tensor, its place behind `first`) for every tensor in [first, first + count).
    template <typename Visit>
    void each(std::int64_t first, std::int64_t count, const Visit& visit) const {
        for (std::size_t i = 0; i < tensors_.size(); ++i) {
            const std::int64_t begin = std::max(first, begins_[i]),
                               end = std::min(first + count, begins_[i] + tensors_[i].numel());
            if (begin < end) visit(tensors_[i].view({-1}).narrow(0, begin - begins_[i], end - begin), begin - first);
        }
    }

private:
    std::vector<at::Tensor> tensors_;
    std::vector<std::int64_t> begins_;
    std::int64_t size_ = 0;
};

}  // namespace switchyard::parallel
